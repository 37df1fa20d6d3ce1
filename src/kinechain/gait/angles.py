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


def _beside(angle: Array, middle_deg: float) -> Array:
    """Return angles between two neighbouring segments as those within half a turn of `middle_deg`, shape (m,) [deg].

    A joint never bends by a whole turn, so its angle tells which of two equal directions a segment has. Each frame
    speaks for itself: unwrapped over time, one frame with heel and toe exchanged turns all that follow by 360°.
    """
    return angle - 360.0 * np.round((angle - middle_deg) / 360.0)


#: Middle of what a knee (flexion) and an ankle (dorsiflexion) can do [deg]; half a turn around it is more than enough.
_KNEE_DEG, _ANKLE_DEG = 60.0, -15.0


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
    knee_flexion = _beside(thigh + from_vertical_deg(ankle, knee), _KNEE_DEG)
    shank = knee_flexion - thigh
    inclination = foot_deg(motion, side, shank)
    inclination = inclination - flat_foot_deg(motion, events, side, inclination)
    return LegAngles(thigh, shank, knee_flexion, thigh + trunk, inclination, shank + inclination)


def foot_deg(motion: SagittalMotion, side: Side, shank: Array) -> Array:
    """Return the angle of the heel–toe line against the horizontal, + toes up, shape (m,) [deg].

    Parameters
    ----------
    shank : angle of the same leg's shank, shape (m,) [deg]
    """
    sole = motion.position(side, "toe") - motion.position(side, "heel")
    return _beside(shank + np.degrees(np.arctan2(sole[:, 1], sole[:, 0])), _ANKLE_DEG) - shank


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
