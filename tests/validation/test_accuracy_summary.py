"""Errors summed up: known answers of bias, spread, coverage and smallest detectable change."""

from __future__ import annotations

import pandas as pd
import pytest

from accuracy.summary import error_of, wilson


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
