"""The field tests: forms to print and fill in, and the results in the report with what they are held against."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

from markupsafe import Markup

from kinechain.knowledge.field_tests import FieldTestRow, field_tests
from kinechain.model.assessment import Assessment, SideOrBoth
from kinechain.model.session_plan import SessionPlan
from kinechain.report.drawing import drawing
from kinechain.report.environment import environment, write_pages
from kinechain.report.held_against import SIDES, Held, Holder, NormTable, limits_of, norm_table
from kinechain.report.marks import Dot, interval_mark
from kinechain.report.numbers import given
from kinechain.report.words import Words, words_in
from kinechain.text import LANGUAGES, Language


@dataclass(frozen=True)
class Form:
    """One test as a form: how it is done, blanks for both legs, what it is held against."""

    row: FieldTestRow
    drawing: Markup | None
    unit: str
    sdc: str
    norm: NormTable | None
    held: tuple[Held, ...]


@dataclass(frozen=True)
class Result:
    """One leg's result in words; `error` is half of the 95 % interval of a single test, where it is known."""

    side: SideOrBoth
    text: str
    error: str
    missing: bool


@dataclass(frozen=True)
class ResultCard:
    """One test of the report: results, what they are held against, how it was done (not drawn while the plan stops)."""

    row: FieldTestRow
    drawing: Markup | None
    results: tuple[Result, ...]
    mark: Markup | None
    sdc: str
    held: tuple[Held, ...]


def write_forms(plan: SessionPlan, folder: Path) -> tuple[Path, Path]:
    """Write `field_tests.ja.html` and `field_tests.en.html`: a form for each test of a plan, none where it stops.

    Raises
    ------
    OutputNotWritable
    """
    return write_pages(folder, "field_tests", lambda language: _forms_page(plan, language))


def result_cards(assessment: Assessment, language: Language, words: Words) -> tuple[ResultCard, ...]:
    """Return the results of the field tests of an assessment, test by test."""
    found: dict[str, dict[SideOrBoth, float | str]] = {}
    for test in assessment.tests:
        found.setdefault(test.name, {})[test.side] = test.value
    return tuple(
        _card(field_tests()[name], by_side, assessment, language, words)
        for name, by_side in found.items()
        if name in field_tests()
    )


def sdc_text(row: FieldTestRow, language: Language, words: Words) -> str:
    """Return the smallest detectable change of a test in words, "" for a class."""
    if row.classes is not None or row.unit is None:
        return ""
    if row.sdc is None:
        return words["forms"]["sdc_unknown"]
    return words["forms"]["sdc"].format(value=given(row.sdc), unit=row.unit[language])


def _forms_page(plan: SessionPlan, language: Language) -> str:
    words = words_in(language)
    rows = (field_tests()[step.id] for step in plan.steps if step.kind == "test")
    return (
        environment()
        .get_template("field_tests.html.j2")
        .render(
            forms=tuple(_form(row, language, words) for row in rows),
            plan=plan,
            language=language,
            other_language=next(other for other in LANGUAGES if other != language),
            w=words,
        )
    )


def _form(row: FieldTestRow, language: Language, words: Words) -> Form:
    return Form(
        row=row,
        drawing=drawing(row.id, "field_tests"),
        unit="" if row.unit is None else row.unit[language],
        sdc=sdc_text(row, language, words),
        norm=norm_table(row, words),
        held=limits_of(row, language, words),
    )


def _card(
    row: FieldTestRow,
    by_side: dict[SideOrBoth, float | str],
    assessment: Assessment,
    language: Language,
    words: Words,
) -> ResultCard:
    athlete = assessment.athlete
    numbers = {side: value for side, value in by_side.items() if not isinstance(value, str)}
    shown: Iterable[SideOrBoth] = ("both",) if set(by_side) == {"both"} else SIDES[:2]
    return ResultCard(
        row=row,
        drawing=None if assessment.plan.stop else drawing(row.id, "field_tests"),
        results=tuple(_result(row, side, by_side.get(side, by_side.get("both")), language, words) for side in shown),
        mark=_mark(row, numbers, language),
        sdc=sdc_text(row, language, words),
        held=Holder(row, numbers, language, words).all(athlete.age_y, athlete.sex) if numbers else (),
    )


def _result(row: FieldTestRow, side: SideOrBoth, value: float | str | None, language: Language, words: Words) -> Result:
    if value is None:
        return Result(side, words["tests"]["not_done"], "", missing=True)
    if isinstance(value, str):
        label = (row.classes or {}).get(value)
        return Result(side, value if label is None else label[language], "", missing=False)
    unit = "" if row.unit is None else row.unit[language]
    text = words["tests"]["value"].format(value=given(value), unit=unit)
    error = "" if row.sdc is None else words["tests"]["error"].format(value=f"{_half(row.sdc):.1g}", unit=unit)
    return Result(side, text, error, missing=False)


def _half(sdc: float) -> float:
    """Return half of the 95 % interval of a single test: its smallest detectable change holds two of them."""
    return sdc / sqrt(2)


def _mark(row: FieldTestRow, numbers: dict[SideOrBoth, float], language: Language) -> Markup | None:
    if row.sdc is None or row.unit is None or not numbers:
        return None
    half = _half(row.sdc)
    dots = tuple(
        Dot(side, numbers[side], numbers[side] - half, numbers[side] + half) for side in SIDES if side in numbers
    )
    return interval_mark(dots, 4 * half, row.unit[language])
