"""Smoothing on signals whose filtered form is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinechain.signal.smoothing import even_grid, smooth_track

RATE_HZ = 500.0


def _sine(time_s: np.ndarray, hz: float) -> np.ndarray:
    return np.stack([np.sin(2 * np.pi * hz * time_s), 3.0 + 0 * time_s], axis=1)


def test_even_grid_spans_the_samples():
    grid = even_grid(np.array([1.0, 1.1, 1.35, 2.0]), RATE_HZ)
    assert grid[0] == 1.0
    assert grid[-1] == pytest.approx(2.0)
    assert np.diff(grid) == pytest.approx(1 / RATE_HZ)
    assert len(grid) == 501


def test_even_grid_does_not_reach_beyond_the_last_sample():
    grid = even_grid(np.array([0.0, 0.0109]), RATE_HZ)
    assert grid[-1] == pytest.approx(0.010)


@pytest.mark.parametrize("fps", [30.0, 60.0, 120.0])
def test_a_line_stays_a_line(fps):
    time_s = np.arange(0, 3, 1 / fps)
    grid = even_grid(time_s, RATE_HZ)
    smooth = smooth_track(time_s, np.stack([2 + 5 * time_s, -time_s], axis=1), grid, 8.0)
    assert smooth is not None
    assert smooth.position[:, 0] == pytest.approx(2 + 5 * grid, abs=1e-4)
    assert smooth.velocity == pytest.approx(np.tile([5.0, -1.0], (len(grid), 1)), abs=2e-3)
    assert smooth.observed.all()


@pytest.mark.parametrize(("hz", "cutoff_hz"), [(1.0, 12.0), (8.0, 8.0), (12.0, 12.0), (16.0, 8.0), (30.0, 12.0)])
def test_gain_is_that_of_two_second_order_butterworth_passes(hz, cutoff_hz):
    # One pass: |H|² = 1 / (1 + (f/fc)⁴); both ways: |H|². At the cut-off the two passes leave one half.
    time_s = np.arange(0, 8, 1 / 240)
    grid = even_grid(time_s, RATE_HZ)
    smooth = smooth_track(time_s, _sine(time_s, hz), grid, cutoff_hz)
    assert smooth is not None
    middle = (grid > 2) & (grid < 6)
    reference = np.exp(-2j * np.pi * hz * grid[middle])
    gain = 2 * np.mean(smooth.position[middle, 0] * reference) * 1j
    assert abs(gain) == pytest.approx(1 / (1 + (hz / cutoff_hz) ** 4), abs=0.01)
    if abs(gain) > 0.1:
        assert np.angle(gain) == pytest.approx(0, abs=0.01), "no phase shift"


def test_velocity_is_the_derivative():
    time_s = np.arange(0, 4, 1 / 120)
    grid = even_grid(time_s, RATE_HZ)
    smooth = smooth_track(time_s, _sine(time_s, 1.5), grid, 12.0)
    assert smooth is not None
    middle = (grid > 1) & (grid < 3)
    true = 2 * np.pi * 1.5 * np.cos(2 * np.pi * 1.5 * grid)
    assert smooth.velocity[middle, 0] == pytest.approx(true[middle], abs=0.02)


def test_uneven_samples_give_the_same_curve():
    shift = np.random.default_rng(1).uniform(-0.004, 0.004, 480)
    even = np.arange(480) / 120
    uneven = np.sort(even + shift)
    grid = even_grid(even[2:-2], RATE_HZ)
    a = smooth_track(even, _sine(even, 2.0), grid, 12.0)
    b = smooth_track(uneven, _sine(uneven, 2.0), grid, 12.0)
    assert a is not None
    assert b is not None
    assert a.position == pytest.approx(b.position, abs=5e-3)


def test_a_gap_is_bridged_and_marked():
    time_s = np.arange(0, 3, 1 / 100)
    values = _sine(time_s, 1.0)
    values[100:105] = np.nan  # 1.00 … 1.04 s: short, bridged and observed as its length is below the limit
    values[200:230] = np.nan  # 2.00 … 2.29 s: long
    grid = even_grid(time_s, RATE_HZ)
    smooth = smooth_track(time_s, values, grid, 10.0, longest_gap_s=0.07)
    assert smooth is not None
    assert np.isfinite(smooth.position).all()
    assert smooth.observed[(grid > 0.9) & (grid < 1.9)].all()
    assert not smooth.observed[(grid > 2.03) & (grid < 2.27)].any()
    assert smooth.observed[grid > 2.32].all()
    assert smooth.position[(grid > 0.9) & (grid < 1.1), 0] == pytest.approx(
        np.sin(2 * np.pi * grid[(grid > 0.9) & (grid < 1.1)]), abs=0.02
    )


def test_before_the_first_and_after_the_last_sample_nothing_is_observed():
    time_s = np.arange(0, 2, 1 / 100)
    values = _sine(time_s, 1.0)
    values[:50] = values[150:] = np.nan
    grid = even_grid(time_s, RATE_HZ)
    smooth = smooth_track(time_s, values, grid, 10.0)
    assert smooth is not None
    assert not smooth.observed[(grid < 0.48) | (grid > 1.52)].any()
    assert smooth.observed[(grid > 0.52) & (grid < 1.48)].all()
    assert np.abs(smooth.position[:, 0]).max() < 1.2, "the ends do not run away"


@pytest.mark.parametrize(("present", "made"), [(7, False), (8, True)])
def test_too_few_samples_make_no_track(present, made):
    time_s = np.arange(0, 1, 1 / 100)
    values = np.full((100, 2), np.nan)
    values[40 : 40 + present] = 1.0
    assert (smooth_track(time_s, values, even_grid(time_s, RATE_HZ), 8.0) is not None) == made


def test_cutoff_is_lowered_to_what_the_samples_carry():
    time_s = np.arange(0, 4, 1 / 20)
    grid = even_grid(time_s, RATE_HZ)
    a = smooth_track(time_s, _sine(time_s, 2.0), grid, 9.0)
    b = smooth_track(time_s, _sine(time_s, 2.0), grid, 200.0)
    assert a is not None
    assert b is not None
    middle = (grid > 1) & (grid < 3)
    assert a.position[middle] == pytest.approx(b.position[middle], abs=1e-3)


@settings(max_examples=15)
@given(
    scale=st.floats(-50, 50).filter(lambda x: abs(x) > 1e-3), offset=st.floats(-1000, 1000), shift_s=st.floats(-50, 50)
)
def test_smoothing_is_linear_and_keeps_no_clock(scale, offset, shift_s):
    time_s = np.arange(0, 2, 1 / 60)
    values = np.random.default_rng(7).standard_normal((len(time_s), 2))
    grid = even_grid(time_s, RATE_HZ)
    plain = smooth_track(time_s, values, grid, 8.0)
    changed = smooth_track(time_s + shift_s, scale * values + offset, grid + shift_s, 8.0)
    assert plain is not None
    assert changed is not None
    assert changed.position == pytest.approx(scale * plain.position + offset, rel=1e-6, abs=5e-3)
