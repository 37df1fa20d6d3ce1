"""The plan over weeks: an assessment and a diary in; this week, a calendar, and the sound for the step rate out."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

from icalendar import Calendar, Event

from kinechain.errors import OutputNotWritable, PlanStopped
from kinechain.exercise.progress import dates_of, training_plan
from kinechain.model.assessment import Assessment
from kinechain.model.diary import WEEK, Diary
from kinechain.model.training_plan import PlannedExercise, TrainingPlan
from kinechain.text import Language, Text

_WEEK = Text(ja="第{week}週（{start} から）", en="Week {week} (since {start})")
_LIMIT = Text(
    ja="痛みは10段階の{limit}までにし、毎回、翌朝まで記録します。",
    en="Keep pain at {limit} of 10 or less, and note it each time, next morning included.",
)
_MOVES: dict[str, Text] = {
    "start": Text(ja="開始", en="start"),
    "forward": Text(ja="前へ", en="forward"),
    "hold": Text(ja="そのまま", en="hold"),
    "back": Text(ja="1つ戻る", en="back"),
}
_NONE = Text(ja="予定している運動はありません。", en="No exercise is planned.")
_OVER = Text(
    ja="予定の週は終わりました。再評価をしてください。", en="The planned weeks are over: time for the re-test."
)
_RETEST = Text(ja="再評価（走りを撮り直す）", en="Re-test: film the run again")
_RETEST_ON = Text(ja="再評価：{date}", en="Re-test: {date}")
_OPEN = Text(ja="問診の健康の質問に答えてください。", en="Answer the health questions of the intake.")
_INSTEAD = Text(ja="（{name} の次の段階）", en=" (in place of {name})")
_ADHERENCE = Text(ja="先週 {done}/{planned} セット", en="last week {done} of {planned} sets")


def plan_of_week(
    assessment: Assessment, diary: Diary, start: datetime.date | None, today: datetime.date
) -> TrainingPlan:
    """Return this week of an assessment's plan; without a start the first day of the diary counts, else today."""
    return training_plan(assessment.plan, assessment.intake, diary, start or diary.first or today, today)


def plan_lines(plan: TrainingPlan, language: Language) -> list[str]:
    """Return the plan as lines for a terminal."""
    if plan.stop:
        return [message[language] for message in plan.messages] or [_OPEN[language]]
    lines = [_WEEK[language].format(week=plan.week, start=plan.start)]
    for exercise in plan.exercises:
        lines += _exercise_lines(exercise, language)
    if not plan.exercises:
        lines.append((_NONE if plan.week == 1 else _OVER)[language])
    elif plan.pain_limit_nrs is not None:
        lines.append(_LIMIT[language].format(limit=f"{plan.pain_limit_nrs:g}"))
    if plan.retest_on is not None:
        lines.append(_RETEST_ON[language].format(date=plan.retest_on))
    return lines


def _exercise_lines(exercise: PlannedExercise, language: Language) -> Iterator[str]:
    days = " ".join(f"{date:%m/%d}" for date in exercise.dates)
    yield f"{exercise.name[language]}  {exercise.dose[language]}  {days}"
    yield f"    {exercise.how[language]}"
    yield f"    [{_MOVES[exercise.move][language]}] {exercise.because[language]}"
    if exercise.history:
        last = exercise.history[-1]
        yield f"    {_ADHERENCE[language].format(done=last.sets_done, planned=last.sets_planned)}"


def calendar_of(assessment: Assessment, plan: TrainingPlan, language: Language) -> bytes:
    """Return the rest of the plan as an iCalendar file (RFC 5545), each exercise on its days, and the re-test.

    An event keeps its UID when the calendar is made again, so that a calendar that reads it anew replaces it.

    Raises
    ------
    PlanStopped
        Where there is no plan to put into a calendar.
    """
    if plan.stop:
        reason = plan.messages[0] if plan.messages else _OPEN
        raise PlanStopped(reason=reason)
    calendar = Calendar()
    calendar.add("prodid", "-//kinechain//training plan//EN")
    calendar.add("version", "2.0")
    asked = {exercise.id: exercise for exercise in assessment.plan.exercises}
    for exercise in plan.exercises:
        prescribed = asked[exercise.instead_of or exercise.id]
        last_week = prescribed.weeks
        for week in range(plan.week - 1, last_week):
            first = plan.start + datetime.timedelta(days=WEEK * week)
            for date in dates_of(prescribed.days_per_week, first):
                text = f"{exercise.dose[language]}\n{exercise.how[language]}"
                calendar.add_component(_event(prescribed.id, date, exercise.name[language], text, plan.today))
    if plan.retest_on is not None:
        calendar.add_component(_event("retest", plan.retest_on, _RETEST[language], "", plan.today))
    return bytes(calendar.to_ical())


def _event(name: str, date: datetime.date, summary: str, description: str, stamp: datetime.date) -> Event:
    event = Event()
    event.add("uid", f"{date:%Y%m%d}-{name}@kinechain")
    event.add("dtstamp", datetime.datetime.combine(stamp, datetime.time(), tzinfo=datetime.UTC))
    event.add("dtstart", date)
    event.add("dtend", date + datetime.timedelta(days=1))
    event.add("summary", summary)
    event.add("transp", "TRANSPARENT")
    if description:
        event.add("description", description)
    return event


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all.

    Raises
    ------
    OutputNotWritable
    """
    unfinished = path.with_name(f".{path.name}.part")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise OutputNotWritable(path=path) from error
