"""Toe-off from several witnesses: how legs and hips move around the instants that toe and leg length suggest.

The toe's first rise is a poor witness alone: shoes bend, and the hidden toe of the far leg wanders, so the rule of
`gait.events` is off by up to 40 ms on some runners, and by up to 0.1 s on slow ones, whose toe rises twice. Two ridge
regressions on 0.12 s of motion around an instant tell how much, each asked twice, the second time around its own first
answer. One begins at the toe's first rise and sees the leg; the other begins 45 ms before hip and toe are farthest
apart, which has one peak, and sees both legs and the hips. Contact time scatters less with the first, whose errors go
with those of contact; the second stands in where the two are far apart. They were learned from rendered runners of the
tuning half whose joint centres had been placed as the product places them (`validation/toe_off.py`, decision records
0027, 0033 and 0041), so they are used for such points alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from kinechain.gait.angles import foot_deg, from_vertical_deg
from kinechain.gait.events import GroundSpeed
from kinechain.gait.sagittal import SagittalMotion
from kinechain.model.events import GaitEvent, GaitEvents
from kinechain.model.skeleton import LEG, Side, other

Array = NDArray[np.float64]

#: Instants around the one in question at which the motion is looked at [s].
OFFSETS_S = np.linspace(-0.06, 0.06, 11)
#: Around the toe's first rise, where the leg is looked for at its longest [s].
LONGEST_WINDOW_S = (-0.06, 0.20)
#: The leg is longest this long after toe-off (485 toe-offs of the tuning half) [s].
LONGEST_AFTER_S = 0.045
#: Answers farther apart than this are not about the same rise of the toe [s].
APART_S = 0.015
#: Nothing is shifted farther in one step [s].
LARGEST_SHIFT_S = 0.06
#: The regression sees nothing farther than this from what it was learned on [SD].
FARTHEST_SD = 4.0
#: An angle of this counts as one [deg].
_ANGLE_DEG = 30.0


@dataclass(frozen=True)
class ShiftModel:
    """One ridge regression: mean and SD of the features, their weights, and what is left [s]."""

    mean: Array
    sd: Array
    weights: Array
    offset_s: float

    def shift_s(self, features: Array) -> float:
        """Return how much later the toe leaves than assumed [s].

        Parameters
        ----------
        features : shape (k,), as `leg_features` or `body_features` returns them
        """
        given = np.clip((features - self.mean) / self.sd, -FARTHEST_SD, FARTHEST_SD)
        return float(np.clip(given @ self.weights + self.offset_s, -LARGEST_SHIFT_S, LARGEST_SHIFT_S))


#: Models in the order in which they are asked.
Models = tuple[ShiftModel, ...]
Features = Callable[[SagittalMotion, Side, float, GroundSpeed], Array]


@dataclass(frozen=True)
class ToeOffModels:
    """The models of both ways: from the toe's first rise, and from the leg's greatest length."""

    rise: Models
    longest: Models


def suggested_s(motion: SagittalMotion, side: Side, about_s: float) -> float:
    """Return where the leg's greatest length puts toe-off [s].

    Where hip or toe were not seen all along, or the leg only grows or shrinks, `about_s` comes back.

    Parameters
    ----------
    about_s : toe-off by the toe's first rise, up to 0.1 s early [s]
    """
    span = slice(*(motion.index(about_s + bound) for bound in LONGEST_WINDOW_S))
    apart = np.linalg.norm(motion.position(side, "toe")[span] - motion.position(side, "hip")[span], axis=1)
    top = int(np.argmax(apart))
    if not motion.observed(side, "hip", "toe")[span].all() or top in (0, len(apart) - 1):
        return about_s
    return float(motion.time_s[span][top]) - LONGEST_AFTER_S


def leg_features(motion: SagittalMotion, side: Side, time_s: float, speed: GroundSpeed) -> Array:
    """Return the motion of a leg around an instant, without size or frame rate, shape (100,).

    Velocities of heel, toe and ankle over the ground ÷ running speed; foot, shank and thigh angle ÷ 30°; running speed
    in leg lengths a second. NaN where a point was not seen.

    Parameters
    ----------
    motion : smoothed with `SmoothingParameters.events_hz`
    speed : of the ground under this leg [px/s]
    """
    shank, thigh = _leg_paths(motion, side)
    foot = foot_deg(motion, side, shank * _ANGLE_DEG) / _ANGLE_DEG
    paths = [*_foot_paths(motion, side, speed), foot, shank, thigh]
    return _around(motion, time_s, paths, speed, motion.observed(side, *LEG))


def body_features(motion: SagittalMotion, side: Side, time_s: float, speed: GroundSpeed) -> Array:
    """Return the motion of legs and hips around an instant, without size or frame rate, shape (133,).

    Velocities of heel, toe and ankle over the ground ÷ running speed; shank and thigh angle of both legs ÷ 30°; the
    hips' upward speed and the distance from hip to toe in leg lengths; running speed in leg lengths a second. NaN where
    a point was not seen.

    Parameters
    ----------
    motion : smoothed with `SmoothingParameters.events_hz`
    speed : of the ground under this leg [px/s]
    """
    bounce = (motion.velocity("left", "hip") + motion.velocity("right", "hip"))[:, 1] / 2
    apart = np.linalg.norm(motion.position(side, "toe") - motion.position(side, "hip"), axis=1)
    length = _leg_length(motion)
    legs = [path for leg in (side, other(side)) for path in _leg_paths(motion, leg)]
    paths = [*_foot_paths(motion, side, speed), *legs, bounce / length, apart / length]
    seen = motion.observed(side, *LEG) & motion.observed(other(side), "hip", "knee", "ankle")
    return _around(motion, time_s, paths, speed, seen)


def _leg_length(motion: SagittalMotion) -> float:
    return (motion.leg_length("left") + motion.leg_length("right")) / 2


def _foot_paths(motion: SagittalMotion, side: Side, speed: GroundSpeed) -> list[Array]:
    velocities = [motion.velocity(side, point) - [speed.ground, 0.0] for point in ("heel", "toe", "ankle")]
    return [part / speed.running for velocity in velocities for part in velocity.T]


def _leg_paths(motion: SagittalMotion, side: Side) -> list[Array]:
    hip, knee, ankle = (motion.position(side, point) for point in ("hip", "knee", "ankle"))
    return [from_vertical_deg(ankle, knee) / _ANGLE_DEG, -from_vertical_deg(knee, hip) / _ANGLE_DEG]


def _around(
    motion: SagittalMotion, time_s: float, paths: list[Array], speed: GroundSpeed, seen: NDArray[np.bool_]
) -> Array:
    """Return the paths at the offsets around an instant and the running speed; NaN where not all was seen."""
    at = time_s + OFFSETS_S
    values = np.concatenate(
        [*(np.interp(at, motion.time_s, path) for path in paths), [speed.running / _leg_length(motion)]]
    )
    whole = bool(seen[motion.index(at[0]) : motion.index(at[-1]) + 1].all())
    return values if whole else np.full_like(values, np.nan)


@cache
def shipped_models() -> ToeOffModels:
    """Return the models that ship."""
    return ToeOffModels(_read("toe_off_rise.npz"), _read("toe_off_longest.npz"))


def _read(name: str) -> Models:
    with resources.as_file(resources.files("kinechain.gait") / name) as file, np.load(file) as kept:
        parts = [np.asarray(kept[part], dtype=np.float64) for part in ("mean", "sd", "weights", "offset_s")]
    return tuple(ShiftModel(m, s, w, float(o)) for m, s, w, o in zip(*parts, strict=True))


def refine_toe_offs(
    motion: SagittalMotion,
    events: GaitEvents,
    speeds: Mapping[Side, GroundSpeed],
    models: ToeOffModels | None = None,
) -> GaitEvents:
    """Return the events with every toe-off shifted to where the motion of leg and body puts it.

    A toe-off around which a point of its leg was not seen stays where it is.

    Parameters
    ----------
    motion : smoothed with `SmoothingParameters.events_hz`, of points at the joint centres
    speeds : of the ground under each foot
    """
    chosen = models or shipped_models()

    def refined(event: GaitEvent) -> GaitEvent:
        if event.kind != "toe_off":
            return event
        side, speed = event.side, speeds[event.side]
        time_s = _asked(motion, side, event.time_s, speed, leg_features, chosen.rise)
        if time_s is None:
            return event
        start_s = suggested_s(motion, side, event.time_s)
        longest_s = _asked(motion, side, start_s, speed, body_features, chosen.longest)
        if longest_s is not None and abs(longest_s - time_s) > APART_S:
            time_s = longest_s
        return replace(event, time_s=float(np.clip(time_s, motion.time_s[0], motion.time_s[-1])))

    return GaitEvents(tuple(refined(event) for event in events))


def _asked(
    motion: SagittalMotion, side: Side, start_s: float, speed: GroundSpeed, features: Features, models: Models
) -> float | None:
    """Return what models answer one after the other [s]; None where a point was not seen."""
    time_s = start_s
    for model in models:
        given = features(motion, side, time_s, speed)
        if not np.isfinite(given).all():
            return None
        time_s += model.shift_s(given)
    return time_s
