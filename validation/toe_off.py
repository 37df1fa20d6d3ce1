"""Learn toe-off from the motion around the instant at which the leg is longest: `src/kinechain/gait/toe_off.npz`.

    python validation/toe_off.py CLIPS            # train on all clips of the tuning half, write the models
    python validation/toe_off.py CLIPS --check    # leave one runner out at a time, print the errors

CLIPS is a folder of phantoms (set "learn", docs/phantoms.md) with the estimator's results in `poses/`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joint_centres import tuning_pose
from kinechain.gait.events import GroundSpeed
from kinechain.gait.sagittal import SagittalMotion, SmoothingParameters, to_sagittal
from kinechain.gait.toe_off import FARTHEST_SD, ShiftModel, features, suggested_s
from kinechain.model.skeleton import SIDES, Side
from kinechain.pose.joint_centres import to_joint_centres

Array = NDArray[np.float64]
SHIPPED = Path(__file__).resolve().parents[1] / "src" / "kinechain" / "gait" / "toe_off.npz"

#: Share of the features' variance added to the diagonal.
RIDGE = 0.1
#: The starting instants are also shown shifted by these, so that every error is learned to be put right [s].
SHIFTS_S = (-0.02, 0.0, 0.02)
#: A start farther off the truth belongs to another event; larger errors count as this [s].
LARGEST_ERROR_S = 0.06
STEPS = 2
#: The leg is looked for at its longest around an instant this long before the true one, so that both ends are seen [s].
USUALLY_EARLY_S = 0.03


@dataclass(frozen=True)
class Case:
    """One toe-off: where it is looked for, and when it is true [s]."""

    runner: str
    leg: str
    motion: SagittalMotion
    side: Side
    speed: GroundSpeed
    start_s: float
    true_s: float


def cases(folder: Path) -> list[Case]:
    """Return the toe-offs of the side views."""
    names = sorted(path.stem for path in (folder / "poses").glob("*_side_*.npz"))
    return [case for name in names for case in _of_clip(folder, name)]


def _of_clip(folder: Path, name: str) -> Iterator[Case]:
    runner, truth, pose = tuning_pose(folder, name)
    facing, smoothing = (1 if truth["view"] == "side_right" else -1), SmoothingParameters()
    motion = to_sagittal(to_joint_centres(pose, truth["view"]), facing, smoothing.events_hz, smoothing)
    if motion is None:
        return
    for side in SIDES:
        speed = _ground(motion, side, truth)
        if speed is None:
            continue
        leg = "near" if truth["view"] == f"side_{side}" else "far"
        for true_s in _times(truth, side, "toe_off", motion):
            start_s = suggested_s(motion, side, true_s - USUALLY_EARLY_S)
            if abs(start_s - true_s) <= LARGEST_ERROR_S:
                yield Case(runner, leg, motion, side, speed, start_s, true_s)


def _times(truth: dict[str, Any], side: Side, kind: str, motion: SagittalMotion) -> list[float]:
    first, last = motion.time_s[0] + 0.12, motion.time_s[-1] - 0.12
    times = [e["time_s"] for e in truth["events"] if (e["side"], e["kind"]) == (side, kind)]
    return [t for t in times if first < t < last]


def _ground(motion: SagittalMotion, side: Side, truth: dict[str, Any]) -> GroundSpeed | None:
    """Return the ground's speed from the foot in mid stance: too short a clip for the product's own rhythm."""
    mean = (motion.velocity(side, "heel")[:, 0] + motion.velocity(side, "toe")[:, 0]) / 2
    contacts = _times(truth, side, "initial_contact", motion)
    windows = [slice(motion.index(t + 0.05), motion.index(t + 0.11)) for t in contacts]
    if not windows:
        return None
    ground = float(np.median([np.median(mean[window]) for window in windows]))
    running = float(np.mean(motion.velocity(side, "hip")[:, 0])) - ground
    return GroundSpeed(ground, running) if running > 0 else None


def learn(known: list[Case]) -> tuple[ShiftModel, ...]:
    """Fit one model after the other, each around the answers of those before it."""
    now, models = np.array([case.start_s for case in known]), []
    true = np.array([case.true_s for case in known])
    for _ in range(STEPS):
        shown = [now + shift for shift in SHIFTS_S]
        given = np.concatenate([_features(known, times) for times in shown])
        late = np.clip(np.concatenate([true - times for times in shown]), -LARGEST_ERROR_S, LARGEST_ERROR_S)
        usable = np.isfinite(given).all(axis=1)
        models.append(_ridge(given[usable], late[usable]))
        now = now + _shifts(models[-1], _features(known, now))
    return tuple(models)


def _features(known: list[Case], times: Array) -> Array:
    return np.stack([features(c.motion, c.side, float(t), c.speed) for c, t in zip(known, times, strict=True)])


def _shifts(model: ShiftModel, given: Array) -> Array:
    return np.array([model.shift_s(row) if np.isfinite(row).all() else 0.0 for row in given])


def _ridge(given: Array, late: Array) -> ShiftModel:
    mean, sd, offset = given.mean(axis=0), given.std(axis=0) + 1e-3, float(late.mean())
    scaled = np.clip((given - mean) / sd, -FARTHEST_SD, FARTHEST_SD)
    penalty = RIDGE * len(scaled) * np.eye(scaled.shape[1])
    weights = np.linalg.solve(scaled.T @ scaled + penalty, scaled.T @ (late - offset))
    return ShiftModel(mean, sd, weights, offset)


def write(models: tuple[ShiftModel, ...], path: Path = SHIPPED) -> Path:
    """Write the models for the product."""
    kept = {name: np.array([getattr(m, name) for m in models]) for name in ("mean", "sd", "weights", "offset_s")}
    np.savez_compressed(path, **{name: values.astype(np.float32) for name, values in kept.items()})
    return path


def check(known: list[Case]) -> Iterator[str]:
    """Yield the errors of toe-offs whose runner was left out, before and after [ms]."""
    rows: list[tuple[str, float, float]] = []
    for runner in sorted({case.runner for case in known}):
        models = learn([case for case in known if case.runner != runner])
        own = [case for case in known if case.runner == runner]
        now = np.array([case.start_s for case in own])
        for model in models:
            now = now + _shifts(model, _features(own, now))
        rows += [(c.leg, 1e3 * (c.start_s - c.true_s), 1e3 * (t - c.true_s)) for c, t in zip(own, now, strict=True)]
    for leg in ("near", "far"):
        before, after = (np.array([row[i] for row in rows if row[0] == leg]) for i in (1, 2))
        old, new = (f"{errors.mean():+.1f} ± {errors.std():.1f}" for errors in (before, after))
        yield f"{leg}: {len(before)} toe-offs, {old} → {new} ms"


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path)
    parser.add_argument("--check", action="store_true", help="leave runners out instead of writing the models")
    chosen = parser.parse_args()
    known = cases(chosen.clips)
    if chosen.check:
        print("\n".join(check(known)))
    else:
        print(write(learn(known)), len(known), "toe-offs")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
