"""The plan over weeks, schema `kinechain.training_plan/1`: what to do this week, and why it is so."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from kinechain.text import Text

Move = Literal["start", "forward", "hold", "back", "stop"]


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, validate_by_name=True, validate_by_alias=True
    )


class Judged(_Part):
    """One week of one exercise, judged by its log.

    Parameters
    ----------
    week : from 1
    move : what follows for the next week; `because` says why
    sets_done, sets_planned : adherence is the one ÷ the other
    peak_pain : highest pain noted during or after, None where none was
    """

    week: int = Field(ge=1)
    move: Move
    because: Text
    sets_done: int = Field(ge=0)
    sets_planned: int = Field(ge=1)
    peak_pain: float | None

    @property
    def adherence(self) -> float:
        """Sets done ÷ sets planned."""
        return self.sets_done / self.sets_planned


class PlannedExercise(_Part):
    """One exercise of this week.

    Parameters
    ----------
    id : of the exercise; `instead_of` names the one of the assessment's plan whose place it has taken
    level : 0 is its first level, −1 its first easier form
    how, dose : of this level
    dates : days of this week
    move, because : what the last week led to
    history : every week before this one, the first one first
    """

    id: str
    name: Text
    instead_of: str | None = None
    level: int
    how: Text
    dose: Text
    sets: int = Field(ge=1)
    per_side: bool
    dates: tuple[datetime.date, ...]
    move: Move
    because: Text
    history: tuple[Judged, ...] = ()


class TrainingPlan(_Part):
    """The plan of this week; while `stop` holds there is none, and `messages` say what to do instead."""

    schema_name: Literal["kinechain.training_plan/1"] = Field(default="kinechain.training_plan/1", alias="schema")
    start: datetime.date
    today: datetime.date
    week: int = Field(ge=1)
    stop: bool
    gates: tuple[str, ...] = ()
    messages: tuple[Text, ...] = ()
    exercises: Annotated[tuple[PlannedExercise, ...], Field(max_length=3)] = ()
    pain_limit_nrs: float | None = None
    retest_on: datetime.date | None = None

    def to_json(self) -> str:
        """Return the file's text: UTF-8, two spaces of indentation, numbers finite or null."""
        return self.model_dump_json(by_alias=True, indent=2) + "\n"
