"""What a clip of an exercise is judged by, read from `knowledge/exercise_checks.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from kinechain.knowledge.exercises import exercises
from kinechain.knowledge.toml_rows import at, check_row, check_rows, knowledge_text, parse_toml
from kinechain.text import Text

FILE = "exercise_checks.toml"


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class FaultRule(_Row):
    """One fault that points on the body can show.

    `by` tells who names it and `cue` what to say to it, both from the exercise's own row; `view` from where it can be
    seen; `worse` on which side of the threshold it is a fault ("above" includes the threshold); `partial_too` whether a
    partial repetition is enough to judge it.
    """

    id: str
    by: Literal["studio", "ours"]
    cue: Text
    view: Literal["side", "rear_or_front", "any"]
    definition: Text
    threshold: float
    unit: Literal["deg", "s", "leg", "ratio", "count"]
    worse: Literal["above", "below"]
    partial_too: bool = False
    source: Annotated[str, Field(min_length=1)]

    def shown(self, frontal: bool) -> bool:
        """Whether it can be seen from the rear or front (`frontal`), or else from a side."""
        return self.view == "any" or (self.view == "rear_or_front") == frontal

    def broken(self, value: float) -> bool:
        """Whether a value is a fault."""
        return value >= self.threshold if self.worse == "above" else value < self.threshold


class Asked(_Row):
    """Something no clip shows: why, and the question to put to the runner."""

    id: str
    reason: Text
    question: Text


class CheckRow(_Row):
    """One exercise: what is judged, what is asked."""

    id: str
    fault: dict[str, FaultRule]
    asked: dict[str, Asked]


class CheckTexts(_Row):
    """Sentences that all exercises share; `looks_like` names each kind of movement."""

    wrong_view: Text
    oblique_view: Text
    no_whole_repetition: Text
    look_yourself: Text
    looks_like: dict[str, Text]


def parse_checks(text: str) -> tuple[CheckTexts, dict[str, CheckRow]]:
    """Return the shared sentences and the exercises of a TOML text.

    Raises
    ------
    ValueError
        Names file, line and field of what is wrong.
    """
    tables = parse_toml(FILE, text)
    common = check_row(FILE, text, tables.pop("common", None), CheckTexts, ("common",))
    rows: dict[str, CheckRow] = {}
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise at(FILE, text, (name,), "a table is expected")
        rules = _with_cues(text, name, table.get("fault"))
        faults = check_rows(FILE, text, rules, FaultRule, under=(name, "fault"))
        asked = check_rows(FILE, text, table.get("asked"), Asked, under=(name, "asked"))
        rows[name] = check_row(FILE, text, {**table, "fault": faults, "asked": asked}, CheckRow, (name,), named=True)
    return common, rows


def _with_cues(text: str, exercise: str, tables: object) -> object:
    """Return the tables of the faults, each with who names it and what to say."""
    if not isinstance(tables, Mapping) or exercise not in exercises():
        return tables
    filled: dict[str, object] = {}
    for name, table in tables.items():
        try:
            fault = exercises()[exercise].fault(name)
        except KeyError as error:
            raise at(FILE, text, (exercise, "fault", name), "the exercise has no such fault") from error
        filled[name] = {**table, "by": fault.by, "cue": fault.cue} if isinstance(table, Mapping) else table
    return filled


@cache
def exercise_checks() -> tuple[CheckTexts, dict[str, CheckRow]]:
    """Return the shared sentences, and what each exercise is judged by."""
    return parse_checks(knowledge_text(FILE))
