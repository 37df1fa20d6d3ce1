"""What a runner is to do now: the plan as it stands, the day it counts from, and the diary that moves it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kinechain.exercise.progress import training_plan
from kinechain.knowledge.monitoring import Seen, had_strain, monitored
from kinechain.model.assessment import Plan
from kinechain.model.comparison import CAREFUL, StepKind
from kinechain.model.diary import WEEK, Diary
from kinechain.model.training_plan import TrainingPlan
from kinechain.pipeline.follow_up import Doing, doing
from kinechain.store.desk import Desk
from kinechain.store.diary import diaries_of
from kinechain.store.tables import Client, PlanEdit, Result, Visit
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
    """Return plan and diary of one of this person's clients as they stand today; RecordMissing where there is none."""
    return programmes_of(desk, [desk.client(client_id)])[client_id]


def programmes_of(desk: Desk, clients: Sequence[Client]) -> dict[UUID, Programme]:
    """Return the same of many clients, in as many queries as of one."""
    ids, today = [client.id for client in clients], dt.date.today()
    prescribed, diaries = _prescribed(desk.session, ids), diaries_of(desk.session, ids)
    return {one: Programme(prescribed.get(one), diaries.get(one, Diary()), today) for one in ids}


def _prescribed(session: Session, client_ids: Sequence[UUID]) -> dict[UUID, Prescribed]:
    """Return the plan of the latest result of each client that has one."""
    newest = (Visit.made_at.desc(), Result.made_at.desc())
    placed = (
        select(Result.id, func.row_number().over(partition_by=Visit.client_id, order_by=newest).label("place"))
        .join(Visit, Visit.id == Result.visit_id)
        .where(Visit.client_id.in_(client_ids))
        .subquery()
    )
    latest = (
        select(Visit.client_id, Result.id, Visit.id, Visit.made_at, Result.document["plan"], Result.document["intake"])
        .join(Visit, Visit.id == Result.visit_id)
        .join(placed, placed.c.id == Result.id)
        .where(placed.c.place == 1)
    )
    rows = session.execute(latest).all()
    edits: dict[UUID, list[PlanEdit]] = {}
    made = select(PlanEdit).where(PlanEdit.assessment_id.in_([row[1] for row in rows])).order_by(PlanEdit.number)
    for edit in session.scalars(made):
        edits.setdefault(edit.assessment_id, []).append(edit)
    found = {}
    for client_id, result_id, visit_id, made_at, suggested, intake in rows:
        start = made_at.astimezone().date()
        plan = _as_it_stands(Plan.model_validate(suggested), edits.get(result_id, []), start)
        found[client_id] = Prescribed(result_id, visit_id, plan, intake, start)
    return found


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
