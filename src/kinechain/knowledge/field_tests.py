"""The field tests of `field_tests.toml`: how each is done, what a result can be, and what it is held against.

A form is made from one row: `label`, `set_up`, `steps`, `read`, and then `classes` (one is chosen), `items` (each is
scored and `total` adds them), or neither (a number in `unit`, read to `step`). `admits` says whether a
result is possible.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kinechain.knowledge.chain import chain_graph
from kinechain.knowledge.toml_rows import at, check_rows, knowledge_text, parse_toml
from kinechain.model.assessment import Grade
from kinechain.model.athlete import Sex
from kinechain.text import Text

FILE = "field_tests.toml"
#: Scores of one item of a sum.
SCORES = (-2, -1, 0, 1, 2)

Source = Annotated[str, Field(min_length=1)]
#: Where a result stands against a norm or limit; `near`: nearer to it than the test can tell.
Standing = Literal["below", "near", "above"]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class ScoredItem(_Row):
    """One item of a sum, scored −2…+2, with what stands for its low end, middle and high end."""

    id: str
    label: Text
    low: Text
    middle: Text
    high: Text


class Limit(_Row):
    """A value beyond which a result counts as notable, on the named side of it; `or_equal`: at the value, too."""

    side: Literal["below", "above"]
    value: float
    or_equal: bool = False
    text: Text
    grade: Grade
    source: Source
    unverified: bool = False

    def reached(self, result: float) -> bool:
        """Return whether a result is notable."""
        if result == self.value:
            return self.or_equal
        return (result < self.value) == (self.side == "below")


class AsymmetryLimit(_Row):
    """Largest share of the better leg by which the legs may differ; `weighed` where the chain counts it."""

    share: float = Field(gt=0, lt=1)
    weighed: bool
    grade: Grade
    source: Source


@dataclass(frozen=True)
class Asymmetry:
    """How far the legs differ.

    Parameters
    ----------
    share : difference as a share of the better leg, 0…1
    verdict : `within` the limit, `beyond` it, or `unclear`: beyond it, but not beyond the smallest detectable change
    """

    share: float
    verdict: Literal["within", "beyond", "unclear"]


class FieldTestRow(_Row):
    """One field test; the meaning of the fields stands at the top of `field_tests.toml`."""

    id: str
    label: Text
    brief: Text
    unit: Text | None = None
    step: float | None = Field(default=None, gt=0)
    lowest: float | None = None
    highest: float | None = None
    classes: dict[str, Text] | None = None
    items: tuple[ScoredItem, ...] = ()
    set_up: Text
    steps: Annotated[tuple[Text, ...], Field(min_length=1)]
    read: Text
    stop: Text | None = None
    sdc: float | None = Field(default=None, gt=0)
    sdc_source: Source | None = None
    norm: str | None = None
    limits: tuple[Limit, ...] = ()
    asymmetry: AsymmetryLimit | None = None
    about: Text
    grade: Grade
    source: Source

    @model_validator(mode="after")
    def _whole(self) -> Self:
        number = (self.unit, self.step, self.lowest, self.highest)
        if any((part is None) != (self.classes is not None) for part in number):
            raise ValueError("a number has unit, step, lowest and highest; a class has none of them")
        if (self.sdc is None) != (self.sdc_source is None):
            raise ValueError("sdc needs its source")
        if self.classes is not None and (self.norm or self.limits or self.asymmetry or self.sdc or self.items):
            raise ValueError("a class has no norm, limit, asymmetry, sdc or items")
        if self.norm is not None and self.norm not in chain_graph().norms:
            raise ValueError(f"norm: no norm {self.norm!r} in chain.toml")
        return self

    def admits(self, value: float | str) -> bool:
        """Return whether a result is possible: one of the classes, or a number from lowest to highest."""
        if self.classes is not None:
            return value in self.classes
        if isinstance(value, str) or self.lowest is None or self.highest is None:
            return False
        return self.lowest <= value <= self.highest

    def total(self, scores: Mapping[str, int]) -> int:
        """Return the sum of the scores of all items.

        Raises
        ------
        ValueError
            Where an item is missing, unknown, or scored outside of −2…+2.
        """
        if set(scores) != {item.id for item in self.items}:
            raise ValueError(f"{self.id}: scores of {', '.join(item.id for item in self.items)}")
        wrong = next((key for key, score in scores.items() if score not in SCORES), None)
        if wrong is not None:
            raise ValueError(f"{self.id}: {wrong}: −2…+2")
        return sum(scores.values())

    def norm_for(self, age_y: float | None, sex: Sex | None) -> float | None:
        """Return the norm at an age [years] for a sex; None where there is none, or age or sex are not known."""
        if self.norm is None or age_y is None or sex is None:
            return None
        return chain_graph().norms[self.norm].value(age_y, sex)

    def standing(self, value: float, mark: float) -> Standing:
        """Return where a result lies from a norm or limit; `near` within the smallest detectable change."""
        if self.sdc is not None and abs(value - mark) <= self.sdc:
            return "near"
        return "below" if value < mark else "above" if value > mark else "near"

    def difference(self, left: float, right: float) -> Asymmetry | None:
        """Return how far the legs differ; None where no limit is known, or neither leg has a result above 0."""
        better = max(left, right)
        if self.asymmetry is None or better <= 0:
            return None
        share = abs(left - right) / better
        if share <= self.asymmetry.share:
            return Asymmetry(share, "within")
        told = self.sdc is None or abs(left - right) > self.sdc
        return Asymmetry(share, "beyond" if told else "unclear")


def parse_field_tests(text: str) -> dict[str, FieldTestRow]:
    """Return the rows of a TOML text.

    Raises
    ------
    ValueError
        Names file, line and field of what is wrong; a test of the chain that has no row.
    """
    rows = check_rows(FILE, text, parse_toml(FILE, text), FieldTestRow)
    missing = {rule.name for rule in chain_graph().tests} - set(rows)
    if missing:
        raise at(FILE, text, (), f"no row for {', '.join(sorted(missing))}, which chain.toml weighs")
    return rows


@cache
def field_tests() -> Mapping[str, FieldTestRow]:
    """Return the field tests by the name under which a session states them, in the order of their rows."""
    return parse_field_tests(knowledge_text(FILE))
