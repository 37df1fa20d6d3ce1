"""The runner in the frontal frame: x to the runner's right, y up, in leg lengths, on an even time grid.

Seen from behind or in front a runner may grow or shrink in the picture. Everything is therefore taken about the slow
path of the hips and divided by the body's size at that time; what is left is the same on a belt and on a road.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from kinechain.gait.motion import Array, Motion, upright_path
from kinechain.gait.sagittal import POINTS, SmoothingParameters
from kinechain.model.skeleton import EXTRA_POINTS, LEG, SIDES, TOES, Side
from kinechain.signal.smoothing import SmoothTrack, even_grid, smooth_track

Paths = dict[str, Array]

#: Points that turn round together when the estimator takes the back of a body for its front, or one leg for the other.
_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("shoulder", ("shoulder",)),
    ("hip", ("hip",)),
    ("knee", (*LEG[1:], *TOES)),
)


@dataclass(frozen=True)
class FrontalParameters:
    """How an image pose becomes frontal motion.

    Parameters
    ----------
    turned_round : left and right are exchanged where the pair lies in the wrong order by this share of trunk length
    collapsed : hips closer together than this share of their usual distance are not the runner's and are taken out
    path_degree, size_degree : degree in time of the hips' slow path, and of 1 ÷ body size (1 for a steady runner)
    gross : a frame whose trunk length is off the fitted one by this share does not count for it
    leg_quantile : a segment's length is this quantile over the clip: bending towards the camera only shortens it
    """

    turned_round: float = 0.05
    collapsed: float = 0.5
    path_degree: int = 3
    size_degree: int = 2
    gross: float = 0.15
    leg_quantile: float = 0.9


@dataclass(frozen=True)
class FrontalMotion(Motion):
    """Motion about the hips' slow path, in leg lengths, x to the runner's right, y up.

    Parameters
    ----------
    exchanged_frames : frames in which left and right of a group of points were put right here
    """

    exchanged_frames: int

    def height(self) -> Array:
        """Return the height of the hips' middle about its slow path, shape (m,)."""
        return self.middle("hip")[:, 1]


def to_frontal(
    pose: xr.Dataset,
    right: int,
    cutoff_hz: float,
    smoothing: SmoothingParameters,
    parameters: FrontalParameters = FrontalParameters(),
) -> FrontalMotion | None:
    """Turn an image pose seen from behind or in front into the frontal frame and smooth it.

    Parameters
    ----------
    pose : Dataset in the `image` frame (px, y down)
    right : +1 where the runner's right is on the right of the picture (rear), −1 where it is on the left (front)
    cutoff_hz : one-pass cut-off of the low-pass [Hz]

    Returns
    -------
    FrontalMotion, or None where a point of the legs or shoulders is hardly ever seen.

    Raises
    ------
    ValueError
        Where the pose is not in the image frame.
    """
    if pose.attrs["frame"] != "image":
        raise ValueError(f"to_frontal needs a pose in the image frame, not {pose.attrs['frame']!r}")
    time_s = np.asarray(pose["time"].values, dtype=np.float64)
    if len(time_s) < 8:
        return None
    turn = np.array([float(right), -1.0])
    toes = [name for name in EXTRA_POINTS if name in pose["keypoint"].values]
    paths, exchanged = sides_put_right({name: upright_path(pose, name) * turn for name in (*POINTS, *toes)}, parameters)
    placed = _about_the_hips(time_s, _without_collapsed_hips(paths, parameters), parameters)
    if placed is None:
        return None
    grid = even_grid(time_s, smoothing.grid_hz)
    tracks: dict[str, SmoothTrack] = {}
    for name, path in placed.items():
        smoothed = smooth_track(time_s, path, grid, cutoff_hz, longest_gap_s=smoothing.longest_gap_s)
        if smoothed is not None:
            tracks[name] = smoothed
        elif name in POINTS:
            return None
    return FrontalMotion(grid, tracks, float(np.median(np.diff(time_s))), exchanged)


def sides_put_right(paths: Paths, parameters: FrontalParameters) -> tuple[Paths, int]:
    """Return the paths with left and right exchanged where a pair lies in the wrong order, and the number of frames.

    From behind or in front the order of shoulders, of hips and of knees tells left from right in every single frame;
    feet may cross, so they follow their knees. Whole-body flips and long exchanges of a leg are put right alike.

    Parameters
    ----------
    paths : point → shape (n, 2), x to the runner's right
    """
    fixed = dict(paths)
    trunk = _trunk(paths)
    touched = np.zeros(len(trunk), dtype=bool)
    for lead, points in _GROUPS:
        width = paths[f"right_{lead}"][:, 0] - paths[f"left_{lead}"][:, 0]
        with np.errstate(invalid="ignore"):
            wrong = width < -parameters.turned_round * np.nanmedian(trunk)
        touched |= wrong
        for point in points:
            if f"left_{point}" not in paths or f"right_{point}" not in paths:
                continue
            left, right = paths[f"left_{point}"], paths[f"right_{point}"]
            fixed[f"left_{point}"] = np.where(wrong[:, None], right, left)
            fixed[f"right_{point}"] = np.where(wrong[:, None], left, right)
    return fixed, int(touched.sum())


def _without_collapsed_hips(paths: Paths, parameters: FrontalParameters) -> Paths:
    """Return the paths without the hips of frames in which the estimator draws both into one place."""
    width = paths["right_hip"][:, 0] - paths["left_hip"][:, 0]
    if not np.isfinite(width).any():
        return paths
    with np.errstate(invalid="ignore"):
        wrong = width < parameters.collapsed * np.nanmedian(width)
    return paths | {f"{s}_hip": np.where(wrong[:, None], np.nan, paths[f"{s}_hip"]) for s in SIDES}


def _trunk(paths: Paths) -> Array:
    middle = [paths[f"left_{p}"] + paths[f"right_{p}"] for p in ("shoulder", "hip")]
    return np.asarray(np.linalg.norm(middle[0] - middle[1], axis=1) / 2)


def _about_the_hips(time_s: Array, paths: Paths, parameters: FrontalParameters) -> Paths | None:
    """Return the paths about the hips' slow path, in leg lengths; None where hips or shoulders are hardly seen."""
    clock = (time_s - time_s.mean()) / max(float(np.ptp(time_s)), 1e-9)
    trunk = _trunk(paths)
    hips = (paths["left_hip"] + paths["right_hip"]) / 2
    if np.isfinite(trunk).sum() < 8:
        return None
    inverse = _fitted(clock, 1.0 / trunk, parameters.size_degree, parameters.gross * float(np.nanmedian(1.0 / trunk)))
    centre = np.stack([_fitted(clock, hips[:, i], parameters.path_degree, np.inf) for i in range(2)], axis=1)
    placed = {name: (path - centre) * inverse[:, None] for name, path in paths.items()}
    leg = float(np.mean([_leg_length(placed, side, parameters.leg_quantile) for side in SIDES]))
    if not leg > 0:
        return None
    return {name: path / leg for name, path in placed.items()}


def _leg_length(paths: Paths, side: Side, quantile: float) -> float:
    """Return thigh + shank of one leg, NaN where it is never seen."""
    total = 0.0
    for upper, lower in (("hip", "knee"), ("knee", "ankle")):
        length = np.linalg.norm(paths[f"{side}_{upper}"] - paths[f"{side}_{lower}"], axis=1)
        total += float(np.nanquantile(length, quantile)) if np.isfinite(length).any() else float("nan")
    return total


def _fitted(clock: Array, values: Array, degree: int, limit: float) -> Array:
    """Return a polynomial in time through the values, those farther off than `limit` left out on a second pass."""
    kept = np.isfinite(values)
    fit = np.polynomial.Polynomial.fit(clock[kept], values[kept], degree)
    if np.isfinite(limit):
        near = kept & (np.abs(np.where(kept, values, 0.0) - fit(clock)) <= limit)
        if near.sum() > degree + 4:
            fit = np.polynomial.Polynomial.fit(clock[near], values[near], degree)
    return np.asarray(fit(clock), dtype=np.float64)
