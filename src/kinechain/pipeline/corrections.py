"""Which clip and which segment a correction by hand belongs to, and what the reader is told of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from kinechain.gait.analysis import GaitAnalysis
from kinechain.gait.corrections import Fault
from kinechain.knowledge.cautions import caution, caution_texts
from kinechain.model.assessment import Caution, Clip, Segment
from kinechain.model.event_correction import EventCorrection
from kinechain.text import Text

Corrections = tuple[EventCorrection, ...]


def by_clip(corrections: Iterable[EventCorrection], clips: Sequence[tuple[str, Path]]) -> dict[str, Corrections]:
    """Return the corrections of each clip by its id; those that name no clip, or more than one, are left out.

    Parameters
    ----------
    clips : id and path of each
    """
    told: dict[str, Corrections] = {clip_id: () for clip_id, _ in clips}
    for correction in corrections:
        named = _named(correction, clips)
        if len(named) == 1:
            told[named[0]] += (correction,)
    return told


def unplaced_cautions(corrections: Iterable[EventCorrection], clips: Sequence[tuple[str, Path]]) -> tuple[Caution, ...]:
    """Return a caution for each correction that names no clip, or more than one."""
    return tuple(
        caution("event_clip_unknown", event=_event_text(c), time_s=_instant_s(c), named=c.clip)
        for c in corrections
        if len(_named(c, clips)) != 1
    )


def _named(correction: EventCorrection, clips: Sequence[tuple[str, Path]]) -> list[str]:
    """Return the ids of the clips that a correction may mean: by id, by the id of a segment, by path or its end."""
    head, _, number = correction.clip.rpartition(".")
    own = head if number.isdigit() else correction.clip
    if by_id := [clip_id for clip_id, _ in clips if clip_id in (own, correction.clip)]:
        return by_id
    parts = Path(correction.clip).parts
    return [clip_id for clip_id, path in clips if path.parts[-len(parts) :] == parts]


def within(corrections: Corrections, segment: Segment) -> Corrections:
    """Return the corrections whose instant, the machine's or else the added one, lies in a segment of their clip."""
    return tuple(c for c in corrections if segment.start_s <= _instant_s(c) <= segment.end_s)


def outside_cautions(corrections: Corrections, measured: Sequence[Clip]) -> Iterator[Caution]:
    """Yield a caution for each correction of a clip that lies in none of its measured segments."""
    segments = [segment for part in measured for segment in part.segments]
    for correction in corrections:
        if not any(within((correction,), segment) for segment in segments):
            yield _refusal("outside", correction, measured[0].id)


def hand_cautions(gait: GaitAnalysis, clip_id: str) -> Iterator[Caution]:
    """Yield how many events of a segment were set by hand or taken out, and which corrections were not used."""
    by_hand = sum(event.by_hand is not None for event in gait.events)
    if by_hand:
        yield caution("events_by_hand", clip_id, count=by_hand)
    if gait.taken_out:
        times = ", ".join(f"{event.time_s:.2f}" for event in gait.taken_out)
        yield caution("events_taken_out", clip_id, count=len(gait.taken_out), times=times)
    for refused in gait.refused:
        yield _refusal(refused.fault, refused.correction, clip_id)


def _refusal(fault: Fault, correction: EventCorrection, clip_id: str) -> Caution:
    return caution(f"event_{fault}", clip_id, event=_event_text(correction), time_s=_instant_s(correction))


def _event_text(correction: EventCorrection) -> Text:
    return caution_texts()[f"event_{correction.side}_{correction.kind}"]


def _instant_s(correction: EventCorrection) -> float:
    """Return the machine's instant, or that of an event which is added."""
    instant = correction.time_s if correction.found_s is None else correction.found_s
    return float("nan") if instant is None else instant
