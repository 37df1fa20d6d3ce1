"""Learn what the camera's yaw does to thigh and knee seen from behind: `YawParameters` in `gait/frontal_yaw.py`.

    python validation/frontal_yaw.py CLIPS [CLIPS …]

CLIPS are folders of phantoms (sets "learn" and "full", docs/phantoms.md) with the estimator's results in `poses/`; rear
clips of the tuning half are read. For each clip the difference left − right at mid stance, set upright by the runner's
plumb line, is held against the true one; one slope on the yaw that the clip itself tells is fitted, with every runner
left out in turn for the errors. Prints both slopes (of one leg, so half of the difference's) and the errors.
"""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joint_centres import SPLIT, tuning_pose
from kinechain.gait.frontal import FrontalMotion, to_frontal
from kinechain.gait.frontal_events import Stance, detect_frontal_events
from kinechain.gait.frontal_plumb import plumb_lean_deg, set_upright
from kinechain.gait.frontal_strides import femoral_adduction_deg, knee_medial_shift, medial
from kinechain.gait.frontal_yaw import camera_yaw_deg
from kinechain.model.skeleton import SIDES, Side
from kinechain.settings import Protocol

Array = NDArray[np.float64]

#: True mid stance is looked for around the lowest hips [s].
AROUND_S = (-0.08, 0.06)
QUANTITIES = ("femoral_adduction_ms_deg", "knee_medial_shift_ms_ratio")


@dataclass(frozen=True)
class Example:
    """One clip: the camera's yaw as the clip tells it, and left − right of both quantities, shape (2,)."""

    name: str
    runner: str
    yaw_deg: float
    as_filmed: Array
    upright: Array
    true: Array


def example(folder: Path, name: str) -> Example | None:
    """Read a clip; None where a leg never stands in view."""
    runner, truth, pose = tuning_pose(folder, name)
    gait = Protocol().gait
    right = 1 if truth["view"] == "rear" else -1
    coarse, fine = (
        to_frontal(pose, right, cutoff_hz, gait.smoothing, gait.frontal)
        for cutoff_hz in (gait.smoothing.events_hz, gait.smoothing.angles_hz)
    )
    if coarse is None or fine is None:
        return None
    _, rhythm, stances = detect_frontal_events(coarse, gait.frontal_events)
    end_s = truth["time_s"][-1]
    whole = [s for s in stances if -AROUND_S[0] < fine.time_s[s.index] < end_s + AROUND_S[0]]
    if {s.side for s in whole} != set(SIDES):
        return None
    lean_deg = plumb_lean_deg(fine, stances, rhythm, gait.plumb)
    upright = set_upright(fine, lean_deg)
    return Example(
        name,
        runner,
        camera_yaw_deg(set_upright(coarse, lean_deg), rhythm),
        _difference(lambda stance: _seen(fine, stance), whole),
        _difference(lambda stance: _seen(upright, stance), whole),
        _difference(lambda stance: _true(truth, stance.side, fine.time_s[stance.index]), whole),
    )


def _difference(read: Any, stances: list[Stance]) -> Array:
    left, right = (np.mean([read(s) for s in stances if s.side == side], axis=0) for side in SIDES)
    return np.asarray(left - right)


def _seen(motion: FrontalMotion, stance: Stance) -> Array:
    values = (femoral_adduction_deg(motion, stance.side), knee_medial_shift(motion, stance.side))
    return np.array([value[stance.index] for value in values])


def _true(truth: dict[str, Any], side: Side, near_s: float) -> Array:
    """Return both quantities at the true mid stance near a time."""
    time_s, angles = np.array(truth["time_s"]), truth["angles_deg"]
    around = np.flatnonzero((time_s > near_s + AROUND_S[0]) & (time_s < near_s + AROUND_S[1]))
    i = around[int(np.argmax(np.array(angles[f"{side}_knee"], dtype=float)[around]))]
    hip, knee, ankle = (np.array(truth["joints_m"][f"{side}_{point}"][i])[[2, 1]] for point in ("hip", "knee", "ankle"))
    along = (ankle - hip) / np.linalg.norm(ankle - hip)
    across = (knee - hip) - ((knee - hip) @ along) * along
    shift = medial(side) * across[0] / truth["leg_length_m"][side]
    return np.array([float(angles[f"{side}_thigh_frontal"][i]), float(shift)])


def examples(folders: list[Path]) -> Iterator[Example]:
    """Yield the rear clips of the tuning half."""
    tuning = tomllib.loads(SPLIT.read_text(encoding="utf-8"))["tuning"]["runners"]
    for folder in folders:
        for path in sorted((folder / "poses").glob("*_rear.npz")):
            runner = tomllib.loads((folder / f"{path.stem}.toml").read_text(encoding="utf-8"))["runner"]
            if runner in tuning and (found := example(folder, path.stem)) is not None:
                yield found


def slope(yaw_deg: Array, error: Array) -> float:
    """Return the slope through zero: mirrored runners must give mirrored errors."""
    return float(yaw_deg @ error / (yaw_deg @ yaw_deg))


def left_out(clips: list[Example], yaw_deg: Array, error: Array) -> Array:
    """Return what is left of each clip's error by the slope of the other runners."""
    runners = np.array([clip.runner for clip in clips])
    rest = error.copy()
    for runner in set(runners):
        own = runners == runner
        rest[own] -= slope(yaw_deg[~own], error[~own]) * yaw_deg[own]
    return rest


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path, nargs="+")
    clips = list(examples(parser.parse_args().clips))
    yaw_deg = np.array([clip.yaw_deg for clip in clips])
    print(f"{len(clips)} clips of {len({clip.runner for clip in clips})} runners; RMSE of the difference left − right")
    for i, name in enumerate(QUANTITIES):
        true = np.array([clip.true[i] for clip in clips])
        filmed, upright = (
            np.array([getattr(clip, kind)[i] for clip in clips]) - true for kind in ("as_filmed", "upright")
        )
        steps = {"as filmed": filmed, "upright": upright, "and yaw": left_out(clips, yaw_deg, upright)}
        errors = ", ".join(f"{step} {np.sqrt(np.mean(error**2)):.3g}" for step, error in steps.items())
        print(f"{name}: {slope(yaw_deg, upright) / 2:.3g} a degree for one leg; {errors}; true ones {true.std():.3g}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
