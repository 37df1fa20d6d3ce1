"""Numbers are rounded to their error, in units that people use."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from kinechain import glossary
from kinechain.report.numbers import (
    MINUS,
    NBSP,
    Rounded,
    digits,
    display_of,
    given,
    percent,
    round_bias,
    round_interval,
    step_of,
)

NAMES = [name for name, row in glossary.quantities().items() if row.classes is None]


def shown(name: str, value: float, half: float | None) -> str:
    low, high = (None, None) if half is None else (value - half, value + half)
    return round_interval(value, low, high, display_of(name)).text.replace(NBSP, " ")


def number(text: str) -> Decimal:
    return Decimal(text.replace(MINUS, "-"))


@pytest.mark.parametrize(
    ("name", "value", "half", "text"),
    [
        ("knee_flexion_peak_deg", 41.4536, 2.05, "41 ± 2"),
        ("knee_flexion_peak_deg", 36.798, 1.653, "37 ± 2"),
        ("shank_angle_ic_deg", -7.449, 0.788, "−7.4 ± 0.8"),
        ("contact_time_s", 0.23117, 0.0043, "231 ± 4"),
        ("contact_time_s", 0.2099, 0.0264, "210 ± 30"),
        ("vertical_oscillation_m", 0.09978, 0.0068, "10.0 ± 0.7"),
        ("stride_length_m", 2.479, 0.148, "2.5 ± 0.1"),
        ("overstride_ic_ratio", 0.17642, 0.0068, "17.6 ± 0.7"),
        ("cadence_spm", 173.057, 0.47, "173.1 ± 0.5"),
        ("trunk_lean_deg", 5.6, 0.96, "6 ± 1"),  # 0.96 is one, not 1.0
        ("trunk_lean_deg", 5.6, 0.0, "5.6 ± 0.1"),  # nothing is exact
        ("trunk_lean_deg", 5.6, None, "6"),
        ("heel_off_pct", 62.4, 7.9, "62 ± 8"),
        ("trunk_lean_deg", -0.2, 3.1, "0 ± 3"),
    ],
)
def test_known_roundings(name: str, value: float, half: float | None, text: str) -> None:
    assert shown(name, value, half) == text


def test_the_longer_half_of_an_uneven_interval_counts() -> None:
    assert round_interval(10.0, 9.6, 12.0, display_of("trunk_lean_deg")).error == "2"


@pytest.mark.parametrize(
    ("value", "low", "high", "within"),
    [(0.5, -0.5, 1.5, True), (1.5, 0.5, 2.5, False), (-1.5, -2.5, -0.5, False), (-1.0, -2.0, 0.0, True)],
)
def test_a_value_inside_its_error_is_known_as_such(value: float, low: float, high: float, within: bool) -> None:
    assert round_interval(value, low, high, display_of("trunk_lean_deg")).within_error is within


@for_all(
    name=st.sampled_from(NAMES),
    value=st.floats(-500, 500, allow_nan=False),
    half=st.floats(0, 200, allow_nan=False),
)
def test_never_more_digits_than_the_error_allows(name: str, value: float, half: float) -> None:
    display = display_of(name)
    rounded = round_interval(value, value - half, value + half, display)
    error = number(rounded.error or "")
    step = max(Decimal(1).scaleb(error.adjusted()), display.finest)
    exact = Decimal(repr(value)) * display.factor
    assert error > 0
    assert sum(d != 0 for d in error.as_tuple().digits) == 1, "one significant digit"
    assert number(rounded.value) % step == 0, "no digit below that of the error"
    assert abs(number(rounded.value) - exact) <= step / 2, "within half the last digit"
    assert len(rounded.value.partition(".")[2]) == len((rounded.error or "").partition(".")[2]), "same decimals"
    assert len(rounded.value.partition(".")[2]) < 3, "never three decimals"


@for_all(half=st.floats(0, 200, allow_nan=False))
def test_the_written_error_is_near_the_true_one(half: float) -> None:
    display = display_of("trunk_lean_deg")
    error = number(round_interval(0.0, -half, half, display).error or "")
    assert abs(error - Decimal(repr(half))) <= max(step_of(Decimal(repr(half)), display.finest) / 2, Decimal("0.1"))


@for_all(value=st.floats(-500, 500, allow_nan=False), half=st.floats(0.01, 100))
def test_a_mirrored_value_is_written_mirrored(value: float, half: float) -> None:
    display = display_of("trunk_lean_deg")
    one = round_interval(value, value - half, value + half, display)
    two = round_interval(-value, -value - half, -value + half, display)
    assert number(one.value) == -number(two.value)
    assert f"{MINUS}0" not in {one.value, two.value}


@pytest.mark.parametrize(
    ("bias", "sd", "text"),
    [(-8.0, 2.6, "−8 ± 3"), (1.3, 1.8, "+1 ± 2"), (0.2, 1.9, "0 ± 2"), (0.5, 0.04, "+0.5 ± 0.1")],
)
def test_a_bias_always_shows_its_sign(bias: float, sd: float, text: str) -> None:
    assert round_bias(bias, sd, display_of("knee_flexion_peak_deg")).replace(NBSP, " ") == text


def test_a_bias_is_in_the_unit_of_its_quantity() -> None:
    assert round_bias(0.0058, 0.006, display_of("contact_time_s")).replace(NBSP, " ") == "+6 ± 6"


def test_every_quantity_can_be_shown() -> None:
    for name in glossary.quantities():
        assert display_of(name).finest <= display_of(name).plain


def test_small_helpers() -> None:
    assert [given(v) for v in (188.6, 72.0, -1.5)] == ["188.6", "72", "−1.5"]
    assert [percent(v) for v in (0.0, 0.002, 0.5, 0.999, 1.0)] == ["0", "< 1", "50", "> 99", "100"]
    assert digits(Decimal("1234.5"), Decimal(100)) == "1200"
    assert Rounded("5", None, within_error=False).text == "5"
