"""Rows of the test plan: what can be filmed and tested in a session, and which answers of the intake ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kinechain.knowledge.field_tests import field_tests
from kinechain.knowledge.intake import questions
from kinechain.knowledge.toml_rows import KeyPath, at, check_list, check_row, check_rows, knowledge_text, parse_toml
from kinechain.model.assessment import Condition
from kinechain.model.session_plan import Place
from kinechain.text import Text

FILE = "test_plan.toml"
#: Conditions that follow from several answers.
DERIVED: dict[str, tuple[str, ...]] = {
    "complaint": ("true", "false"),
    "leg": ("one", "both"),
    "spike": ("true", "false"),
}
Source = Annotated[str, Field(min_length=1)]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Budget(_Row):
    """Minutes of a session by place; part of them goes into warming up and setting up the camera."""

    studio_minutes: int = Field(gt=0)
    alone_minutes: int = Field(gt=0)
    set_up_minutes: int = Field(ge=0)


class Item(_Row):
    """A clip or a field test that a plan may ask for; `needs` is the clip that it is read from."""

    id: str
    kind: Literal["clip", "test"]
    minutes: int = Field(gt=0)
    alone_minutes: int | None = Field(default=None, ge=0)
    label: Text
    how: Text
    view: Literal["near", "far", "rear", "feet"] | None = None
    pace: Literal["easy", "provoking"] | None = None
    condition: Condition | None = None
    lowest: float | None = None
    highest: float | None = None
    sdc: float | None = Field(default=None, gt=0)
    sdc_source: str | None = None
    tiring: bool = False
    needs: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> Item:
        if any((part is None) == (self.kind == "clip") for part in (self.view, self.pace, self.condition)):
            raise ValueError("a clip, and no test, has view, pace and condition")
        if (self.lowest is None) != (self.highest is None):
            raise ValueError("lowest and highest come together")
        if (self.sdc is None) != (self.sdc_source is None):
            raise ValueError("sdc needs its source")
        return self

    def minutes_at(self, place: Place) -> int:
        """Minutes that it takes; 0 where it cannot be done there."""
        return self.minutes if place == "studio" or self.alone_minutes is None else self.alone_minutes


class Rule(_Row):
    """An item is asked for where all conditions hold."""

    item: str
    when: tuple[str, ...]
    weight: float = Field(gt=0, le=1)
    because: Text
    source: Source
    core: bool = False


class Avoid(_Row):
    """Items are left out where all conditions hold."""

    items: Annotated[tuple[str, ...], Field(min_length=1)]
    when: Annotated[tuple[str, ...], Field(min_length=1)]
    because: Text
    source: Source


class Advice(_Row):
    """A reason for the next step after a re-test; of all that hold, the most careful step counts."""

    id: str
    step: Literal["stop", "back", "hold", "forward"]
    text: Text
    source: Source


@dataclass(frozen=True)
class PlanRows:
    """All items and rules, and the advice after a re-test."""

    budget: Budget
    items: Mapping[str, Item]
    rules: tuple[Rule, ...]
    avoid: tuple[Avoid, ...]
    advice: Mapping[str, Advice]

    def limits(self, test: str) -> tuple[float, float] | None:
        """Return the lowest and highest possible result of a field test, None for a class."""
        row = field_tests().get(test)
        if row is None or row.lowest is None or row.highest is None:
            return None
        return row.lowest, row.highest


def parse_test_plan(text: str) -> PlanRows:
    """Return the rows of a TOML text.

    Raises
    ------
    ValueError
        Names file, line and field of what is wrong: an unknown item, or a condition that no answer can meet.
    """
    tables = parse_toml(FILE, text)
    plan = PlanRows(
        budget=check_row(FILE, text, tables.get("budget"), Budget, ("budget",)),
        items=check_rows(FILE, text, _with_tests(tables.get("item")), Item, under=("item",)),
        rules=check_list(FILE, text, tables.get("rule"), Rule, "rule"),
        avoid=check_list(FILE, text, tables.get("avoid"), Avoid, "avoid"),
        advice=check_rows(FILE, text, tables.get("advice"), Advice, under=("advice",)),
    )
    named: list[tuple[KeyPath, tuple[str, ...], tuple[str, ...]]] = [
        (("rule", n), (rule.item,), rule.when) for n, rule in enumerate(plan.rules)
    ]
    named += [(("avoid", n), row.items, row.when) for n, row in enumerate(plan.avoid)]
    named += [(("item", name, "needs"), (item.needs,), ()) for name, item in plan.items.items() if item.needs]
    for path, items, when in named:
        wrong = [item for item in items if item not in plan.items]
        wrong += [condition for condition in when if not _possible(condition)]
        if wrong:
            raise at(FILE, text, path, f"{wrong[0]!r} is no item and no answer of the intake")
    return plan


@cache
def plan_rows() -> PlanRows:
    """Return the rows that ship with the package."""
    return parse_test_plan(knowledge_text(FILE))


def _with_tests(tables: object) -> object:
    """Return the tables of the items, those of field tests with what `field_tests.toml` says of them."""
    if not isinstance(tables, Mapping):
        return tables
    return {name: _of_test(name) | table if name in field_tests() else table for name, table in tables.items()}


def _of_test(name: str) -> dict[str, object]:
    row = field_tests()[name]
    known = row.model_dump(include={"lowest", "highest", "sdc", "sdc_source"}, exclude_none=True)
    return {"label": row.label, "how": row.brief} | known


def _possible(condition: str) -> bool:
    key, _, choice = condition.partition("=")
    if key in DERIVED:
        return choice in DERIVED[key]
    question = questions().get(key)
    if question is None:
        return False
    return choice in (question.choices or {}) or (question.kind == "yes_no" and choice in ("true", "false"))
