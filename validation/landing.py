"""Initial contact on true points against the force plate: the rule, and what the thigh's angular velocity tells of it.

    python validation/landing.py DATA

For the six runners with a C3D file, as markers and as the figure behind the reference bands: mean error of the rule of
record 0003 by runner, the regression of it on the thigh's angular velocity over all and with each runner left out, and
what the product's numbers (`kinechain.gait.landing`) leave. Writes Markdown to standard output (decision record 0041).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

import reference_bands as bands
from check_reference_bands import PlateParameters, marker_figure, plate_contacts, read_c3d
from kinechain.gait.events import EventParameters, detect_events
from kinechain.gait.landing import LandingParameters, refine_contacts, thigh_speed_dps
from kinechain.gait.sagittal import SmoothingParameters, to_sagittal
from kinechain.model.skeleton import SIDES
from reference_bands import Array


def contacts(time_s: Array, points: dict[str, Array], plate_s: Array) -> Iterator[dict[str, object]]:
    """Yield the contacts of a trial: lateness of the rule and of the product [ms], and the thigh's velocity [°/s]."""
    smoothing = SmoothingParameters()
    motion = to_sagittal(bands.side_view(time_s, points), 1, smoothing.events_hz, smoothing)
    if motion is None:
        return
    events = detect_events(motion, EventParameters())[0]
    shifted = refine_contacts(motion, events, LandingParameters())
    for side in SIDES:
        found, corrected = (e.times_s("initial_contact", side) for e in (events, shifted))
        turning_dps = np.interp(found, motion.time_s, thigh_speed_dps(motion, side))
        for at_s, new_s, dps in zip(found, corrected, turning_dps, strict=True):
            true_s = plate_s[np.argmin(np.abs(plate_s - at_s))]
            if abs(at_s - true_s) < PlateParameters().match_s:
                late = {"rule": 1e3 * (at_s - true_s), "product": 1e3 * (new_s - true_s)}
                yield {"side": side, "turning_dps": dps} | late


def trials(rbds: Path) -> Iterator[dict[str, object]]:
    """Yield every contact of the runners with a plate, once for each kind of points."""
    legs = bands.proportions(rbds)
    for runner in bands.runners(rbds):
        folder = rbds / runner.name
        if not (folder / f"{runner.name}static.c3d").exists():
            continue
        static = read_c3d(folder / f"{runner.name}static.c3d")
        for pace in bands.SPEEDS_MPS:
            recording = read_c3d(folder / f"{runner.name}run{pace}.c3d")
            plate_s = plate_contacts(recording, PlateParameters())[:, 0]
            time_s, points = bands.figure(rbds, runner, pace, legs)
            rows = np.round(time_s * recording.rate_hz).astype(int)
            seen = {name: path[rows] for name, path in marker_figure(recording, static).items()}
            for kind, given in (("markers", seen), ("figure", points)):
                for row in contacts(time_s, given, plate_s):
                    yield {"kind": kind, "runner": runner.name, "pace": pace} | row


def main() -> None:
    """Read the command line and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="reference data folder")
    table = pd.DataFrame(trials(parser.parse_args().data / "lab" / "rbds"))
    legs = table.groupby(["kind", "runner", "pace", "side"]).mean(numeric_only=True).reset_index()
    for kind, group in legs.groupby("kind"):
        names = sorted(group["runner"].unique())
        sys.stdout.write(f"| {kind} [ms] | {' | '.join(names)} | mean ± SD over runner, pace and leg |\n")
        sys.stdout.write("|---" * (2 + len(names)) + "|\n")
        for what in ("rule", "product"):
            means = [f"{group.loc[group['runner'] == name, what].mean():+.1f}" for name in names]
            sys.stdout.write(
                f"| {what} | {' | '.join(means)} | {group[what].mean():+.1f} ± {group[what].std():.1f} |\n"
            )
        without = [100 * slope(group[group["runner"] != name]) for name in names]
        told = " | ".join(f"{value:.1f}" for value in without)
        sys.stdout.write(f"| ms per 100 °/s, without this runner | {told} | all: {100 * slope(group):.1f} |\n\n")


def slope(group: pd.DataFrame) -> float:
    """Return by how much the rule is later for each °/s of the thigh [ms per °/s]."""
    return float(np.polyfit(group["turning_dps"], group["rule"], 1)[0])


if __name__ == "__main__":
    main()
