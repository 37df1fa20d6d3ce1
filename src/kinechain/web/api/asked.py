"""What goes into the interface; an unknown key is refused, so that no slip of the pen is lost in silence."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kinechain.model.assessment import Exercise
from kinechain.model.athlete import Athlete
from kinechain.store.results import SHARED_FOR_DAYS
from kinechain.text import Language
from kinechain.web.forms import LINE, Name

Line = Annotated[str, StringConstraints(max_length=1000, pattern=LINE)]
_Seconds = Annotated[float, Field(ge=0, le=86_400)]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class MyLanguage(_Asked):
    """The language of the account."""

    language: Language


class StudioSettings(_Asked):
    """Settings of a studio."""

    name: Name
    retention_days: int | None = Field(default=None, ge=30, le=36_500, description="null without limit")


class NewClient(_Asked):
    """A new runner."""

    name: Name
    athlete: Athlete = Athlete()


class FaceChoice(_Asked):
    """Whether faces are blurred."""

    hide: bool


class Agreement(_Asked):
    """The runner agreed to the text of this version, read in this language."""

    text_version: Line
    language: Language


class ConfirmedName(_Asked):
    """The runner's name, typed once more."""

    name: Line


class Answers(_Asked):
    """All answers of a session by the key of the question; what is left out is not answered."""

    answers: dict[str, bool | float | Line]


class ChangedPlan(_Asked):
    """A plan with other exercises."""

    seen: int = Field(ge=0, description="number of the change that the trainer had before them, 0 for the suggestion")
    exercises: list[Exercise] = Field(max_length=5)
    why: str = Field(min_length=1, max_length=500, pattern=r"^[^\x00]*$")


class EventByHand(_Asked):
    """An event set by hand: moved, added (no `found_s`), taken out (no `time_s`), or given to the other foot.

    `found_s` is its instant in the result, `found_side` the foot that had it there.
    """

    clip: Annotated[str, StringConstraints(max_length=64, pattern=LINE)]
    side: Literal["left", "right"]
    kind: Literal["initial_contact", "toe_off"]
    found_s: _Seconds | None = None
    time_s: _Seconds | None = None
    found_side: Literal["left", "right"] | None = None


class ShareFor(_Asked):
    """For how long a link opens a report."""

    days: int = Field(default=SHARED_FOR_DAYS, ge=1, le=365)


class TestResult(_Asked):
    """A result of a field test, as a `[[test]]` of a session file."""

    name: Line
    side: Literal["left", "right"]
    value: float | Line


class TestResults(_Asked):
    """The results of the field tests of a session, all of them."""

    tests: list[TestResult] = Field(max_length=100)
