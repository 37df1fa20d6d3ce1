"""There and back: a machine that cuts a signal into repetitions while it comes in, and one that times holds.

The signal is low at rest and high at the far end of the movement. Nothing is decided from the future.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from kinechain.model.skeleton import Side

State = Literal["unknown", "rest", "going", "held", "returning"]
Why = Literal["whole", "began_inside", "cut_off", "shallow"]


@dataclass(frozen=True)
class CycleParameters:
    """Parameters of a `Cycle`.

    Parameters
    ----------
    least_range : smaller excursions are no repetition [unit of the signal]
    start_share : share of `least_range` above rest from which a movement is under way
    back_share : share of the excursion above rest at which it is back
    held_share : within this share of the excursion below the top it is held
    bounce_share : a way back that turns round by more than this share of the excursion has bounced
    shallow_share : excursions of at least this share of `least_range` are partial repetitions
    rest_window_s : rest is the lowest value of so long a time [s]
    shortest_s : quicker ones are not a person's movement [s]
    longest_gap_s : a longer time without the signal ends what was under way [s]
    sure_rest_s : where a stream begins with less rest than this, its first movement may have begun before it [s]
    inside_share : and has, if the way back ends lower than its base by more than this share of the excursion
    """

    least_range: float
    start_share: float = 0.4
    back_share: float = 0.3
    held_share: float = 0.15
    bounce_share: float = 0.15
    shallow_share: float = 0.7
    rest_window_s: float = 3.0
    shortest_s: float = 0.5
    longest_gap_s: float = 0.5
    sure_rest_s: float = 0.4
    inside_share: float = 0.2


@dataclass(frozen=True)
class Repetition:
    """One movement there and back, or a part of one.

    Parameters
    ----------
    why : "whole", or why it is not: the clip began inside of it, it was cut off, or it was too shallow
    start_s, top_s, end_s : leaving rest, farthest point, back (at `back_share` of the way above rest) [s]
    held_from_s, held_to_s : first and last time near the farthest point [s]
    top_frame : frame of the farthest point
    base, top, far : value at rest, at the farthest point, and the median of those held near it
    bounces : how often the way back turned round
    """

    why: Why
    start_s: float
    top_s: float
    end_s: float
    held_from_s: float
    held_to_s: float
    top_frame: int
    base: float
    top: float
    far: float
    bounces: int = 0

    @property
    def range(self) -> float:
        """Excursion, in the unit of the signal, of the level that was held; a single highest value is noise."""
        return self.far - self.base


@dataclass
class _Move:
    """The movement under way; `unsure`: it may have begun before the stream; `back_s`: when it was back at its base."""

    start_s: float
    base: float
    top: float
    top_s: float
    top_frame: int
    low: float
    fell_s: float = np.nan
    bounces: int = 0
    unsure: bool = False
    back_s: float = np.nan
    path: list[tuple[float, float]] = field(default_factory=list)

    def rise(self, time_s: float, frame: int, value: float) -> None:
        self.path.append((time_s, value))
        if value > self.top:
            self.top, self.top_s, self.top_frame = value, time_s, frame

    def finished(self, why: Why, end_s: float, held_share: float) -> Repetition:
        level = self.top - held_share * (self.top - self.base)
        near = [time_s for time_s, value in self.path if value >= level] or [self.top_s]
        far = float(np.median([value for _, value in self.path if value >= level] or [self.top]))
        start_s = self.start_s if np.isfinite(self.start_s) else self.top_s
        return Repetition(
            why=why,
            start_s=start_s,
            top_s=self.top_s,
            end_s=end_s,
            held_from_s=near[0],
            held_to_s=near[-1],
            top_frame=self.top_frame,
            base=self.base,
            top=self.top,
            far=far,
            bounces=self.bounces,
        )


class Cycle:
    """Cuts one signal into repetitions."""

    def __init__(self, parameters: CycleParameters) -> None:
        self._parameters = parameters
        self.state: State = "unknown"
        self._rest: deque[tuple[float, float]] = deque()
        self._low = self._high = (np.nan, np.nan, -1)
        self._move: _Move | None = None
        self._last_s = self._first_s = self._near_s = np.nan

    def feed(self, time_s: float, frame: int, value: float) -> Repetition | None:
        """Take the next value; return the repetition that ends with it, whole or partial, if one does."""
        if not np.isfinite(value):
            return self.finish() if time_s - self._last_s > self._parameters.longest_gap_s else None
        self._last_s = time_s
        if self.state == "unknown":
            return self._begin(time_s, frame, value)
        if self.state == "rest":
            self._watch(time_s, frame, value)
            return None
        return self._follow(time_s, frame, value)

    def finish(self) -> Repetition | None:
        """End the stream (or a stretch of it): return what was under way as a partial repetition."""
        move, self._move = self._move, None
        state, self.state = self.state, "unknown"
        self._rest.clear()
        self._low = self._high = (np.nan, np.nan, -1)
        self._first_s = self._near_s = np.nan
        if move is None or state in ("unknown", "rest"):
            return None
        if np.isfinite(move.back_s):
            return self._whole(move)
        p = self._parameters
        if move.top - move.base < p.shallow_share * p.least_range:
            return None
        return move.finished("cut_off" if np.isfinite(move.start_s) else "began_inside", self._last_s, p.held_share)

    def _begin(self, time_s: float, frame: int, value: float) -> Repetition | None:
        """Find out whether the clip begins at rest or inside of a movement."""
        p, here = self._parameters, (value, time_s, frame)
        if not np.isfinite(self._low[0]):
            self._low = self._high = here
        self._low, self._high = min(self._low, here), max(self._high, here)
        if value - self._low[0] < 0.5 * p.start_share * p.least_range:
            self._near_s = time_s
        self._first_s = time_s if np.isnan(self._first_s) else self._first_s
        if value - self._low[0] >= p.start_share * p.least_range:
            self._start(self._low[1], self._low[0], time_s, frame, value)
            if self._move is not None:
                self._move.unsure = self._near_s - self._first_s < p.sure_rest_s
        elif self._high[0] - value >= p.shallow_share * p.least_range:
            top, top_s, top_frame = self._high
            self._move = _Move(np.nan, value, top, top_s, top_frame, value, fell_s=time_s, path=[(top_s, top)])
            self.state = "returning"
        elif time_s - self._low[1] > p.rest_window_s and time_s - self._high[1] > p.rest_window_s:
            self._rest.append((time_s, value))
            self.state = "rest"
        return None

    def _start(self, start_s: float, base: float, time_s: float, frame: int, value: float) -> None:
        self._move = _Move(start_s, base, value, time_s, frame, value, path=[(time_s, value)])
        self.state = "going"

    def _watch(self, time_s: float, frame: int, value: float) -> None:
        p = self._parameters
        base, _ = min((v, t) for t, v in self._rest)
        if value > base + p.start_share * p.least_range:
            near = [t for t, v in self._rest if v <= base + 0.5 * p.start_share * p.least_range]
            self._start(near[-1], base, time_s, frame, value)
            return
        self._rest.append((time_s, value))
        while time_s - self._rest[0][0] > p.rest_window_s:
            self._rest.popleft()

    def _follow(self, time_s: float, frame: int, value: float) -> Repetition | None:
        p, move = self._parameters, self._move
        if move is None:  # pragma: no cover - going, held and returning always have a movement
            return None
        if not np.isfinite(move.start_s):
            return self._follow_from_inside(move, time_s, value)
        if np.isfinite(move.back_s):
            return self._settle(move, time_s, value)
        move.rise(time_s, frame, value)
        size = move.top - move.base
        if self.state == "returning":
            move.low = min(move.low, value)
            if value > move.low + p.bounce_share * size:
                move.bounces += 1
                self.state = "going"
        elif value < move.top - max(p.held_share * size, 0.15 * p.least_range):
            self.state, move.low = "returning", value
        else:
            self.state = "held" if time_s - move.top_s > 0.2 else "going"
        if self.state == "returning" and value <= move.base + p.back_share * size:
            if not move.unsure:
                return self._back(move, time_s, value)
            move.back_s = move.fell_s = time_s
            move.low = value
        return None

    def _settle(self, move: _Move, time_s: float, value: float) -> Repetition | None:
        """Follow the way back on, until it shows whether the movement began at rest or before the stream."""
        p = self._parameters
        if value < move.low - 0.05 * p.least_range:
            move.low, move.fell_s = value, time_s
        if value > move.low + p.start_share * p.least_range or time_s - move.fell_s > p.longest_gap_s:
            return self._to_rest(self._whole(move), time_s, min(value, move.low))
        return None

    def _whole(self, move: _Move) -> Repetition | None:
        """Return a movement that is back at its base, as what it is."""
        p = self._parameters
        if move.base - move.low > p.inside_share * (move.top - move.low):
            return replace(move.finished("began_inside", move.back_s, p.held_share), base=move.low)
        return self._done(move, move.back_s)

    def _follow_from_inside(self, move: _Move, time_s: float, value: float) -> Repetition | None:
        """Follow the way back of a movement whose beginning was not seen, until it comes to rest or turns round."""
        p = self._parameters
        if value < move.base - 0.05 * p.least_range:
            move.base, move.fell_s = value, time_s
            return None
        turned = value > move.base + p.start_share * p.least_range
        if turned or time_s - move.fell_s > 2 * p.longest_gap_s:
            return self._to_rest(move.finished("began_inside", time_s, p.held_share), time_s, min(value, move.base))
        return None

    def _back(self, move: _Move, time_s: float, value: float) -> Repetition | None:
        return self._to_rest(self._done(move, time_s), time_s, value)

    def _done(self, move: _Move, back_s: float) -> Repetition | None:
        p, size = self._parameters, move.top - move.base
        if size < p.shallow_share * p.least_range or back_s - move.start_s < p.shortest_s:
            return None
        return move.finished("whole" if size >= p.least_range else "shallow", back_s, p.held_share)

    def _to_rest(self, done: Repetition | None, time_s: float, value: float) -> Repetition | None:
        self._rest.clear()
        self._rest.append((time_s, value))
        self._move = None
        self.state = "rest"
        return done


@dataclass(frozen=True)
class Hold:
    """A posture that was kept; the time is known to half a smoothing window at either end."""

    side: Side
    start_s: float
    end_s: float
    frame: int

    @property
    def seconds(self) -> float:
        """How long [s]."""
        return self.end_s - self.start_s


class HoldTimer:
    """Times how long a posture is kept on one side; short interruptions are bridged."""

    def __init__(self, shortest_s: float = 2.0, bridge_s: float = 0.7) -> None:
        self._shortest_s, self._bridge_s = shortest_s, bridge_s
        self.side: Side | None = None
        self._start_s = self._last_s = np.nan
        self._frame = -1

    @property
    def holding_s(self) -> float:
        """How long the posture has been kept now [s]."""
        return 0.0 if self.side is None else self._last_s - self._start_s

    def feed(self, time_s: float, frame: int, side: Side | None) -> Hold | None:
        """Take the side on which the posture is kept now, None where it is not; return the hold that ended."""
        if side is not None and side == self.side:
            self._last_s = time_s
            return None
        if side is None and (self.side is None or time_s - self._last_s <= self._bridge_s):
            return None
        done = self.finish()
        if side is not None:
            self.side, self._start_s, self._last_s, self._frame = side, time_s, time_s, frame
        return done

    def finish(self) -> Hold | None:
        """End the posture; return its hold if it was long enough to be one."""
        side, self.side = self.side, None
        if side is None or self._last_s - self._start_s < self._shortest_s:
            return None
        return Hold(side, self._start_s, self._last_s, self._frame)
