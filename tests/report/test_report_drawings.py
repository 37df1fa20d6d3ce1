"""Marks and curves: drawings without words that hold what they are told."""

from __future__ import annotations

import re

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from report_samples import Page, curve

from kinechain.report.charts import curve_chart, inline_svg
from kinechain.report.marks import Dot, interval_mark, nice_ticks

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


def test_a_chart_holds_digits_units_and_letters_only() -> None:
    svg = curve_chart((curve("knee_flexion_deg", "left"), curve("knee_flexion_deg", "right")), "°", "k")
    assert {"L", "R", "°", "0", "100 %"} <= words_of(svg)
    assert all(re.fullmatch(r"[−\d. %°LR]+", word) for word in words_of(svg))


def test_a_chart_tells_sides_by_colour_and_line_and_marks_toe_off() -> None:
    left = curve_chart((curve("knee_flexion_deg", "left"),), "°", "k").lower()
    right = curve_chart((curve("knee_flexion_deg", "right"),), "°", "k").lower()
    assert "#0072b2" in left
    assert "#d55e00" not in left
    assert "stroke-dasharray" not in left
    assert "#d55e00" in right
    assert "stroke-dasharray" in right
    assert left.count("<use") > right.count("<use"), "the triangle of the toe-off, which the right curve has not"


def test_the_reference_band_is_drawn_where_there_is_one() -> None:
    def grey(*, reference: bool) -> bool:
        return "#d9d9d9" in curve_chart((curve("knee_flexion_deg", "left", reference=reference),), "°", "k")

    assert grey(reference=True)
    assert not grey(reference=False)


def test_a_chart_can_stand_in_a_page_among_others() -> None:
    one, two = (curve_chart((curve("knee_flexion_deg", "left"),), "°", prefix) for prefix in ("a", "b"))
    ids = [set(re.findall(r'\bid="([^"]+)"', svg)) for svg in (one, two)]
    assert ids[0]
    assert not ids[0] & ids[1]
    assert set(re.findall(r'href="#([^"]+)"', one)) | set(re.findall(r"url\(#([^)]+)\)", one)) <= ids[0]
    assert "http" not in one
    assert "<style" not in one
    assert one.startswith("<svg class=")


def test_the_same_curve_gives_the_same_drawing() -> None:
    curves = (curve("knee_flexion_deg", "left"),)
    assert curve_chart(curves, "°", "a") == curve_chart(curves, "°", "a")


def test_inline_svg_needs_an_svg() -> None:
    with pytest.raises(ValueError, match="substring not found"):
        inline_svg("no drawing", "a")
