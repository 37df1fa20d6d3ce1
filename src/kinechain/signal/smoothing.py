"""Gaps, resampling and zero-phase low-pass filtering of tracks sampled at uneven times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline, PchipInterpolator
from scipy.signal import butter, sosfiltfilt

Array = NDArray[np.float64]


@dataclass(frozen=True)
class SmoothTrack:
    """A track on an even time grid, all shapes (m, d).

    Parameters
    ----------
    position, velocity
        Filtered values and their derivative [unit, unit/s]; finite everywhere.
    observed : shape (m,)
        False where the value only bridges a gap of the samples, or lies outside of them.
    """

    position: Array
    velocity: Array
    observed: NDArray[np.bool_]


def even_grid(time_s: Array, rate_hz: float) -> Array:
    """Return evenly spaced times [s] from the first to the last sample."""
    n = int(np.floor((time_s[-1] - time_s[0]) * rate_hz + 1e-9)) + 1
    return np.asarray(time_s[0] + np.arange(n) / rate_hz)


def smooth_track(
    time_s: Array, values: Array, grid_s: Array, cutoff_hz: float, *, longest_gap_s: float = 0.06
) -> SmoothTrack | None:
    """Bridge gaps, resample on an even grid and low-pass without phase shift.

    A second-order Butterworth filter runs forwards and backwards (`cutoff_hz` is that of one pass); it is lowered to
    45 % of the sampling rate where the samples cannot carry more. Samples may be uneven in time.

    Parameters
    ----------
    time_s : shape (n,), strictly rising [s]
    values : shape (n, d); a row with NaN is missing
    grid_s : shape (m,), even [s]
    cutoff_hz : one-pass cut-off [Hz]
    longest_gap_s : a grid time is observed when a sample lies within half of this, or its gap is at most this long [s]

    Returns
    -------
    SmoothTrack, or None where fewer than eight samples are there.
    """
    present = np.isfinite(values).all(axis=1)
    if int(present.sum()) < 8:
        return None
    known_s, known = time_s[present], values[present]
    bridged = PchipInterpolator(known_s, known, axis=0)(np.clip(time_s, known_s[0], known_s[-1]))
    dense = CubicSpline(time_s, bridged, axis=0)(grid_s)
    sampling_hz = 1.0 / float(np.median(np.diff(time_s)))
    grid_hz = 1.0 / float(grid_s[1] - grid_s[0])
    sos = butter(2, min(cutoff_hz, 0.45 * sampling_hz), fs=grid_hz, output="sos")
    padding = min(len(grid_s) - 1, int(2.0 * grid_hz / cutoff_hz))
    position = np.asarray(sosfiltfilt(sos, dense, axis=0, padlen=padding), dtype=np.float64)
    velocity = np.gradient(position, 1.0 / grid_hz, axis=0)
    return SmoothTrack(position, velocity, _observed(known_s, grid_s, longest_gap_s))


def _observed(known_s: Array, grid_s: Array, longest_gap_s: float) -> NDArray[np.bool_]:
    after = np.clip(np.searchsorted(known_s, grid_s), 1, len(known_s) - 1)
    gap = known_s[after] - known_s[after - 1]
    inside = (grid_s >= known_s[0]) & (grid_s <= known_s[-1])
    near = np.minimum(np.abs(grid_s - known_s[after - 1]), np.abs(known_s[after] - grid_s)) <= longest_gap_s / 8
    observed: NDArray[np.bool_] = inside & ((gap <= longest_gap_s) | near)
    return observed
