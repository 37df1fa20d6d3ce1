"""Periods, crossings, runs and cycles with known answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinechain.signal.cycles import crossing_before, longest_run, normalise_cycle, period_s


@settings(max_examples=25)
@given(period=st.floats(0.5, 1.5), phase=st.floats(0, 6.28), second=st.floats(0, 0.6))
def test_period_of_a_periodic_signal(period, phase, second):
    t = np.arange(0, 8, 1 / 200)
    signal = np.sin(2 * np.pi * t / period + phase) + second * np.sin(4 * np.pi * t / period)
    found, strength = period_s(signal, 200.0, 0.45, 1.7)
    assert found == pytest.approx(period, rel=0.02)
    assert strength > 0.9


def test_a_multiple_of_the_period_is_not_taken():
    t = np.arange(0, 10, 1 / 100)
    assert period_s(np.cos(2 * np.pi * t / 0.5), 100.0, 0.3, 2.2)[0] == pytest.approx(0.5, abs=0.003)


def test_period_lies_between_samples():
    # The clip cuts its last cycle, so the period of a short clip is known to about 1 % only; here 14 cycles: 0.3 %.
    t = np.arange(0, 10, 1 / 100)
    found = [period_s(np.cos(2 * np.pi * t / 0.7137 + phase), 100.0, 0.3, 1.5)[0] for phase in np.arange(0, 6.28, 0.4)]
    assert found == pytest.approx([0.7137] * len(found), rel=0.003)
    assert np.mean(found) == pytest.approx(0.7137, abs=0.0005)


def test_an_offset_does_not_matter():
    t = np.arange(0, 5, 1 / 100)
    wave = np.cos(2 * np.pi * t / 0.8)
    a, b = period_s(wave, 100.0, 0.4, 1.5), period_s(3 * wave + 1000, 100.0, 0.4, 1.5)
    assert a == pytest.approx(b)


@pytest.mark.parametrize(
    "signal",
    [np.zeros(1000), np.full(1000, 5.0), np.sin(np.linspace(0, 6.28, 30)), np.linspace(0, 1, 1000)],
    ids=["nothing", "constant", "too short", "ramp"],
)
def test_no_period(signal):
    found, strength = period_s(signal, 100.0, 0.45, 1.7)
    assert np.isnan(found)
    assert strength == 0.0


def test_noise_has_a_weak_period_at_most():
    noise = np.random.default_rng(0).standard_normal(2000)
    assert period_s(noise, 200.0, 0.45, 1.7)[1] < 0.3


def test_crossing_before_finds_the_fraction():
    signal = np.array([0.0, 1.0, 2.0, 3.0, 4.0])
    assert crossing_before(signal, 4, 0, 2.25) == pytest.approx(2.25)
    assert crossing_before(signal, 4, 0, 2.0) == pytest.approx(2.0)


def test_crossing_before_takes_the_last_crossing_before_the_start():
    signal = np.array([0.0, 2.0, 0.0, 2.0, 4.0])
    assert crossing_before(signal, 4, 0, 1.0) == pytest.approx(2.5)


def test_crossing_before_says_when_there_is_none():
    assert np.isnan(crossing_before(np.array([3.0, 4.0, 5.0]), 2, 0, 1.0))
    assert np.isnan(crossing_before(np.array([0.0, 4.0, 5.0]), 2, 1, 1.0))


def _mask(text: str) -> np.ndarray:
    return np.array([c == "#" for c in text])


@pytest.mark.parametrize(
    ("text", "bridge", "expected"),
    [
        ("....", 0, None),
        ("", 0, None),
        ("####", 0, (0, 4)),
        ("..##.", 0, (2, 4)),
        ("#.###.##", 0, (2, 5)),
        ("#.###.##", 1, (0, 8)),
        ("##..###...#", 2, (0, 7)),
        ("##..###...#", 3, (0, 11)),
        ("##.##", 0, (0, 2)),
    ],
)
def test_longest_run(text, bridge, expected):
    assert longest_run(_mask(text), bridge) == expected


@settings(max_examples=50)
@given(bits=st.lists(st.booleans(), max_size=40), bridge=st.integers(0, 6))
def test_longest_run_starts_and_ends_on_true_and_holds_no_long_gap(bits, bridge):
    mask = np.array(bits, dtype=bool)
    run = longest_run(mask, bridge)
    assert (run is None) == (not mask.any())
    if run is not None:
        start, stop = run
        inside = mask[start:stop]
        assert inside[0]
        assert inside[-1]
        gaps = "".join("#" if b else "." for b in inside).split("#")
        assert max(map(len, gaps)) <= bridge


def test_normalise_cycle_reads_even_instants():
    t = np.linspace(0, 2, 2001)
    cycle = normalise_cycle(t, t**2, 0.5, 1.5)
    assert len(cycle) == 101
    assert cycle == pytest.approx(np.linspace(0.5, 1.5, 101) ** 2, abs=1e-5)
    assert normalise_cycle(t, t, 0.5, 1.5, points=5) == pytest.approx([0.5, 0.75, 1.0, 1.25, 1.5])
