"""Leg flashes: frames in which the estimator has exchanged left and right.

As the knees pass one another the estimator may take one leg for the other, the whole leg or only what is below the
knee, for a frame or a few. The points are right but carry the wrong side, so they are exchanged back, not replaced.

The method: the vector D from the right point to the left one turns round when the two are exchanged, and the sum of
the two does not change at all. So the question is one of signs: which sequence of signs lets D of knee and foot move
smoothly and keeps the shanks as long as they are? The cheapest sequence is found exactly (Viterbi on pairs of frames).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: What may be exchanged: nothing, all from the knee down, the foot (ankle, heel, toe). Columns: knee, foot.
STATES = np.array([[0, 0], [1, 1], [0, 1]], dtype=np.intp)
_POINTS_OF_LEVEL = ((1,), (2, 3, 4))
_KNEE, _ANKLE = 1, 2


@dataclass(frozen=True)
class ExchangeParameters:
    """Parameters of `find_exchanges`; lengths in leg lengths.

    Parameters
    ----------
    jitter : (float, float)
        How far an honest point lies beside the line through its neighbours, at any frame rate: knee, foot.
    curvature : (float, float)
        Half the greatest acceleration of one leg against the other [leg lengths / s²], which bends the path at low
        rates: knee, foot.
    shank_spread : float
        By how much the length of an honest shank varies.
    saturation : float
        Largest cost of one deviation, in squared spreads: keeps a jump of another kind from forcing an exchange.
    cost_per_s : float
        Cost of a second of exchanged legs: the estimator is right unless there is a reason.
    """

    jitter: tuple[float, float] = (0.03, 0.03)
    curvature: tuple[float, float] = (25.0, 40.0)
    shank_spread: float = 0.08
    saturation: float = 25.0
    cost_per_s: float = 200.0


def find_exchanges(time_s: Floats, legs: Floats, parameters: ExchangeParameters) -> Mask:
    """Find the frames in which left and right are exchanged, point by point.

    Parameters
    ----------
    time_s : shape (n,), strictly rising [s]
    legs : shape (n, 2, 5, 2)
        Side (left, right), point (hip, knee, ankle, heel, toe), x and y, in leg lengths; NaN where missing.
    parameters : ExchangeParameters

    Returns
    -------
    ndarray of bool, shape (n, 5)
        True where a point's left and right are to be exchanged. Never for the hips: in a flash they are neither right
        nor exchanged but shifted (seen: 20 px each way), and too close together to tell.
    """
    n = len(time_s)
    if n < 3:
        return np.zeros((n, legs.shape[2]), dtype=bool)
    path = _cheapest(_path_cost(time_s, legs[:, 0] - legs[:, 1], parameters), _state_cost(time_s, legs, parameters))
    mask = np.zeros((n, legs.shape[2]), dtype=bool)
    for level, points in enumerate(_POINTS_OF_LEVEL):
        mask[:, points] = STATES[path, level][:, None] == 1
    return mask


def exchanged(values: NDArray[np.generic], mask: Mask) -> NDArray[np.generic]:
    """Return `values`, shape (n, 2, 5, …), with left and right exchanged where `mask`, shape (n, 5), says so."""
    result = values.copy()
    frame, point = np.nonzero(mask)
    result[frame, 0, point], result[frame, 1, point] = values[frame, 1, point], values[frame, 0, point]
    return result


def _path_cost(time_s: Floats, apart: Floats, parameters: ExchangeParameters) -> Floats:
    """Return what each triple of states costs around each inner frame, shape (n − 2, states, states, states).

    The cost of a level is the squared distance of D from the line through its neighbours, in spreads, saturated.
    """
    interval = (time_s[2:] - time_s[:-2]) / 2
    share = ((time_s[1:-1] - time_s[:-2]) / (time_s[2:] - time_s[:-2]))[:, None, None]
    before, now, after = (1 - share) * apart[:-2], apart[1:-1], share * apart[2:]
    total = np.zeros((len(interval),) + (len(STATES),) * 3)
    sign = np.array([1.0, -1.0])
    for level, points in enumerate(_POINTS_OF_LEVEL):
        variance = parameters.jitter[level] ** 2 + (parameters.curvature[level] * interval**2) ** 2
        table = np.empty((len(interval), 2, 2, 2))
        for a in (0, 1):
            for b in (0, 1):
                for c in (0, 1):
                    miss = sign[b] * now - sign[a] * before - sign[c] * after
                    squared = _mean((miss[:, points] ** 2).sum(axis=2)) / variance
                    table[:, a, b, c] = np.minimum(squared, parameters.saturation)
        bit = STATES[:, level]
        total += table[:, bit[:, None, None], bit[None, :, None], bit[None, None, :]]
    return total


def _state_cost(time_s: Floats, legs: Floats, parameters: ExchangeParameters) -> Floats:
    """Return what each state costs in each frame, shape (n, states): exchanging at all, and wrong shank lengths."""
    interval = np.gradient(time_s)
    exchanges = (STATES.max(axis=1) == 1).astype(np.float64)
    cost: Floats = parameters.cost_per_s * interval[:, None] * exchanges[None, :]
    knee, ankle = legs[:, :, _KNEE], legs[:, :, _ANKLE]
    own = np.linalg.norm(knee - ankle, axis=2)
    if not np.isfinite(own).any():
        return cost
    usual = np.nanmedian(own)
    crossed = np.linalg.norm(knee - ankle[:, ::-1], axis=2)
    for state, (knee_bit, foot_bit) in enumerate(STATES):
        length = own if knee_bit == foot_bit else crossed
        squared = ((length - usual) / parameters.shank_spread) ** 2
        cost[:, state] += np.minimum(np.nan_to_num(squared), parameters.saturation).mean(axis=1)
    return cost


def _mean(squared: Floats) -> Floats:
    """Return the mean of the finite values in each row of shape (n, k), 0 where there is none."""
    known = np.isfinite(squared)
    return np.asarray(np.where(known, squared, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1))


def _cheapest(triple: Floats, single: Floats) -> NDArray[np.intp]:
    """Return the cheapest sequence of states, shape (n,): costs of triples (n − 2, s, s, s) and of states (n, s)."""
    n, states = single.shape
    best = single[0][:, None] + single[1][None, :]
    came_from = np.empty((n, states, states), dtype=np.intp)
    for t in range(2, n):
        reach = best[:, :, None] + triple[t - 2]
        came_from[t] = reach.argmin(axis=0)
        best = reach.min(axis=0) + single[t][None, :]
    path = np.empty(n, dtype=np.intp)
    path[-2], path[-1] = np.unravel_index(int(best.argmin()), best.shape)
    for t in range(n - 1, 1, -1):
        path[t - 2] = came_from[t, path[t - 1], path[t]]
    return path
