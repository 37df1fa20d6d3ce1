"""The re-test: two assessments of one runner set against one another, as `compare` writes them."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from kinechain.model.assessment import Contrast, SideOrBoth
from kinechain.text import Text

#: The most careful step first.
StepKind = Literal["stop", "back", "hold", "forward"]
CAREFUL: tuple[StepKind, ...] = get_args(StepKind)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_by_name=True)


class Compared(_Part):
    """One of the two assessments: the files and views of its clips."""

    clips: tuple[str, ...]
    views: tuple[str, ...]


class NotComparable(_Part):
    """A quantity that cannot be compared, and why."""

    name: str
    side: SideOrBoth
    why: Text


class TestChange(_Part):
    """A field test before and after; `sdc` is null where no error of the test is known."""

    __test__ = False

    name: str
    side: SideOrBoth
    a: float
    b: float
    value: float
    sdc: float | None
    verdict: Literal["real", "none", "unclear"]


class NextStep(_Part):
    """Whether the plan moves on, by rule, with the reasons."""

    step: StepKind
    reasons: tuple[Text, ...]


class Comparison(_Part):
    """The result of `compare`."""

    schema_name: Literal["kinechain.comparison/1"] = Field(default="kinechain.comparison/1", alias="schema")
    before: Compared
    after: Compared
    changes: tuple[Contrast, ...]
    tests: tuple[TestChange, ...]
    not_comparable: tuple[NotComparable, ...]
    advice: NextStep

    def to_json(self) -> str:
        """Return the comparison as JSON text."""
        return self.model_dump_json(by_alias=True, indent=2) + "\n"
