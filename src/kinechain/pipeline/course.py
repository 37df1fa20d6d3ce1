"""The course over time: several assessments of one runner and the diary, joined on one axis."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path

from kinechain import glossary
from kinechain.errors import AnotherRunner, AssessmentsOutOfOrder, AssessmentTwice, AssessmentUndated
from kinechain.exercise.progress import training_plan
from kinechain.knowledge.exercises import exercises
from kinechain.knowledge.monitoring import had_strain, monitoring
from kinechain.model.assessment import Assessment, Clip, Measurement, SideOrBoth
from kinechain.model.comparison import NotComparable
from kinechain.model.course import Course, CourseLine, CoursePoint, DatedAssessment, PainDay, PlanMark, RunWeek
from kinechain.model.diary import WEEK, Diary, DiaryEntry
from kinechain.pipeline.compare import (
    LEGS,
    NO_VALUE,
    STEPS,
    VERDICTS,
    change_between,
    compare,
    compared,
    is_compared_number,
    measured_in,
    partner,
)
from kinechain.text import Language, Text

Key = tuple[str, SideOrBoth]
#: So many days of the diary before the first assessment are shown.
LEAD_DAYS = 28
#: Stated heights of one grown runner differ by less [cm] (ours).
SAME_HEIGHT_CM = 4.0
#: A stated age may be off by so many years from the dates (ours: whole years, and the birthday between).
SAME_AGE_Y = 1.5

_HEIGHTS = Text(ja="身長 {b:g} cm と {a:g} cm", en="{b:g} cm and {a:g} cm tall")
_SEXES = Text(ja="性別の記入が違う", en="another sex is stated")
_AGES = Text(ja="年齢 {b:g} 歳と {a:g} 歳", en="{b:g} and {a:g} years old")
_UNCHECKED = Text(
    ja="身長・性別・年齢の記入が足りないため、同じ人の記録かどうかは確かめられません。",
    en="Height, sex and age are not stated in every assessment, so it was not checked that all are of one runner.",
)
_TWO_DATES = Text(
    ja="{file}：評価の日付 {date} と記録の日付 {noted} が違います。評価の日付を使いました。",
    en="{file}: its date {date} differs from the one in the diary, {noted}. The date of the assessment was taken.",
)


@dataclass(frozen=True)
class Dated:
    """An assessment with its file and its day of filming, None where nobody stated one."""

    assessment: Assessment
    file: Path
    date: dt.date | None
    cautions: tuple[Text, ...] = ()

    @property
    def day(self) -> dt.date:
        """The day of filming.

        Raises
        ------
        AssessmentUndated
            Where it is not known.
        """
        if self.date is None:
            raise AssessmentUndated(path=self.file)
        return self.date


def dated(file: Path, assessment: Assessment, diary: Diary | None, diary_file: Path | None) -> Dated:
    """Return an assessment with its date: its own, or that of the diary's entry that names its file."""
    noted = None
    if diary is not None and diary_file is not None:
        folder = diary_file.resolve().parent
        named = [entry for entry in diary.entries if entry.assessment is not None]
        noted = next((e.date for e in named if (folder / str(e.assessment)).resolve() == file.resolve()), None)
    own = assessment.date
    if own is not None and noted is not None and own != noted:
        return Dated(assessment, file, own, (_TWO_DATES.format(file=file, date=own, noted=noted),))
    return Dated(assessment, file, own or noted)


def check_series(series: Sequence[Dated]) -> None:
    """Check that assessments can be a course of one runner.

    Raises
    ------
    AssessmentTwice
        Where a clip is in two of them.
    AssessmentsOutOfOrder
        Where one is earlier than the one before it.
    AnotherRunner
        Where what is stated of the runner cannot be one person.
    """
    for before, after in combinations(series, 2):
        if {c.sha256 for c in before.assessment.clips} & {c.sha256 for c in after.assessment.clips}:
            raise AssessmentTwice(path=after.file, other=before.file)
        why = _other_person(before, after)
        if why is not None:
            raise AnotherRunner(path=after.file, other=before.file, why=why)
        if before.date is not None and after.date is not None and after.date < before.date:
            raise AssessmentsOutOfOrder(path=after.file, date=after.date, other=before.file, other_date=before.date)


def _other_person(before: Dated, after: Dated) -> Text | None:
    """Return what of the stated body cannot belong to one grown runner."""
    b, a = before.assessment.athlete, after.assessment.athlete
    if b.sex is not None and a.sex is not None and a.sex != b.sex:
        return _SEXES
    if b.height_cm is not None and a.height_cm is not None and abs(a.height_cm - b.height_cm) > SAME_HEIGHT_CM:
        return _HEIGHTS.format(b=b.height_cm, a=a.height_cm)
    if b.age_y is not None and a.age_y is not None and before.date is not None and after.date is not None:
        years = (after.date - before.date).days / 365.25
        if abs(a.age_y - b.age_y - years) > SAME_AGE_Y:
            return _AGES.format(b=b.age_y, a=a.age_y)
    return None


def course_of(series: Sequence[Dated], diary: Diary | None = None) -> Course:
    """Return the course over time.

    Parameters
    ----------
    series : two or more, in the order of their dates
    diary : pain and training; also what moves the exercises of the plan from week to week

    Raises
    ------
    AssessmentUndated
        Where a date is not known.
    AssessmentTwice, AssessmentsOutOfOrder, AnotherRunner
        As of `check_series`.
    """
    days = [one.day for one in series]
    check_series(series)
    told = (diary or Diary()).between(days[0] - dt.timedelta(days=LEAD_DAYS), dt.date.max)
    lines, reasons = _lines([one.assessment for one in series])
    chosen = _that_matter([one.assessment for one in series], lines)
    strained = had_strain(series[-1].assessment.intake)
    return Course(
        assessments=tuple(
            DatedAssessment(date=day, **compared(one.assessment).model_dump())
            for one, day in zip(series, days, strict=True)
        ),
        lines=tuple(line for name in chosen for (own, _), line in lines.items() if own == name),
        not_comparable=tuple(
            NotComparable(name=name, side=side, why=why) for (name, side), why in reasons.items() if name in chosen
        ),
        pain=tuple(_pain(told)),
        weeks=tuple(_weeks(told)),
        marks=tuple(sorted(_marks(series, days, diary), key=lambda mark: mark.date)),
        pain_limit_nrs=monitoring().green(strained=strained),
        pain_stop_nrs=monitoring().limits["stop_above_nrs"],
        cautions=tuple(_cautions(series)),
    )


def _cautions(series: Sequence[Dated]) -> Iterator[Text]:
    for one in series:
        yield from one.cautions
    athletes = [one.assessment.athlete for one in series]
    if not any(all(getattr(a, key) is not None for a in athletes) for key in ("height_cm", "sex", "age_y")):
        yield _UNCHECKED


# --- measurements ----------------------------------------------------------------------------------------------------


def _lines(series: Sequence[Assessment]) -> tuple[dict[Key, CourseLine], dict[Key, Text]]:
    """Return the line of each quantity and leg of the last assessment, and why there is none of the others.

    Of several clips of the last assessment that one counts which most of the others have a counterpart of.
    """
    last = series[-1]
    lines: dict[Key, CourseLine] = {}
    reasons: dict[Key, Text] = {}
    for clip in last.clips:
        partners = [partner(clip, one, last) for one in series[:-1]]
        for measurement in measured_in(last, clip):
            if not is_compared_number(measurement.name):
                continue
            key = measurement.name, measurement.side
            line = _line(series, clip, measurement, partners)
            if line is None:
                reasons.setdefault(key, next((why for _, why in partners if why is not None), NO_VALUE))
            elif key not in lines or _known(line) > _known(lines[key]):
                lines[key] = line
    return lines, {key: why for key, why in reasons.items() if key not in lines}


def _known(line: CourseLine) -> int:
    return sum(point.value is not None for point in line.points)


def _line(
    series: Sequence[Assessment],
    clip: Clip,
    new: Measurement,
    partners: Sequence[tuple[Clip | None, Text | None]],
) -> CourseLine | None:
    """Return the values of one quantity over the assessments; None where fewer than two can be compared."""
    points: list[CoursePoint] = []
    first: tuple[Clip, Measurement] | None = None
    for one, (other, why) in zip(series[:-1], partners, strict=True):
        found = () if other is None else measured_in(one, other)
        old = next((m for m in found if (m.name, m.side) == (new.name, new.side)), None)
        points.append(_point(old, why))
        if first is None and other is not None and old is not None and isinstance(old.value, float):
            first = other, old
    if first is None or not isinstance(new.value, float):
        return None
    change = change_between(first[1], new, first[0], clip)
    if change is None:
        return None
    return CourseLine(name=new.name, side=new.side, unit=new.unit, points=(*points, _point(new, None)), change=change)


def _point(measurement: Measurement | None, why: Text | None) -> CoursePoint:
    if measurement is None or not isinstance(measurement.value, float):
        because = why or (measurement.missing_because if measurement is not None else None) or NO_VALUE
        return CoursePoint(value=None, low=None, high=None, missing_because=because)
    return CoursePoint(value=measurement.value, low=measurement.low, high=measurement.high)


def _that_matter(series: Sequence[Assessment], lines: Mapping[Key, CourseLine]) -> tuple[str, ...]:
    """Return the quantities of the hypotheses (the likeliest first), of real contrasts, and those that changed."""
    names: dict[str, None] = {}
    for one in reversed(series):
        names |= dict.fromkeys(_of_hypotheses(one))
    for one in reversed(series):
        names |= dict.fromkeys(contrast.name for contrast in one.contrasts if contrast.verdict == "real")
    names |= dict.fromkeys(name for (name, _), line in lines.items() if line.change.verdict == "real")
    return tuple(name for name in names if is_compared_number(name))


def _of_hypotheses(assessment: Assessment) -> Iterator[str]:
    named = {number.id: number.name for number in assessment.judged_numbers().values()}
    named |= {finding.id: named[finding.measurement] for finding in assessment.findings}
    named |= {contrast.id: contrast.name for contrast in assessment.contrasts}
    primary = assessment.conclusion.primary
    for hypothesis in sorted(assessment.hypotheses, key=lambda h: (h.id != primary, -h.posterior)):
        for identity in (*hypothesis.evidence_for, *hypothesis.against):
            if identity in named:
                yield named[identity]


# --- diary and plan --------------------------------------------------------------------------------------------------


def _pain(diary: Diary) -> Iterator[PainDay]:
    """Yield the days on which pain or a limp was noted."""
    by_day: dict[dt.date, list[DiaryEntry]] = {}
    for entry in diary.entries:
        by_day.setdefault(entry.date, []).append(entry)
    for date, entries in by_day.items():
        if any(entry.worst is not None or entry.limp for entry in entries):
            worst = {
                when: max((p for e in entries if (p := getattr(e, f"pain_{when}")) is not None), default=None)
                for when in ("before", "during", "after", "next_morning")
            }
            yield PainDay(date=date, limp=any(entry.limp for entry in entries), **worst)


def _weeks(diary: Diary) -> Iterator[RunWeek]:
    weeks: dict[dt.date, float] = {}
    for date, km in diary.runs():
        monday = date - dt.timedelta(days=date.weekday())
        weeks[monday] = weeks.get(monday, 0.0) + km
    for first, km in weeks.items():
        yield RunWeek(first=first, distance_km=km)


def _marks(series: Sequence[Dated], days: Sequence[dt.date], diary: Diary | None) -> Iterator[PlanMark]:
    """Yield what each re-test says about the plan, and what the diary does to its exercises in the weeks between."""
    for (before, after), day in zip(pairwise(series), days[1:], strict=True):
        until = None if diary is None else diary.between(dt.date.min, day)
        advice = compare(before.assessment, after.assessment, until).advice
        yield PlanMark(date=day, kind="retest", step=advice.step, because=advice.reasons)
    if diary is None or diary.last is None:
        return
    ends = [*days[1:], diary.last + dt.timedelta(days=1)]
    for one, start, end in zip(series, days, ends, strict=True):
        yield from _weekly_marks(one.assessment, diary, start, end)


def _weekly_marks(assessment: Assessment, diary: Diary, start: dt.date, end: dt.date) -> Iterator[PlanMark]:
    """Yield the moves of each exercise at the end of each week of a plan, until the next assessment."""
    if assessment.plan.stop:
        return
    weeks = max((exercise.weeks for exercise in assessment.plan.exercises), default=0)
    for week in range(1, weeks + 1):
        date = start + dt.timedelta(days=WEEK * week)
        if date > end:
            return
        plan = training_plan(assessment.plan, assessment.intake, diary.between(start, date), start, date)
        if plan.stop:
            yield PlanMark(date=date, kind="plan", step="stop", because=plan.messages)
            return
        for exercise in plan.exercises:
            judged = exercise.history[-1]
            if judged.move != "start":
                own = exercise.instead_of or exercise.id
                yield PlanMark(date=date, kind="exercise", step=judged.move, exercise=own, because=(judged.because,))


# --- a terminal ------------------------------------------------------------------------------------------------------


def course_lines(course: Course, language: Language) -> list[str]:
    """Return the course as lines for a terminal: the dates, each quantity over them, and the steps of the plan."""
    lines = ["  ".join(f"[{n}] {one.date}" for n, one in enumerate(course.assessments, start=1))]
    for line in course.lines:
        label = glossary.quantity(line.name).label[language]
        values = " → ".join("–" if point.value is None else f"{point.value:.3g}" for point in line.points)
        sdc = "" if line.change.sdc is None else f"  (SDC {line.change.sdc:.2g})"
        verdict = VERDICTS[line.change.verdict][language]
        lines.append(f"{LEGS[line.side][language]}  {label}: {values} {line.unit}{sdc}  {verdict}")
    for mark in course.marks:
        name = exercises()[mark.exercise].name[language] if mark.exercise else ""
        lines.append("  ".join(part for part in (str(mark.date), name, STEPS[mark.step][language]) if part))
    lines += [text[language] for text in course.cautions]
    return [*lines, *(f"  {reason[language]}" for reason in course.step.because)]
