"""Today's exercises: what this week of the plan asks for, how it is done, and why it moved."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from kinechain.errors import RecordMissing
from kinechain.exercise.kinds import KINDS
from kinechain.knowledge.exercises import exercises
from kinechain.knowledge.red_flags import UNANSWERED
from kinechain.model.assessment import Exercise
from kinechain.model.training_plan import PlannedExercise, TrainingPlan
from kinechain.report.plan_page import ExerciseCard, exercise_card, running_advice, stop_rules
from kinechain.report.words import words_in
from kinechain.store.desk import Desk
from kinechain.text import Language
from kinechain.web.doors import Runner, SignedIn, Visitor, language_of
from kinechain.web.page import page
from kinechain.web.programme import Prescribed, Programme, programme_of
from kinechain.web.studio import studio_of

router = APIRouter()
#: Advice of the assessment that runs noted since then have overtaken.
_OVERTAKEN = "longest_next_run_km"


@dataclass(frozen=True)
class Task:
    """One exercise of this week.

    Parameters
    ----------
    done : sets noted today
    checked : whether a clip of it can be checked
    """

    planned: PlannedExercise
    card: ExerciseCard
    done: int
    checked: bool


@dataclass(frozen=True)
class Tasks:
    """What is due today, what on other days of the week, and what holds for all of it."""

    today: tuple[Task, ...]
    other_days: tuple[Task, ...]
    stop_rules: tuple[str, ...]
    running: tuple[str, ...]


@router.get("/today")
def show_own_today(request: Request, visitor: Runner) -> Response:
    """Show a runner what is to do today."""
    if visitor.client_id is None:
        raise RecordMissing
    return _today(request, visitor, visitor.client_id)


@router.get("/clients/{client_id}/today")
def show_today(request: Request, visitor: SignedIn, client_id: UUID) -> Response:
    """Show the same of one runner."""
    return _today(request, visitor, client_id)


def _today(request: Request, visitor: Visitor, client_id: UUID) -> Response:
    with studio_of(request).database.writing() as session:
        desk = Desk.of(session, visitor.user_id)
        client = desk.client(client_id)
        programme = programme_of(desk, client.id)
        desk.note("today", "client", client.id)
        week, language = programme.week, language_of(request)
        step, said = programme.said
        tasks = None
        if week is not None and not week.stop and programme.prescribed is not None:
            tasks = _tasks(programme, programme.prescribed, week, language)
        return page(
            request,
            "today.html.j2",
            client=client,
            programme=programme,
            week=week,
            tasks=tasks,
            step=step,
            said=said,
            unanswered=week is not None and UNANSWERED in week.gates,
            yesterday=programme.today - dt.timedelta(days=1),
            told=words_in(language),
            error=None,
        )


def _tasks(programme: Programme, prescribed: Prescribed, week: TrainingPlan, language: Language) -> Tasks:
    tasks = [_task(programme, prescribed, planned, language) for planned in week.exercises]
    due = tuple(programme.today in task.planned.dates for task in tasks)
    shown = tuple(_asked(prescribed, task.planned) for task in tasks)
    runs = any(day >= prescribed.start for day, _ in programme.diary.runs())
    advice = {key: value for key, value in prescribed.plan.running.items() if not (runs and key == _OVERTAKEN)}
    return Tasks(
        today=tuple(task for task, now in zip(tasks, due, strict=True) if now),
        other_days=tuple(task for task, now in zip(tasks, due, strict=True) if not now),
        stop_rules=stop_rules(shown, language),
        running=running_advice(advice, words_in(language)),
    )


def _task(programme: Programme, prescribed: Prescribed, planned: PlannedExercise, language: Language) -> Task:
    today = programme.diary.between(programme.today, programme.today).of(planned.id)
    return Task(
        planned=planned,
        card=exercise_card(_asked(prescribed, planned), language, words_in(language)),
        done=sum(entry.sets or 0 for entry in today.entries),
        checked=planned.id in KINDS,
    )


def _asked(prescribed: Prescribed, planned: PlannedExercise) -> Exercise:
    """Return the exercise with the plan's dose, or with the usual one where another has taken its place."""
    own = next(one for one in prescribed.plan.exercises if one.id == (planned.instead_of or planned.id))
    return own if planned.instead_of is None else exercises()[planned.id].prescribed(own.because)
