"""Runs added up: which is last, what came before, and what each weighs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kinechain.knowledge.load_tables import load_by_speed
from kinechain.load.sessions import Run, damage, in_order, recent, session_ratios, spike, weekly_damage

DAY = datetime(2026, 5, 31, 7, tzinfo=UTC)


def run(days_ago: float, km: float, speed_mps: float = 3.5, cadence_spm: float | None = 170.0) -> Run:
    seconds = km * 1000 / speed_mps
    steps = None if cadence_spm is None else cadence_spm * seconds / 60
    return Run(DAY - timedelta(days=days_ago), km, seconds, steps)


def test_the_last_run_is_compared_with_the_30_days_before_it_and_not_with_itself() -> None:
    found = recent([run(3, 8.0), run(0, 12.0), run(29, 10.0), run(31, 30.0)])
    assert (found.last.distance_km, found.longest_km, len(found.before)) == (12.0, 10.0, 2)
    told = spike([run(0, 12.0), run(29, 10.0)])
    assert told is not None
    assert (told.level, told.ratio) == ("small", pytest.approx(1.2))


def test_alone_it_is_compared_with_nothing() -> None:
    assert recent([run(0, 12.0), run(40, 5.0)]).longest_km is None
    assert spike([run(0, 12.0)]) is None
    assert session_ratios([run(0, 12.0)], load_by_speed()) == {}
    with pytest.raises(ValueError, match="needs a run"):
        recent([])


def test_the_same_run_twice_counts_once() -> None:
    assert in_order([run(0, 5.0), run(1, 4.0), run(0, 5.2)]) == (run(1, 4.0), run(0, 5.2))


def test_at_the_same_pace_every_exponent_gives_the_ratio_of_distances() -> None:
    ratios = session_ratios([run(0, 12.0), run(5, 8.0), run(9, 6.0)], load_by_speed())
    assert ratios == {1.0: pytest.approx(1.5), 4.0: pytest.approx(1.5), 9.0: pytest.approx(1.5)}


def test_a_faster_run_weighs_more_the_more_peaks_count() -> None:
    ratios = session_ratios([run(0, 8.0, 4.4, 185.0), run(5, 8.0, 2.8, 165.0)], load_by_speed())
    assert 0.6 < ratios[1.0] < ratios[4.0] < ratios[9.0]


def test_at_the_reference_speed_a_run_weighs_the_steps_of_a_leg() -> None:
    one = run(0, 7.0)
    assert one.steps is not None
    assert one.cadence_spm == pytest.approx(170.0)
    assert damage(one, load_by_speed(), 9.0) == pytest.approx(one.steps / 2)


@pytest.mark.parametrize("odd", [run(2, 6.0, cadence_spm=None), run(2, 6.0, speed_mps=1.9)])
def test_what_cannot_be_told_is_not_told(odd: Run) -> None:
    assert damage(odd, load_by_speed(), 1.0) is None
    assert session_ratios([run(0, 12.0), odd, run(5, 8.0)], load_by_speed()) == {}


def test_weeks_end_with_the_last_run() -> None:
    runs = [run(0, 7.0), run(6.9, 7.0), run(7, 7.0), run(22, 7.0)]
    one = damage(runs[0], load_by_speed(), 4.0)
    assert one is not None
    assert weekly_damage(runs, load_by_speed(), 4.0) == pytest.approx((one, 0.0, one, 2 * one))
    unknown = replace(runs[2], steps=None)
    weeks = weekly_damage([*runs[:2], unknown], load_by_speed(), 4.0)
    assert weeks[0] is None
    assert weeks[1] == pytest.approx(2 * one)
    assert weekly_damage([], load_by_speed(), 1.0) == ()
