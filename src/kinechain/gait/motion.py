"""The runner's points in a body frame, on an even time grid: what every view has in common."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinechain.model.pose import track
from kinechain.model.skeleton import Side
from kinechain.signal.smoothing import SmoothTrack

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


def upright_path(pose: xr.Dataset, point: str) -> Array:
    """Return the path of a point in a fixed scene that stands upright, shape (n, 2) [px, x right, y down].

    The camera's own movement (`scene_shift`) and its roll (`upright_lean_deg`) are taken out, where they are known.
    """
    shift = pose["scene_shift"].values if "scene_shift" in pose else 0.0
    lean = np.radians(float(pose.attrs.get("upright_lean_deg", 0.0)))
    back = np.array([[np.cos(lean), -np.sin(lean)], [np.sin(lean), np.cos(lean)]])
    return np.asarray((track(pose, point) + shift) @ back)


@dataclass(frozen=True)
class Motion:
    """Smoothed paths of the body's points; the frame and its unit are those of the view.

    Parameters
    ----------
    time_s : shape (m,), even [s]
    tracks : point → SmoothTrack with d = 2
    frame_interval_s : of the clip [s]
    """

    time_s: Array
    tracks: dict[str, SmoothTrack]
    frame_interval_s: float

    @property
    def rate_hz(self) -> float:
        """Rate of the grid [Hz]."""
        return float(1.0 / (self.time_s[1] - self.time_s[0]))

    def position(self, side: Side, point: str) -> Array:
        """Return the path of a point, shape (m, 2), in the unit of the frame."""
        return self.tracks[f"{side}_{point}"].position

    def velocity(self, side: Side, point: str) -> Array:
        """Return the velocity of a point, shape (m, 2), in the unit of the frame a second."""
        return self.tracks[f"{side}_{point}"].velocity

    def observed(self, side: Side, *points: str) -> Mask:
        """Return where all of `points` were seen, shape (m,)."""
        seen: Mask = np.logical_and.reduce([self.tracks[f"{side}_{point}"].observed for point in points])
        return seen

    def middle(self, point: str) -> Array:
        """Return the mid-point of the left and right `point`, shape (m, 2), in the unit of the frame."""
        return (self.position("left", point) + self.position("right", point)) / 2

    def index(self, time_s: float) -> int:
        """Return the grid index nearest to a time."""
        return int(np.clip(round((time_s - self.time_s[0]) * self.rate_hz), 0, len(self.time_s) - 1))
