"""Taping as an option for a run, read from `taping.toml`: when not to, care of the skin, how it is laid."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from kinechain.knowledge.toml_rows import check_row, check_rows, knowledge_text, parse_toml
from kinechain.model.assessment import Grade
from kinechain.text import Text

FILE = "taping.toml"
Texts = Annotated[tuple[Text, ...], Field(min_length=1)]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class TapingNotes(_Row):
    """What holds for every way of taping; the fields are explained at the top of `taping.toml`."""

    grade: Grade
    unverified: bool
    source: Annotated[str, Field(min_length=1)]
    about: Text
    known: Text
    length: Text
    no_tape: Texts
    skin: Texts
    off: Texts


class Tape(_Row):
    """One way of taping: its purpose, what is needed, how it is laid."""

    id: str
    label: Text
    purpose: Text
    need: Text
    steps: Texts


class TapingRows(_Row):
    """All that is said of taping."""

    notes: TapingNotes
    tapes: Mapping[str, Tape]


def parse_taping(text: str) -> TapingRows:
    """Return the rows of a TOML text.

    Raises
    ------
    ValueError
        Names file, line and field of what is wrong.
    """
    tables = parse_toml(FILE, text)
    return TapingRows(
        notes=check_row(FILE, text, tables.get("page"), TapingNotes, ("page",)),
        tapes=check_rows(FILE, text, tables.get("tape"), Tape, under=("tape",)),
    )


@cache
def taping() -> TapingRows:
    """Return the rows that ship with the package."""
    return parse_taping(knowledge_text(FILE))
