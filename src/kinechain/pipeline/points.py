"""The first half of the way of points that were found elsewhere: read them, put them right, say what to beware of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import xarray as xr

from kinechain.errors import ClipTooShort, PartOutsideClip
from kinechain.gait.analysis import require_frame_rate
from kinechain.gait.scale import Scale
from kinechain.knowledge.cautions import caution
from kinechain.knowledge.method_errors import MethodErrors, method_errors
from kinechain.model.assessment import Caution, View
from kinechain.model.frames import ClipInfo, FilePart
from kinechain.model.skeleton import SIDES
from kinechain.pose.importers import About, read_points
from kinechain.pose.repair import repair
from kinechain.settings import Protocol
from kinechain.video.reader import file_sha256


def points_pose(
    path: Path, about: About, slow_motion: float, protocol: Protocol, part: FilePart
) -> tuple[ClipInfo, xr.Dataset]:
    """Return the facts about a part of a file of points, and its repaired pose; its first frame has time 0.

    Raises
    ------
    InputFileError, SceneError
    """
    pose = _part_of(read_points(path, about, slow_motion), part, slow_motion, path)
    info = ClipInfo(
        path=path,
        width=int(pose.attrs["image_width_px"]),
        height=int(pose.attrs["image_height_px"]),
        time_s=np.asarray(pose["time"].values, dtype=np.float64),
        rotation_deg=0,
        time_scale=slow_motion,
        codec="points",
    )
    if info.duration_s < protocol.shortest_clip_s:
        raise ClipTooShort(path=path, frames=info.n_frames, duration_s=info.duration_s)
    require_frame_rate(info.fps, protocol.gait)
    return info, repair(pose, protocol.repair)


def _part_of(pose: xr.Dataset, part: FilePart, slow_motion: float, path: Path) -> xr.Dataset:
    shown_s = pose["time"].values * slow_motion
    within = part.frames(shown_s)
    if len(shown_s[within]) < 2:
        raise PartOutsideClip(path=path, duration_s=float(shown_s[-1]), from_s=part.from_s)
    kept = pose.isel(time=within)
    return kept.assign_coords(time=kept["time"] - kept["time"][0])


def points_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, or of a folder's JSON files in the order of their names."""
    if not path.is_dir():
        return file_sha256(path)
    whole = hashlib.sha256()
    for file in sorted(path.iterdir()):
        if file.suffix.lower() == ".json":
            whole.update(file.name.encode() + b"\0" + bytes.fromhex(file_sha256(file)))
    return whole.hexdigest()


def known_scale(pose: xr.Dataset) -> Scale | None:
    """Return the scale of points that were given in metres, or None."""
    if "metres_per_px" not in pose.attrs:
        return None
    return Scale(float(pose.attrs["metres_per_px"]), float(pose.attrs["scale_relative_sd"]), "points_file")


#: The estimator whose errors were compared with known truth (`knowledge/method_error.csv`).
COMPARED_ESTIMATOR = "BlazePose heavy"


def is_compared(pose: xr.Dataset) -> bool:
    """Return whether the known errors of the method are those of the points of a pose."""
    return str(pose.attrs["source"]).startswith(COMPARED_ESTIMATOR)


def known_errors(pose: xr.Dataset, view: View) -> MethodErrors:
    """Return the known errors of the method for the points of a pose; none for points that were never compared."""
    if not is_compared(pose):
        return {}
    return method_errors(view, uprights_seen="upright_lean_deg" in pose.attrs)


def points_cautions(pose: xr.Dataset, clip: str) -> Iterator[Caution]:
    """Yield what to beware of in points that were not found by the estimator whose errors are known."""
    if "people_in_file" not in pose.attrs:
        if not is_compared(pose):
            yield caution("estimator_not_compared", clip, estimator=pose.attrs["source"])
        return
    yield caution("points_from_file", clip, source=pose.attrs["source"])
    if int(pose.attrs["people_in_file"]) > 1:
        yield caution("points_several_people", clip, people=int(pose.attrs["people_in_file"]))
    if any(f"{side}_shoulder" in str(pose.attrs["absent_points"]).split() for side in SIDES):
        yield caution("points_without_shoulders", clip)
