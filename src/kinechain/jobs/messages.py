"""What passes between an analysis and who watches it: one JSON object a line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from kinechain.store.tables import JobKind
from kinechain.text import Text


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Order(_Message):
    """What an analysis is to do: first and only line that it is told.

    Parameters
    ----------
    kind : what is done
    analyses : module whose `ANALYSES` are run
    folder : empty folder for its files
    kept : folder for what a later start of the job need not do again
    memory_limit_mb, time_limit_s : what it may take
    facts : all that the kind needs; paths are absolute
    """

    kind: JobKind
    analyses: str
    folder: Path
    kept: Path
    memory_limit_mb: float
    time_limit_s: float
    facts: dict[str, Any]


class Step(_Message):
    """How far an analysis is: its stage, and the share of the whole, 0…1."""

    stage: str
    fraction: float


class Failure(_Message):
    """What went wrong, as the error tree says it."""

    code: str
    message: Text


class Done(_Message):
    """The analysis is done; `document` is the file in its folder that holds what was found."""

    document: str


class Line(_Message):
    """One line of an analysis: exactly one of the three is there."""

    step: Step | None = None
    failure: Failure | None = None
    done: Done | None = None
