"""Means and their 95 % intervals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinechain.signal.intervals import Interval, mean_band, mean_interval, widened


def test_interval_of_a_textbook_sample():
    # n = 5, s = √2.5, t(0.975; 4) = 2.776445: half-width 1.963243
    found = mean_interval(np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    assert found.mean == 3.0
    assert found.high - found.mean == pytest.approx(1.963243, abs=1e-5)
    assert found.mean - found.low == pytest.approx(1.963243, abs=1e-5)


def test_two_values_give_the_wide_interval_they_deserve():
    found = mean_interval(np.array([0.0, 1.0]))
    assert found.high == pytest.approx(0.5 + 12.7062 * 0.5, abs=1e-3)


def test_95_of_100_intervals_hold_the_mean():
    rng = np.random.default_rng(11)
    held = [
        interval.low <= 10 <= interval.high for interval in (mean_interval(rng.normal(10, 3, 8)) for _ in range(2000))
    ]
    assert np.mean(held) == pytest.approx(0.95, abs=0.015)


@settings(max_examples=40)
@given(
    values=st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=20),
    factor=st.floats(0.1, 10),
    shift=st.floats(-1e3, 1e3),
)
def test_intervals_move_and_scale_with_the_values(values, factor, shift):
    plain = mean_interval(np.array(values))
    assert plain.low <= plain.mean <= plain.high
    changed = mean_interval(factor * np.array(values) + shift)
    assert changed.mean == pytest.approx(factor * plain.mean + shift, abs=1e-6)
    assert changed.high - changed.low == pytest.approx(factor * (plain.high - plain.low), abs=1e-6)


def test_band_is_the_interval_at_every_point():
    cycles = np.random.default_rng(5).normal(0, 1, (7, 101))
    mean, low, high = mean_band(cycles)
    for i in (0, 50, 100):
        point = mean_interval(cycles[:, i])
        assert (mean[i], low[i], high[i]) == pytest.approx(tuple(point))


def test_widened_adds_the_scale_in_quadrature():
    found = widened(Interval(10.0, 9.0, 11.0), 0.05)
    assert found.mean == 10.0
    assert found.high - 10 == pytest.approx(np.hypot(1.0, 0.98))
    assert 10 - found.low == pytest.approx(np.hypot(1.0, 0.98))


def test_widened_by_nothing_is_the_same():
    assert widened(Interval(2.0, 1.5, 2.5), 0.0) == pytest.approx(Interval(2.0, 1.5, 2.5))
    assert widened(Interval(-10.0, -11.0, -9.0), 0.05).low < -11.0
