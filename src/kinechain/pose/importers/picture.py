"""From a file's axes to a picture: x right, y down, px; markers in three dimensions as a side camera would see them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinechain.errors import PointsFileInvalid, PointsMissing
from kinechain.model.assessment import View
from kinechain.model.pose import logged, make_pose
from kinechain.model.skeleton import EXTRA_POINTS, KEYPOINTS, SIDES
from kinechain.pose.importers.names import NEEDED, our_name
from kinechain.pose.importers.raw import METRES, About, Array, RawPoints, frame_times

#: Scale of the picture that points in metres are drawn into [px/m]: a pixel is 2 mm.
PX_PER_M = 500.0
#: Free strip around points whose picture is not known, and least size of a picture [share of the points' height].
_MARGIN = 0.15
#: A point must be there in this many frames to count as known.
_LEAST_FRAMES = 8
#: A body is not this tall in metres: such a file says metres and means px.
_TALLEST_M = 20.0
#: The camera stands square to an axis of the laboratory where the feet point along it within this angle [deg].
_SNAP_DEG = 20.0
#: Relative error of a scale that a single camera guessed, and of a motion capture system's (ours, provisional).
_CAMERA_SCALE_SD, _LAB_SCALE_SD = 0.03, 0.002


@dataclass(frozen=True)
class _Axes:
    """Unit vectors of a runner in the file's axes, each of shape (3,): forwards, up, to the runner's right."""

    forward: Array
    up: Array
    right: Array


def to_pose(raw: RawPoints, about: About, path: Path, slow_motion: float = 1.0) -> xr.Dataset:
    """Return the points as a pose in the `image` frame.

    All points of `KEYPOINTS` are there, those that the file does not hold as absent; big and little toe are added where
    the file holds them. Attributes beside those of `model.pose`: `absent_points`, `people_in_file` and, where the file
    is in metres, `metres_per_px` and `scale_relative_sd`; `view` where the points were projected.

    Raises
    ------
    PointsMissing
        Where a point of the legs is not in the file.
    PointsRateUnknown, PointsFileInvalid, PointsFileTooLarge
    """
    named, confidence = _named(raw)
    _require(named, path)
    time_s = frame_times(raw, about, path, slow_motion)
    position, size, facts = _picture(raw, named, about, path)
    extra = [name for name in EXTRA_POINTS if name in named]
    names = (*KEYPOINTS, *extra)
    n = len(time_s)
    stacked = np.stack([position.get(name, np.full((n, 2), np.nan)) for name in names], axis=1)
    trust = np.stack([confidence.get(name, np.zeros(n)) for name in names], axis=1)
    try:
        pose = make_pose(time_s, names, stacked, trust, image_size=size, source=raw.source)
    except ValueError as error:
        raise PointsFileInvalid(path=path, format=raw.source, reason=error) from error
    absent = [name for name in KEYPOINTS if name not in named]
    pose = pose.assign_attrs(facts, absent_points=" ".join(absent), people_in_file=raw.people)
    pose = pose.assign_attrs(log=f"read from {path.name}: {raw.source}")
    for line in raw.notes:
        pose = logged(pose, line)
    return pose


def _named(raw: RawPoints) -> tuple[dict[str, Array], dict[str, Array]]:
    """Return positions and confidence by our names; the toe is the big toe where a file tells toes apart."""
    position: dict[str, Array] = {}
    confidence: dict[str, Array] = {}
    for i, name in enumerate(raw.names):
        ours = our_name(name)
        if ours is not None and np.isfinite(raw.position[:, i]).all(axis=1).sum() >= _LEAST_FRAMES:
            position[ours] = raw.position[:, i]
            confidence[ours] = np.clip(np.nan_to_num(raw.confidence[:, i]), 0.0, 1.0)
    for side in SIDES:
        if f"{side}_toe" not in position and f"{side}_big_toe" in position:
            position[f"{side}_toe"] = position[f"{side}_big_toe"]
            confidence[f"{side}_toe"] = confidence[f"{side}_big_toe"]
    return position, confidence


def _require(named: dict[str, Array], path: Path) -> None:
    missing = [name for name in NEEDED if name not in named]
    if missing:
        raise PointsMissing(path=path, points=", ".join(missing))


def _picture(
    raw: RawPoints, named: dict[str, Array], about: About, path: Path
) -> tuple[dict[str, Array], tuple[int, int], dict[str, object]]:
    """Return the points in px with y down, the size of the picture, and what is known of scale and view."""
    facts: dict[str, object] = {}
    size = about.image_size or raw.image_size
    unit = raw.unit
    if unit == "picture":
        if size is None:
            raise PointsFileInvalid(
                path=path,
                format=raw.source,
                reason="its coordinates are shares of the picture (0…1), and it does not say the size of the picture; "
                "state it with --picture-size",
            )
        return {name: xy[:, :2] * np.array(size, dtype=float) for name, xy in named.items()}, size, facts
    flat = _is_flat(named)
    if unit == "m" and _height(named) > _TALLEST_M:
        unit = "px"
    if flat:
        seen = {name: xyz[:, :2] for name, xyz in named.items()}
    else:
        view: View = about.view or "side_right"
        seen = _projected(named, view, path, raw.source)
        facts["view"] = view
    if unit in METRES:
        factor = METRES[unit] * PX_PER_M
        seen = {name: factor * xy for name, xy in seen.items()}
        facts |= {"metres_per_px": 1 / PX_PER_M, "scale_relative_sd": _CAMERA_SCALE_SD if flat else _LAB_SCALE_SD}
    if unit != "px" or not flat:
        size = None  # of another picture than the one drawn here
    if flat and not _y_is_down(seen):
        seen = _turned_over(seen, size)
    return *_in_a_picture(seen, size, shift=unit in METRES or not flat), facts


def _is_flat(named: dict[str, Array]) -> bool:
    """Return whether the points lie in a plane of constant third coordinate: seen by one camera."""
    depth = np.concatenate([xyz[:, 2:] for xyz in named.values()])
    if depth.shape[1] == 0 or not np.isfinite(depth).any():
        return True
    return bool(np.nanmax(depth) - np.nanmin(depth) <= 1e-6 * _height(named))


def _height(named: dict[str, Array]) -> float:
    """Return the extent of the hips over the feet along the axis in which it is greatest, in the file's unit."""
    return float(np.abs(_standing(named)).max())


def _standing(named: dict[str, Array]) -> Array:
    """Return the vector from feet to hips, median over the frames, shape (d,)."""
    hips = np.nanmedian(np.concatenate([named[f"{side}_hip"] for side in SIDES]), axis=0)
    feet = np.nanmedian(np.concatenate([named[f"{side}_ankle"] for side in SIDES]), axis=0)
    return np.asarray(hips - feet, dtype=np.float64)


def _y_is_down(seen: dict[str, Array]) -> bool:
    return bool(_standing(seen)[1] < 0)


def _turned_over(seen: dict[str, Array], size: tuple[int, int] | None) -> dict[str, Array]:
    """Turn y up into y down; without a size the picture begins a margin over the highest point."""
    if size is not None:
        top = float(size[1])
    else:
        highest = max(float(np.nanmax(xy[:, 1])) for xy in seen.values())
        top = highest + _MARGIN * abs(float(_standing(seen)[1]))
    return {name: np.stack([xy[:, 0], top - xy[:, 1]], axis=1) for name, xy in seen.items()}


def _in_a_picture(
    seen: dict[str, Array], size: tuple[int, int] | None, *, shift: bool
) -> tuple[dict[str, Array], tuple[int, int]]:
    """Return the points and the size of their picture; without a size, the points with a margin around them."""
    if size is not None and not shift:
        return seen, size
    together = np.concatenate(list(seen.values()))
    low, high = np.nanmin(together, axis=0), np.nanmax(together, axis=0)
    margin = _MARGIN * float(np.max(high - low))
    if shift:
        seen = {name: xy - low + margin for name, xy in seen.items()}
        high = high - low + margin
    width, height = (int(np.ceil(max(side + margin, 1.0))) for side in high)
    return seen, (width, height)


# --- markers in three dimensions --------------------------------------------------------------------------------------


def _projected(named: dict[str, Array], view: View, path: Path, source: str) -> dict[str, Array]:
    """Return the points as a camera infinitely far away sees them: no perspective."""
    if view == "foot_medial":
        raise PointsFileInvalid(path=path, format=source, reason="markers are looked at from a side, rear or front")
    axes = _axes(named, path, source)
    across = {"side_right": axes.forward, "side_left": -axes.forward, "rear": axes.right, "front": -axes.right}[view]
    return {name: np.stack([xyz @ across, -(xyz @ axes.up)], axis=1) for name, xyz in named.items()}


def _axes(named: dict[str, Array], path: Path, source: str) -> _Axes:
    """Find up from hips over feet, forwards from heel to toe, and the runner's right from the hips."""
    standing = _standing(named)
    up = np.zeros(3)
    axis = int(np.argmax(np.abs(standing)))
    up[axis] = np.sign(standing[axis])
    pointing = np.concatenate([_feet_pointing(named, side, up) for side in SIDES])
    forward = np.nanmedian(pointing, axis=0)
    forward = forward - (forward @ up) * up
    length = float(np.linalg.norm(forward))
    if not length > 0:
        raise PointsFileInvalid(path=path, format=source, reason="the feet point nowhere")
    forward = _snapped(forward / length)
    right = np.cross(forward, up)
    hips = np.nanmedian(named["right_hip"] - named["left_hip"], axis=0)
    if np.isfinite(hips).all() and hips @ right < 0:  # axes of a left-handed file
        right = -right
    return _Axes(forward, up, right)


def _feet_pointing(named: dict[str, Array], side: str, up: Array) -> Array:
    """Return heel to toe in the frames with the lower half of the toe's heights: about stance, shape (m, 3)."""
    toe, heel = named[f"{side}_toe"], named[f"{side}_heel"]
    height = toe @ up
    low: NDArray[np.bool_] = height <= np.nanmedian(height)
    return np.asarray((toe - heel)[low])


def _snapped(forward: Array) -> Array:
    """Return the axis of the laboratory that a horizontal direction follows, or the direction itself."""
    axis = int(np.argmax(np.abs(forward)))
    if np.degrees(np.arccos(min(1.0, abs(float(forward[axis]))))) > _SNAP_DEG:
        return forward
    snapped = np.zeros(3)
    snapped[axis] = np.sign(forward[axis])
    return snapped
