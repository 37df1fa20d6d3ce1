"""The test plan of a session: what to film and test, in which order, and why."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from kinechain.model.assessment import Caution, Condition, View
from kinechain.text import Text

Place = Literal["studio", "alone"]
Camera = Literal["side", "rear", "feet"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_by_name=True)


class Step(_Part):
    """One clip or test of the plan; `camera` names the set-up of a clip (`knowledge/filming.toml`)."""

    id: str
    kind: Literal["clip", "test"]
    core: bool
    minutes: int
    view: View | None
    camera: Camera | None
    pace: Literal["easy", "provoking"] | None
    speed_mps: float | None
    condition: Condition | None
    label: Text
    how: Text
    because: tuple[Text, ...]


class LeftOut(_Part):
    """A clip or test that was left out, and why."""

    id: str
    label: Text
    because: Text


class SessionPlan(_Part):
    """The test plan; stopped while health questions are positive or open, as training advice is.

    `set_up_minutes` of the `minutes` go into warming up and setting up the camera, before the first step.
    """

    schema_name: Literal["kinechain.session_plan/1"] = Field(default="kinechain.session_plan/1", alias="schema")
    place: Place
    minutes: int
    set_up_minutes: int = 0
    stop: bool
    gates: tuple[str, ...] = ()
    messages: tuple[Text, ...] = ()
    questions: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    cautions: tuple[Caution, ...] = ()

    def to_json(self) -> str:
        """Return the plan as JSON text."""
        return self.model_dump_json(by_alias=True, indent=2) + "\n"
