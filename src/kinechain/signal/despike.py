"""Jumps in a track: find the samples that do not lie where their neighbours in time put them, and replace them.

A low-pass filter spreads a jump over its neighbours instead of removing it, so this comes first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import maximum_filter1d

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class DespikeParameters:
    """Parameters of `despike`.

    Parameters
    ----------
    threshold : float
        Distance from the neighbours' prediction that makes a sample a jump at 120 Hz and above [unit of the track].
    gross_threshold : float
        The same at low rates, where neighbours predict badly [unit of the track].
    reach_s : float
        How far to look for neighbours on each side [s].
    low_rate_hz : float
        Up to this rate only gross jumps are looked for, worst first.
    rate_exponent : float
        Below 120 Hz the threshold grows as (120 / rate) to this power: neighbours are farther and predict worse.
    longest_gap_s : float
        Samples farther apart than this are not neighbours [s].
    largest_share : float
        At most this share of a stretch is taken for jumps, 0…1.
    """

    threshold: float
    gross_threshold: float
    reach_s: float = 0.034
    low_rate_hz: float = 45.0
    rate_exponent: float = 1.3
    longest_gap_s: float = 0.07
    largest_share: float = 0.2


def despike(time_s: Floats, track: Floats, parameters: DespikeParameters) -> tuple[Floats, Mask]:
    """Find the jumps of a track and put interpolated samples in their place.

    From `low_rate_hz` a sample is a jump where it lies farther than the threshold from the median of the linear
    interpolations through its neighbour pairs (one before, one after, each up to `reach_s` away): the median holds
    while fewer than half of the pairs hold a jump themselves. Where jumps crowd, the farthest of a neighbourhood goes
    first and the rest is looked at again with it replaced. Below that rate a pair of neighbours is all there is: the
    sample of the whole stretch that is farthest from the cubic through its four neighbours goes first.

    Parameters
    ----------
    time_s : shape (n,), strictly rising [s]
    track : shape (n, d); rows with NaN are missing and stay so
    parameters : DespikeParameters

    Returns
    -------
    clean : shape (n, d)
        The track with its jumps interpolated (PCHIP through the samples kept).
    jumps : shape (n,), bool
    """
    clean, jumps = track.copy(), np.zeros(len(track), dtype=bool)
    for stretch in stretches(time_s, np.isfinite(track.sum(axis=1)), parameters.longest_gap_s):
        if len(stretch) < 5:
            continue
        clean[stretch], jumps[stretch] = _despike_stretch(time_s[stretch], track[stretch], parameters)
    return clean, jumps


def stretches(time_s: Floats, present: Mask, longest_gap_s: float) -> list[NDArray[np.intp]]:
    """Return the indices of the samples present, cut wherever two of them are farther apart than `longest_gap_s`.

    A gap of up to two sample intervals never cuts, whatever the rate.
    """
    index = np.flatnonzero(present)
    if len(index) == 0:
        return []
    widest = max(longest_gap_s, 2.5 * float(np.median(np.diff(time_s)))) if len(time_s) > 1 else longest_gap_s
    return np.split(index, np.flatnonzero(np.diff(time_s[index]) > widest) + 1)


def fill(time_s: Floats, track: Floats, wrong: Mask) -> Floats:
    """Return `track` with the samples `wrong` interpolated (PCHIP) from the others.

    Samples that cannot be interpolated, for want of two good ones, or before the first and after the last good one,
    become NaN.
    """
    filled = track.copy()
    good = np.isfinite(track).all(axis=1) & ~wrong
    if not wrong.any():
        return filled
    if np.count_nonzero(good) < 2:
        filled[wrong] = np.nan
        return filled
    filled[wrong] = PchipInterpolator(time_s[good], track[good], axis=0, extrapolate=False)(time_s[wrong])
    return filled


def neighbour_prediction(time_s: Floats, track: Floats, reach: int) -> Floats:
    """Return the median of the linear interpolations through neighbour pairs, shape (n, d).

    The track is continued at its ends by odd reflection.

    Parameters
    ----------
    time_s : shape (n,) [s]
    track : shape (n, d), no NaN
    reach : int
        Neighbours on each side.
    """
    n = len(track)
    reach = min(reach, n - 1)
    longer = np.pad(track, ((reach, reach), (0, 0)), mode="reflect", reflect_type="odd")
    clock = np.pad(time_s, reach, mode="reflect", reflect_type="odd")
    now = clock[reach : reach + n]
    predictions = []
    for before in range(1, reach + 1):
        early, t0 = longer[reach - before : reach - before + n], clock[reach - before : reach - before + n]
        for after in range(1, reach + 1):
            late, t1 = longer[reach + after : reach + after + n], clock[reach + after : reach + after + n]
            share = ((now - t0) / (t1 - t0))[:, None]
            predictions.append(early + share * (late - early))
    return np.asarray(np.median(predictions, axis=0))


def _despike_stretch(time_s: Floats, track: Floats, parameters: DespikeParameters) -> tuple[Floats, Mask]:
    rate = 1.0 / float(np.median(np.diff(time_s)))
    if rate <= parameters.low_rate_hz:
        jumps = _gross_jumps(time_s, track, parameters)
        return fill(time_s, track, jumps), jumps
    reach = max(2, round(parameters.reach_s * rate))
    threshold = parameters.threshold * max(1.0, 120.0 / rate) ** parameters.rate_exponent
    clean, jumps = track, np.zeros(len(track), dtype=bool)
    for _ in range(4 * reach):
        distance = np.linalg.norm(track - neighbour_prediction(time_s, clean, reach), axis=1)
        distance[jumps] = 0.0
        distance[[0, -1]] = 0.0
        new = (distance > threshold) & (distance >= maximum_filter1d(distance, 2 * reach + 1))
        if not new.any() or np.mean(jumps | new) > parameters.largest_share:
            break
        jumps |= new
        clean = fill(time_s, track, jumps)
    return clean, jumps


def _gross_jumps(time_s: Floats, track: Floats, parameters: DespikeParameters) -> Mask:
    """Take out the sample farthest from the cubic through its neighbours, as long as it is too far."""
    jumps = np.zeros(len(track), dtype=bool)
    for _ in range(int(len(track) * parameters.largest_share)):
        kept = np.flatnonzero(~jumps)
        if len(kept) < 5:
            break
        distance = np.linalg.norm(track[kept] - _cubic_prediction(time_s[kept], track[kept]), axis=1)
        worst = int(np.argmax(distance))
        if distance[worst] <= parameters.gross_threshold:
            break
        jumps[kept[worst]] = True
    return jumps


def _cubic_prediction(time_s: Floats, track: Floats) -> Floats:
    """Return the Lagrange cubic through two neighbours on each side; at the two ends the sample itself."""
    prediction = track.copy()
    middle = slice(2, -2)
    n = len(track)
    offsets = [time_s[2 + k : n - 2 + k] for k in (-2, -1, 1, 2)]
    values = [track[2 + k : n - 2 + k] for k in (-2, -1, 1, 2)]
    total = np.zeros_like(track[middle])
    for i, value in enumerate(values):
        weight = np.ones(n - 4)
        for j, other in enumerate(offsets):
            if j != i:
                weight *= (time_s[middle] - other) / (offsets[i] - other)
        total += weight[:, None] * value
    prediction[middle] = total
    if n >= 3:
        for k in (1, n - 2):
            share = (time_s[k] - time_s[k - 1]) / (time_s[k + 1] - time_s[k - 1])
            prediction[k] = track[k - 1] + share * (track[k + 1] - track[k - 1])
    return prediction
