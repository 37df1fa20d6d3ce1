"""Contacts and toe-offs set right by hand, put in place of the detected ones before anything is measured.

A correction that cannot be is refused with what is wrong with it, and the others are used without it. What comes out
depends on which corrections are given, never on their order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from kinechain.model.event_correction import EventCorrection
from kinechain.model.events import ByHand, EventKind, GaitEvent, GaitEvents
from kinechain.model.skeleton import SIDES, Side

Fault = Literal["not_found", "outside", "twice", "out_of_turn", "too_short"]
#: Makes an event at an instant [s], rated as a detected one is.
MakeEvent = Callable[[Side, EventKind, float], GaitEvent]


@dataclass(frozen=True)
class CorrectionParameters:
    """What counts as the same instant, and as possible.

    Parameters
    ----------
    same_event_s : a stated instant of the machine names its event within this [s]
    least_move_s : what is set nearer than this to the machine's instant leaves it as it is: times are shown in ms [s]
    shortest_phase_s : a running foot is on the ground, or off it, for this long at least: sprinters' contacts last
        about 100 ms (Weyand et al. 2000, doi 10.1152/jappl.2000.89.5.1991); ours [s]
    """

    same_event_s: float = 0.02
    least_move_s: float = 0.0005
    shortest_phase_s: float = 0.06


@dataclass(frozen=True)
class Refused:
    """A correction that was not used.

    `fault`: no such event was found; it lies outside of what was measured; its event is corrected twice, and not
    alike; two contacts of a foot would follow one another without toe-off, or two toe-offs without contact; contact or
    swing would be too short.
    """

    correction: EventCorrection
    fault: Fault


@dataclass(frozen=True)
class Corrected:
    """Events after correction, those of the machine that were taken out, and the corrections that were not used."""

    events: GaitEvents
    taken_out: tuple[GaitEvent, ...] = ()
    refused: tuple[Refused, ...] = ()


@dataclass(frozen=True)
class _Edit:
    """A correction with the event that it replaces (None: added) and the one it sets (None: taken out)."""

    correction: EventCorrection
    found: GaitEvent | None
    event: GaitEvent | None


def correct(
    detected: GaitEvents,
    corrections: Iterable[EventCorrection],
    span_s: tuple[float, float],
    make_event: MakeEvent,
    parameters: CorrectionParameters,
) -> Corrected:
    """Return the events with the corrections in place.

    Parameters
    ----------
    detected : what the machine found
    corrections : of this clip; their `clip` is not looked at. The same one given twice counts once
    span_s : first and last instant of what was measured [s]
    make_event : rates an event that is set by hand as a detected one is
    """
    refused: list[Refused] = []
    edits: list[_Edit] = []
    for correction in _once(corrections):
        edit = _edit(detected, correction, span_s, make_event, parameters)
        if isinstance(edit, Refused):
            refused.append(edit)
        else:
            edits.append(edit)
    edits, contradicting = _told_apart(edits)
    refused += contradicting
    edits = [edit for edit in edits if edit.event is None or edit.event is not edit.found]
    while faulty := dict(_faults(detected, edits, parameters.shortest_phase_s)):
        refused += [Refused(edits[index].correction, fault) for index, fault in faulty.items()]
        edits = [edit for index, edit in enumerate(edits) if index not in faulty]
    taken_out = tuple(edit.found for edit in edits if edit.event is None and edit.found is not None)
    refused.sort(key=lambda one: _order(one.correction))
    return Corrected(_applied(detected, edits), taken_out, tuple(refused))


def _order(correction: EventCorrection) -> tuple[str, ...]:
    """Return what corrections are put in order by, the time they were made at last."""
    told = (correction.found_s, correction.time_s, correction.side, correction.kind, correction.found_side)
    return tuple("" if part is None else str(part) for part in (*told, correction.at, correction.by))


def _once(corrections: Iterable[EventCorrection]) -> list[EventCorrection]:
    """Return the corrections in an order of their own, those that say the same once."""
    in_order = sorted(corrections, key=_order)
    return list({(c.side, c.kind, c.found_s, c.time_s, c.found_side): c for c in in_order}.values())


def _edit(
    detected: GaitEvents,
    correction: EventCorrection,
    span_s: tuple[float, float],
    make_event: MakeEvent,
    parameters: CorrectionParameters,
) -> _Edit | Refused:
    found, set_s = None, correction.time_s
    if set_s is not None and not span_s[0] <= set_s <= span_s[1]:
        return Refused(correction, "outside")
    if correction.found_s is not None:
        found = _nearest(detected, correction, parameters.same_event_s)
        if found is None:
            return Refused(correction, "not_found")
    if set_s is None:
        return _Edit(correction, found, None)
    if found and found.side == correction.side and abs(set_s - found.time_s) < parameters.least_move_s:
        return _Edit(correction, found, found)
    by_hand = ByHand(
        found_s=found.time_s if found else None,
        found_side=found.side if found and found.side != correction.side else None,
        by=correction.by,
        at=correction.at,
    )
    return _Edit(correction, found, replace(make_event(correction.side, correction.kind, set_s), by_hand=by_hand))


def _nearest(detected: GaitEvents, correction: EventCorrection, within_s: float) -> GaitEvent | None:
    """Return the machine's event that a correction means."""
    named_s = correction.found_s
    events = detected.of(correction.kind, correction.found_side or correction.side)
    if named_s is None or not events:
        return None
    nearest = min(events, key=lambda event: abs(event.time_s - named_s))
    return nearest if abs(nearest.time_s - named_s) <= within_s else None


def _told_apart(edits: Sequence[_Edit]) -> tuple[list[_Edit], list[Refused]]:
    """Return the edits that are alone on their event, and all those refused that are not."""
    meant = [edit.found for edit in edits if edit.found is not None]
    alone = [edit for edit in edits if edit.found is None or meant.count(edit.found) == 1]
    return alone, [Refused(edit.correction, "twice") for edit in edits if edit not in alone]


def _applied(detected: GaitEvents, edits: Sequence[_Edit]) -> GaitEvents:
    replaced = {edit.found for edit in edits}
    kept = [event for event in detected if event not in replaced]
    return GaitEvents((*kept, *(edit.event for edit in edits if edit.event is not None)))


def _faults(detected: GaitEvents, edits: Sequence[_Edit], shortest_s: float) -> Iterator[tuple[int, Fault]]:
    """Yield the edits (by number) that leave a foot in an order or a time that cannot be.

    An event that is missing, because the machine did not find it or it was taken out, is no fault.
    """
    came_from = {edit.event: (index, edit.found) for index, edit in enumerate(edits) if edit.event is not None}
    without = {edit.found for edit in edits if edit.event is None or edit.event.side != (edit.found or edit.event).side}
    before = [event for event in detected if event not in without]
    after = _applied(detected, edits)
    for side in SIDES:
        gaps = {(a, b) for a, b in pairwise(e for e in before if e.side == side) if a.kind == b.kind}
        for a, b in pairwise(event for event in after if event.side == side):
            blamed = [came_from[event][0] for event in (a, b) if event in came_from]
            had = tuple(came_from[event][1] if event in came_from else event for event in (a, b))
            if a.kind == b.kind and had not in gaps:
                yield from ((index, "out_of_turn") for index in blamed)
            elif a.kind != b.kind and b.time_s - a.time_s < shortest_s:
                yield from ((index, "too_short") for index in blamed)
