"""The plan as a trainer changes it: exercises kept, changed, taken out or added; why it was done is asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kinechain.errors import FormInvalid, PlanStopped
from kinechain.knowledge.exercises import exercises
from kinechain.model.assessment import Exercise, Plan
from kinechain.text import Text
from kinechain.web.forms import checked

#: A plan of more than that is not done.
MOST = 5
#: What an added exercise answers: no hypothesis, but the trainer's choice.
TRAINER = "trainer"
WHY = Text(ja="変更の理由", en="why it was changed")
EXERCISES = Text(ja="運動", en="exercises")
_FIELD = re.compile(r"(?P<id>[a-z_]+)\.(?P<field>sets|reps|hold_s|days_per_week|weeks)")
_LONGEST_REASON = 500
_LONGEST_NUMBER = 9


@dataclass(frozen=True)
class ChangedPlan:
    """A changed plan and why."""

    plan: Plan
    why: str


def plan_of_form(before: Plan, typed: Mapping[str, str]) -> ChangedPlan:
    """Return the plan that a form describes.

    Parameters
    ----------
    before : the plan that the form showed
    typed : `keep.<exercise>` for each that stays or is added, `<exercise>.<field>` for its dose, and `why`

    Raises
    ------
    PlanStopped
        While health questions are open or positive nothing is prescribed.
    FormInvalid
    """
    kept = [key.removeprefix("keep.") for key in typed if key.startswith("keep.")]
    added = typed.get("add", "")
    chosen = list(dict.fromkeys([*kept, *([added] if added else [])]))
    _changeable(before, chosen)
    present = {exercise.id: exercise for exercise in before.exercises}
    made = tuple(_exercise(one, present.get(one), typed) for one in chosen)
    return changed_plan(before, made, typed.get("why", ""))


def edit_seen(typed: Mapping[str, str]) -> int:
    """Return the number of the change that the form was made from, 0 for the suggestion; FormInvalid for no number."""
    seen = typed.get("seen") or "0"
    if not seen.isdecimal() or len(seen) > _LONGEST_NUMBER:
        raise FormInvalid(field="seen", allowed="0, 1, 2 …")
    return int(seen)


def changed_plan(before: Plan, chosen: Sequence[Exercise], why: str) -> ChangedPlan:
    """Return a plan with other exercises.

    Parameters
    ----------
    before : the plan as it stands
    why : the reason in the trainer's words, which stands beside the change

    Raises
    ------
    PlanStopped
        While health questions are open or positive nothing is prescribed.
    FormInvalid
        For an unknown exercise, one that is named twice, too many, or no reason.
    """
    why = why.strip()
    _changeable(before, [exercise.id for exercise in chosen])
    if not 0 < len(why) <= _LONGEST_REASON:
        raise FormInvalid(field=WHY, allowed=f"1–{_LONGEST_REASON}")
    return ChangedPlan(before.model_copy(update={"exercises": tuple(chosen)}), why)


def _changeable(before: Plan, chosen: Sequence[str]) -> None:
    """Refuse exercises that cannot make a plan; see `changed_plan`."""
    if before.stop:
        raise PlanStopped(reason=", ".join(before.gates))
    if len(chosen) > MOST or len(set(chosen)) < len(chosen) or any(one not in exercises() for one in chosen):
        raise FormInvalid(field=EXERCISES, allowed=f"0–{MOST}")


def _exercise(name: str, before: Exercise | None, typed: Mapping[str, str]) -> Exercise:
    exercise = before if before is not None else exercises()[name].prescribed(TRAINER)
    values: dict[str, object] = exercise.model_dump()
    for key, value in typed.items():
        match = _FIELD.fullmatch(key)
        if match and match["id"] == name and value.strip():
            values[match["field"]] = value.strip()
    return checked(Exercise, values)
