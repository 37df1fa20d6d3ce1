"""Compare what `assess` measures on marker trials with the force plate under the same runners.

    python validation/check_c3d.py DATA

DATA is the folder that holds `lab/rbds`. Prints, for every running trial, cadence and contact time of the markers and
of the plate, and the errors of the single contacts and toe-offs.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

import ezc3d
import numpy as np
from numpy.typing import NDArray

from kinechain.model.athlete import Athlete
from kinechain.pipeline.clip import MeasuredClip, measure_clip
from kinechain.pipeline.progress import Stopwatch
from kinechain.pipeline.seeing import ClipRequest
from kinechain.pose.estimator import PoseEstimator
from kinechain.settings import Protocol

Array = NDArray[np.float64]
#: A foot is on the plate above this vertical force [N], for at least this long [s].
LEAST_FORCE_N, LEAST_CONTACT_S = 50.0, 0.08
#: An event of the markers belongs to one of the plate within this [s].
NEAR_S = 0.12


def no_estimator() -> PoseEstimator:
    """Fail: points need no weights."""
    raise AssertionError("points made elsewhere must not load an estimator")


def plate_contacts(path: Path) -> Array:
    """Return landing and leaving of each contact on the treadmill's plate, shape (n, 2) [s]."""
    file: Any = ezc3d.c3d(str(path), extract_forceplat_data=True)
    force = np.abs(np.asarray(file["data"]["platform"][0]["force"])[1])
    rate = float(file["parameters"]["ANALOG"]["RATE"]["value"][0])
    down = np.concatenate([[False], force > LEAST_FORCE_N, [False]])
    edges = np.flatnonzero(np.diff(down.astype(int))).reshape(-1, 2) / rate
    gaps = edges[1:, 0] - edges[:-1, 1] > 0.03
    starts = np.concatenate([[True], gaps])
    ends = np.concatenate([gaps, [True]])
    joined = np.stack([edges[starts, 0], edges[ends, 1]], axis=1)
    return np.asarray(joined[(joined[:, 1] - joined[:, 0] >= LEAST_CONTACT_S) & (joined[:, 0] > 0)])


def measured(path: Path) -> MeasuredClip:
    """Measure a trial as `kinechain assess` does."""
    (clip,) = measure_clip(ClipRequest(path), Athlete(), no_estimator, Protocol(), lambda *_: None, Stopwatch())
    return clip


def errors_ms(found: Array, true: Array) -> Array:
    """Return found − true of every event that has one of the plate near it [ms]."""
    nearest = true[np.abs(found[:, None] - true).argmin(axis=1)]
    difference = found - nearest
    return np.asarray(1000 * difference[np.abs(difference) < NEAR_S])


def row(path: Path) -> str:
    """Return the line of one trial."""
    clip = measured(path)
    plate = plate_contacts(path)
    values = {(m.name, m.side): m.value for m in clip.gait.measurements if isinstance(m.value, float)}
    contact_ms = 500 * (values["contact_time_s", "left"] + values["contact_time_s", "right"])
    landing = errors_ms(clip.gait.events.times_s("initial_contact"), plate[:, 0])
    leaving = errors_ms(clip.gait.events.times_s("toe_off"), plate[:, 1])
    cadence = 60 / float(np.median(np.diff(plate[:, 0])))
    true_ms = 1000 * float(np.median(plate[:, 1] - plate[:, 0]))
    speed = values.get(("speed_mps", "both"), float("nan"))
    return (
        f"| {path.stem} | {values['cadence_spm', 'both']:.1f} | {cadence:.1f} | {contact_ms:.0f} | {true_ms:.0f} "
        f"| {landing.mean():+.0f} ± {landing.std():.0f} | {leaving.mean():+.0f} ± {leaving.std():.0f} "
        f"| {len(landing)} | {speed:.2f} |"
    )


def main() -> None:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    named = os.environ.get("KINECHAIN_DATA")
    parser.add_argument("data", type=Path, nargs="?", default=named, help="reference data folder (or KINECHAIN_DATA)")
    arguments = parser.parse_args()
    if arguments.data is None:
        parser.error("name the reference data folder, or set KINECHAIN_DATA")
    print("| trial | cadence | plate | contact [ms] | plate | landing [ms] | leaving [ms] | n | speed [m/s] |")
    print("|---|---|---|---|---|---|---|---|---|")
    for path in sorted((Path(arguments.data) / "lab" / "rbds").glob("*/*run*.c3d")):
        print(row(path), flush=True)


if __name__ == "__main__":
    main()
