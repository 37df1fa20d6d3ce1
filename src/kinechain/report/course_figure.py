"""The course over time as inline SVG: one drawing a panel, all with the same axis of days.

Every panel takes the same `Days`, so that they can stand below one another. Left is a blue disc on a solid line, right
a vermilion square on a dashed one; a tinted band shows what cannot be told from the first value (± smallest detectable
change). Numbers above the panels are those of the assessments.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from kinechain.model.assessment import SideOrBoth
from kinechain.model.comparison import StepKind
from kinechain.model.course import Course, CourseLine, CoursePoint, PainDay, PlanMark
from kinechain.report.marks import SIDE_COLOUR, SIDE_LETTER, nice_ticks, tick_text

_INK, _SOFT, _GRID, _WATCH, _MARKED = "#1a1a1a", "#767676", "#d0d0d0", "#F0E442", "#D55E00"
_LEFT, _RIGHT, _TOP, _FOOT = 40.0, 16.0, 18.0, 20.0
_TALL, _LANE, _ROW = 130.0, 44.0, 40.0
_DAY_STEPS = (1, 2, 7, 14, 28, 56, 91, 182, 364, 728)
_LABEL_ROOM = 48.0
_SHIFT: dict[SideOrBoth, float] = {"left": -3.5, "right": 3.5, "both": 0.0}
_DASH: dict[SideOrBoth, str] = {"left": "", "right": ' stroke-dasharray="6 4"', "both": ""}
_PAIN_TIMES = ("before", "during", "after", "next_morning")
_TEN = 10.0


@dataclass(frozen=True)
class Days:
    """The axis of days that all panels share.

    Parameters
    ----------
    first, last : days at its ends
    assessments : days that are marked, in their order
    width : of the drawing, in its units
    """

    first: datetime.date
    last: datetime.date
    assessments: tuple[datetime.date, ...]
    width: float

    @classmethod
    def of(cls, course: Course, width: float) -> Days:
        """Return the axis of a course, with a day to spare at each end."""
        day = datetime.timedelta(days=1)
        return cls(course.first - day, course.last + day, tuple(one.date for one in course.assessments), width)

    @property
    def end(self) -> float:
        """Right end of the axis."""
        return self.width - _RIGHT

    @property
    def day_width(self) -> float:
        """How wide a day is drawn."""
        return (self.end - _LEFT) / (self.last - self.first).days

    def x(self, day: datetime.date) -> float:
        """Return where a day stands."""
        return _LEFT + (day - self.first).days * self.day_width

    def ticks(self) -> Iterator[datetime.date]:
        """Yield days a round number of days apart, Mondays from a week on, as close as their labels allow."""
        step = next((n for n in _DAY_STEPS if n * self.day_width >= _LABEL_ROOM), _DAY_STEPS[-1])
        day = self.first + datetime.timedelta(days=1)
        if step >= 7:
            day += datetime.timedelta(days=-day.weekday() % 7)
        while day <= self.last:
            yield day
            day += datetime.timedelta(days=step)


def measurement_panel(lines: Sequence[CourseLine], days: Days, unit: str, factor: float) -> Markup:
    """Return one quantity over the days, its legs together.

    Parameters
    ----------
    lines : of one quantity
    unit, factor : in which it is shown, and what its values are multiplied by
    """
    known = [_scaled(line, days, factor) for line in lines]
    ends = [end for one in known for spot in one.spots for end in (spot.low, spot.high)]
    ends += [end for one in known if one.band is not None for end in one.band]
    margin = 0.06 * (max(ends) - min(ends)) or 0.5
    low, high = min(ends) - margin, max(ends) + margin
    bottom = _TOP + _TALL

    def y(value: float) -> float:
        return bottom - _TALL * (value - low) / (high - low)

    ticks = nice_ticks(low, high)
    parts = [_band(one, days, y(one.band[1]), y(one.band[0])) for one in known if one.band is not None]
    parts += _levels([(y(tick), tick_text(tick, ticks)) for tick in ticks], days, unit)
    parts += _days(days, bottom)
    for one in known:
        parts.append(_path([(spot.x, y(spot.value)) for spot in one.spots], one.side))
        parts += [_spot(spot.x, y(spot.value), y(spot.low), y(spot.high), one.side) for spot in one.spots]
    return _svg(days, bottom + _FOOT, parts)


@dataclass(frozen=True)
class _Spot:
    x: float
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class _Scaled:
    """A line in the shown unit, with the band around its first value in which no change can be told."""

    side: SideOrBoth
    spots: tuple[_Spot, ...]
    band: tuple[float, float] | None


def _scaled(line: CourseLine, days: Days, factor: float) -> _Scaled:
    spots = tuple(_spots(line.side, line.points, days, factor))
    sdc = line.change.sdc
    band = None if sdc is None else (spots[0].value - factor * sdc, spots[0].value + factor * sdc)
    return _Scaled(line.side, spots, band)


def _spots(side: SideOrBoth, points: Sequence[CoursePoint], days: Days, factor: float) -> Iterator[_Spot]:
    for point, day in zip(points, days.assessments, strict=True):
        if point.value is not None:
            low = point.value if point.low is None else point.low
            high = point.value if point.high is None else point.high
            yield _Spot(days.x(day) + _SHIFT[side], factor * point.value, factor * low, factor * high)


def _band(one: _Scaled, days: Days, top: float, bottom: float) -> str:
    colour = SIDE_COLOUR[one.side]
    left = one.spots[0].x
    edge = f'stroke="{colour}" stroke-opacity=".5" stroke-width=".8"{_DASH[one.side]}'
    return (
        f'<rect class="sdc" x="{left:.1f}" y="{top:.1f}" width="{days.end - left:.1f}" height="{bottom - top:.1f}"'
        f' fill="{colour}" fill-opacity=".09" {edge}/>'
    )


def _path(places: Sequence[tuple[float, float]], side: SideOrBoth) -> str:
    points = " ".join(f"{x:.1f} {y:.1f}" for x, y in places)
    return f'<path d="M{points}" fill="none" stroke="{SIDE_COLOUR[side]}" stroke-width="1.8"{_DASH[side]}/>'


def _spot(x: float, y: float, low: float, high: float, side: SideOrBoth) -> str:
    colour = SIDE_COLOUR[side]
    shape = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.2" fill="{colour}"/>'
    if side == "right":
        shape = f'<rect x="{x - 3.8:.1f}" y="{y - 3.8:.1f}" width="7.6" height="7.6" fill="{colour}"/>'
    letter = ""
    if SIDE_LETTER[side]:
        at, anchor = (x - 7, "end") if side == "left" else (x + 7, "start")
        letter = (
            f'<text x="{at:.1f}" y="{y + 4:.1f}" text-anchor="{anchor}" font-weight="700" fill="{colour}" stroke="#fff"'
            f' stroke-width="2.5" paint-order="stroke">{SIDE_LETTER[side]}</text>'
        )
    bar = f"M{x:.1f} {low:.1f}V{high:.1f}M{x - 3:.1f} {low:.1f}h6M{x - 3:.1f} {high:.1f}h6"
    return f'<path d="{bar}" stroke="{colour}" stroke-width="1.6" fill="none"/>{shape}{letter}'


def pain_panel(course: Course, days: Days, names: Mapping[str, str]) -> Markup:
    """Return pain before, during, after and on the next morning, a lane each with a bar a day, 0 to 10.

    Parameters
    ----------
    names : of the lanes, by `before`, `during`, `after`, `next_morning`
    """
    bottom = _TOP + _LANE * len(_PAIN_TIMES)
    parts = list(_days(days, bottom))
    for lane, when in enumerate(_PAIN_TIMES):
        base = _TOP + _LANE * (lane + 1)
        reach = _LANE - 15.0
        limit = base - reach * course.pain_limit_nrs / _TEN
        stop = base - reach * course.pain_stop_nrs / _TEN
        parts += [_text(_LEFT - 5, base + 1, "end", "0"), _text(_LEFT - 5, base - reach + 5, "end", "10")]
        parts.append(f'<path d="M{_LEFT} {base:.1f}H{days.end:.1f}" stroke="{_INK}" stroke-width=".8"/>')
        for at in (limit, stop):
            parts.append(f'<path d="M{_LEFT} {at:.1f}H{days.end:.1f}" stroke="{_SOFT}" stroke-dasharray="2 3"/>')
        for day in course.pain:
            parts.append(_pain_bar(day, getattr(day, when), days, base, reach, course))
        parts.append(_halo(_LEFT + 4, base - reach - 3, names[when]))
    parts += [_limp(days.x(day.date), _TOP + 2 * _LANE) for day in course.pain if day.limp]
    return _svg(days, bottom + _FOOT, parts)


def _pain_bar(day: PainDay, pain: float | None, days: Days, base: float, reach: float, course: Course) -> str:
    if pain is None:
        return ""
    width = min(7.0, max(1.5, 0.75 * days.day_width))
    x, height = days.x(day.date) - width / 2, max(1.5, reach * pain / _TEN)
    fill = _SOFT
    if pain > course.pain_stop_nrs:
        fill = _MARKED
    elif pain > course.pain_limit_nrs:
        fill = _WATCH
    edge = "" if fill == _SOFT else f' stroke="{_INK}" stroke-width=".6"'
    return f'<rect x="{x:.1f}" y="{base - height:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"{edge}/>'


def _limp(x: float, base: float) -> str:
    return (
        f'<path class="limp" d="M{x - 4:.1f} {base - 30:.1f}l8 8m0 -8l-8 8" stroke="{_INK}" stroke-width="2"'
        ' fill="none"/>'
    )


def distance_panel(course: Course, days: Days, unit: str) -> Markup:
    """Return the distance of each week as a bar as wide as the week."""
    tall = 80.0
    bottom, top = _TOP + tall, 1.08 * max(week.distance_km for week in course.weeks)
    ticks = nice_ticks(0.0, top, most=4)
    parts = _levels([(bottom - tall * tick / top, tick_text(tick, ticks)) for tick in ticks], days, unit)
    for week in course.weeks:
        left = max(_LEFT, days.x(week.first) - days.day_width / 2)
        right = min(days.end, days.x(week.first) + 6.5 * days.day_width)
        height = tall * week.distance_km / top
        parts.append(
            f'<rect x="{left + 0.6:.1f}" y="{bottom - height:.1f}" width="{max(1.0, right - left - 1.2):.1f}"'
            f' height="{height:.1f}" fill="{_SOFT}"/>'
        )
    parts += _days(days, bottom)
    return _svg(days, bottom + _FOOT, parts)


def plan_panel(rows: Sequence[tuple[str, Sequence[PlanMark]]], days: Days) -> Markup:
    """Return when the plan moved: a lane for the whole plan and for each exercise.

    Parameters
    ----------
    rows : name of the lane with its marks
    """
    bottom = _TOP + _ROW * len(rows)
    parts = list(_days(days, bottom))
    for lane, (name, marks) in enumerate(rows):
        base = _TOP + _ROW * (lane + 1) - 12
        parts.append(f'<path d="M{_LEFT} {base:.1f}H{days.end:.1f}" stroke="{_GRID}"/>')
        parts += [step_mark(mark.step, days.x(mark.date), base, large=mark.kind != "exercise") for mark in marks]
        parts.append(_halo(_LEFT + 4, base - 13, name))
    return _svg(days, bottom + _FOOT, parts)


def step_mark(step: StepKind, x: float, y: float, *, large: bool) -> str:
    """Return the sign of a step: forward a triangle up, hold a ring, back a triangle down, stop a crossed square."""
    r = 7.5 if large else 5.0
    if step == "forward":
        return f'<path d="M{x:.1f} {y - r:.1f}l{r:.1f} {1.7 * r:.1f}h{-2 * r:.1f}z" fill="#0072B2"/>'
    if step == "hold":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{0.8 * r:.1f}" fill="#fff" stroke="{_INK}" stroke-width="1.8"/>'
    if step == "back":
        return (
            f'<path d="M{x:.1f} {y + r:.1f}l{r:.1f} {-1.7 * r:.1f}h{-2 * r:.1f}z" fill="{_WATCH}" stroke="{_INK}"'
            ' stroke-width="1.2"/>'
        )
    side = 1.7 * r
    return (
        f'<rect x="{x - side / 2:.1f}" y="{y - side / 2:.1f}" width="{side:.1f}" height="{side:.1f}" fill="{_MARKED}"'
        f' stroke="{_INK}" stroke-width="1.2"/><path d="M{x - side / 4:.1f} {y - side / 4:.1f}l{side / 2:.1f}'
        f' {side / 2:.1f}m0 {-side / 2:.1f}l{-side / 2:.1f} {side / 2:.1f}" stroke="{_INK}" stroke-width="1.6"/>'
    )


def step_sign(step: StepKind) -> Markup:
    """Return the sign of a step alone, for a legend."""
    return Markup(  # noqa: S704 - numbers only
        f'<svg class="sign" viewBox="0 0 20 20" aria-hidden="true">{step_mark(step, 10, 10, large=True)}</svg>'
    )


def _levels(levels: Sequence[tuple[float, str]], days: Days, unit: str) -> list[str]:
    grid = "".join(f"M{_LEFT} {y:.1f}H{days.end:.1f}" for y, _ in levels)
    labels = [_text(_LEFT - 5, y + 4, "end", label) for y, label in levels]
    return [f'<path d="{grid}" stroke="{_GRID}" stroke-width=".6"/>', *labels, _text(2, 11, "start", unit)]


def _days(days: Days, bottom: float) -> Iterator[str]:
    """Yield the axis of days, and the assessments as numbered uprights."""
    ticks = list(days.ticks())
    axis = f"M{_LEFT} {bottom:.1f}H{days.end:.1f}" + "".join(f"M{days.x(day):.1f} {bottom:.1f}v4" for day in ticks)
    yield f'<path d="{axis}" stroke="{_INK}" stroke-width=".8"/>'
    for day in ticks:
        yield _text(days.x(day), bottom + 16, "middle", f"{day:%m-%d}")
    before = -math.inf
    for number, day in enumerate(days.assessments, start=1):
        x = days.x(day)
        yield f'<path d="M{x:.1f} {_TOP - 4:.1f}V{bottom:.1f}" stroke="{_SOFT}" stroke-dasharray="4 3"/>'
        at = max(x, before + 11)
        before = at
        yield (f'<text x="{at:.1f}" y="11" text-anchor="middle" font-weight="700" fill="{_INK}">{number}</text>')


def _text(x: float, y: float, anchor: str, text: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{_INK}">{escape(text)}</text>'


def _halo(x: float, y: float, text: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{_INK}" stroke="#fff" stroke-width="3" paint-order="stroke">'
        f"{escape(text)}</text>"
    )


def _svg(days: Days, height: float, parts: Sequence[str]) -> Markup:
    return Markup(  # noqa: S704 - numbers, fixed letters and escaped names
        f'<svg class="course" viewBox="0 0 {days.width:.0f} {height:.0f}" font-size="11" aria-hidden="true"'
        f' focusable="false">{"".join(parts)}</svg>'
    )
