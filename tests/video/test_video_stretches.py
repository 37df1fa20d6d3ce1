"""Stretches of frames between cuts, pauses and absences."""

from __future__ import annotations

import numpy as np
import pytest

from kinechain.video.stretches import StretchParameters, find_stretches

N = 120
TIME_S = np.arange(N) / 30


def stretches(
    *, absent: tuple[slice, ...] = (), repeated: tuple[slice, ...] = (), cuts: tuple[int, ...] = (), scale: float = 1.0
) -> list[tuple[int, int]]:
    masks = {"absent": np.zeros(N, dtype=bool), "repeated": np.zeros(N, dtype=bool)}
    for name, parts in (("absent", absent), ("repeated", repeated)):
        for part in parts:
            masks[name][part] = True
    found = find_stretches(
        TIME_S / scale, ~masks["absent"], masks["repeated"], cuts, StretchParameters(), time_scale=scale
    )
    return [(part.start, part.stop) for part in found]


def test_an_undisturbed_clip_is_one_stretch() -> None:
    assert stretches() == [(0, N)]


def test_cuts_part() -> None:
    assert stretches(cuts=(40, 90)) == [(0, 40), (40, 90), (90, N)]


def test_single_duplicates_do_not_part_but_a_pause_does() -> None:
    single = tuple(slice(i, i + 1) for i in range(5, N, 6))
    assert stretches(repeated=single) == [(0, N)]
    assert stretches(repeated=(slice(50, 70),)) == [(0, 50), (70, N)]


def test_a_pause_is_one_in_the_players_time() -> None:
    assert stretches(repeated=(slice(50, 70),), scale=8.0) == [(0, 50), (70, N)]


def test_a_runner_who_leaves_and_comes_back() -> None:
    assert stretches(absent=(slice(30, 36),)) == [(0, N)]
    assert stretches(absent=(slice(30, 50), slice(100, N))) == [(0, 30), (50, 100)]


def test_cut_within_an_absence_and_at_its_end() -> None:
    assert stretches(absent=(slice(30, 50),), cuts=(40, 50)) == [(0, 30), (50, N)]


@pytest.mark.parametrize("scale", [1.0, 4.0])
def test_nothing_left(scale: float) -> None:
    assert stretches(absent=(slice(0, N),), scale=scale) == []
