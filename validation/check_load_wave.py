"""Where the error of the vertical force's wave form on video comes from: the shape, or the times.

    python validation/check_load_wave.py FOLDER DATA [--poses FOLDER/poses]

FOLDER holds rendered clips with truth and specification (`python -m phantoms`); DATA the force plates of the six
runners whose motion some of them show. Each leg's force is modelled thrice and compared with its plate: with the times
of the plate, with those of the video, and with the plate's own shape and the times of the video. Shapes are of runners
left out. Writes a Markdown table to standard output; docs/load.md shows and reads it.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import load_templates as templates
from accuracy.compare import half_of, measured
from check_load import say
from kinechain.errors import KinechainError
from kinechain.knowledge.load_tables import ForceTemplate
from kinechain.load.ground_force import fitted_curve_bw, mean_force_bw
from kinechain.model.skeleton import SIDES, Side
from kinechain.pipeline.clip import MeasuredClip
from kinechain.pipeline.loads import LEAST_STANCES, stance_times
from kinechain.pipeline.points import known_errors
from load_data import Stance, c3d_stances
from reference_bands import SPEEDS_MPS

Array = NDArray[np.float64]


def off(curve: Array, plate: Array) -> float:
    """Return the root mean square over stance [BW]."""
    return float(np.sqrt(((curve - plate) ** 2).mean()))


def of_leg(stance: Stance, times: tuple[float, float], template: ForceTemplate) -> dict[str, Any]:
    """Return the errors of one leg; `times` are contact and flight as seen on video [s]."""
    plate = stance.force_bw[:, 1]
    own = plate / np.trapezoid(plate, dx=0.01)
    seen = fitted_curve_bw(*times, stance.speed_mps, template)
    return {
        "strike": stance.strike,
        "plate": off(fitted_curve_bw(stance.contact_s, stance.flight_s, stance.speed_mps, template), plate),
        "video": off(seen, plate),
        "own": off(own * mean_force_bw(*times), plate),
        "contact": 1000 * (times[0] - stance.contact_s),
        "peak": 100 * (seen.max() / plate.max() - 1),
    }


def leg_times(clip: MeasuredClip, side: Side) -> tuple[float, float] | None:
    """Return contact and flight of a leg as the loads take them [s], known bias off; None with too few strides."""
    if len(clip.gait.table.of(side)) < LEAST_STANCES:
        return None
    contact, flight = (float(times.mean()) for times in stance_times(clip.gait.table, side))
    pose = clip.seen.measurable(clip.part.segments[0])
    known = known_errors(pose, clip.view.view).get(("contact_time_s", side))
    bias = 0.0 if known is None else known.bias
    return contact - bias, max(flight + bias, 0.0)


def compared(folder: Path, poses: Path, stances: list[Stance]) -> Iterator[dict[str, Any]]:
    """Yield the errors of both legs of every side view of a runner with a plate."""
    plates = {(s.runner, s.speed_mps, s.side): s for s in stances}
    left_out = {s.runner: templates.fit([t for t in stances if t.runner != s.runner]) for s in stances}
    for path in sorted(folder.glob("*_side_*.toml")):
        spec = tomllib.loads(path.read_text(encoding="utf-8"))
        truth: Mapping[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        if truth["faults"] or not truth["view"].startswith("side_") or spec["runner"] not in left_out:
            continue
        try:
            clip = measured(path.with_suffix(".mp4"), poses / f"{path.stem}.npz", truth)
        except KinechainError as error:
            sys.stderr.write(f"{path.stem}: {error.code}\n")
            continue
        belt: float = SPEEDS_MPS[spec["pace"]]
        for side in SIDES:
            times = leg_times(clip, side)
            if times is not None:
                stance = plates[spec["runner"], belt, side]
                yield {"half": half_of(spec["runner"]), **of_leg(stance, times, left_out[spec["runner"]])}


def rows(table: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    """Yield the errors by half and by foot strike."""
    for by in ("half", "strike"):
        for name, group in table.groupby(by):
            yield (
                str(name),
                str(len(group)),
                *(f"{group[kind].mean():.3f}" for kind in ("plate", "video", "own")),
                *(f"{group[kind].mean():+.1f} ± {group[kind].std(ddof=1):.1f}" for kind in ("contact", "peak")),
            )


def main() -> None:
    """Read the command line and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="rendered clips with truth and specification")
    parser.add_argument("data", type=Path, help="reference data folder")
    parser.add_argument("--poses", type=Path, help="kept results of the estimator (FOLDER/poses)")
    arguments = parser.parse_args()
    poses = arguments.poses or arguments.folder / "poses"
    stances = list(c3d_stances(arguments.data / "lab" / "rbds"))
    table = pd.DataFrame(compared(arguments.folder, poses, stances))
    if table.empty:
        parser.error("no clip of a runner with a force plate was measured")
    header = ("clips of", "legs", "shape by speed, plate's times [BW]", "the same, times of the video [BW]")
    header += ("plate's own shape, times of the video [BW]", "contact time off [ms]", "peak off [%]")
    say("Wave form of the vertical force on video, RMSE against the plate", header, rows(table))


if __name__ == "__main__":
    main()
