"""Steps, initial contact and toe-off seen from behind or in front.

The side view's rule needs the foot's way over the ground, which here points at the camera. What is seen is the body's
bounce: its lowest point is mid stance, and the stance foot is the lower one. Contact and toe-off follow from the
fastest fall and the fastest rise of the hips, measured on force plates (decision record 0013): good for counting and
cutting strides, not for a contact time. The toes are no help: from behind, their estimate is off by half a shank at
times.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d
from scipy.signal import find_peaks

from kinechain.errors import NoRunning, WalkingNotRunning
from kinechain.gait.events import Rhythm
from kinechain.gait.frontal import FrontalMotion
from kinechain.model.events import EventKind, GaitEvent, GaitEvents
from kinechain.model.skeleton import SIDES, Side
from kinechain.signal.cycles import period_s

Array = NDArray[np.float64]


@dataclass(frozen=True)
class FrontalEventParameters:
    """Parameters of the event rules; times as shares of the stride period unless marked, lengths in leg lengths.

    Parameters
    ----------
    shortest_stride_s, longest_stride_s
        Search range of the stride period, walking included [s].
    least_rhythm
        Least autocorrelation of the ankles' heights at the stride period.
    least_lift
        Least range of the height of each ankle over the other.
    least_bounce_ratio, usual_leg_m
        Who runs falls freely or nearly so: the hips' bounce accelerates them by this share of gravity at least (ours;
        1.3–1.9 in 18 laboratory trials at 2.5–4.5 m/s, 0.2 in a modelled walk). Legs of all lengths count as this long
        [m]: ± 10 % of the acceleration.
    least_apart
        At mid stance the swinging ankle is at least this much higher than the standing one.
    contact_before_fall_s
        The fastest fall of the hips comes this long after contact (18 trials of 6 runners, 486 contacts on force
        plates, four cameras: 29.5 ± 9 ms between trials, ± 3 within) [s].
    off_after_rise_s, off_slope, usual_push_s
        The fastest rise comes `off_after_rise_s` before toe-off where it follows the fastest fall by `usual_push_s`,
        and `off_slope` of the difference earlier where it follows later. Same trials; each runner left out in turn, the
        error is 0 ± 14 ms [s, –, s].
    window
        Where the fastest fall is looked for before mid stance, and the fastest rise after it.
    """

    shortest_stride_s: float = 0.45
    longest_stride_s: float = 1.7
    least_rhythm: float = 0.5
    least_lift: float = 0.08
    least_bounce_ratio: float = 0.45
    usual_leg_m: float = 0.86
    least_apart: float = 0.08
    contact_before_fall_s: float = 0.0295
    off_after_rise_s: float = 0.0603
    off_slope: float = 0.737
    usual_push_s: float = 0.19
    window: float = 0.22


@dataclass(frozen=True)
class Stance:
    """One step: grid index of mid stance (the lowest point of the hips) and the foot on the ground."""

    index: int
    side: Side


def find_rhythm(motion: FrontalMotion, parameters: FrontalEventParameters) -> Rhythm:
    """Find the stride period from the ankles rising in turn.

    Raises
    ------
    NoRunning
        Where the feet do not rise, or without a rhythm.
    """
    lift = _lift(motion)
    if not float(np.diff(np.quantile(lift, (0.02, 0.98)))[0]) >= 2 * parameters.least_lift:
        raise NoRunning
    stride, strength = period_s(lift, motion.rate_hz, parameters.shortest_stride_s, parameters.longest_stride_s)
    if not strength >= parameters.least_rhythm:
        raise NoRunning
    return Rhythm(stride, strength)


def _lift(motion: FrontalMotion) -> Array:
    """Return how much the right ankle is above the left one, shape (m,)."""
    return np.asarray((motion.position("right", "ankle") - motion.position("left", "ankle"))[:, 1])


def find_stances(motion: FrontalMotion, rhythm: Rhythm, parameters: FrontalEventParameters) -> list[Stance]:
    """Return every mid stance in order of time: the hips lowest, one ankle clearly above the other.

    Raises
    ------
    WalkingNotRunning
        Where the hips bounce too little for running.
    """
    height, lift = motion.height(), _lift(motion)
    swing = np.abs(lift)
    if bounce_ratio(height, rhythm, motion.rate_hz, parameters) < parameters.least_bounce_ratio:
        raise WalkingNotRunning(cadence_spm=120.0 / rhythm.stride_s)
    step = rhythm.stride_s * motion.rate_hz / 2
    lows, _ = find_peaks(-height, distance=max(1, int(0.6 * step)), prominence=0.1 * float(np.ptp(height)))
    return [Stance(int(i), "left" if lift[i] > 0 else "right") for i in lows if swing[i] >= parameters.least_apart]


def detect_frontal_events(
    motion: FrontalMotion, parameters: FrontalEventParameters
) -> tuple[GaitEvents, Rhythm, list[Stance]]:
    """Find initial contacts, toe-offs and mid stances of both feet.

    Needs a rear or front view, at least 24 fps, ankles, toes and hips of both legs.

    Parameters
    ----------
    motion : smoothed with `SmoothingParameters.events_hz`

    Returns
    -------
    events (their confidence is at most 0.7), the stride rhythm, and the mid stances; feet take turns

    Raises
    ------
    NoRunning
        Where the legs do not move as in gait.
    WalkingNotRunning
    """
    rhythm = find_rhythm(motion, parameters)
    stances = _in_turn(find_stances(motion, rhythm, parameters), motion, rhythm)
    if not stances:
        raise NoRunning
    found = [event for stance in stances for event in _foot_events(motion, stance, rhythm, parameters)]
    return GaitEvents(tuple(found)), rhythm, stances


def _foot_events(
    motion: FrontalMotion, stance: Stance, rhythm: Rhythm, parameters: FrontalEventParameters
) -> list[GaitEvent]:
    """Return contact and toe-off of one stance, where the clip holds the whole of it."""
    speed = np.gradient(motion.height(), 1.0 / motion.rate_hz)
    reach = int(parameters.window * rhythm.stride_s * motion.rate_hz)
    start, stop = stance.index - reach, stance.index + reach + 1
    if start < 0:
        return []
    fall_s = motion.time_s[start + int(np.argmin(speed[start : stance.index]))]
    contact_s = fall_s - parameters.contact_before_fall_s
    found = [event_at(motion, stance.side, "initial_contact", contact_s)] if contact_s >= motion.time_s[0] else []
    if stop <= len(speed):
        rise_s = motion.time_s[stance.index + int(np.argmax(speed[stance.index : stop]))]
        later = parameters.off_slope * (rise_s - fall_s - parameters.usual_push_s)
        off_s = rise_s + parameters.off_after_rise_s + later
        if off_s <= motion.time_s[-1]:
            found.append(event_at(motion, stance.side, "toe_off", off_s))
    return found


def bounce_ratio(height: Array, rhythm: Rhythm, rate_hz: float, parameters: FrontalEventParameters) -> float:
    """Return the peak acceleration of a sine with the bounce's period and size ÷ gravity."""
    step_s = rhythm.stride_s / 2
    bounce = height - uniform_filter1d(height, max(3, round(step_s * rate_hz)))
    amplitude_m = float(np.sqrt(2.0) * np.std(bounce)) * parameters.usual_leg_m
    return amplitude_m * (2 * np.pi / step_s) ** 2 / 9.81


def stances_of_corrected(
    motion: FrontalMotion, stances: list[Stance], detected: GaitEvents, corrected: GaitEvents
) -> list[Stance]:
    """Return the mid stances as the corrected events have them.

    A mid stance within the contact of one foot alone is that foot's; one whose contact or toe-off was taken out is no
    more; a contact set by hand around none has its own, the lowest point of the hips.
    """
    result: list[Stance] = []
    for stance in stances:
        time_s = float(motion.time_s[stance.index])
        feet = _feet_down(corrected, time_s)
        if len(feet) == 1:
            result.append(Stance(stance.index, feet[0]))
        elif feet or not _feet_down(detected, time_s):
            result.append(stance)
    height = motion.height()
    for side in SIDES:
        for contact, off in corrected.stance(side):
            start, stop = motion.index(contact.time_s), motion.index(off.time_s)
            if contact.by_hand and off.by_hand and not any(start <= stance.index <= stop for stance in result):
                result.append(Stance(start + int(np.argmin(height[start : stop + 1])), side))
    return sorted(result, key=lambda stance: stance.index)


def _feet_down(events: GaitEvents, time_s: float) -> list[Side]:
    """Return the feet that are on the ground at a time."""
    return [side for side in SIDES if any(a.time_s <= time_s <= b.time_s for a, b in events.stance(side))]


def _in_turn(stances: list[Stance], motion: FrontalMotion, rhythm: Rhythm) -> list[Stance]:
    """Leave out a stance that follows one of the same foot too early to be its next."""
    kept: list[Stance] = []
    for stance in stances:
        gap = (stance.index - kept[-1].index) / motion.rate_hz if kept else np.inf
        if kept and kept[-1].side == stance.side and gap < 0.75 * rhythm.stride_s:
            continue
        kept.append(stance)
    return kept


def event_at(motion: FrontalMotion, side: Side, kind: EventKind, time_s: float) -> GaitEvent:
    """Make an event at a time [s]; its confidence tells how far the view and the points seen around it carry it."""
    reach = motion.frame_interval_s + 0.01
    around = slice(motion.index(time_s - reach), motion.index(time_s + reach) + 1)
    seen = bool(motion.observed(side, "hip", "ankle")[around].all())
    return GaitEvent(float(time_s), side, kind, 0.7 if seen else 0.3, "rear_or_front" if seen else "leg_not_seen")
