"""From the points that BlazePose sees on the skin and the clothes to the joint centres inside.

The estimator's hip, knee and foot points lie beside the joint centres by amounts that depend on the phase of the
stride, on the leg (near or far) and on the body. What is left of it is learned from rendered runners of the tuning half
(`validation/joint_centres.py`, decision record 0026), in two steps:

1. **The clip**: how long thigh and shank look at each angle tells where a hip point lies beside the joint about which
   the thigh turns. A ridge regression on such features of the whole clip gives one offset a point.
2. **The frame**: a small network gives, from the places of the legs' and shoulders' points, what remains of the offset.

Both see points about the middle of the hips, in leg lengths, x in the direction of running, the near leg first; so
neither knows size, place, direction or frame rate. An offset never exceeds
`MOST_OFFSET`. Points of another estimator are left as they are: the offsets belong to this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from kinechain.model.assessment import View
from kinechain.model.pose import JOINT_CENTRES, Flag, logged, validate_pose
from kinechain.model.skeleton import LEG, Side, other

Array = NDArray[np.float64]

#: Points that are placed, of each leg and the shoulder above it.
POINTS: tuple[str, ...] = ("shoulder", *LEG)
_SHOULDER, _HIP, _KNEE, _ANKLE, _HEEL, _TOE = range(len(POINTS))
#: No offset is larger [leg lengths]; the largest true one seen on rendered runners is half of it.
MOST_OFFSET = 0.15
#: The network sees nothing farther than this from what it was trained on [SD].
FARTHEST_SD = 4.0
#: The runner's size in the picture is a running median over this time, a whole stride at the least [s].
SIZE_WINDOW_S = 1.0


@dataclass(frozen=True)
class BodyFrame:
    """Points about the middle of the hips, in leg lengths.

    Parameters
    ----------
    points : shape (n, 2, 6, 2): leg (near, far), point (`POINTS`), x (forwards) and y (up)
    scale : shape (n,), leg length [px]
    turn : shape (2,), what turns these axes into those of the picture
    legs : the side of the near and of the far leg
    """

    points: Array
    scale: Array
    turn: Array
    legs: tuple[Side, Side]

    @property
    def names(self) -> list[str]:
        """Names of the points in the pose, leg by leg."""
        return [f"{side}_{point}" for side in self.legs for point in POINTS]


@dataclass(frozen=True)
class JointCentreModel:
    """Both steps as numbers; every layer but the last ends in tanh.

    Parameters
    ----------
    clip_mean, clip_sd, clip_weights, clip_offset : ridge regression on the features of the clip, to 24 offsets
    mean, sd : of the network's 24 inputs
    layers : weights and biases
    out_mean, out_sd : of its 24 outputs [leg lengths]
    yaw_weights, yaw_offset : linear regression from the joint centres' mean distances, near − far, to the camera's yaw
    """

    clip_mean: Array
    clip_sd: Array
    clip_weights: Array
    clip_offset: Array
    mean: Array
    sd: Array
    layers: tuple[tuple[Array, Array], ...]
    out_mean: Array
    out_sd: Array
    yaw_weights: Array
    yaw_offset: Array

    def offsets(self, points: Array) -> Array:
        """Return what takes every point to its joint centre, shape (n, 2, 6, 2) [leg lengths].

        Parameters
        ----------
        points : shape (n, 2, 6, 2), as in `BodyFrame`, finite
        """
        features = np.clip((clip_features(points) - self.clip_mean) / self.clip_sd, -FARTHEST_SD, FARTHEST_SD)
        whole = (features @ self.clip_weights + self.clip_offset).reshape(1, *points.shape[1:])
        given = ((points + whole).reshape(len(points), -1) - self.mean) / self.sd
        values = np.clip(given, -FARTHEST_SD, FARTHEST_SD)
        for weights, bias in self.layers[:-1]:
            values = np.tanh(values @ weights + bias)
        weights, bias = self.layers[-1]
        rest = ((values @ weights + bias) * self.out_sd + self.out_mean).reshape(points.shape)
        total = whole + rest
        size = np.linalg.norm(total, axis=-1, keepdims=True)
        return np.asarray(total * np.minimum(1.0, MOST_OFFSET / np.maximum(size, 1e-9)))

    def yaw_deg(self, centres: Array) -> float:
        """Return how far the camera stands off square, + ahead of the runner's side [deg].

        Parameters
        ----------
        centres : shape (n, 2, 6, 2), as in `BodyFrame`, at the joint centres, of whole strides as near as may be
        """
        return float(yaw_features(centres) @ self.yaw_weights + self.yaw_offset)


def yaw_features(centres: Array) -> Array:
    """Return by how much the near leg's centres lie ahead of and above the far leg's on average, shape (12,)."""
    return np.asarray((centres[:, 0] - centres[:, 1]).mean(axis=0).ravel())


def clip_features(points: Array) -> Array:
    """Return what a clip as a whole tells, shape (45,).

    Of each leg: thigh and shank length as mean, slope on the sine and on the cosine of the segment's angle, and foot
    length; the shoulders' and hips' mean distance apart, the mean trunk and its length, and every point's mean place.

    Parameters
    ----------
    points : shape (n, 2, 6, 2), as in `BodyFrame`, finite
    """
    found: list[float] = []
    for leg in (points[:, 0], points[:, 1]):
        for upper, lower in ((_HIP, _KNEE), (_KNEE, _ANKLE)):
            found += _length_by_angle(leg[:, upper] - leg[:, lower])
        found.append(float(np.linalg.norm(leg[:, _TOE] - leg[:, _HEEL], axis=1).mean()))
    for point in (_SHOULDER, _HIP):
        found += (points[:, 0, point] - points[:, 1, point]).mean(axis=0).tolist()
    trunk = (points[:, :, _SHOULDER] - points[:, :, _HIP]).mean(axis=1)
    found += [*trunk.mean(axis=0).tolist(), float(np.linalg.norm(trunk, axis=1).mean())]
    return np.concatenate([found, points.mean(axis=0).ravel()])


def _length_by_angle(segment: Array) -> list[float]:
    """Return a segment's length as a sum of constant, sine and cosine of its angle: three coefficients."""
    length = np.linalg.norm(segment, axis=1)
    sine, cosine = segment[:, 0] / length, segment[:, 1] / length
    terms = np.stack([np.ones_like(length), sine, cosine - cosine.mean()], axis=1)
    coefficients: list[float] = np.linalg.lstsq(terms, length, rcond=None)[0].tolist()
    return coefficients


def body_frame(pose: xr.Dataset, view: View, variable: str = "position") -> BodyFrame | None:
    """Return the pose about the middle of the hips; None where a leg is never seen.

    Parameters
    ----------
    pose : Dataset in the `image` frame, repaired
    view : a side view
    variable : the points to take; where they are missing, those that the estimator guessed stand in
    """
    legs, turn = _axes(view)
    names = [f"{side}_{point}" for side in legs for point in POINTS]
    guessed = np.asarray(pose["raw_position"].sel(keypoint=names).values, dtype=np.float64)
    points = np.asarray(pose[variable].sel(keypoint=names).values, dtype=np.float64)
    points = np.where(np.isfinite(points), points, guessed).reshape(len(points), 2, len(POINTS), 2)
    lengths = np.linalg.norm(np.diff(points[:, :, _HIP : _ANKLE + 1], axis=2), axis=3).sum(axis=2).mean(axis=1)
    seen = np.isfinite(lengths)
    if seen.sum() < 8:
        return None
    times = pose["time"].values
    window = 2 * round(SIZE_WINDOW_S / float(np.median(np.diff(times))) / 2) + 1
    scale = np.interp(times, times[seen], median_filter(lengths[seen], size=window, mode="nearest"))
    middle = points[:, :, _HIP].mean(axis=1)[:, None, None]
    return BodyFrame((points - middle) * turn / scale[:, None, None, None], scale, turn, legs)


def _axes(view: View) -> tuple[tuple[Side, Side], Array]:
    near: Side = "left" if view == "side_left" else "right"
    return (near, other(near)), np.array([1.0 if near == "right" else -1.0, -1.0])


@cache
def shipped_model() -> JointCentreModel:
    """Return the model that ships."""
    path = resources.files("kinechain.pose") / "joint_centres.npz"
    with resources.as_file(path) as file, np.load(file) as kept:
        values = {name: np.asarray(kept[name], dtype=np.float64) for name in kept.files}
    n = sum(name.startswith("weights_") for name in values)
    layers = tuple((values.pop(f"weights_{i}"), values.pop(f"bias_{i}")) for i in range(n))
    return JointCentreModel(layers=layers, **values)


def to_joint_centres(pose: xr.Dataset, view: View, model: JointCentreModel | None = None) -> xr.Dataset:
    """Return the pose with the points of legs and shoulders at the joint centres (heel and toe: ends of the shoe).

    Needs a side view, and the points of the estimator from which the offsets were learned. Points that are missing stay
    so; `raw_position` stays. A pose of another view comes back as it is.

    Parameters
    ----------
    pose : Dataset in the `image` frame, repaired
    view : as decided
    model : another one than that which ships
    """
    frame = body_frame(pose, view) if view in ("side_left", "side_right") else None
    if frame is None:
        return pose
    known = np.isfinite(frame.points).all(axis=(1, 2, 3))
    if known.sum() < 8:
        return pose
    offsets = np.full(frame.points.shape, np.nan)
    chosen = model or shipped_model()
    offsets[known] = chosen.offsets(frame.points[known])
    moved = pose["position"].sel(keypoint=frame.names).values + (
        offsets * frame.turn * frame.scale[:, None, None, None]
    ).reshape(len(offsets), -1, 2)
    result = pose.copy(deep=True)
    result["position"].loc[{"keypoint": frame.names}] = moved
    flag = result["flag"].sel(keypoint=frame.names).values
    lost = np.isnan(moved).any(axis=2) & (flag < Flag.OUT_OF_PICTURE)
    result["flag"].loc[{"keypoint": frame.names}] = np.where(lost, np.int8(Flag.GUESSED), flag)
    mean_px = float(np.nanmean(np.linalg.norm(offsets, axis=3) * frame.scale[:, None, None]))
    yaw_deg = chosen.yaw_deg(frame.points[known] + offsets[known])
    result = result.assign_attrs(points=JOINT_CENTRES, camera_yaw_deg=yaw_deg)
    return validate_pose(logged(result, f"joint centres: points moved by {mean_px:.1f} px on average"))
