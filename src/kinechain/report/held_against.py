"""What a field test is held against: norm, limits and the other leg; bare on a form, with a verdict in the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kinechain.knowledge.chain import Norm, chain_graph
from kinechain.knowledge.field_tests import FieldTestRow, Limit
from kinechain.model.assessment import SideOrBoth
from kinechain.model.athlete import Sex
from kinechain.report.numbers import given
from kinechain.report.words import Words
from kinechain.text import Language

SIDES: tuple[SideOrBoth, ...] = ("left", "right", "both")


@dataclass(frozen=True)
class Held:
    """One thing that a result is held against; `verdicts` of each leg, none on a form."""

    text: str
    verdicts: tuple[str, ...]
    grade: str
    source: str
    unverified: bool


@dataclass(frozen=True)
class NormTable:
    """A norm by age and sex: a heading for each age, and its rows."""

    ages: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    source: str


def norm_table(row: FieldTestRow, words: Words) -> NormTable | None:
    """Return the norm of a test as a table; None where it has none."""
    norm = _norm(row)
    if norm is None:
        return None
    return NormTable(
        ages=tuple(words["forms"]["norm_ages"].format(age=given(age)) for age in norm.ages),
        rows=tuple(
            (words["runner"][sex], tuple(given(value) for value in values))
            for sex, values in (("female", norm.female), ("male", norm.male))
        ),
        source=norm.source,
    )


def limits_of(row: FieldTestRow, language: Language, words: Words) -> tuple[Held, ...]:
    """Return what a form says of limits and of the other leg."""
    held = [_held(limit, language, words) for limit in row.limits]
    if row.asymmetry is not None:
        text = words["forms"]["asymmetry"].format(percent=given(100 * row.asymmetry.share))
        held.append(Held(text, (), words["grade"][row.asymmetry.grade], row.asymmetry.source, unverified=False))
    return tuple(held)


class Holder:
    """Holds the results of one test against what is known, for a runner of this age and sex."""

    def __init__(
        self, row: FieldTestRow, results: Mapping[SideOrBoth, float], language: Language, words: Words
    ) -> None:
        self._row = row
        self._results = results
        self._language: Language = language
        self._words = words
        self._unit = "" if row.unit is None else row.unit[language]

    def all(self, age_y: float | None, sex: Sex | None) -> tuple[Held, ...]:
        """Return norm, limits and difference of the legs, each with its verdicts."""
        held = [self._against_norm(age_y, sex), *map(self._against_limit, self._row.limits), self._between_legs()]
        return tuple(one for one in held if one is not None)

    def _against_norm(self, age_y: float | None, sex: Sex | None) -> Held | None:
        norm, words = _norm(self._row), self._words["tests"]
        if norm is None:
            return None
        grade = self._words["grade"][self._row.grade]
        value = self._row.norm_for(age_y, sex)
        if value is None or age_y is None or sex is None:
            return Held(words["norm_unknown"], (), grade, norm.source, unverified=False)
        text = words["norm"].format(
            age=given(age_y), sex=self._words["runner"][sex], value=given(value), unit=self._unit
        )
        verdicts = {
            side: self._words["test_standing"][self._row.standing(result, value)]
            for side, result in self._results.items()
        }
        return Held(text, self._of_sides(verdicts), grade, norm.source, unverified=False)

    def _against_limit(self, limit: Limit) -> Held:
        words = self._words["tests"]
        verdicts: dict[SideOrBoth, str] = {}
        for side, result in self._results.items():
            standing = self._row.standing(result, limit.value)
            if standing == "near" and self._row.sdc is not None:
                verdicts[side] = words["close"]
            else:
                verdicts[side] = words["met"] if limit.reached(result) else words["not_met"]
        return _held(limit, self._language, self._words, self._of_sides(verdicts))

    def _between_legs(self) -> Held | None:
        limit, words = self._row.asymmetry, self._words["tests"]
        if limit is None or "both" in self._results:
            return None
        grade = self._words["grade"][limit.grade]
        left, right = self._results.get("left"), self._results.get("right")
        if left is None or right is None:
            return Held(words["one_side"], (), grade, limit.source, unverified=False)
        found = self._row.difference(left, right)
        if found is None:
            return None
        text = words["asymmetry"].format(percent=f"{100 * found.share:.0f}", limit=given(100 * limit.share))
        return Held(text, (self._words["test_difference"][found.verdict],), grade, limit.source, unverified=False)

    def _of_sides(self, verdicts: Mapping[SideOrBoth, str]) -> tuple[str, ...]:
        pattern = self._words["tests"]["of_side"]
        return tuple(
            pattern.format(side=self._words["side"][side], verdict=verdicts[side]) for side in SIDES if side in verdicts
        )


def _norm(row: FieldTestRow) -> Norm | None:
    return None if row.norm is None else chain_graph().norms[row.norm]


def _held(limit: Limit, language: Language, words: Words, verdicts: tuple[str, ...] = ()) -> Held:
    return Held(limit.text[language], verdicts, words["grade"][limit.grade], limit.source, limit.unverified)
