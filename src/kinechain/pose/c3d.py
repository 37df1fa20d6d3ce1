"""A pose as .c3d (binary, the laboratory's format)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ezc3d
import numpy as np
import xarray as xr

from kinechain.pose.trc import upright_points


def write_c3d(pose: xr.Dataset, path: Path, *, metres_per_px: float) -> None:
    """Write a pose as .c3d, in millimetres with the axes of `upright_points`.

    Missing points have residual −1, as the format defines it. C3D knows one fixed rate and no times: of a variable
    frame rate the median is written.

    Parameters
    ----------
    pose : Dataset
    path : Path
    metres_per_px : float
        Scale of the picture in the runner's plane [m/px].

    Raises
    ------
    ValueError
        Where the scale is not a positive number.
    OSError
        Where the file cannot be written.
    """
    points, _ = upright_points(pose, metres_per_px)
    missing = ~np.isfinite(points).all(axis=2).T
    data = np.ones((4, points.shape[1], points.shape[0]))
    data[:3] = points.transpose(2, 1, 0)
    file: Any = ezc3d.c3d()
    file["parameters"]["POINT"]["RATE"]["value"] = [float(pose.attrs["fps"])]
    file["parameters"]["POINT"]["UNITS"]["value"] = ["mm"]
    file["parameters"]["POINT"]["LABELS"]["value"] = [str(name) for name in pose["keypoint"].values]
    file["data"]["points"] = data
    file["data"]["meta_points"]["residuals"] = np.where(missing, -1.0, 0.0)[None]
    with path.open("wb"):  # ezc3d itself says nothing where it cannot write
        pass
    file.write(str(path))
