"""Means with their 95 % intervals."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

Array = NDArray[np.float64]


#: Half of a 95 % interval in standard errors of a normal distribution.
Z95 = 1.96


class Interval(NamedTuple):
    """A mean and its 95 % interval."""

    mean: float
    low: float
    high: float


def t95(degrees_of_freedom: int) -> float:
    """Return half of a 95 % interval in standard errors, Student's t."""
    return float(stdtrit(degrees_of_freedom, 0.975))


def mean_interval(values: Array) -> Interval:
    """Return the mean over independent values and its 95 % interval from Student's t.

    Parameters
    ----------
    values : shape (n,), n ≥ 2, finite
    """
    mean = float(values.mean())
    half = float(t95(len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    return Interval(mean, mean - half, mean + half)


def mean_band(cycles: Array) -> tuple[Array, Array, Array]:
    """Return mean, low and high (95 %, pointwise) of time-normalised cycles, shape (n, points), n ≥ 2."""
    mean = cycles.mean(axis=0)
    half = t95(len(cycles) - 1) * cycles.std(axis=0, ddof=1) / np.sqrt(len(cycles))
    return mean, mean - half, mean + half


def widened(interval: Interval, relative_sd: float) -> Interval:
    """Return `interval` with an independent relative error (one SD) of its mean added in quadrature."""
    half = float(np.hypot((interval.high - interval.low) / 2, Z95 * relative_sd * abs(interval.mean)))
    return Interval(interval.mean, interval.mean - half, interval.mean + half)
