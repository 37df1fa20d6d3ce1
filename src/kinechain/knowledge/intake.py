"""The intake: what the runner is asked before any clip is judged, and the check of the answers."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kinechain.knowledge.toml_rows import check_rows, knowledge_text, parse_toml
from kinechain.text import Text

FILE = "intake.toml"
RED_FLAG_PREFIX = "rf_"
_YES_NO = {"yes": True, "no": False}

Kind = Literal["choice", "number", "yes_no", "text"]
Group = Literal["complaint", "history", "training", "red_flag"]


class Question(BaseModel):
    """One question; `lowest`, `highest` (in `unit`) belong to a number, `pattern` and `example` to a text."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    id: str
    kind: Kind
    group: Group
    label: Text
    source: Annotated[str, Field(min_length=1)]
    required: bool = False
    choices: dict[str, Text] | None = None
    lowest: float | None = None
    highest: float | None = None
    unit: str | None = None
    pattern: str | None = None
    example: str | None = None

    @model_validator(mode="after")
    def _complete(self) -> Question:
        if (self.kind == "choice") != bool(self.choices):
            raise ValueError("a choice, and nothing else, has choices")
        numbers = (self.lowest, self.highest, self.unit)
        if any((part is not None) != (self.kind == "number") for part in numbers):
            raise ValueError("a number, and nothing else, has lowest, highest and unit")
        if any((part is not None) != (self.kind == "text") for part in (self.pattern, self.example)):
            raise ValueError("a text, and nothing else, has pattern and example")
        if (self.group == "red_flag") != self.id.startswith(RED_FLAG_PREFIX):
            raise ValueError(f"red-flag questions, and no others, begin with {RED_FLAG_PREFIX!r}")
        if self.group == "red_flag" and not (self.required and self.kind == "yes_no"):
            raise ValueError("a red-flag question is yes_no and required")
        return self

    @property
    def allowed(self) -> str:
        """The answers that are taken, as an English phrase."""
        if self.choices is not None:
            return "one of " + ", ".join(self.choices)
        if self.kind == "number":
            return f"a number from {self.lowest:g} to {self.highest:g} ({self.unit})"
        if self.kind == "text":
            return f"text such as {self.example!r}"
        return "true or false (or yes, no)"


def parse_questions(text: str) -> dict[str, Question]:
    """Return the questions of a TOML text; ValueError names file, line and field of what is wrong."""
    return check_rows(FILE, text, parse_toml(FILE, text), Question)


@cache
def questions() -> dict[str, Question]:
    """Return every question by its key, in the order of asking."""
    return parse_questions(knowledge_text(FILE))


def check_intake(table: Mapping[str, object]) -> dict[str, object]:
    """Check the answers of an `[intake]` table.

    Parameters
    ----------
    table
        Answers by key; any of them may be missing.

    Returns
    -------
    dict
        The same answers: numbers as float, yes/no as bool, choices and texts as str.

    Raises
    ------
    ValueError
        For an unknown key, a wrong type, an unknown choice or a number out of range; the message names the key and
        says what is allowed.
    """
    return {key: _answer(key, value) for key, value in table.items()}


def _answer(key: str, value: object) -> object:
    question = questions().get(key)
    if question is None:
        close = difflib.get_close_matches(str(key), questions(), n=1)
        advice = f"did you mean {close[0]!r}?" if close else f"known keys: {', '.join(questions())}"
        raise ValueError(f"intake: unknown key {key!r}; {advice}")
    try:
        return _READ[question.kind](question, value)
    except (KeyError, TypeError, ValueError):
        guess = difflib.get_close_matches(value, question.choices or (), n=1) if isinstance(value, str) else []
        advice = f"; did you mean {guess[0]!r}?" if guess else ""
        raise ValueError(f"intake: {key} = {value!r} is not possible; allowed: {question.allowed}{advice}") from None


def _choice(question: Question, value: object) -> str:
    if not isinstance(value, str) or value not in (question.choices or {}):
        raise ValueError(value)
    return value


def _number(question: Question, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError(value)
    lowest, highest = question.lowest, question.highest
    if lowest is None or highest is None or not lowest <= value <= highest:
        raise ValueError(value)
    return float(value)


def _yes_no(_question: Question, value: object) -> bool:
    if isinstance(value, bool):
        return value
    if not isinstance(value, str):
        raise TypeError(value)
    return _YES_NO[value]


def _text(question: Question, value: object) -> str:
    if not isinstance(value, str) or re.fullmatch(question.pattern or "", value) is None:
        raise ValueError(value)
    return value


_READ = {"choice": _choice, "number": _number, "yes_no": _yes_no, "text": _text}
