"""The course over time: several assessments of one runner and the diary on one axis, as `compare` writes it.

It holds what a figure needs and nothing about how it is drawn.
"""

from __future__ import annotations

import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kinechain.model.assessment import Contrast, SideOrBoth
from kinechain.model.comparison import Compared, NotComparable, StepKind
from kinechain.text import Text


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, validate_by_name=True, validate_by_alias=True
    )


class DatedAssessment(Compared):
    """One of the assessments, with its day of filming."""

    date: datetime.date


class CoursePoint(_Part):
    """A measurement in one assessment: 95 % interval, or why it has no place on the line."""

    value: float | None
    low: float | None
    high: float | None
    missing_because: Text | None = None

    @model_validator(mode="after")
    def _value_or_reason(self) -> CoursePoint:
        if (self.value is None) != (self.missing_because is not None):
            raise ValueError("a missing point needs its reason, a value has none")
        return self


class CourseLine(_Part):
    """One quantity over the dates.

    Parameters
    ----------
    points : one for each assessment, in their order
    change : from the first to the last value that is there, with its smallest detectable change and verdict
    """

    name: str
    side: SideOrBoth
    unit: str
    points: tuple[CoursePoint, ...]
    change: Contrast


class PainDay(_Part):
    """Pain of a day on the scale 0 to 10, the worst of everything done; None where it was not noted."""

    date: datetime.date
    before: float | None
    during: float | None
    after: float | None
    next_morning: float | None
    limp: bool


class RunWeek(_Part):
    """What was run in a week that begins on a Monday; weeks without a noted run are not there."""

    first: datetime.date
    distance_km: float = Field(gt=0)


class PlanMark(_Part):
    """A day on which the plan moved on, stayed, stepped back or stopped, and why.

    Parameters
    ----------
    kind : at a re-test; a stop of the plan by the diary; one exercise at the end of a week
    exercise : id of the exercise as the plan named it
    """

    date: datetime.date
    kind: Literal["retest", "plan", "exercise"]
    step: StepKind
    exercise: str | None = None
    because: tuple[Text, ...]


class Course(_Part):
    """Several assessments of one runner and the diary, over time.

    Parameters
    ----------
    assessments : two or more, none earlier than the one before it
    lines : quantities that the hypotheses and real contrasts rest on, the most important ones first
    not_comparable : of these, what is on no line, and why
    pain, weeks : from the diary, from four weeks before the first assessment on
    pain_limit_nrs, pain_stop_nrs : up to the first the plan moves on, above the second it stops
    """

    schema_name: Literal["kinechain.course/1"] = Field(default="kinechain.course/1", alias="schema")
    assessments: tuple[DatedAssessment, ...] = Field(min_length=2)
    lines: tuple[CourseLine, ...]
    not_comparable: tuple[NotComparable, ...]
    pain: tuple[PainDay, ...]
    weeks: tuple[RunWeek, ...]
    marks: tuple[PlanMark, ...]
    pain_limit_nrs: float
    pain_stop_nrs: float
    cautions: tuple[Text, ...]

    @model_validator(mode="after")
    def _whole(self) -> Course:
        if any(len(line.points) != len(self.assessments) for line in self.lines):
            raise ValueError("a line has one point for each assessment")
        return self

    @property
    def first(self) -> datetime.date:
        """First day of the axis."""
        return min(self._days())

    @property
    def last(self) -> datetime.date:
        """Last day of the axis."""
        return max(self._days())

    def _days(self) -> list[datetime.date]:
        days = [one.date for one in self.assessments] + [day.date for day in self.pain]
        return days + [mark.date for mark in self.marks] + [week.first for week in self.weeks]

    @property
    def step(self) -> PlanMark:
        """What the last re-test says about the next step."""
        return [mark for mark in self.marks if mark.kind == "retest"][-1]

    def to_json(self) -> str:
        """Return the course as JSON text."""
        return self.model_dump_json(by_alias=True, indent=2) + "\n"
