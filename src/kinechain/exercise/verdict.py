"""What a finished stream says: counts, tempo, range, faults, and what must be asked instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from kinechain.exercise.faults import Seen
from kinechain.exercise.kinds import ExerciseId
from kinechain.exercise.stream import Counted, Outcome
from kinechain.knowledge.exercise_checks import CheckRow, CheckTexts, FaultRule
from kinechain.model.assessment import Caution
from kinechain.model.exercise_check import (
    ExerciseCheck,
    FaultSeen,
    HoldSeen,
    NotObservable,
    Range,
    RepetitionSeen,
    Tempo,
)
from kinechain.text import Text

_VIEWS = {
    "side": Text(ja="横", en="side"),
    "rear_or_front": Text(ja="後ろまたは前", en="rear or front"),
}


def verdict(
    exercise: ExerciseId,
    outcome: Outcome,
    row: CheckRow,
    texts: CheckTexts,
    cautions: tuple[Caution, ...] = (),
) -> ExerciseCheck:
    """Return the result of a check.

    A fault is one where the median over the repetitions (or holds) is beyond its threshold, so that a single slip or a
    single bad frame is none. Of a clip of something else nothing is judged, but its holds are told.
    """
    whole = [counted for counted in outcome.counted if counted.whole]
    return ExerciseCheck(
        exercise=exercise,
        recognised=outcome.recognised,
        looks_like=outcome.looks_like,
        looks_like_text=texts.looks_like[outcome.looks_like],
        view="rear_or_front" if outcome.frontal else "side",
        repetitions=len(whole),
        partial_repetitions=len(outcome.counted) - len(whole),
        each=tuple(_repetition(counted) for counted in outcome.counted),
        holds=tuple(
            HoldSeen(
                side=timed.hold.side,
                seconds=round(timed.hold.seconds, 2),
                start_s=round(timed.hold.start_s, 3),
                end_s=round(timed.hold.end_s, 3),
                frame=timed.hold.frame,
            )
            for timed in outcome.holds
        ),
        tempo=_tempo(whole),
        range=_range(whole, "leg" if exercise == "ball_calf_raise" else "deg"),
        faults=tuple(_faults(outcome, row)) if outcome.recognised else (),
        not_observable=tuple(_not_observable(outcome, row, texts)) if outcome.recognised else (),
        cautions=cautions,
    )


def _repetition(counted: Counted) -> RepetitionSeen:
    seen = counted.repetition
    return RepetitionSeen(
        partial=None if seen.why == "whole" else seen.why,
        start_s=round(seen.start_s, 3),
        end_s=round(seen.end_s, 3),
        frame=seen.top_frame,
    )


def _tempo(whole: Sequence[Counted]) -> Tempo | None:
    if not whole:
        return None
    seen = [counted.repetition for counted in whole]
    tops = [(repetition.held_from_s + repetition.held_to_s) / 2 for repetition in seen]
    return Tempo(
        going_s=_median([r.held_from_s - r.start_s for r in seen]),
        held_s=_median([r.held_to_s - r.held_from_s for r in seen]),
        returning_s=_median([r.end_s - r.held_to_s for r in seen]),
        cycle_s=_median(list(np.diff(tops))) if len(tops) > 1 else None,
    )


def _range(whole: Sequence[Counted], unit: str) -> Range | None:
    if not whole:
        return None
    ranges = [counted.repetition.range for counted in whole]
    digits = 3 if unit == "leg" else 1
    return Range(
        value=round(float(np.median(ranges)), digits),
        low=round(min(ranges), digits),
        high=round(max(ranges), digits),
        unit="leg" if unit == "leg" else "deg",
    )


def _median(values: Sequence[float]) -> float:
    return round(float(np.median(values)), 2)


def judged(outcome: Outcome, rule: FaultRule) -> list[Seen]:
    """Return the values by which a fault is judged."""
    counted = [c for c in outcome.counted if c.whole or rule.partial_too]
    values = [*(c.values for c in counted), *(timed.values for timed in outcome.holds)]
    return [seen for row in values for seen in row if seen.id == rule.id]


def _faults(outcome: Outcome, row: CheckRow) -> Iterator[FaultSeen]:
    for rule in row.fault.values():
        seen = judged(outcome, rule)
        if not seen or not outcome.shows(rule):
            continue
        value = float(np.median([one.value for one in seen]))
        if not rule.broken(value):
            continue
        worst = (max if rule.worse == "above" else min)(seen, key=lambda one: one.value)
        yield FaultSeen(
            id=rule.id,
            by=rule.by,
            side=worst.side,
            frame=worst.frame,
            value=round(value, 3),
            threshold=rule.threshold,
            unit=rule.unit,
            cue=rule.cue,
        )


def _not_observable(outcome: Outcome, row: CheckRow, texts: CheckTexts) -> Iterator[NotObservable]:
    view = _VIEWS["rear_or_front" if outcome.frontal else "side"]
    for rule in row.fault.values():
        cue = Text(ja=rule.cue.ja.rstrip("。"), en=rule.cue.en.rstrip("."))
        question = texts.look_yourself.format(cue=cue)
        if not outcome.shows(rule):
            wrong = texts.oblique_view if outcome.oblique else texts.wrong_view
            reason = wrong.format(view=view, needed=_VIEWS[rule.view])
            yield NotObservable(id=rule.id, reason=reason, question=question)
        elif not judged(outcome, rule):
            yield NotObservable(id=rule.id, reason=texts.no_whole_repetition, question=question)
    for asked in row.asked.values():
        yield NotObservable(id=asked.id, reason=asked.reason, question=asked.question)
