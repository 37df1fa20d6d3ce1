"""Stretches of a clip that belong together: between cuts, pauses, and times in which the runner is not seen."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class StretchParameters:
    """Parameters of `find_stretches`.

    Parameters
    ----------
    longest_standstill_s : a picture that repeats itself for longer is a pause and not a duplicate [s]
    longest_absence_s : a runner who is not seen for longer has left [s]
    """

    longest_standstill_s: float = 0.2
    longest_absence_s: float = 0.3


def find_stretches(
    time_s: Floats,
    present: Mask,
    repeated: Mask,
    cuts: tuple[int, ...],
    parameters: StretchParameters,
    *,
    time_scale: float = 1.0,
) -> tuple[slice, ...]:
    """Return the stretches of frames that belong together, in order of time.

    Parameters
    ----------
    time_s : shape (n,) [s]
    present : shape (n,), where the runner is seen
    repeated : shape (n,), where a frame shows the same instant as the one before it
    cuts : frames at which another shot begins
    time_scale : slow-motion factor that was divided out of `time_s`; a pause is made by the player, in its own time
    """
    out = _long(time_s * time_scale, repeated, parameters.longest_standstill_s)
    out |= _long(time_s, ~present, parameters.longest_absence_s)
    starts = np.zeros(len(time_s), dtype=bool)
    starts[[0, *cuts]] = True
    stretches: list[slice] = []
    for run in _runs(~out):
        edges = [run.start, *(np.flatnonzero(starts[run.start + 1 : run.stop]) + run.start + 1), run.stop]
        stretches += [slice(int(a), int(b)) for a, b in pairwise(edges)]
    return tuple(stretches)


def _runs(mask: Mask) -> list[slice]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _long(time_s: Floats, mask: Mask, longest_s: float) -> Mask:
    """Keep the runs of `mask` that last longer than `longest_s`; a run lasts until the frame behind it."""
    kept = np.zeros(len(mask), dtype=bool)
    for run in _runs(mask):
        lasts = time_s[min(run.stop, len(time_s) - 1)] - time_s[run.start]
        kept[run] = lasts > longest_s
    return kept
