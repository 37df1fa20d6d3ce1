"""Periods, instants and cycles of one-dimensional signals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

Array = NDArray[np.float64]


def period_s(signal: Array, rate_hz: float, shortest_s: float, longest_s: float) -> tuple[float, float]:
    """Find the period of a signal from its autocorrelation.

    The first peak that reaches 85 % of the highest one wins, so that a multiple of the period is not taken for it.

    Returns
    -------
    period [s] and strength (autocorrelation at the period, 1 = perfectly periodic); (nan, 0.0) where there is none.
    """
    centred = signal - signal.mean()
    energy = float(centred @ centred)
    n = len(centred)
    last = min(int(longest_s * rate_hz), n - n // 4)
    first = int(shortest_s * rate_hz)
    if energy <= 0 or last <= first + 2:
        return float("nan"), 0.0
    spectrum = np.abs(np.fft.rfft(centred, 2 * n)) ** 2
    correlation = np.fft.irfft(spectrum)[: last + 2] / energy * n / np.arange(n, n - last - 2, -1)
    peaks, _ = find_peaks(correlation[first : last + 1])
    if len(peaks) == 0:
        return float("nan"), 0.0
    heights = correlation[first + peaks]
    best = int(first + peaks[np.flatnonzero(heights >= 0.85 * heights.max())[0]])
    before, at, after = correlation[best - 1 : best + 2]
    curvature = before - 2 * at + after
    shift = 0.5 * (before - after) / curvature if curvature < 0 else 0.0
    return float((best + shift) / rate_hz), float(at)


def crossing_before(signal: Array, start: int, stop: int, level: float) -> float:
    """Walk back from `start` to `stop` and return the index (with fraction) at which the signal falls to `level`.

    NaN where it stays above.
    """
    for i in range(start, stop, -1):
        if signal[i - 1] <= level < signal[i]:
            return float(i - 1 + (level - signal[i - 1]) / (signal[i] - signal[i - 1]))
    return float("nan")


def longest_run(mask: NDArray[np.bool_], bridge: int) -> tuple[int, int] | None:
    """Return [start, stop) of the longest run of True, where gaps up to `bridge` samples are closed first."""
    padded = np.concatenate(([False], mask, [False])).astype(np.int8)
    change = np.diff(padded)
    starts, stops = np.flatnonzero(change == 1), np.flatnonzero(change == -1)
    if len(starts) == 0:
        return None
    keep = np.concatenate(([True], starts[1:] - stops[:-1] > bridge))
    starts = starts[keep]
    stops = np.concatenate((stops[:-1][keep[1:]], stops[-1:]))
    best = int(np.argmax(stops - starts))
    return int(starts[best]), int(stops[best])


def normalise_cycle(time_s: Array, values: Array, start_s: float, end_s: float, points: int = 101) -> Array:
    """Return `values` at `points` evenly spaced instants from `start_s` to `end_s`, both included."""
    return np.asarray(np.interp(np.linspace(start_s, end_s, points), time_s, values))
