"""The stride table of a rear or front view: one row a stride.

Mid stance (MS) is here the lowest point of the hips: the knee's flexion is not seen from behind. On the markers of six
laboratory runners it lies at 45 ± 2 % of stance at every speed, a little after the side view's maximum of knee flexion
(decision record 0013).
"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kinechain.gait.events import Rhythm
from kinechain.gait.frontal import FrontalMotion
from kinechain.gait.frontal_events import Stance
from kinechain.gait.frontal_yaw import YawParameters
from kinechain.gait.rolloff import RolloffParameters, big_over_little_toe, toes_told_apart
from kinechain.gait.strides import NAN, StrideParameters, StrideTable
from kinechain.model.events import GaitEvent, GaitEvents
from kinechain.model.skeleton import SIDES, Side, other

Array = NDArray[np.float64]


def medial(side: Side) -> int:
    """Return the direction towards the midline for a leg: x points to the runner's right."""
    return -1 if side == "right" else 1


def femoral_adduction_deg(motion: FrontalMotion, side: Side) -> Array:
    """Return the thigh against the vertical, + when the knee is nearer to the midline than the hip, shape (m,) [deg].

    In the plane of the picture: a thigh that is also swung by s in the sagittal plane reads atan(tan(a) / cos(s)),
    6 % more at 20°.
    """
    line = motion.position(side, "knee") - motion.position(side, "hip")
    return np.asarray(np.degrees(np.arctan2(medial(side) * line[:, 0], -line[:, 1])))


def knee_medial_shift(motion: FrontalMotion, side: Side) -> Array:
    """Return the knee's distance from the hip–ankle line ÷ leg length, + towards the midline, shape (m,)."""
    hip, knee, ankle = (motion.position(side, point) for point in ("hip", "knee", "ankle"))
    line = ankle - hip
    across = line[:, 1] * (knee - hip)[:, 0] - line[:, 0] * (knee - hip)[:, 1]
    return np.asarray(-medial(side) * across / np.maximum(np.linalg.norm(line, axis=1), 1e-9))


def frontal_stride_table(
    motion: FrontalMotion,
    stances: list[Stance],
    events: GaitEvents,
    rhythm: Rhythm,
    parameters: StrideParameters,
    rolloff: RolloffParameters,
    yaw_deg: float,
    yaw: YawParameters,
) -> StrideTable:
    """Measure every complete stride of both legs.

    Parameters
    ----------
    motion : smoothed with `SmoothingParameters.angles_hz`, set upright
    stances : mid stances in order of time, on the grid of `motion`
    yaw_deg : of the camera, as `camera_yaw_deg` tells it; what it does to the thigh and the knee is taken off
    yaw : by how much a degree of it

    Returns
    -------
    StrideTable
        Columns `side`, `start_s`, `ms_s`, `toe_off_s`, `other_contact_s`, `end_s`, `stride_time_s` (from mid stance to
        mid stance, which is seen more sharply than contact), the quantities, and the height of the big toe over the
        little toe while the foot stands and as it leaves (`toes_standing_ratio`, `toes_leaving_ratio`; where the pose
        tells the toes apart).
    """
    rows: list[dict[str, object]] = []
    irregular = 0
    for side in SIDES:
        own = [stance for stance in stances if stance.side == side]
        for stance, following in itertools.pairwise(own):
            bounds = _bounds(motion, events, stance, following)
            if bounds is None:
                continue
            time_s = motion.time_s[following.index] - motion.time_s[stance.index]
            if abs(time_s - rhythm.stride_s) > parameters.stride_tolerance * rhythm.stride_s:
                irregular += 1
                continue
            between = [s for s in stances if stance.index < s.index < following.index and s.side == other(side)]
            row = _row(motion, stance, between[0] if len(between) == 1 else None, bounds, events, float(time_s))
            row |= _thigh_and_knee(motion, stance, yaw_deg, yaw)
            rows.append(row | _toes(motion, stance, bounds[1].time_s, rolloff))
    return StrideTable(pd.DataFrame(rows, columns=None if rows else ["side", "start_s"]), irregular)


def _bounds(
    motion: FrontalMotion, events: GaitEvents, stance: Stance, following: Stance
) -> tuple[GaitEvent, GaitEvent, GaitEvent] | None:
    """Return contact, toe-off and next contact of a stride; None where one was not found."""
    now, later = motion.time_s[stance.index], motion.time_s[following.index]
    contacts = events.of("initial_contact", stance.side)
    before = [e for e in contacts if e.time_s < now]
    ends = [e for e in contacts if now < e.time_s < later]
    offs = [e for e in events.of("toe_off", stance.side) if now < e.time_s < later]
    return (before[-1], offs[0], ends[-1]) if before and len(offs) == 1 and ends else None


def _row(
    motion: FrontalMotion,
    stance: Stance,
    next_stance: Stance | None,
    bounds: tuple[GaitEvent, GaitEvent, GaitEvent],
    events: GaitEvents,
    stride_time_s: float,
) -> dict[str, object]:
    side, contact, off, end = stance.side, *bounds
    opposite = events.times_s("initial_contact", other(side))
    opposite = opposite[(opposite > contact.time_s) & (opposite < end.time_s)]
    return {
        "side": side,
        "start_s": contact.time_s,
        "ms_s": float(motion.time_s[stance.index]),
        "toe_off_s": off.time_s,
        "other_contact_s": float(opposite[0]) if len(opposite) else NAN,
        "end_s": end.time_s,
        "stride_time_s": stride_time_s,
        "step_width_ratio": _step_width(motion, stance, next_stance),
    }


def _thigh_and_knee(motion: FrontalMotion, stance: Stance, yaw_deg: float, yaw: YawParameters) -> dict[str, float]:
    """Return adduction and the knee's medial shift at mid stance, as a camera straight behind would see them."""
    side = stance.side
    off = medial(side) * yaw_deg
    adduction = _at(motion, stance, femoral_adduction_deg(motion, side), "hip", "knee")
    shift = _at(motion, stance, knee_medial_shift(motion, side), "hip", "knee", "ankle")
    return {
        "femoral_adduction_ms_deg": adduction - off * yaw.adduction_deg,
        "knee_medial_shift_ms_ratio": shift - off * yaw.knee_shift_ratio,
    }


def _toes(motion: FrontalMotion, stance: Stance, off_s: float, parameters: RolloffParameters) -> dict[str, object]:
    """Return how high the big toe is over the little toe, standing and leaving; nothing where there are no two toes."""
    if not toes_told_apart(motion, stance.side):
        return {}
    standing_s = float(motion.time_s[stance.index])
    return {
        "toes_standing_ratio": big_over_little_toe(motion, stance.side, standing_s, parameters.standing_s),
        "toes_leaving_ratio": big_over_little_toe(motion, stance.side, off_s, parameters.leaving_s),
    }


def _at(motion: FrontalMotion, stance: Stance, values: Array, *points: str) -> float:
    """Return `values` at mid stance, NaN where a point was not seen then."""
    return float(values[stance.index]) if motion.observed(stance.side, *points)[stance.index] else NAN


def _step_width(motion: FrontalMotion, stance: Stance, following: Stance | None) -> float:
    """Return how far apart two steps are set, heel at mid stance to heel at mid stance; negative: they cross.

    The heel, because BlazePose sets the ankles of a runner seen from behind too far outwards (record 0013).
    """
    if following is None:
        return NAN
    own, opposite = (_at(motion, s, motion.position(s.side, "heel")[:, 0], "heel") for s in (stance, following))
    return medial(stance.side) * (opposite - own)
