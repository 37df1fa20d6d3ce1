"""Files of points as other programs write them, made from the analytic runner."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import ezc3d
import numpy as np
import xarray as xr

from analytic_camera import Camera, film, frame_times
from analytic_runner import running
from kinechain.model.skeleton import KEYPOINTS, SIDES
from kinechain.pose.importers.names import BODY_25, HALPE_26

FPS = 120.0
HALPE_NAMES = {"left": "L", "right": "R"}


def filmed(seconds: float = 5.0, *, fps: float = FPS, px_per_m: float = 350.0, facing: int = 1) -> xr.Dataset:
    """Film the analytic runner from the side."""
    return film(running(3.5), frame_times(fps, seconds), Camera(px_per_m=px_per_m, facing=facing))


def with_toes(pose: xr.Dataset) -> dict[str, np.ndarray]:
    """Return the points of a pose by name, each (n, 2), with big and small toes and the points between others."""
    points = {str(name): pose["position"].sel(keypoint=name).values for name in pose["keypoint"].values}
    for side in SIDES:
        points[f"{side}_big_toe"] = points[f"{side}_toe"]
        points[f"{side}_small_toe"] = 0.8 * points[f"{side}_toe"] + 0.2 * points[f"{side}_heel"]
    points["hip"] = points["mid_hip"] = (points["left_hip"] + points["right_hip"]) / 2
    points["neck"] = (points["left_shoulder"] + points["right_shoulder"]) / 2
    points["head"] = points["nose"]
    return points


def pose2sim_name(name: str) -> str:
    """Return a point's name as Sports2D and Pose2Sim write it: LBigToe, RHip, Nose."""
    side, _, part = name.partition("_")
    if side in HALPE_NAMES and part:
        return HALPE_NAMES[side] + "".join(word.capitalize() for word in part.split("_"))
    return name.capitalize()


def trc_text(
    points: dict[str, np.ndarray],
    time_s: np.ndarray,
    *,
    unit: str = "m",
    rate: float = FPS,
    z: float | np.ndarray = 0.0,
    names: Sequence[str] = HALPE_26,
) -> str:
    """Return a .trc as Sports2D writes it: `m` in the header over pixels, y down as in the picture."""
    labels = [pose2sim_name(name) for name in names]
    head = [
        "PathFileType\t4\t(X/Y/Z)\tclip_Sports2D_px_person00.trc",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"{rate}\t{rate}\t{len(time_s)}\t{len(names)}\t{unit}\t{rate}\t0\t{len(time_s)}",
        "Frame#\tTime\t" + "\t\t\t".join(labels) + "\t\t\t",
        "\t\t" + "\t".join(f"X{i}\tY{i}\tZ{i}" for i in range(1, len(names) + 1)) + "\t",
    ]
    depth = np.broadcast_to(z, len(names))
    for i, t in enumerate(time_s):
        cells = [f"{points[n][i, 0]}\t{points[n][i, 1]}\t{depth[j]}" for j, n in enumerate(names)]
        head.append(f"{i}\t{t}\t" + "\t".join(cells))
    return "\n".join(head) + "\n"


def openpose_person(points: dict[str, np.ndarray], i: int, names: Sequence[str] = BODY_25) -> dict[str, object]:
    """Return one person of one frame; a point that is not seen is 0, 0, 0."""
    rows = [[*points[n][i], 0.9] if np.isfinite(points[n][i]).all() else [0.0, 0.0, 0.0] for n in names]
    return {"person_id": [-1], "pose_keypoints_2d": [float(v) for row in rows for v in row], "face_keypoints_2d": []}


def openpose_folder(folder: Path, frames: Sequence[Sequence[dict[str, object]]], first: int = 0) -> Path:
    """Write one file a frame, named as OpenPose does."""
    folder.mkdir()
    for i, people in enumerate(frames, start=first):
        (folder / f"clip_{i:012d}_keypoints.json").write_text(json.dumps({"version": 1.3, "people": list(people)}))
    return folder


def landmarks(pose: xr.Dataset, i: int, *, share: bool) -> list[dict[str, float]]:
    """Return 33 landmarks of one frame in px or in shares of the picture."""
    size = np.array([pose.attrs["image_width_px"], pose.attrs["image_height_px"]]) if share else np.ones(2)
    xy = pose["position"].values[i, : len(KEYPOINTS)] / size
    return [{"x": float(x), "y": float(y), "z": 0.0, "visibility": 0.95} for x, y in xy]


def write_markers(path: Path, markers: dict[str, np.ndarray], rate: float = FPS, unit: str = "mm") -> Path:
    """Write markers, each (n, 3), as C3D."""
    file = ezc3d.c3d()
    file["parameters"]["POINT"]["RATE"]["value"] = [rate]
    file["parameters"]["POINT"]["UNITS"]["value"] = [unit]
    file["parameters"]["POINT"]["LABELS"]["value"] = list(markers)
    stacked = np.stack(list(markers.values()), axis=0)
    data = np.ones((4, stacked.shape[0], stacked.shape[1]))
    data[:3] = stacked.transpose(2, 0, 1)
    file["data"]["points"] = data
    file.write(str(path))
    return path
