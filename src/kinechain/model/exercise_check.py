"""The result of `check-exercise`, schema `kinechain.exercise_check/1` of the outer contract."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from kinechain.model.assessment import Caution
from kinechain.model.skeleton import Side
from kinechain.text import Text


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, validate_by_name=True, validate_by_alias=True
    )


class HoldSeen(_Part):
    """A posture that was kept: side of the bent leg, and how long."""

    side: Side
    seconds: float
    start_s: float
    end_s: float
    frame: int


class RepetitionSeen(_Part):
    """One repetition; `partial` says why it is not a whole one, None for a whole one. Its `frame` is the far end."""

    partial: Literal["began_inside", "cut_off", "shallow"] | None
    start_s: float
    end_s: float
    frame: int


class Tempo(_Part):
    """Medians over the whole repetitions [s]: going, held at the far end, coming back by 70 %, from one to the next."""

    going_s: float
    held_s: float
    returning_s: float
    cycle_s: float | None


class Range(_Part):
    """How far the movement goes: median over whole repetitions, least and most; "leg" is leg lengths."""

    value: float
    low: float
    high: float
    unit: Literal["deg", "leg"]


class FaultSeen(_Part):
    """A fault; `value` is the median over repetitions or holds, `frame` shows the worst of them."""

    id: str
    by: Literal["studio", "ours"]
    side: Side | None
    frame: int
    value: float
    threshold: float
    unit: str
    cue: Text


class NotObservable(_Part):
    """What could not be judged, why, and what to ask."""

    id: str
    reason: Text
    question: Text


class ExerciseCheck(_Part):
    """What a clip of an exercise shows."""

    schema_name: Literal["kinechain.exercise_check/1"] = Field(default="kinechain.exercise_check/1", alias="schema")
    exercise: Literal["glute_stretch", "hip_hinge", "ball_calf_raise"]
    recognised: bool
    looks_like: str
    looks_like_text: Text
    view: Literal["side", "rear_or_front"]
    repetitions: Annotated[int, Field(ge=0)]
    partial_repetitions: Annotated[int, Field(ge=0)]
    each: tuple[RepetitionSeen, ...]
    holds: tuple[HoldSeen, ...]
    tempo: Tempo | None
    range: Range | None
    faults: tuple[FaultSeen, ...]
    not_observable: tuple[NotObservable, ...]
    cautions: tuple[Caution, ...]

    def to_json(self) -> str:
        """Return the file's text: UTF-8, two spaces of indentation, numbers finite or null."""
        return self.model_dump_json(by_alias=True, indent=2) + "\n"
