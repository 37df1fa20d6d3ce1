"""Initial contact and toe-off from the movement of the feet over the ground.

The rules were chosen by measurement against force plates among seven others (decision record 0003): the foot is down
while its speed *over the ground* is low, and the speed of the ground in the picture (a treadmill's belt, or nothing) is
taken from the foot itself in mid stance; it leaves when the toe begins to rise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

from kinechain.errors import NoRunning, WalkingNotRunning
from kinechain.gait.sagittal import SagittalMotion
from kinechain.model.events import EventKind, GaitEvent, GaitEvents
from kinechain.model.skeleton import SIDES, Side
from kinechain.signal.cycles import crossing_before, longest_run, period_s

Array = NDArray[np.float64]
FEET = ("heel", "toe")


@dataclass(frozen=True)
class EventParameters:
    """Parameters of the event rules; fractions of the stride period unless marked.

    Parameters
    ----------
    shortest_stride_s, longest_stride_s
        Search range of the stride period, walking included [s].
    least_rhythm
        Least autocorrelation of the feet at the stride period.
    least_reach_ratio
        Least fore–aft range of the heel about the hip ÷ leg length.
    belt_window
        Mid stance after the foremost point of the heel, in which the ground's speed is read.
    contact_speed_ratio
        The foot is down below this share of the running speed. Each 0.1 moves contact by about 5.5 ms; 0.40 is what
        markers and rendered video, both against force plates, agree on (decision record 0003).
    bridge_s
        Gaps of contact up to this are closed [s].
    contact_window, toe_off_window
        Where contact and the toe's rise are looked for, after the foremost point of the heel.
    toe_rise_ratio
        Toe-off is where the toe's upward speed reaches this share of its peak.
    walking_double_support_ratio
        Share of the time with both feet down from which the clip shows walking (steady running has hardly any).
    """

    shortest_stride_s: float = 0.45
    longest_stride_s: float = 1.7
    least_rhythm: float = 0.5
    least_reach_ratio: float = 0.5
    belt_window: tuple[float, float] = (0.13, 0.26)
    contact_speed_ratio: float = 0.40
    bridge_s: float = 0.04
    contact_window: tuple[float, float] = (0.0, 0.5)
    toe_off_window: tuple[float, float] = (0.15, 0.6)
    toe_rise_ratio: float = 0.25
    walking_double_support_ratio: float = 0.04


@dataclass(frozen=True)
class Rhythm:
    """Stride period [s] and how regular it is (autocorrelation, 1 = perfectly)."""

    stride_s: float
    strength: float


@dataclass(frozen=True)
class GroundSpeed:
    """Speeds in the picture for one leg [px/s], + forwards.

    Parameters
    ----------
    ground
        The ground under the stance foot (a treadmill's belt: negative; 0 where camera and ground stand still).
    running
        The body over the ground: hip minus ground.
    """

    ground: float
    running: float


def _reach(motion: SagittalMotion, side: Side) -> Array:
    return motion.position(side, "heel")[:, 0] - motion.middle("hip")[:, 0]


def find_rhythm(motion: SagittalMotion, parameters: EventParameters) -> Rhythm:
    """Find the stride period from both feet moving fore and aft of the hips in turn.

    Raises
    ------
    NoRunning
        Where the feet do not swing fore and aft, not in turn, or without a rhythm.
    """
    reach = {side: _reach(motion, side) for side in SIDES}
    leg = np.mean([motion.leg_length(side) for side in SIDES])
    spread = min(float(np.diff(np.quantile(reach[side], (0.02, 0.98)))[0]) for side in SIDES)
    if not spread >= parameters.least_reach_ratio * leg:
        raise NoRunning
    alternation = float(np.corrcoef(reach["left"], reach["right"])[0, 1])
    difference = reach["left"] - reach["right"]
    stride, strength = period_s(difference, motion.rate_hz, parameters.shortest_stride_s, parameters.longest_stride_s)
    if not (alternation < 0 and strength >= parameters.least_rhythm):
        raise NoRunning
    return Rhythm(stride, strength)


def foremost_points(motion: SagittalMotion, side: Side, rhythm: Rhythm) -> NDArray[np.intp]:
    """Return the grid indices at which the heel is farthest ahead of the hip: one for each stride."""
    distance = max(1, int(0.7 * rhythm.stride_s * motion.rate_hz))
    peaks, _ = find_peaks(_reach(motion, side), distance=distance, prominence=0.2 * motion.leg_length(side))
    return np.asarray(peaks)


def _window(motion: SagittalMotion, anchor: int, rhythm: Rhythm, span: tuple[float, float]) -> slice:
    n = len(motion.time_s)
    scale = rhythm.stride_s * motion.rate_hz
    return slice(min(n, max(0, anchor + int(span[0] * scale))), min(n, max(0, anchor + int(span[1] * scale))))


def ground_speed_by_stance(
    motion: SagittalMotion, side: Side, rhythm: Rhythm, parameters: EventParameters
) -> list[float]:
    """Read the speed of the ground off the foot in each mid stance: mean of heel and toe, median in time [px/s]."""
    seen = motion.observed(side, *FEET)
    speed = np.mean([motion.velocity(side, point)[:, 0] for point in FEET], axis=0)
    windows = (
        _window(motion, int(anchor), rhythm, parameters.belt_window) for anchor in foremost_points(motion, side, rhythm)
    )
    return [float(np.median(speed[w][seen[w]])) for w in windows if seen[w].any()]


def ground_speed(motion: SagittalMotion, side: Side, rhythm: Rhythm, parameters: EventParameters) -> GroundSpeed | None:
    """Return the clip's ground speed under one foot: median over its stances; None where no mid stance is seen."""
    by_stance = ground_speed_by_stance(motion, side, rhythm, parameters)
    if not by_stance:
        return None
    ground = float(np.median(by_stance))
    return GroundSpeed(ground, float(np.mean(motion.velocity(side, "hip")[:, 0])) - ground)


def _over_ground(motion: SagittalMotion, side: Side, ground: float) -> Array:
    """Return the speed of the slower visible foot point over the ground, shape (m,) [px/s]; inf where none is seen."""
    speeds = []
    for point in FEET:
        velocity = motion.velocity(side, point)
        speed = np.hypot(velocity[:, 0] - ground, velocity[:, 1])
        speeds.append(np.where(motion.observed(side, point), speed, np.inf))
    return np.asarray(np.minimum(*speeds))


def _event(motion: SagittalMotion, side: Side, kind: EventKind, index: float) -> GaitEvent:
    return event_at(motion, side, kind, float(motion.time_s[0] + index / motion.rate_hz))


def event_at(motion: SagittalMotion, side: Side, kind: EventKind, time_s: float) -> GaitEvent:
    """Make an event at a time [s]; its confidence tells how many points of the foot were seen around it."""
    reach = motion.frame_interval_s + 0.01
    around = slice(motion.index(time_s - reach), motion.index(time_s + reach) + 1)
    seen = [bool(motion.observed(side, point)[around].all()) for point in FEET]
    confidence = 1.0 if all(seen) else 0.7 if any(seen) else 0.3
    return GaitEvent(float(time_s), side, kind, confidence, "" if all(seen) else "foot_out_of_picture")


def _crossing(signal: Array, index: int, level: float) -> float:
    """Return the index (with fraction) at which a signal falls to `level`, just before sample `index`."""
    before, after = signal[index - 1], signal[index]
    return index - (level - after) / (before - after) if np.isfinite(before) else float(index)


def _foot_events(
    motion: SagittalMotion, side: Side, rhythm: Rhythm, over_ground: Array, limit: float, parameters: EventParameters
) -> list[GaitEvent]:
    """Return one foot's contacts and toe-offs; it is down where its speed over the ground is below the limit."""
    down = over_ground < limit
    rise = motion.velocity(side, "toe")[:, 1]
    bridge = int(parameters.bridge_s * motion.rate_hz)
    found: list[GaitEvent] = []
    for anchor in foremost_points(motion, side, rhythm):
        window = _window(motion, int(anchor), rhythm, parameters.contact_window)
        run = longest_run(down[window], bridge)
        if run is not None and window.start + run[0] > 0:
            index = _crossing(over_ground, window.start + run[0], limit)
            found.append(_event(motion, side, "initial_contact", index))
        window = _window(motion, int(anchor), rhythm, parameters.toe_off_window)
        whole = int((parameters.toe_off_window[1] - parameters.toe_off_window[0]) * rhythm.stride_s * motion.rate_hz)
        if window.stop - window.start < 0.9 * whole:
            continue
        peak = window.start + int(np.argmax(rise[window]))
        off = crossing_before(rise, peak, window.start, parameters.toe_rise_ratio * rise[peak])
        if np.isfinite(off):
            found.append(_event(motion, side, "toe_off", off))
    return found


def detect_events(
    motion: SagittalMotion, parameters: EventParameters
) -> tuple[GaitEvents, Rhythm, dict[Side, GroundSpeed]]:
    """Find initial contacts and toe-offs of both feet.

    Needs a side view, at least 24 fps, heels, toes and hips of both legs.

    Parameters
    ----------
    motion : smoothed with `SmoothingParameters.events_hz`

    Returns
    -------
    events, the stride rhythm, and the ground's speed under each foot

    Raises
    ------
    NoRunning
        Where the legs do not move as in gait.
    WalkingNotRunning
        Where both feet are on the ground at the same time in most strides.
    """
    rhythm = find_rhythm(motion, parameters)
    speeds: dict[Side, GroundSpeed] = {}
    over: dict[Side, Array] = {}
    limit: dict[Side, float] = {}
    for side in SIDES:
        speed = ground_speed(motion, side, rhythm, parameters)
        if speed is None or speed.running <= 0:
            raise NoRunning
        speeds[side] = speed
        over[side] = _over_ground(motion, side, speed.ground)
        limit[side] = parameters.contact_speed_ratio * speed.running
    both_down = (over["left"] < limit["left"]) & (over["right"] < limit["right"])
    if float(np.mean(both_down)) >= parameters.walking_double_support_ratio:
        raise WalkingNotRunning(cadence_spm=120.0 / rhythm.stride_s)
    found = [
        event for side in SIDES for event in _foot_events(motion, side, rhythm, over[side], limit[side], parameters)
    ]
    return GaitEvents(tuple(found)), rhythm, speeds
