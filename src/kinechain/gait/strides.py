"""The stride table: one row a stride, every quantity of the side view at its instant.

Instants: IC initial contact, MS maximum knee flexion in the first 70 % of stance, TO toe-off. A quantity whose points
were not seen at its instant is NaN in that row.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kinechain.gait.angles import BodyAngles
from kinechain.gait.events import Rhythm
from kinechain.gait.sagittal import SagittalMotion
from kinechain.model.events import GaitEvent, GaitEvents
from kinechain.model.skeleton import SIDES, Side, other

Array = NDArray[np.float64]
NAN = float("nan")


@dataclass(frozen=True)
class StrideParameters:
    """What counts as a stride, and where in it instants are looked for.

    Parameters
    ----------
    stride_tolerance
        A stride may differ from the clip's stride period by this share.
    contact_tolerance
        Its contact time may differ from the median of that foot by this share.
    mid_stance_end
        MS lies in this first part of stance.
    top_ratio
        The knee's bend is flat at its top, so MS is the top of a cubic through this share of contact time on each side.
        On rendered runners its instant scatters by 6 ms this way, by 10 ms where the highest sample is taken.
    heel_rise_ratio
        The heel is off when it is this share of leg length above its lowest point of stance.
    drift_window
        The rearward maximum lies in this first part of swing.
    least_seen
        Share of a window in which a point must be seen.
    """

    stride_tolerance: float = 0.25
    contact_tolerance: float = 0.35
    mid_stance_end: float = 0.7
    top_ratio: float = 0.25
    heel_rise_ratio: float = 0.02
    drift_window: float = 0.5
    least_seen: float = 0.9


@dataclass(frozen=True)
class _Stride:
    side: Side
    contact: GaitEvent
    off: GaitEvent
    end: GaitEvent


@dataclass(frozen=True)
class StrideTable:
    """The measured strides and how many were left out.

    Parameters
    ----------
    rows : DataFrame
        `side`, `start_s`, `ms_s`, `toe_off_s`, `drift_s`, `other_contact_s`, `end_s` (intervals [start, end)), then one
        column for each quantity, named as in the glossary. Lengths are in px ÷ leg length or left to the scale:
        `vertical_oscillation_px` is in px.
    irregular : strides left out because their length or contact did not fit the rhythm, or an event was not seen
    """

    rows: pd.DataFrame
    irregular: int

    def of(self, side: Side) -> pd.DataFrame:
        """Return the rows of one side."""
        return self.rows[self.rows["side"] == side]


def stride_table(
    motion: SagittalMotion, angles: BodyAngles, events: GaitEvents, rhythm: Rhythm, parameters: StrideParameters
) -> StrideTable:
    """Measure every complete stride of both legs.

    Parameters
    ----------
    motion : smoothed with `SmoothingParameters.angles_hz`
    angles : of the same motion
    """
    rows: list[dict[str, object]] = []
    irregular = 0
    for side in SIDES:
        candidates = _complete_strides(events, side)
        regular = _regular(candidates, rhythm, parameters)
        irregular += len(candidates) - len(regular)
        reader = _Reader(motion, angles, events, side, parameters)
        rows += [reader.read(stride) for stride in regular]
    return StrideTable(pd.DataFrame(rows, columns=None if rows else ["side", "start_s"]), irregular)


def _complete_strides(events: GaitEvents, side: Side) -> list[_Stride]:
    contacts = events.of("initial_contact", side)
    strides: list[_Stride] = []
    for contact, end in pairwise(contacts):
        offs = [e for e in events.of("toe_off", side) if contact.time_s < e.time_s < end.time_s]
        if len(offs) == 1:
            strides.append(_Stride(side, contact, offs[0], end))
    return strides


def _regular(strides: list[_Stride], rhythm: Rhythm, parameters: StrideParameters) -> list[_Stride]:
    usable = [s for s in strides if s.contact.usable and s.off.usable and s.end.usable]
    if not usable:
        return []
    contact = float(np.median([s.off.time_s - s.contact.time_s for s in usable]))
    return [
        s
        for s in usable
        if abs(s.end.time_s - s.contact.time_s - rhythm.stride_s) <= parameters.stride_tolerance * rhythm.stride_s
        and abs(s.off.time_s - s.contact.time_s - contact) <= parameters.contact_tolerance * contact
    ]


class _Reader:
    """Reads the quantities of one leg's strides off the smoothed motion."""

    def __init__(
        self,
        motion: SagittalMotion,
        angles: BodyAngles,
        events: GaitEvents,
        side: Side,
        parameters: StrideParameters,
    ) -> None:
        self.motion = motion
        self.angles = angles.legs[side]
        self.trunk = angles.trunk_lean
        self.side = side
        self.parameters = parameters
        self.leg_length = motion.leg_length(side)
        self.other_contacts_s = events.times_s("initial_contact", other(side))

    def read(self, stride: _Stride) -> dict[str, object]:
        """Return one row of the stride table."""
        start, off, end = stride.contact.time_s, stride.off.time_s, stride.end.time_s
        later = self.other_contacts_s[(self.other_contacts_s > start) & (self.other_contacts_s < end)]
        other_contact = float(later[0]) if len(later) else NAN
        mid_stance = self._mid_stance(start, off)
        row: dict[str, object] = {
            "side": self.side,
            "start_s": start,
            "ms_s": mid_stance,
            "toe_off_s": off,
            "other_contact_s": other_contact,
            "end_s": end,
            "stride_time_s": end - start,
            "contact_time_s": off - start,
            "flight_time_s": other_contact - off,
            "duty_factor_ratio": (off - start) / (end - start),
        }
        row |= self._at_contact(start) | self._at_mid_stance(start, mid_stance) | self._over_stance(start, off)
        return row | self._at_toe_off(off) | self._in_swing(off, end, other_contact)

    def _at(self, values: Array, time_s: float, *points: str) -> float:
        """Return `values` at an instant, NaN where a point was not seen then."""
        if not np.isfinite(time_s) or not self.motion.observed(self.side, *points)[self.motion.index(time_s)]:
            return NAN
        return float(np.interp(time_s, self.motion.time_s, values))

    def _window(self, start_s: float, end_s: float, *points: str) -> slice | None:
        """Return the grid window, None where a point was hidden in too much of it."""
        window = slice(self.motion.index(start_s), self.motion.index(end_s) + 1)
        seen = self.motion.observed(self.side, *points)[window]
        return window if seen.mean() >= self.parameters.least_seen else None

    def _ahead(self, front: str, back: str) -> Array:
        """Return how far one point is ahead of another ÷ leg length, shape (m,)."""
        position = self.motion.position
        return np.asarray((position(self.side, front)[:, 0] - position(self.side, back)[:, 0]) / self.leg_length)

    def _mid_stance(self, start: float, off: float) -> float:
        end = start + self.parameters.mid_stance_end * (off - start)
        window = self._window(start, end, "hip", "knee", "ankle")
        if window is None:
            return NAN
        bend = self.angles.knee_flexion
        top = window.start + int(np.argmax(bend[window]))
        reach = int(self.parameters.top_ratio * (off - start) * self.motion.rate_hz)
        around = slice(max(0, top - reach), top + reach + 1)
        clock = self.motion.time_s[around] - self.motion.time_s[top]
        top_s = clock[np.argmax(np.polynomial.Polynomial.fit(clock, bend[around], 3)(clock))]
        return float(np.clip(self.motion.time_s[top] + top_s, start, end))

    def _at_contact(self, start: float) -> dict[str, object]:
        return {
            "foot_inclination_ic_deg": self._at(self.angles.foot_inclination, start, "heel", "toe"),
            "overstride_ic_ratio": self._at(self._ahead("ankle", "hip"), start, "hip", "ankle"),
            "shank_angle_ic_deg": self._at(self.angles.shank, start, "knee", "ankle"),
            "knee_flexion_ic_deg": self._at(self.angles.knee_flexion, start, "hip", "knee", "ankle"),
            "hip_flexion_ic_deg": self._at(self.angles.hip_flexion, start, "shoulder", "hip", "knee"),
        }

    def _at_mid_stance(self, start: float, mid_stance: float) -> dict[str, object]:
        hip_ic = self._at(self.angles.hip_flexion, start, "shoulder", "hip", "knee")
        hip_ms = self._at(self.angles.hip_flexion, mid_stance, "shoulder", "hip", "knee")
        return {
            "shank_angle_ms_deg": self._at(self.angles.shank, mid_stance, "knee", "ankle"),
            "knee_flexion_peak_deg": self._at(self.angles.knee_flexion, mid_stance, "hip", "knee", "ankle"),
            "knee_over_toe_ms_ratio": self._at(self._ahead("knee", "toe"), mid_stance, "knee", "toe"),
            "hip_flexion_excursion_deg": hip_ms - hip_ic,
        }

    def _over_stance(self, start: float, off: float) -> dict[str, object]:
        foot = self._window(start, off, "knee", "ankle", "heel", "toe")
        body = self._window(start, off, "shoulder", "hip")
        return {
            "ankle_dorsiflexion_peak_deg": NAN if foot is None else float(self.angles.ankle_dorsiflexion[foot].max()),
            "dorsiflexion_peak_s": NAN
            if foot is None
            else float(self.motion.time_s[foot.start + int(np.argmax(self.angles.ankle_dorsiflexion[foot]))]),
            "trunk_lean_deg": NAN if body is None else float(self.trunk[body].mean()),
            "heel_off_pct": self._heel_off_pct(start, off),
        }

    def _heel_off_pct(self, start: float, off: float) -> float:
        window = self._window(start, off, "heel")
        if window is None:
            return NAN
        height = self.motion.position(self.side, "heel")[window, 1]
        lowest = int(np.argmin(height[: max(2, int(0.8 * len(height)))]))
        above = np.flatnonzero(height[lowest:] > height[lowest] + self.parameters.heel_rise_ratio * self.leg_length)
        return 100.0 * (lowest + above[0]) / (len(height) - 1) if len(above) else NAN

    def _at_toe_off(self, off: float) -> dict[str, object]:
        line = self.motion.position(self.side, "hip") - self.motion.position(self.side, "toe")
        trailing = np.degrees(np.arctan2(line[:, 0], line[:, 1]))
        return {
            "thigh_angle_to_deg": self._at(self.angles.thigh, off, "hip", "knee"),
            "trailing_limb_angle_to_deg": self._at(trailing, off, "hip", "toe"),
        }

    def _in_swing(self, off: float, end: float, other_contact: float) -> dict[str, object]:
        values: dict[str, object] = {"rearward_drift_ratio": NAN, "recovery_time_s": NAN, "drift_s": NAN}
        window = self._window(off, off + self.parameters.drift_window * (end - off), "hip", "ankle")
        if window is not None:
            behind = -self._ahead("ankle", "hip")[window]
            farthest = int(np.argmax(behind))
            if 0 < farthest < len(behind) - 1:
                drift_s = float(self.motion.time_s[window.start + farthest])
                values |= {
                    "rearward_drift_ratio": float(behind[farthest]),
                    "recovery_time_s": drift_s - off,
                    "drift_s": drift_s,
                }
        stance, swing = (self.motion.position(s, "knee")[:, 0] for s in (other(self.side), self.side))
        lag = self._at((stance - swing) / self.leg_length, other_contact, "knee")
        seen = self.motion.observed(other(self.side), "knee")
        hidden = np.isfinite(other_contact) and not seen[self.motion.index(other_contact)]
        return values | {"recovery_lag_ratio": NAN if hidden else lag}
