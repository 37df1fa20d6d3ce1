"""Learn toe-off from the motion around the toe's first rise, and around the instant at which the leg is longest.

    python validation/toe_off.py CLIPS            # train on all clips of the tuning half, write the models
    python validation/toe_off.py CLIPS --check    # leave one runner out at a time, print the errors

CLIPS is a folder of phantoms (set "learn", docs/phantoms.md) with the estimator's results in `poses/`. The models are
`toe_off_rise.npz` and `toe_off_longest.npz` in `src/kinechain/gait`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joint_centres import tuning_pose
from kinechain.gait.events import EventParameters, GroundSpeed
from kinechain.gait.sagittal import SagittalMotion, SmoothingParameters, to_sagittal
from kinechain.gait.toe_off import (
    APART_S,
    FARTHEST_SD,
    Features,
    Models,
    ShiftModel,
    body_features,
    leg_features,
    suggested_s,
)
from kinechain.model.skeleton import SIDES, Side
from kinechain.pose.joint_centres import to_joint_centres

Array = NDArray[np.float64]
SHIPPED = Path(__file__).resolve().parents[1] / "src" / "kinechain" / "gait"

#: The starting instants are also shown shifted by these, so that every error is learned to be put right [s].
SHIFTS_S = (-0.02, 0.0, 0.02)
#: A start farther off the truth belongs to another event; larger errors count as this [s].
LARGEST_ERROR_S = 0.06
STEPS = 2
#: The leg is looked for at its longest around an instant this long before the true one, so that both ends are seen [s].
USUALLY_EARLY_S = 0.03


@dataclass(frozen=True)
class Way:
    """One way to toe-off.

    Parameters
    ----------
    name : of its file, `toe_off_<name>.npz`
    start : where toe-off is looked for, from motion, side and the true instant [s]
    features : what is seen there
    ridge : share of the features' variance added to the diagonal
    """

    name: str
    start: Callable[[SagittalMotion, Side, float], float]
    features: Features
    ridge: float


@dataclass(frozen=True)
class Case:
    """One toe-off: where it is looked for, and when it is true [s]."""

    runner: str
    leg: str
    motion: SagittalMotion
    side: Side
    speed: GroundSpeed
    start_s: dict[str, float]
    true_s: float


def cases(folder: Path) -> list[Case]:
    """Return the toe-offs of the side views, each with the start of every way."""
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
            start_s = {way.name: way.start(motion, side, true_s) for way in WAYS}
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


def _first_rise(motion: SagittalMotion, side: Side, true_s: float) -> float:
    """Return where the product's rule finds toe-off in a window around the true one [s]."""
    rise, first = motion.velocity(side, "toe")[:, 1], motion.index(true_s - 0.06)
    window = slice(first, motion.index(true_s + 0.15))
    peak = first + int(np.argmax(rise[window]))
    level = EventParameters().toe_rise_ratio * rise[peak]
    below = np.flatnonzero(rise[first:peak] <= level)
    return float(motion.time_s[first + below[-1]]) if len(below) else float("nan")


def _longest(motion: SagittalMotion, side: Side, true_s: float) -> float:
    return suggested_s(motion, side, true_s - USUALLY_EARLY_S)


WAYS = (Way("rise", _first_rise, leg_features, 1.0), Way("longest", _longest, body_features, 0.1))


def learn(known: list[Case], way: Way) -> Models:
    """Fit one model after the other, each around the answers of those before it; far starts belong to other events."""
    near = [case for case in known if abs(case.start_s[way.name] - case.true_s) <= LARGEST_ERROR_S]
    now, models = np.array([case.start_s[way.name] for case in near]), []
    true = np.array([case.true_s for case in near])
    for _ in range(STEPS):
        shown = [now + shift for shift in SHIFTS_S]
        given = np.concatenate([_features(near, times, way) for times in shown])
        late = np.clip(np.concatenate([true - times for times in shown]), -LARGEST_ERROR_S, LARGEST_ERROR_S)
        usable = np.isfinite(given).all(axis=1)
        models.append(_ridge(given[usable], late[usable], way.ridge))
        now = now + _shifts(models[-1], _features(near, now, way))
    return tuple(models)


def _features(known: list[Case], times: Array, way: Way) -> Array:
    return np.stack([way.features(c.motion, c.side, float(t), c.speed) for c, t in zip(known, times, strict=True)])


def _shifts(model: ShiftModel, given: Array) -> Array:
    return np.array([model.shift_s(row) if np.isfinite(row).all() else 0.0 for row in given])


def _ridge(given: Array, late: Array, ridge: float) -> ShiftModel:
    mean, sd, offset = given.mean(axis=0), given.std(axis=0) + 1e-3, float(late.mean())
    scaled = np.clip((given - mean) / sd, -FARTHEST_SD, FARTHEST_SD)
    penalty = ridge * len(scaled) * np.eye(scaled.shape[1])
    weights = np.linalg.solve(scaled.T @ scaled + penalty, scaled.T @ (late - offset))
    return ShiftModel(mean, sd, weights, offset)


def write(models: Models, path: Path) -> Path:
    """Write the models of one way for the product."""
    kept = {name: np.array([getattr(m, name) for m in models]) for name in ("mean", "sd", "weights", "offset_s")}
    np.savez_compressed(path, **{name: values.astype(np.float32) for name, values in kept.items()})
    return path


def answers(known: list[Case], models: Models, way: Way) -> Array:
    """Return where a way puts toe-offs [s]; NaN where its start is no number."""
    now = np.array([case.start_s[way.name] for case in known])
    for model in models:
        now = now + _shifts(model, _features(known, now, way))
    return now


def check(known: list[Case]) -> Iterator[str]:
    """Yield the errors of toe-offs whose runner was left out [ms]: the toe's rise, each way, and both together."""
    found: dict[str, list[float]] = {name: [] for name in ("first rise", *(way.name for way in WAYS), "both")}
    legs: list[str] = []
    for runner in sorted({case.runner for case in known}):
        own = [case for case in known if case.runner == runner and np.isfinite(list(case.start_s.values())).all()]
        true = np.array([case.true_s for case in own])
        others = [case for case in known if case.runner != runner]
        rise, longest = (answers(own, learn(others, way), way) for way in WAYS)
        both = np.where(np.abs(longest - rise) > APART_S, longest, rise)
        start = np.array([case.start_s["rise"] for case in own])
        for name, times in zip(found, (start, rise, longest, both), strict=True):
            found[name] += (1e3 * (times - true)).tolist()
        legs += [case.leg for case in own]
    for leg in ("near", "far"):
        of_leg = np.array(legs) == leg
        errors = {name: np.array(values)[of_leg] for name, values in found.items()}
        told = ", ".join(f"{name} {e.mean():+.1f} ± {e.std():.1f}" for name, e in errors.items())
        yield f"{leg}: {of_leg.sum()} toe-offs, {told} ms"


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path)
    parser.add_argument("--check", action="store_true", help="leave runners out instead of writing the models")
    chosen = parser.parse_args()
    known = cases(chosen.clips)
    if chosen.check:
        print("\n".join(check(known)))
        return 0
    for way in WAYS:
        print(write(learn(known, way), SHIPPED / f"toe_off_{way.name}.npz"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
