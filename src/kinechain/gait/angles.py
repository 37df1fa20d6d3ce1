"""Segment and joint angles of the sagittal plane, in degrees, with the signs of the contract."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kinechain.gait.sagittal import SagittalMotion
from kinechain.model.events import GaitEvents
from kinechain.model.skeleton import SIDES, Side

Array = NDArray[np.float64]


def from_vertical_deg(lower: Array, upper: Array) -> Array:
    """Return the angle of a segment against the vertical, + when the upper end is ahead, shape (m,)."""
    d = upper - lower
    return np.asarray(np.degrees(np.arctan2(d[:, 0], d[:, 1])))


@dataclass(frozen=True)
class LegAngles:
    """Angles of one leg over the clip, each shape (m,) [deg].

    Shank + knee ahead of ankle; thigh + knee ahead of hip; knee flexion = thigh + shank; hip flexion = thigh + trunk
    lean; foot inclination + toes up, 0 for the flat foot of mid stance; ankle dorsiflexion = shank + foot inclination.
    """

    thigh: Array
    shank: Array
    knee_flexion: Array
    hip_flexion: Array
    foot_inclination: Array
    ankle_dorsiflexion: Array


@dataclass(frozen=True)
class BodyAngles:
    """Angles of both legs and of the trunk (+ leaning forward), shape (m,) [deg]."""

    legs: dict[Side, LegAngles]
    trunk_lean: Array


def body_angles(motion: SagittalMotion, events: GaitEvents) -> BodyAngles:
    """Compute all angles of the clip; the flat foot is taken from the clip's own stances."""
    trunk = from_vertical_deg(motion.middle("hip"), motion.middle("shoulder"))
    return BodyAngles({side: _leg(motion, events, side, trunk) for side in SIDES}, trunk)


def _leg(motion: SagittalMotion, events: GaitEvents, side: Side, trunk: Array) -> LegAngles:
    hip, knee, ankle = (motion.position(side, point) for point in ("hip", "knee", "ankle"))
    thigh = -from_vertical_deg(knee, hip)
    shank = from_vertical_deg(ankle, knee)
    sole = motion.position(side, "toe") - motion.position(side, "heel")
    inclination = np.degrees(np.unwrap(np.arctan2(sole[:, 1], sole[:, 0])))
    inclination -= 360.0 * np.round(np.median(inclination) / 360.0)
    inclination = inclination - flat_foot_deg(motion, events, side, inclination)
    return LegAngles(thigh, shank, thigh + shank, thigh + trunk, inclination, shank + inclination)


def flat_foot_deg(motion: SagittalMotion, events: GaitEvents, side: Side, inclination: Array) -> float:
    """Return the heel–toe line's angle when the foot lies flat: median over 25–50 % of every stance [deg].

    The pose model's heel and toe lie at different heights of the shoe, and cameras are rarely level; both fall out.
    NaN where the foot is not seen in any stance.
    """
    seen = motion.observed(side, "heel", "toe")
    values: list[float] = []
    for contact, off in events.stance(side):
        span = off.time_s - contact.time_s
        window = slice(motion.index(contact.time_s + 0.25 * span), motion.index(contact.time_s + 0.5 * span) + 1)
        if seen[window].all():
            values.append(float(np.median(inclination[window])))
    return float(np.median(values)) if values else float("nan")
