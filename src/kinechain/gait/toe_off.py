"""Toe-off from several witnesses: how both legs and the hips move around the instant at which the leg is longest.

The toe's first rise is a poor witness alone: shoes bend, and the hidden toe of the far leg wanders, so the rule of
`gait.events` is off by up to 0.1 s on some slow runners, whose toe rises twice. The distance from hip to toe has one
peak instead, 45 ms after toe-off (SD 11 ms). A ridge regression on 0.12 s of the motion around the instant that it
suggests tells how much is left; it is asked twice, the second time around its own first answer. It was learned from
rendered runners of the tuning half whose joint centres had been placed as the product places them
(`validation/toe_off.py`, decision records 0027 and 0033), so it is used for such points alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from kinechain.gait.angles import from_vertical_deg
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
        features : shape (133,), as `features` returns them
        """
        given = np.clip((features - self.mean) / self.sd, -FARTHEST_SD, FARTHEST_SD)
        return float(np.clip(given @ self.weights + self.offset_s, -LARGEST_SHIFT_S, LARGEST_SHIFT_S))


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


def features(motion: SagittalMotion, side: Side, time_s: float, speed: GroundSpeed) -> Array:
    """Return the motion of the body around an instant, without size or frame rate, shape (133,).

    Velocities of heel, toe and ankle over the ground ÷ running speed; shank and thigh angle of both legs ÷ 30°; the
    hips' upward speed and the distance from hip to toe in leg lengths; running speed in leg lengths a second. NaN where
    a point was not seen.

    Parameters
    ----------
    motion : smoothed with `SmoothingParameters.events_hz`
    speed : of the ground under this leg [px/s]
    """
    at = time_s + OFFSETS_S
    velocities = [motion.velocity(side, point) - [speed.ground, 0.0] for point in ("heel", "toe", "ankle")]
    paths = [part / speed.running for velocity in velocities for part in velocity.T]
    for leg in (side, other(side)):
        hip, knee, ankle = (motion.position(leg, point) for point in ("hip", "knee", "ankle"))
        paths += [from_vertical_deg(ankle, knee) / _ANGLE_DEG, -from_vertical_deg(knee, hip) / _ANGLE_DEG]
    length = (motion.leg_length("left") + motion.leg_length("right")) / 2
    bounce = (motion.velocity("left", "hip") + motion.velocity("right", "hip"))[:, 1] / 2
    apart = np.linalg.norm(motion.position(side, "toe") - motion.position(side, "hip"), axis=1)
    paths += [bounce / length, apart / length]
    seen = motion.observed(side, *LEG) & motion.observed(other(side), "hip", "knee", "ankle")
    whole = bool(seen[motion.index(at[0]) : motion.index(at[-1]) + 1].all())
    values = np.concatenate([*(np.interp(at, motion.time_s, path) for path in paths), [speed.running / length]])
    return values if whole else np.full_like(values, np.nan)


@cache
def shipped_models() -> tuple[ShiftModel, ...]:
    """Return the models that ship, in the order in which they are asked."""
    path = resources.files("kinechain.gait") / "toe_off.npz"
    with resources.as_file(path) as file, np.load(file) as kept:
        parts = [np.asarray(kept[name], dtype=np.float64) for name in ("mean", "sd", "weights", "offset_s")]
    return tuple(ShiftModel(m, s, w, float(o)) for m, s, w, o in zip(*parts, strict=True))


def refine_toe_offs(
    motion: SagittalMotion,
    events: GaitEvents,
    speeds: Mapping[Side, GroundSpeed],
    models: tuple[ShiftModel, ...] | None = None,
) -> GaitEvents:
    """Return the events with every toe-off shifted to where the motion of legs and hips puts it.

    A toe-off around which a point was not seen stays where it is.

    Parameters
    ----------
    motion : smoothed with `SmoothingParameters.events_hz`, of points at the joint centres
    speeds : of the ground under each foot
    """
    chosen = models or shipped_models()

    def refined(event: GaitEvent) -> GaitEvent:
        if event.kind != "toe_off":
            return event
        time_s = suggested_s(motion, event.side, event.time_s)
        for model in chosen:
            given = features(motion, event.side, time_s, speeds[event.side])
            if not np.isfinite(given).all():
                return event
            time_s += model.shift_s(given)
        return replace(event, time_s=float(np.clip(time_s, motion.time_s[0], motion.time_s[-1])))

    return GaitEvents(tuple(refined(event) for event in events))
