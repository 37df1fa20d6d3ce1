"""Rigid bodies of markers: where a point that was known in one trial is in another."""

from __future__ import annotations

import numpy as np

from kinechain.pose.importers.raw import Array


def carried(reference: Array, point: Array, moving: Array, largest_residual: float) -> Array:
    """Return the path of a point that moves with a cluster of markers.

    Least-squares fit of rotation and translation by singular values (Kabsch 1976, doi 10.1107/S0567739476001873). Where
    a cluster does not fit, one marker is left out: markers get lost and are mistaken for one another.

    Parameters
    ----------
    reference : shape (m, 3), the markers where the point is known
    point : shape (3,), the point there
    moving : shape (n, m, 3), the markers over time; NaN where not seen
    largest_residual : root mean square in the file's unit above which a fit is none

    Returns
    -------
    ndarray, shape (n, 3)
        NaN where fewer than three markers are seen or they do not fit.
    """
    seen = np.isfinite(moving).all(axis=2) & np.isfinite(reference).all(axis=1)
    weight: Array = np.asarray(seen, dtype=np.float64)
    reference, moving = np.nan_to_num(reference), np.nan_to_num(moving)
    path, residual = _fit(reference, point, moving, weight)
    bad = np.flatnonzero(~(residual <= largest_residual) & (weight.sum(axis=1) >= 4))
    for left_out in range(len(reference) if len(bad) else 0):
        fewer = weight[bad].copy()
        fewer[:, left_out] = 0.0
        other, smaller = _fit(reference, point, moving[bad], fewer)
        better = smaller < residual[bad]
        path[bad[better]], residual[bad[better]] = other[better], smaller[better]
    path[~(residual <= largest_residual)] = np.nan
    return path


def _fit(reference: Array, point: Array, moving: Array, weight: Array) -> tuple[Array, Array]:
    """Return the carried point, shape (n, 3), and the fit's residual, shape (n,), inf with fewer than three markers."""
    count = weight.sum(axis=1)
    enough = count >= 3
    share = weight / np.maximum(count, 1.0)[:, None]
    centre = share @ reference
    moved_centre = np.einsum("nm,nmi->ni", share, moving)
    a = reference[None] - centre[:, None]
    b = moving - moved_centre[:, None]
    u, _, vt = np.linalg.svd(np.einsum("nm,nmi,nmj->nij", weight, a, b))
    turn = np.ones((len(moving), 3))
    turn[:, 2] = np.sign(np.linalg.det(u) * np.linalg.det(vt))
    rotation = np.einsum("nij,nj,njk->nik", u, turn, vt)
    path = np.einsum("ni,nij->nj", point - centre, rotation) + moved_centre
    error = np.einsum("nmi,nij->nmj", a, rotation) - b
    residual = np.sqrt(np.einsum("nm,nmj->n", weight, error**2) / np.maximum(count, 1.0))
    path[~enough] = np.nan
    return path, np.where(enough, residual, np.inf)
