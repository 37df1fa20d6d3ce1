"""Gait events: the instants at which a foot meets and leaves the ground."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from kinechain.model.skeleton import SIDES, Side

EventKind = Literal["initial_contact", "toe_off"]
KINDS: tuple[EventKind, ...] = get_args(EventKind)


@dataclass(frozen=True)
class ByHand:
    """That an event was set by hand, and what the machine had.

    Parameters
    ----------
    found_s : the machine's instant [s]; None: it found nothing
    found_side : the foot to which the machine gave it; None: the same one, or it found nothing
    by, at : who set it, and when
    """

    found_s: float | None = None
    found_side: Side | None = None
    by: str | None = None
    at: str | None = None


@dataclass(frozen=True, order=True)
class GaitEvent:
    """One initial contact or toe-off.

    Parameters
    ----------
    time_s : float
        Runner's time [s], between frames where the rule resolves it.
    side : "left" | "right"
        The runner's own side.
    kind : "initial_contact" | "toe_off"
    confidence : float
        0…1; below 0.5 the event is kept for counting steps but not used for measuring.
    reason : str
        Why the confidence is low ("" where it is not), e.g. "foot_out_of_picture".
    by_hand : ByHand or None
        Where it was set by hand.
    """

    time_s: float
    side: Side
    kind: EventKind
    confidence: float = 1.0
    reason: str = field(default="", compare=False)
    by_hand: ByHand | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if not np.isfinite(self.time_s):
            raise ValueError("event: time is not finite")
        if self.side not in SIDES or self.kind not in KINDS:
            raise ValueError(f"event: unknown side {self.side!r} or kind {self.kind!r}")
        if not 0 <= self.confidence <= 1:
            raise ValueError("event: confidence outside 0…1")

    @property
    def usable(self) -> bool:
        """Whether measurements may rest on this event."""
        return self.confidence >= 0.5


@dataclass(frozen=True)
class GaitEvents:
    """All events of one clip in order of time; iterates over `GaitEvent`."""

    events: tuple[GaitEvent, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "events", tuple(sorted(self.events)))

    def __iter__(self) -> Iterator[GaitEvent]:
        return iter(self.events)

    def __len__(self) -> int:
        return len(self.events)

    def of(self, kind: EventKind, side: Side | None = None) -> tuple[GaitEvent, ...]:
        """Return the events of one kind, of one side or of both, in order of time."""
        return tuple(e for e in self.events if e.kind == kind and side in (None, e.side))

    def times_s(self, kind: EventKind, side: Side | None = None) -> NDArray[np.float64]:
        """Return the times of `of(kind, side)` [s]."""
        return np.array([e.time_s for e in self.of(kind, side)], dtype=np.float64)

    def stance(self, side: Side) -> tuple[tuple[GaitEvent, GaitEvent], ...]:
        """Return (initial contact, toe-off) of every complete stance of `side`."""
        pairs: list[tuple[GaitEvent, GaitEvent]] = []
        contact: GaitEvent | None = None
        for event in self.events:
            if event.side != side:
                continue
            if event.kind == "initial_contact":
                contact = event
            elif contact is not None:
                pairs.append((contact, event))
                contact = None
        return tuple(pairs)
