"""The exercises that a plan can hold, read from `knowledge/exercises.toml`."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kinechain.knowledge.toml_rows import at, check_rows, knowledge_text, parse_toml
from kinechain.model.assessment import Exercise, Grade
from kinechain.text import Text

FILE = "exercises.toml"
SOLEUS_LOADING = "bent_knee_calf_raise"
STEP_RATE_PRACTICE = "step_rate_practice"

Link = Annotated[str, Field(pattern=r"^(C([2-9]|1[0-2])|rival_[a-z_]+)$")]
Source = Annotated[str, Field(min_length=1)]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Fault(_Row):
    """A mistake and what to say to it; `by` tells who names it, `seen` whether a camera shows it (else one asks)."""

    id: str
    by: Literal["studio", "ours"]
    seen: bool
    text: Text
    cue: Text


class Dose(_Row):
    """How much; repetitions, or a hold from the shortest to the longest time [s], or minutes, for each set."""

    sets: int = Field(ge=1)
    reps: int | None = Field(default=None, ge=1)
    hold_s: tuple[float, float] | None = None
    minutes: float | None = Field(default=None, gt=0)
    per_side: bool
    days_per_week: int = Field(ge=1, le=7)
    weeks: int = Field(ge=1)
    text: Text
    source: Source

    @model_validator(mode="after")
    def _one_measure(self) -> Dose:
        if [self.reps, self.hold_s, self.minutes].count(None) != 2:
            raise ValueError("a dose has either reps, hold_s or minutes")
        if self.hold_s is not None and not 0 < self.hold_s[0] <= self.hold_s[1]:
            raise ValueError("hold_s goes from the shortest to the longest time")
        return self


class ExerciseRow(_Row):
    """One exercise: what it is for, how it is done, how much, when to stop, which links it serves.

    `serves` maps a link of the chain ("C2") or a rival ("rival_capacity") to 1 (first choice), 2 (second choice) or 3
    (only in place of another exercise). `progression` are its levels, from the first one up, `regression` its easier
    forms, from the next one down; `harder` and `easier` are the exercises beyond these. `explains` says how a
    mechanism behind it works, `evidence` what is and is not known.
    """

    id: str
    name: Text
    purpose: Text
    set_up: Text
    steps: Annotated[tuple[Text, ...], Field(min_length=1)]
    right_when: Text
    faults: Annotated[tuple[Fault, ...], Field(min_length=1)]
    progression: Annotated[tuple[Text, ...], Field(min_length=1)]
    regression: Annotated[tuple[Text, ...], Field(min_length=1)]
    harder: str | None = None
    easier: str | None = None
    camera: Text
    stop_rules: Annotated[tuple[Text, ...], Field(min_length=1)]
    working_muscle: Text
    explains: Text | None = None
    evidence: Text
    serves: Annotated[dict[Link, Literal[1, 2, 3]], Field(min_length=1)]
    dose: Dose
    grade: Grade
    source: Source

    @property
    def drawing(self) -> str:
        """Name of its drawing."""
        return f"{self.id}.svg"

    def fault(self, name: str) -> Fault:
        """Return one fault; KeyError where it has none of that name."""
        for fault in self.faults:
            if fault.id == name:
                return fault
        raise KeyError(f"{self.id} has no fault {name}")

    def prescribed(self, because: str) -> Exercise:
        """Return it as an item of a plan; a hold is prescribed at its longest time.

        Parameters
        ----------
        because
            Hypothesis or intake key that it answers.
        """
        dose = self.dose
        return Exercise(
            id=self.id,
            sets=dose.sets,
            reps=dose.reps,
            hold_s=None if dose.hold_s is None else dose.hold_s[1],
            per_side=dose.per_side,
            days_per_week=dose.days_per_week,
            weeks=dose.weeks,
            because=because,
        )


def parse_exercises(text: str) -> dict[str, ExerciseRow]:
    """Return the exercises of a TOML text; the stop rules of `[common]` are part of each.

    Raises
    ------
    ValueError
        Names file, line and field of what is wrong.
    """
    tables = parse_toml(FILE, text)
    common = tables.pop("common", None)
    if not isinstance(common, dict) or set(common) != {"stop_rules"}:
        raise at(FILE, text, ("common",), "needs stop_rules, and nothing else")
    rows = {name: {**common, **table} if isinstance(table, dict) else table for name, table in tables.items()}
    checked = check_rows(FILE, text, rows, ExerciseRow)
    for row in checked.values():
        for key in ("harder", "easier"):
            if getattr(row, key) not in (None, *checked):
                raise at(FILE, text, (row.id, key), f"there is no exercise {getattr(row, key)!r}")
    return checked


@cache
def exercises() -> dict[str, ExerciseRow]:
    """Return every exercise by its id."""
    return parse_exercises(knowledge_text(FILE))
