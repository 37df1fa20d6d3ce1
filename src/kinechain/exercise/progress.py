"""From the plan and the log of what was done to this week: each exercise a step forward, held or back, and why."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kinechain.knowledge.exercises import ExerciseRow, exercises
from kinechain.knowledge.progress import progress_rules
from kinechain.knowledge.red_flags import gates
from kinechain.model.assessment import Exercise, Plan
from kinechain.model.training_log import Done, TrainingLog
from kinechain.model.training_plan import Judged, PlannedExercise, TrainingPlan
from kinechain.text import Text

WEEK = 7
#: Days of a week, from the plan's first day on, by how many there are: as far apart as can be.
DAYS: dict[int, tuple[int, ...]] = {
    1: (0,),
    2: (0, 3),
    3: (0, 2, 4),
    4: (0, 2, 4, 6),
    5: (0, 1, 3, 4, 6),
    6: (0, 1, 2, 3, 4, 5),
    7: (0, 1, 2, 3, 4, 5, 6),
}


@dataclass(frozen=True)
class ProgressParameters:
    """Limits of the rules in `knowledge/progress.toml`.

    Parameters
    ----------
    green_nrs, green_after_strain_nrs : pain of 10 with which an exercise moves on
    stop_above_nrs : more pain than this stops the plan
    least_adherence : share of the planned sets from which it moves on (ours)
    rising_weeks : so many weeks with more pain than the week before, up to more than moves on, stop the plan (ours)
    """

    green_nrs: float = 3.0
    green_after_strain_nrs: float = 2.0
    stop_above_nrs: float = 5.0
    least_adherence: float = 2 / 3
    rising_weeks: int = 2


DEFAULT_PROGRESS = ProgressParameters()


@dataclass(frozen=True)
class _Place:
    """Where an exercise stands: the row that is done now, and its level."""

    row: ExerciseRow
    level: int = 0

    def up(self, taken: Sequence[str]) -> _Place | None:
        """Return the next step, None behind the last one; an exercise that is planned already is not taken twice."""
        if self.level + 1 < len(self.row.progression):
            return _Place(self.row, self.level + 1)
        harder = self.row.harder
        return _Place(exercises()[harder]) if harder is not None and harder not in taken else None

    def down(self, taken: Sequence[str]) -> _Place | None:
        """Return the step before, None below the easiest one."""
        if self.level > -len(self.row.regression):
            return _Place(self.row, self.level - 1)
        easier = self.row.easier
        return _Place(exercises()[easier]) if easier is not None and easier not in taken else None

    @property
    def how(self) -> Text:
        """What is done at this level."""
        return self.row.progression[self.level] if self.level >= 0 else self.row.regression[-self.level - 1]


@dataclass(frozen=True)
class _Course:
    """One exercise of the plan over the weeks that are over."""

    asked: Exercise
    place: _Place
    weeks: tuple[Judged, ...] = ()


def training_plan(
    plan: Plan,
    intake: Mapping[str, object],
    log: TrainingLog,
    start: datetime.date,
    today: datetime.date,
    parameters: ProgressParameters = DEFAULT_PROGRESS,
) -> TrainingPlan:
    """Return this week of the plan.

    Every week that is over is judged by its log, in order, so the same files give the same plan on the same day. Pain
    above 5, a limp, or pain that rises from week to week answers the red-flag question of that name and stops
    the plan through the same gate as the intake does.

    Parameters
    ----------
    plan, intake
        Of the assessment.
    log
        What was done since `start`.
    start, today
        First day of the plan; the week is that of `today`. A day before `start` counts as `start`.
    """
    today = max(today, start)
    week = (today - start).days // WEEK
    common = {"start": start, "today": today, "week": week + 1}
    limit = parameters.green_after_strain_nrs if _strained(intake) else parameters.green_nrs
    answers = {**intake, **_signs(log, start, week, limit, parameters)}
    stops = gates(answers)
    if stops or plan.stop:
        ids = tuple(gate.id for gate in stops) or plan.gates
        return TrainingPlan(**common, stop=True, gates=ids, messages=tuple(gate.message for gate in stops))
    courses = _courses(plan, log, start, week, limit, parameters)
    first = start + datetime.timedelta(days=WEEK * week)
    return TrainingPlan(
        **common,
        stop=False,
        exercises=tuple(_planned(course, first) for course in courses if week < course.asked.weeks),
        pain_limit_nrs=limit,
        retest_on=None if plan.retest_in_days is None else start + datetime.timedelta(days=plan.retest_in_days),
    )


def dates_of(days_per_week: int, first: datetime.date) -> tuple[datetime.date, ...]:
    """Return the days of one week on which an exercise is done."""
    return tuple(first + datetime.timedelta(days=day) for day in DAYS[days_per_week])


def _strained(intake: Mapping[str, object]) -> bool:
    return intake.get("previous_calf_strain") in (True, "yes")


def _signs(
    log: TrainingLog, start: datetime.date, week: int, limit: float, parameters: ProgressParameters
) -> dict[str, bool]:
    """Return the red-flag answers that the log gives; the week that is under way counts for what stops at once."""
    done = [row for row in log.done if row.date >= start and (row.date - start).days < WEEK * (week + 1)]
    noted = [row.peak for row in done if row.peak is not None]
    noted += [row.pain_next_morning for row in done if row.pain_next_morning is not None]
    peaks = [_peak([row for row in done if (row.date - start).days // WEEK == k]) for k in range(week)]
    signs = {
        "rf_pain_above_5": any(pain > parameters.stop_above_nrs for pain in noted),
        "rf_limp": any(row.limp for row in done),
        "rf_worse_every_week": _rises(peaks, parameters.rising_weeks) and (peaks[-1] or 0.0) > limit,
    }
    return {key: True for key, seen in signs.items() if seen}


def _rises(peaks: Sequence[float | None], weeks: int) -> bool:
    """Return whether pain rose in each of the last so many weeks."""
    last = peaks[-weeks - 1 :]
    known = [pain for pain in last if pain is not None]
    return len(known) == weeks + 1 and all(a < b for a, b in pairwise(known))


def _peak(done: Sequence[Done]) -> float | None:
    return max((row.peak for row in done if row.peak is not None), default=None)


def _courses(
    plan: Plan, log: TrainingLog, start: datetime.date, weeks: int, limit: float, parameters: ProgressParameters
) -> tuple[_Course, ...]:
    """Follow every exercise of the plan through the weeks that are over."""
    known = exercises()
    courses = [_Course(asked, _Place(known[asked.id])) for asked in plan.exercises if asked.id in known]
    for week in range(weeks):
        first = start + datetime.timedelta(days=WEEK * week)
        for number, course in enumerate(courses):
            taken = [one.place.row.id for one in courses]
            done = log.of(course.place.row.id, first, WEEK)
            courses[number] = _after(course, done, week, limit, taken, parameters)
    return tuple(courses)


def _after(
    course: _Course, done: Sequence[Done], week: int, limit: float, taken: Sequence[str], parameters: ProgressParameters
) -> _Course:
    """Return an exercise after one more week."""
    planned = _sets(course.asked, course.place.row) * course.asked.days_per_week
    before = course.weeks[-1].peak_pain if course.weeks else None
    rule = _rule(done, planned, before, limit, parameters)
    place: _Place | None = course.place
    if progress_rules()[rule].move == "forward":
        place = course.place.up(taken)
    elif progress_rules()[rule].move == "back":
        place = course.place.down(taken)
    if place is None:
        rule = "at_the_end" if progress_rules()[rule].move == "forward" else "as_easy_as_it_gets"
    peak, sets = _peak(done), sum(row.sets for row in done)
    text = progress_rules()[rule].text.format(
        pain=_number(peak), limit=_number(limit), done=min(sets, planned), planned=planned
    )
    judged = Judged(
        week=week + 1,
        move=progress_rules()[rule].move,
        because=text,
        sets_done=sets,
        sets_planned=planned,
        peak_pain=peak,
    )
    return _Course(course.asked, place or course.place, (*course.weeks, judged))


def _rule(
    done: Sequence[Done], planned: int, before: float | None, limit: float, parameters: ProgressParameters
) -> str:
    """Return the first rule of `progress.toml` that holds for a week."""
    return next(_holding(done, planned, before, limit, parameters))


def _holding(
    done: Sequence[Done], planned: int, before: float | None, limit: float, parameters: ProgressParameters
) -> Iterator[str]:
    peak, sets = _peak(done), sum(row.sets for row in done)
    trained = [row for row in done if row.sets > 0]
    strict = limit < parameters.green_nrs
    above = peak is not None and peak > limit
    if above and strict:
        yield "strain_pain"
    if any(row.worse_next_morning for row in done):
        yield "morning_worse"
    if above and before is not None and peak is not None and peak > before:
        yield "amber_rising"
    if not trained:
        yield "not_done"
    if above:
        yield "amber"
    if sets < parameters.least_adherence * planned:
        yield "too_little_done"
    if any(row.pain_during is None or row.worse_next_morning is None for row in trained):
        yield "not_noted"
    yield "on_time"


def _sets(asked: Exercise, row: ExerciseRow) -> int:
    """Return the sets of one day: those of the plan, or of the row that has taken the exercise's place."""
    return asked.sets if row.id == asked.id else row.dose.sets


def _planned(course: _Course, first: datetime.date) -> PlannedExercise:
    row, last = course.place.row, course.weeks[-1] if course.weeks else None
    return PlannedExercise(
        id=row.id,
        name=row.name,
        instead_of=None if row.id == course.asked.id else course.asked.id,
        level=course.place.level,
        how=course.place.how,
        dose=row.dose.text,
        sets=_sets(course.asked, row),
        per_side=course.asked.per_side if row.id == course.asked.id else row.dose.per_side,
        dates=dates_of(course.asked.days_per_week, first),
        move="start" if last is None else last.move,
        because=progress_rules()["begin"].text if last is None else last.because,
        history=course.weeks,
    )


def _number(value: float | None) -> str:
    """Return a number without a needless decimal."""
    if value is None:
        return "–"
    return str(int(value)) if math.isclose(value, round(value)) else f"{value:.1f}"
