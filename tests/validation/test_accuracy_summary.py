"""Errors summed up: known answers of bias, spread, coverage and smallest detectable change."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from accuracy.page_measurements import contract
from accuracy.summary import error_of, share_interval, wilson, wilson_share


def rows(errors: list[float], half: float = 1.0) -> pd.DataFrame:
    n = len(errors)
    return pd.DataFrame(
        {
            "clip": [f"c{i}" for i in range(n)],
            "runner": [f"r{i % 3}" for i in range(n)],
            "truth": [10.0] * n,
            "value": [10.0 + e for e in errors],
            "low": [10.0 + e - half for e in errors],
            "high": [10.0 + e + half for e in errors],
            "spread": [2.0] * n,
            "n": [4] * n,
        }
    )


def test_known_answers() -> None:
    error = error_of(rows([3.0, 5.0, 7.0, 5.0, 0.5, 9.5]))
    assert error is not None
    assert error.bias == pytest.approx(5.0)
    assert error.sd == pytest.approx(pd.Series([3.0, 5.0, 7.0, 5.0, 0.5, 9.5]).std())
    assert error.own_sd == pytest.approx((error.sd**2 - 1.0) ** 0.5)
    assert error.covered == pytest.approx(1 / 6)
    assert error.bias_low <= error.bias <= error.bias_high
    assert error.sdc(4) == pytest.approx(1.96 * 2**0.5 * (error.sd**2 + 1.0) ** 0.5)


def test_a_constant_bias_has_no_spread() -> None:
    error = error_of(rows([2.0] * 6))
    assert error is not None
    assert (error.sd, error.limits) == (0.0, (2.0, 2.0))


def test_too_little_gives_nothing() -> None:
    assert error_of(rows([1.0, 2.0])) is None


def test_wilson_holds_the_share() -> None:
    low, high = wilson(19, 20)
    assert low < 0.95 < high
    assert wilson(0, 0) == (0.0, 1.0)


def test_clustered_cases_tell_less_than_independent_ones() -> None:
    hits = np.array([True] * 45 + [False] * 5)
    clustered = np.repeat([f"r{i}" for i in range(10)], 5)  # all misses are one runner's
    spread = np.tile([f"r{i}" for i in range(10)], 5)
    low, high = share_interval(hits, clustered)
    own = share_interval(hits, spread)
    assert low < own[0] < 0.9 < own[1] <= high
    assert wilson(45, 50)[0] == pytest.approx(wilson_share(0.9, 50)[0])


def test_cases_that_all_agree_count_one_a_runner() -> None:
    assert share_interval(np.ones(100, dtype=bool), np.repeat(["a", "b", "c", "d"], 25)) == wilson(4, 4)


def test_a_measurement_without_error_or_reason_stops_the_page() -> None:
    empty = pd.DataFrame(columns=["name", "kind", "view", "leg", "clip", "runner", "value", "truth"])
    with pytest.raises(ValueError, match="no error was measured"):
        list(contract(empty))
