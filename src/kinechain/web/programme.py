"""What a runner is to do now: the plan as it stands, the day it counts from, and the diary that moves it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from kinechain.exercise.progress import training_plan
from kinechain.knowledge.monitoring import Seen, had_strain, monitored
from kinechain.model.assessment import Plan
from kinechain.model.comparison import CAREFUL, StepKind
from kinechain.model.diary import WEEK, Diary
from kinechain.model.training_plan import TrainingPlan
from kinechain.pipeline.follow_up import Doing, doing
from kinechain.store.desk import Desk
from kinechain.store.diary import diary_of
from kinechain.store.tables import PlanEdit, Result, Visit
from kinechain.text import Text


@dataclass(frozen=True)
class Prescribed:
    """The plan of the latest session as it stands.

    Parameters
    ----------
    plan : the trainer's, or the suggested one
    start : day of that session; a change of the plan later on does not begin it anew
    """

    result_id: UUID
    visit_id: UUID
    plan: Plan
    intake: Mapping[str, object]
    start: dt.date


@dataclass(frozen=True)
class Programme:
    """Plan and diary of one runner on one day; `prescribed` is None before the first result."""

    prescribed: Prescribed | None
    diary: Diary
    today: dt.date

    @property
    def week(self) -> TrainingPlan | None:
        """The plan of this week."""
        found = self.prescribed
        if found is None:
            return None
        return training_plan(found.plan, found.intake, self.diary, found.start, self.today)

    @property
    def strained(self) -> bool:
        """Whether the calf was strained before, as far as is known."""
        return self.prescribed is not None and had_strain(self.prescribed.intake)

    @property
    def seen(self) -> tuple[Seen, ...]:
        """What the rules of monitoring say of the week that ends today, the most careful step first.

        While there is a plan, a stop is the plan's to make: what a later session has cleared stops no more.
        """
        recent = self.diary.between(dt.date.min, self.today)
        if recent.last is None or (self.today - recent.last).days >= WEEK:
            return ()
        seen = monitored(recent, self.today, strained=self.strained)
        return seen if self.prescribed is None else tuple(one for one in seen if one.rule.step != "stop")

    @property
    def said(self) -> tuple[StepKind | None, tuple[Text, ...]]:
        """The most careful step that plan and diary lead to, and why; at a stop what the gate says stands last."""
        week, seen = self.week, self.seen
        if week is not None and week.stop:
            return "stop", week.messages
        step = min((one.rule.step for one in seen), key=CAREFUL.index, default=None)
        held = [one for one in seen if one.rule.step == step]
        texts = (*(one.text for one in held), *(text for one in held for text in one.texts))
        return step, tuple(dict.fromkeys(texts))

    @property
    def doing(self) -> Doing:
        """How the runner is doing, in one word."""
        return doing(self.week, self.seen, self.diary, self.today)


def programme_of(desk: Desk, client_id: UUID) -> Programme:
    """Return plan and diary of a runner today; RecordMissing where this person has no such client."""
    return Programme(_prescribed(desk, client_id), diary_of(desk.diary(client_id)), dt.date.today())


def _prescribed(desk: Desk, client_id: UUID) -> Prescribed | None:
    latest = (
        select(Result.id, Visit.id, Visit.made_at, Result.document["plan"], Result.document["intake"])
        .join(Visit, Visit.id == Result.visit_id)
        .where(Visit.client_id == client_id)
        .order_by(Visit.made_at.desc(), Result.made_at.desc())
        .limit(1)
    )
    row = desk.session.execute(latest).one_or_none()
    if row is None:
        return None
    result_id, visit_id, made_at, suggested, intake = row
    start = made_at.astimezone().date()
    edits = desk.session.scalars(
        select(PlanEdit).where(PlanEdit.assessment_id == result_id).order_by(PlanEdit.number)
    ).all()
    return Prescribed(result_id, visit_id, _as_it_stands(Plan.model_validate(suggested), edits, start), intake, start)


def _as_it_stands(suggested: Plan, edits: Sequence[PlanEdit], start: dt.date) -> Plan:
    """Return the plan after all changes; the weeks of an exercise that was added later count from then on."""
    plan, since = suggested, {exercise.id: 0 for exercise in suggested.exercises}
    for edit in edits:
        plan = Plan.model_validate(edit.plan)
        week = max(0, (edit.made_at.astimezone().date() - start).days // WEEK)
        since = {exercise.id: since.get(exercise.id, week) for exercise in plan.exercises}
    return plan.model_copy(
        update={
            "exercises": tuple(
                exercise.model_copy(update={"weeks": exercise.weeks + since[exercise.id]})
                for exercise in plan.exercises
            )
        }
    )
