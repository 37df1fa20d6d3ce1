"""A pose as OpenSim's .trc (marker trajectories, text)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray


def upright_points(pose: xr.Dataset, metres_per_px: float | None) -> tuple[NDArray[np.float64], str]:
    """Return the points with y up, shape (n, k, 3), and their unit.

    The origin is the lower left corner of the picture, x to the right, y up, z (towards the camera) 0: a single camera
    does not see it. In millimetres where the scale is known, in pixels otherwise.

    Parameters
    ----------
    pose : Dataset
    metres_per_px : float, optional
        Scale of the picture in the runner's plane [m/px].

    Raises
    ------
    ValueError
        Where the scale is not a positive number.
    """
    if metres_per_px is not None and not (np.isfinite(metres_per_px) and metres_per_px > 0):
        raise ValueError(f"metres_per_px must be a positive number, not {metres_per_px}")
    position = np.asarray(pose["position"].values, dtype=np.float64)
    factor, unit = (1.0, "px") if metres_per_px is None else (1000.0 * metres_per_px, "mm")
    points = np.zeros((*position.shape[:2], 3))
    points[..., 0] = position[..., 0] * factor
    points[..., 1] = (pose.attrs["image_height_px"] - position[..., 1]) * factor
    points[~np.isfinite(position).all(axis=2)] = np.nan
    return points, unit


def write_trc(pose: xr.Dataset, path: Path, *, metres_per_px: float | None = None) -> None:
    """Write a pose as .trc, with the axes of `upright_points`.

    Missing points are empty fields, as OpenSim expects them. The frame rate of the header is the pose's; the time
    column holds the true times, which differ from it on a phone's variable frame rate.

    Parameters
    ----------
    pose : Dataset
    path : Path
    metres_per_px : float, optional
        Scale of the picture in the runner's plane [m/px]; without it the unit is px, which OpenSim does not know.

    Raises
    ------
    ValueError
        Where the scale is not a positive number.
    OSError
        Where the file cannot be written.
    """
    points, unit = upright_points(pose, metres_per_px)
    names = [str(name) for name in pose["keypoint"].values]
    n, k = points.shape[:2]
    rate = f"{pose.attrs['fps']:.6g}"
    heads = "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames"
    lines = [
        f"PathFileType\t4\t(X/Y/Z)\t{path.name}",
        heads,
        "\t".join([rate, rate, str(n), str(k), unit, rate, "1", str(n)]),
        "Frame#\tTime\t" + "\t\t\t".join(names) + "\t\t",
        "\t\t" + "\t".join(f"X{i}\tY{i}\tZ{i}" for i in range(1, k + 1)),
        "",
    ]
    for number, (time_s, frame) in enumerate(zip(pose["time"].values, points, strict=True), start=1):
        cells = [f"{value:.3f}" if np.isfinite(value) else "" for value in frame.ravel()]
        lines.append("\t".join([str(number), f"{time_s:.6f}", *cells]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
