"""From the plan and the log of what was done to this week: each exercise a step forward, held or back, and why."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kinechain.knowledge.exercises import ExerciseRow, exercises
from kinechain.knowledge.monitoring import Seen, had_strain, monitored, monitoring, stops
from kinechain.knowledge.progress import progress_rules
from kinechain.knowledge.red_flags import gates
from kinechain.model.assessment import Exercise, Plan
from kinechain.model.diary import WEEK, Diary, DiaryEntry
from kinechain.model.training_plan import Judged, PlannedExercise, TrainingPlan
from kinechain.text import Text

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
    """Limits of the rules in `knowledge/progress.toml`; those of pain stand in `knowledge/monitoring.toml`.

    Parameters
    ----------
    least_adherence : share of the planned sets from which an exercise moves on (ours)
    """

    least_adherence: float = 2 / 3


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
    diary: Diary,
    start: datetime.date,
    today: datetime.date,
    parameters: ProgressParameters = DEFAULT_PROGRESS,
) -> TrainingPlan:
    """Return this week of the plan.

    Every week that is over is judged by the diary, in order, so the same files give the same plan on the same day.
    What the rules of pain monitoring stop in any week, the one under way included, answers the red-flag question of
    that name, and the plan stops through the same gate as by the intake, until a new assessment makes a new plan.

    Parameters
    ----------
    plan, intake
        Of the assessment.
    diary
        What was done since `start`, and the pain; what is older is not read.
    start, today
        First day of the plan; the week is that of `today`. A day before `start` counts as `start`.
    """
    today = max(today, start)
    week = (today - start).days // WEEK
    common = {"start": start, "today": today, "week": week + 1}
    strained = had_strain(intake)
    lasts = [start + datetime.timedelta(days=WEEK * (k + 1) - 1) for k in range(week + 1)]
    diary = diary.between(start, lasts[-1]).with_mornings()
    seen = stops(diary, lasts, strained=strained)
    closed = gates({**intake, **dict.fromkeys(seen, True)})
    if closed or plan.stop:
        ids = tuple(gate.id for gate in closed) or plan.gates
        messages = (*(one.text for one in seen.values()), *(gate.message for gate in closed))
        return TrainingPlan(**common, stop=True, gates=ids, messages=messages)
    courses = _courses(plan, diary, lasts[:-1], parameters, strained=strained)
    first = start + datetime.timedelta(days=WEEK * week)
    return TrainingPlan(
        **common,
        stop=False,
        exercises=tuple(_planned(course, first) for course in courses if week < course.asked.weeks),
        pain_limit_nrs=monitoring().green(strained=strained),
        retest_on=None if plan.retest_in_days is None else start + datetime.timedelta(days=plan.retest_in_days),
    )


def dates_of(days_per_week: int, first: datetime.date) -> tuple[datetime.date, ...]:
    """Return the days of one week on which an exercise is done."""
    return tuple(first + datetime.timedelta(days=day) for day in DAYS[days_per_week])


def _courses(
    plan: Plan, diary: Diary, lasts: Sequence[datetime.date], parameters: ProgressParameters, *, strained: bool
) -> tuple[_Course, ...]:
    """Follow every exercise of the plan through the weeks that are over, given by their last days."""
    known = exercises()
    courses = [_Course(asked, _Place(known[asked.id])) for asked in plan.exercises if asked.id in known]
    for last in lasts:
        for number, course in enumerate(courses):
            taken = [one.place.row.id for one in courses]
            done = diary.of(course.place.row.id)
            seen = monitored(done, last, strained=strained, today=last + datetime.timedelta(days=1))
            courses[number] = _after(course, done.week(last), seen, taken, parameters)
    return tuple(courses)


def _after(
    course: _Course,
    done: Sequence[DiaryEntry],
    seen: Sequence[Seen],
    taken: Sequence[str],
    parameters: ProgressParameters,
) -> _Course:
    """Return an exercise after one more week."""
    planned = _sets(course.asked, course.place.row) * course.asked.days_per_week
    sets = sum(entry.sets or 0 for entry in done)
    rule, why = next(_holding(seen, sets, planned, parameters))
    move = progress_rules()[rule].move
    place: _Place | None = course.place
    if move == "forward":
        place = course.place.up(taken)
    elif move == "back":
        place = course.place.down(taken)
    if place is None:
        rule = "at_the_end" if move == "forward" else "as_easy_as_it_gets"
    judged = Judged(
        week=len(course.weeks) + 1,
        move=progress_rules()[rule].move,
        because=progress_rules()[rule].text.format(seen=why or "", done=min(sets, planned), planned=planned),
        sets_done=sets,
        sets_planned=planned,
        peak_pain=max((entry.worst for entry in done if entry.worst is not None), default=None),
    )
    return _Course(course.asked, place or course.place, (*course.weeks, judged))


def _holding(
    seen: Sequence[Seen], sets: int, planned: int, parameters: ProgressParameters
) -> Iterator[tuple[str, Text | None]]:
    """Yield the rules of `progress.toml` that hold for a week, the first decides; with what was seen of the pain."""
    for one in seen:
        if one.rule.step in ("stop", "back"):
            yield "pain_back", one.text
    if not sets:
        yield "not_done", None
    for one in seen:
        if one.rule.step == "hold":
            yield "pain_hold", one.text
    if sets < parameters.least_adherence * planned:
        yield "too_little_done", None
    for one in seen:
        if one.rule.step == "forward":
            yield "on_time", one.text


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
