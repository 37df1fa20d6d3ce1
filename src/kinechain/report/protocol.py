"""The protocol of an assessment: what was filmed and tested, in order, with view, condition, pace and result."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kinechain.model.assessment import Assessment, Clip
from kinechain.report.clip_names import clip_names
from kinechain.report.field_test_pages import ResultCard
from kinechain.report.numbers import NBSP, pace_text
from kinechain.report.rows import RowMaker
from kinechain.report.words import Words
from kinechain.text import Language


@dataclass(frozen=True)
class ProtocolLine:
    """One clip or test: what, when (where its file says so), under which conditions, its pace or result."""

    number: int
    what: str
    at: str
    conditions: str
    pace: str
    note: str


def protocol(
    assessment: Assessment, tests: tuple[ResultCard, ...], maker: RowMaker, language: Language, words: Words
) -> tuple[ProtocolLine, ...]:
    """Return the lines of the protocol: the clips in the order of the session, then the field tests."""
    separator = words["page"]["list_separator"]
    names = clip_names(assessment.clips)
    clips = [(names[clip.id], separator.join(_conditions(clip, words)), clip) for clip in assessment.clips]
    lines = [
        ProtocolLine(
            number=number,
            what=file,
            at=_filmed_at(clip, words),
            conditions=conditions,
            pace=_pace(assessment, clip, maker, words),
            note=_length(clip, words),
        )
        for number, (file, conditions, clip) in enumerate(clips, start=1)
    ]
    for number, card in enumerate(tests, start=len(lines) + 1):
        results = separator.join(_result(words, result.side, result.text) for result in card.results)
        lines.append(ProtocolLine(number, card.row.label[language], "", "", results, ""))
    return tuple(lines)


def _filmed_at(clip: Clip, words: Words) -> str:
    if clip.filmed_at is None:
        return words["protocol"]["at_unknown"]
    zone = " UTC" if clip.filmed_at.endswith("+00:00") else ""
    return words["protocol"]["at"].format(date=clip.filmed_at[:10], time=f"{clip.filmed_at[11:16]}{zone}")


def _conditions(clip: Clip, words: Words) -> Iterable[str]:
    yield words["test_plan"]["from_view"].format(view=words["view"][clip.view])
    if clip.condition is not None:
        yield words["condition"][clip.condition]
    if clip.surface is not None:
        yield words["surface"][clip.surface]
    if clip.shoe is not None:
        yield words["protocol"]["shoe"].format(shoe=clip.shoe)


def _pace(assessment: Assessment, clip: Clip, maker: RowMaker, words: Words) -> str:
    """Return the speed with its error and the pace; where it is the one that was stated, this is said."""
    found = (m for m in assessment.measurements if m.clip == clip.id and m.name == "speed_mps")
    speed = next((m for m in found if isinstance(m.value, float)), None)
    if speed is None or not isinstance(speed.value, float):
        return words["protocol"]["speed_unknown"]
    fastest, slowest = (pace_text(end if end else speed.value) for end in (speed.high, speed.low))
    pace = fastest if fastest == slowest else f"{fastest}–{slowest}"
    parts = [maker.value_text(speed) or "", words["protocol"]["pace_of"].format(pace=pace)]
    if clip.scale_source == "stated_speed":
        parts.append(words["protocol"]["stated"])
    return words["page"]["list_separator"].join(part for part in parts if part)


def _length(clip: Clip, words: Words) -> str:
    seconds = sum(segment.end_s - segment.start_s for segment in clip.segments)
    return words["protocol"]["length"].format(
        seconds=f"{seconds:.1f}", left=clip.n_strides.left, right=clip.n_strides.right
    )


def _result(words: Words, side: str, text: str) -> str:
    return words["tests"]["of_side"].format(side=words["side"][side], verdict=text).replace(" ", NBSP)
