"""The page of a course: several assessments and the diary on one axis, in one language."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from kinechain import glossary
from kinechain.errors import OutputNotWritable
from kinechain.model.comparison import StepKind
from kinechain.model.course import Course, CourseLine, CoursePoint, PlanMark
from kinechain.report.course_figure import (
    Days,
    distance_panel,
    measurement_panel,
    pain_panel,
    plan_panel,
    step_sign,
)
from kinechain.report.environment import environment
from kinechain.report.knowledge_texts import exercise_name
from kinechain.report.numbers import display_of, given, round_interval, two_digit_step
from kinechain.report.words import Words, words_in
from kinechain.text import LANGUAGES, Language

#: Widths for which every panel is drawn: a phone and a desk.
WIDTHS = {"phone": 358.0, "desk": 880.0}
_STEPS: tuple[StepKind, ...] = ("forward", "hold", "back", "stop")


@dataclass(frozen=True)
class Drawing:
    """A panel at the widths of `WIDTHS`, and what it shows in words."""

    phone: Markup
    desk: Markup
    alt: str


@dataclass(frozen=True)
class LineText:
    """One leg of a quantity in words: its values in order of the dates, and what the change is worth."""

    side: str
    values: tuple[str, ...]
    change: str
    verdict: str
    verdict_key: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Quantity:
    """One quantity over the dates."""

    label: str
    drawing: Drawing
    lines: tuple[LineText, ...]


@dataclass(frozen=True)
class MarkText:
    """A move of the plan in words."""

    date: str
    sign: Markup
    what: str
    step: str
    because: tuple[str, ...]


def write_course(course: Course, folder: Path) -> tuple[Path, Path]:
    """Write `course.ja.html` and `course.en.html` into a folder.

    Raises
    ------
    OutputNotWritable
    """
    paths = {language: folder / f"course.{language}.html" for language in LANGUAGES}
    for language, path in paths.items():
        try:
            path.write_text(render_course(course, language), encoding="utf-8")
        except OSError as error:
            raise OutputNotWritable(path=path) from error
    return paths["ja"], paths["en"]


def render_course(course: Course, language: Language) -> str:
    """Return the page in one language."""
    return environment().get_template("course.html.j2").render(_values(course, language))


def course_body(course: Course, language: Language) -> Markup:
    """Return what the page holds below its head, for a page that has one of its own."""
    text = environment().get_template("course_body.html.j2").render(_values(course, language))
    return Markup(text)  # noqa: S704 - the template escapes


def _values(course: Course, language: Language) -> dict[str, object]:
    words = words_in(language)
    maker = _Maker(course, language, words)
    reasons: dict[str, list[str]] = {}
    for row in course.not_comparable:
        reasons.setdefault(row.why[language], []).append(glossary.quantity(row.name).label[language])
    return {
        "cautions": [text[language] for text in course.cautions],
        "course": course,
        "distance": maker.distance(),
        "language": language,
        "legend": [(step_sign(step), words["course_step"][step]) for step in _STEPS],
        "marks": maker.marks(),
        "now": maker.mark(course.step),
        "other_language": next(other for other in LANGUAGES if other != language),
        "pain": maker.pain(),
        "plan": maker.plan(),
        "quantities": maker.quantities(),
        "reasons": {why: tuple(dict.fromkeys(labels)) for why, labels in reasons.items()},
        "w": words,
    }


class _Maker:
    """Makes drawings and sentences of a course in one language."""

    def __init__(self, course: Course, language: Language, words: Words) -> None:
        self._course = course
        self._language: Language = language
        self._words = words
        self._days = {name: Days.of(course, width) for name, width in WIDTHS.items()}

    def quantities(self) -> tuple[Quantity, ...]:
        by_name: dict[str, list[CourseLine]] = {}
        for line in self._course.lines:
            by_name.setdefault(line.name, []).append(line)
        return tuple(self._quantity(name, lines) for name, lines in by_name.items())

    def _quantity(self, name: str, lines: list[CourseLine]) -> Quantity:
        display = display_of(name)
        unit = self._words["unit"][display.unit]
        drawn = {key: measurement_panel(lines, days, unit, float(display.factor)) for key, days in self._days.items()}
        texts = tuple(self._line(line) for line in lines)
        label = glossary.quantity(name).label[self._language]
        alt = " ".join(f"{text.side} {self._arrow(text.values)}" for text in texts)
        return Quantity(label, Drawing(drawn["phone"], drawn["desk"], f"{label}: {alt}"), texts)

    def _arrow(self, values: tuple[str, ...]) -> str:
        return " → ".join(values)

    def _line(self, line: CourseLine) -> LineText:
        display, words = display_of(line.name), self._words["course"]
        unit = self._words["unit"][display.unit]
        change = line.change
        if change.sdc is None:
            limit = words["sdc_unknown"]
        else:
            sdc = display.factor * type(display.factor)(repr(float(change.sdc)))
            from_step = two_digit_step(sdc, display.finest)
            limit = words["sdc"].format(value=f"{sdc.quantize(from_step)}{unit if unit == '°' else ' ' + unit}")
        reasons = {
            words["missing_at"].format(number=n, why=point.missing_because[self._language])
            for n, point in enumerate(line.points, start=1)
            if point.missing_because is not None
        }
        return LineText(
            side=self._words["side"][line.side],
            values=tuple(self._value(line.name, point) for point in line.points),
            change=limit,
            verdict=self._words["course_verdict"][change.verdict],
            verdict_key=change.verdict,
            reasons=tuple(sorted(reasons)),
        )

    def _value(self, name: str, point: CoursePoint) -> str:
        if point.value is None:
            return "–"
        display = display_of(name)
        unit = self._words["unit"][display.unit]
        number = round_interval(point.value, point.low, point.high, display).text
        return f"{number}{unit}" if unit == "°" else f"{number} {unit}"

    def pain(self) -> Drawing | None:
        if not self._course.pain:
            return None
        words = self._words["course"]
        names = {
            "before": words["before"],
            "during": words["during"],
            "after": words["after"],
            "next_morning": words["next_morning"],
        }
        drawn = {key: pain_panel(self._course, days, names) for key, days in self._days.items()}
        times = ((key, name, [getattr(day, key) for day in self._course.pain]) for key, name in names.items())
        alt = " ".join(
            words["pain_alt"].format(when=name, worst=given(max(noted)), days=len(noted))
            for _, name, pains in times
            if (noted := [pain for pain in pains if pain is not None])
        )
        return Drawing(drawn["phone"], drawn["desk"], alt)

    def distance(self) -> Drawing | None:
        if not self._course.weeks:
            return None
        drawn = {key: distance_panel(self._course, days, "km") for key, days in self._days.items()}
        alt = ", ".join(f"{week.first:%m-%d}: {given(round(week.distance_km, 1))} km" for week in self._course.weeks)
        return Drawing(drawn["phone"], drawn["desk"], alt)

    def plan(self) -> Drawing:
        rows: dict[str | None, list[PlanMark]] = {None: []}
        for mark in self._course.marks:
            rows.setdefault(mark.exercise, []).append(mark)
        named = [(self._lane(exercise), marks) for exercise, marks in rows.items()]
        drawn = {key: plan_panel(named, days) for key, days in self._days.items()}
        return Drawing(drawn["phone"], drawn["desk"], self._words["course"]["plan_alt"])

    def _lane(self, exercise: str | None) -> str:
        if exercise is None:
            return self._words["course"]["whole_plan"]
        return exercise_name(exercise, self._language) or self._words["plan"]["unnamed"]

    def marks(self) -> tuple[MarkText, ...]:
        return tuple(self.mark(mark) for mark in self._course.marks)

    def mark(self, mark: PlanMark) -> MarkText:
        return MarkText(
            date=f"{mark.date}",
            sign=step_sign(mark.step),
            what=self._lane(mark.exercise),
            step=self._words["course_step"][mark.step],
            because=tuple(text[self._language] for text in mark.because),
        )
