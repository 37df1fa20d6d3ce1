"""Marks and curves: drawings without words that hold what they are told."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from report_samples import Page, curve

from kinechain.model.assessment import Curve
from kinechain.report.charts import curve_chart
from kinechain.report.marks import Dot, interval_mark, nice_ticks

COLOUR = {"left": "#0072B2", "right": "#D55E00"}
LEFT, RIGHT = Dot("left", 216.0, 213.6, 218.3), Dot("right", 231.2, 226.9, 235.5)


def words_of(svg: str) -> set[str]:
    return {text for text, inside, _ in Page(svg).texts if "text" in inside}


def test_a_mark_shows_both_legs_apart_by_letter_line_and_shape() -> None:
    svg = interval_mark((LEFT, RIGHT), 40, "ms")
    assert {"L", "R", "ms"} <= words_of(svg)
    assert svg.count("stroke-dasharray") == 1
    assert svg.count("<circle") == svg.count("<rect") == 1


def test_the_order_on_the_axis_is_that_of_the_values() -> None:
    svg = interval_mark((LEFT, RIGHT), 40, "ms")
    left = float(re.search(r'cx="([\d.]+)"', svg)[1])
    right = float(re.search(r'<rect x="([\d.]+)"', svg)[1])
    assert left < right


def test_a_tiny_difference_looks_tiny() -> None:
    ends = [float(x) for x in re.findall(r'd="M([\d.]+) [\d.]+H', interval_mark((LEFT, RIGHT), 4000, "ms"))]
    assert abs(ends[1] - ends[0]) < 3


@for_all(value=st.floats(-1000, 1000), low=st.floats(0, 100), high=st.floats(0, 100), span=st.floats(0.5, 50))
def test_nothing_of_a_mark_leaves_its_frame(value: float, low: float, high: float, span: float) -> None:
    svg = interval_mark((Dot("left", value, value - low, value + high), Dot("right", value, value, value)), span, "°")
    for a, b in re.findall(r'd="M([\d.-]+) [\d.]+H([\d.-]+)"', svg):
        assert 0 <= float(a) <= float(b) <= 300
    assert all(0 <= float(x) <= 300 for x in re.findall(r'<text x="([\d.-]+)"', svg))


@for_all(low=st.floats(-1000, 1000), span=st.floats(0.01, 1000))
def test_ticks_are_few_round_and_inside(low: float, span: float) -> None:
    ticks = nice_ticks(low, low + span)
    assert 1 <= len(ticks) <= 6
    assert all(low - 1e-6 * span <= tick <= low + span + 1e-6 * span for tick in ticks)


def test_a_hostile_unit_is_escaped() -> None:
    assert "<script>" not in interval_mark((LEFT,), 40, "<script>")


KNEE = "knee_flexion_deg"


def bent(side: str, **changes: object) -> Curve:
    return curve(KNEE, side).model_copy(update=changes)


def polyline(svg: str, side: str) -> np.ndarray:
    """Return the points of a mean that is drawn in the colour of a side."""
    path = re.search(rf'<path class="mean" d="([^"]+)"[^>]*stroke="{COLOUR[side]}"', svg)[1]
    return np.array([float(x) for x in re.findall(r"[\d.]+", path)]).reshape(-1, 2)


def letter_at(svg: str, letter: str) -> np.ndarray:
    return np.array([float(x) for x in re.search(rf'<text x="([\d.]+)" y="([\d.]+)"[^>]*>{letter}<', svg).groups()])


def test_a_chart_holds_digits_units_and_letters_only() -> None:
    svg = curve_chart((curve(KNEE, "left"), curve(KNEE, "right")), "°")
    assert {"L", "R", "°", "0", "100 %"} <= words_of(svg)
    assert all(re.fullmatch(r"[−\d. %°LR]+", word) for word in words_of(svg))


def test_a_chart_tells_sides_by_colour_and_line_and_marks_toe_off() -> None:
    left, right = (curve_chart((curve(KNEE, side),), "°") for side in ("left", "right"))
    assert COLOUR["left"] in left
    assert COLOUR["right"] not in left
    assert "stroke-dasharray" not in left
    assert COLOUR["right"] in right
    assert "stroke-dasharray" in right
    assert 'class="toe-off"' in left
    assert 'class="toe-off"' not in right, "the right curve has no toe-off"


def test_a_drawn_curve_has_the_values_it_was_given() -> None:
    values = tuple(60.0 * float(np.sin(np.pi * p / 100)) ** 2 for p in range(101))
    x, y = polyline(curve_chart((bent("left", mean=values, low=values, high=values),), "°"), "left").T
    assert np.allclose(x, np.linspace(x[0], x[-1], 101), atol=0.051)
    slope, start = np.polyfit(values, y, 1)
    assert slope < 0, "more is up"
    assert np.allclose(y, start + slope * np.array(values), atol=0.051)


def test_what_is_missing_is_a_gap_not_a_line() -> None:
    values = tuple(None if 40 <= p < 50 else float(p) for p in range(101))
    svg = curve_chart((bent("left", mean=values, low=values, high=values),), "°")
    assert len(polyline(svg, "left")) == 91
    assert [d.count("M") for d in re.findall(r'<path class="mean" d="([^"]+)"', svg)] == [2]
    assert "nan" not in svg


@pytest.mark.parametrize("value", [None, 0.0, -7.0])
def test_a_curve_without_values_or_without_change_can_be_drawn(value: float | None) -> None:
    values = (value,) * 101
    svg = curve_chart((bent("left", mean=values, low=values, high=values),), "°")
    assert "nan" not in svg
    assert ("L" in words_of(svg)) == (value is not None)


@settings(max_examples=30)
@for_all(shift=st.floats(-30, 30), phase=st.floats(0, 1), toe_off=st.floats(20, 80))
def test_a_letter_stands_at_its_own_curve_and_inside(shift: float, phase: float, toe_off: float) -> None:
    def wave(by: float, at: float) -> dict[str, object]:
        values = tuple(by + 30.0 * float(np.sin(2 * np.pi * (p / 100 + at))) for p in range(101))
        return {"mean": values, "low": values, "high": values, "toe_off_pct": toe_off}

    svg = curve_chart((bent("left", **wave(0.0, 0.0)), bent("right", **wave(shift, phase))), "°")
    apart = min(abs(shift), 30) > 5
    for letter, own, other in (("L", "left", "right"), ("R", "right", "left")):
        x, y = letter_at(svg, letter)
        near, far = (np.hypot(*(polyline(svg, side) - [x, y - 4.5]).T).min() for side in (own, other))
        assert near < 20
        assert far >= near or not apart
        assert 0 < x < 360
        assert 0 < y < 216
    assert np.abs(letter_at(svg, "L") - letter_at(svg, "R")).max() > 8, "letters do not cover one another"


def test_the_reference_band_is_drawn_where_there_is_one() -> None:
    def grey(*, reference: bool) -> bool:
        return "#d9d9d9" in curve_chart((curve(KNEE, "left", reference=reference),), "°")

    assert grey(reference=True)
    assert not grey(reference=False)


def test_a_chart_can_stand_in_a_page_any_number_of_times() -> None:
    svg = curve_chart((curve(KNEE, "left"),), "°")
    assert not re.search(r"""\bid=|href|url\(|http|<style|<script""", svg)
    assert svg.startswith('<svg class="chart"')
    assert 'aria-hidden="true"' in svg


def test_the_same_curve_gives_the_same_drawing() -> None:
    assert curve_chart((curve(KNEE, "left"),), "°") == curve_chart((curve(KNEE, "left"),), "°")


def test_a_hostile_unit_of_a_chart_is_escaped() -> None:
    assert "<script>" not in curve_chart((curve(KNEE, "left"),), "<script>")
