"""The pose Dataset: where each point of the body was in each frame, and how far that can be trusted.

An `xarray.Dataset` in the convention of the `movement` library (dims `time, keypoint, space`):

============== ============================ ================================================================
variable       dims                         meaning
============== ============================ ================================================================
position       time, keypoint, space        point used for measuring [px, x right, y down]; NaN if not usable
raw_position   time, keypoint, space        the point as the estimator gave it, before any repair
confidence     time, keypoint               0…1, the estimator's own
flag           time, keypoint               one of `Flag`
world_position time, keypoint, world_space  the estimator's own metric 3D guess, hip-centred [m] (optional)
scene_shift    time, space                  added to a position: its place in a fixed scene [px] (optional)
============== ============================ ================================================================

Coordinates: `time` [s], `keypoint` (names of `skeleton.KEYPOINTS`, or any subset of them, and of
`skeleton.EXTRA_POINTS` where big and little toe are told apart), `space` ("x", "y").
Attributes: `frame` ("image"), `space_unit` ("px"), `view`, `source` (estimator), `image_width_px`,
`image_height_px`, `fps`, `log` (one line for each step that made or changed the data); where the scene tells it,
`upright_lean_deg`: how far what stands upright leans to the right in the picture, as with a camera turned clockwise;
`camera_yaw_deg`: of a side view, how far the camera stands off square, + ahead of the runner's side (rendered clips:
within 4° in 95 of 100); and `points`: `JOINT_CENTRES` where the estimator's points were taken to the joint centres.
"""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinechain.errors import PoseFileInvalid

#: Attribute `points` of a pose whose points lie at the joint centres.
JOINT_CENTRES = "joint_centres"


class Flag(IntEnum):
    """What happened to a point; `position` is NaN from `OUT_OF_PICTURE` up."""

    SEEN = 0
    SWAPPED = 1
    """left and right had been exchanged here; put right"""
    SPIKE = 2
    """the estimator's point jumped; replaced from its neighbours in time"""
    OUT_OF_PICTURE = 3
    GUESSED = 4
    """the estimator itself says that it does not see the point"""
    ABSENT = 5
    """no person in this frame"""


def make_pose(
    time_s: NDArray[np.float64],
    keypoints: tuple[str, ...],
    position: NDArray[np.float64],
    confidence: NDArray[np.float64],
    *,
    image_size: tuple[int, int],
    source: str,
    world_position: NDArray[np.float64] | None = None,
) -> xr.Dataset:
    """Make a valid pose Dataset from an estimator's output.

    Parameters
    ----------
    time_s : shape (n,), strictly rising [s]
    keypoints : k names
    position : shape (n, k, 2) [px, x right, y down], NaN where no person was found
    confidence : shape (n, k), 0…1
    image_size : width, height [px]
    source : name of the estimator
    world_position : shape (n, k, 3) [m], optional

    Raises
    ------
    ValueError
        Where shapes, order of time or values do not fit.
    """
    absent = ~np.isfinite(position).all(axis=2)
    flag = np.where(absent, Flag.ABSENT, Flag.SEEN).astype(np.int8)
    variables = {
        "position": (("time", "keypoint", "space"), position.astype(np.float64)),
        "raw_position": (("time", "keypoint", "space"), position.astype(np.float64)),
        "confidence": (("time", "keypoint"), np.where(absent, 0.0, confidence).astype(np.float64)),
        "flag": (("time", "keypoint"), flag),
    }
    if world_position is not None:
        variables["world_position"] = (("time", "keypoint", "world_space"), world_position.astype(np.float64))
    intervals = np.diff(time_s)
    pose = xr.Dataset(
        variables,
        coords={"time": np.asarray(time_s, float), "keypoint": list(keypoints), "space": ["x", "y"]},
        attrs={
            "frame": "image",
            "space_unit": "px",
            "view": "unknown",
            "source": source,
            "image_width_px": int(image_size[0]),
            "image_height_px": int(image_size[1]),
            "fps": float(1.0 / np.median(intervals)) if len(intervals) else 0.0,
            "log": f"estimated with {source}",
        },
    )
    return validate_pose(pose)


def validate_pose(pose: xr.Dataset) -> xr.Dataset:
    """Return `pose` unchanged, or raise ValueError saying what is wrong with it."""
    for name, dims in (
        ("position", ("time", "keypoint", "space")),
        ("raw_position", ("time", "keypoint", "space")),
        ("confidence", ("time", "keypoint")),
        ("flag", ("time", "keypoint")),
    ):
        if name not in pose:
            raise ValueError(f"pose: variable {name} is missing")
        if pose[name].dims != dims:
            raise ValueError(f"pose: {name} has dims {pose[name].dims}, needs {dims}")
    missing = {"frame", "space_unit", "view", "source", "image_width_px", "image_height_px", "fps", "log"} - set(
        pose.attrs
    )
    if missing:
        raise ValueError(f"pose: attributes {sorted(missing)} are missing")
    if pose.sizes["time"] > 1 and not bool((np.diff(pose["time"].values) > 0).all()):
        raise ValueError("pose: time does not rise strictly")
    confidence = pose["confidence"].values
    if not bool(((confidence >= 0) & (confidence <= 1)).all()):
        raise ValueError("pose: confidence outside 0…1")
    unusable = pose["flag"].values >= Flag.OUT_OF_PICTURE
    if bool(np.isfinite(pose["position"].values[unusable]).any()):
        raise ValueError("pose: a point flagged as not usable has a position")
    if "scene_shift" in pose:
        shift = pose["scene_shift"]
        if shift.dims != ("time", "space") or not bool(np.isfinite(shift.values).all()):
            raise ValueError("pose: scene_shift needs dims time, space and a finite value for each frame")
    return pose


def with_scene_shift(pose: xr.Dataset, shift_px: NDArray[np.float64]) -> xr.Dataset:
    """Return `pose` with the camera's own movement: what to add to each position, shape (n, 2) [px]."""
    return validate_pose(pose.assign(scene_shift=(("time", "space"), np.asarray(shift_px, dtype=np.float64))))


def logged(pose: xr.Dataset, line: str) -> xr.Dataset:
    """Return `pose` with one more line in its log."""
    return pose.assign_attrs(log=f"{pose.attrs['log']}\n{line}")


def track(pose: xr.Dataset, keypoint: str, variable: str = "position") -> NDArray[np.float64]:
    """Return the path of one point, shape (n, 2) [px]."""
    return np.asarray(pose[variable].sel(keypoint=keypoint).values, dtype=np.float64)


def save_pose(pose: xr.Dataset, path: Path) -> None:
    """Write `pose` as NetCDF 4, compressed."""
    encoding = {str(name): {"zlib": True, "complevel": 4} for name in pose.data_vars}
    pose.to_netcdf(path, engine="h5netcdf", encoding=encoding)


def load_pose(path: Path) -> xr.Dataset:
    """Read a pose file that `save_pose` wrote.

    Raises
    ------
    PoseFileInvalid
        Where the file is missing, damaged or not a pose.
    """
    try:
        with xr.open_dataset(path, engine="h5netcdf") as opened:
            return validate_pose(opened.load())
    except (OSError, ValueError, KeyError) as error:
        raise PoseFileInvalid(path=path, reason=error) from error
