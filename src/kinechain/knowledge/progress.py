"""The rules by which an exercise moves on, read from `knowledge/progress.toml`."""

from __future__ import annotations

from functools import cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from kinechain.knowledge.toml_rows import check_rows, knowledge_text, parse_toml
from kinechain.model.assessment import Grade
from kinechain.model.training_plan import Move
from kinechain.text import Text

FILE = "progress.toml"


class ProgressRule(BaseModel):
    """One rule: what it does to the next week, what the runner reads, how sure it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    move: Move
    text: Text
    grade: Grade
    source: Annotated[str, Field(min_length=1)]


@cache
def progress_rules() -> dict[str, ProgressRule]:
    """Return the rules by their names, in the order in which they are asked."""
    text = knowledge_text(FILE)
    return check_rows(FILE, text, parse_toml(FILE, text), ProgressRule)
