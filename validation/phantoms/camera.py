"""From the laboratory to the picture: pinhole with radial distortion; x to the right, y down [px]."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phantoms.spec import Camera, Picture

Array = NDArray[np.float64]

#: Azimuth of the camera as seen from the runner, from straight ahead towards the runner's right [deg].
AZIMUTH_DEG = {"front": 0.0, "side_right": 90.0, "rear": 180.0, "side_left": -90.0}
UP = np.array([0.0, 1.0, 0.0])


@dataclass(frozen=True)
class View:
    """A camera at its place.

    Parameters
    ----------
    position : in the laboratory [m]
    axes : rows are the picture's right, down and depth in the laboratory
    focal_px : focal length [px]
    size : width and height [px]
    k1 : radial distortion
    """

    position: Array
    axes: Array
    focal_px: float
    size: tuple[int, int]
    k1: float

    def project(self, points: Array) -> Array:
        """Return where points of the laboratory [m] lie in the picture, shape (…, 2) [px]."""
        seen = (points - self.position) @ self.axes.T
        plane = seen[..., :2] / seen[..., 2:]
        plane = plane * (1 + self.k1 * np.sum(plane**2, axis=-1, keepdims=True))
        return np.asarray(self.focal_px * plane + np.array(self.size) / 2)

    def undistorted(self, pixels: Array) -> Array:
        """Return the position in a picture without distortion, shape (…, 2) [px]; the inverse by iteration."""
        plane = (pixels - np.array(self.size) / 2) / self.focal_px
        ideal = plane
        for _ in range(12):
            ideal = plane / (1 + self.k1 * np.sum(ideal**2, axis=-1, keepdims=True))
        return np.asarray(self.focal_px * ideal + np.array(self.size) / 2)


def make_view(camera: Camera, picture: Picture, target: Array) -> View:
    """Return the camera's place; `target` is the runner's middle on the ground [m]."""
    azimuth = np.radians(AZIMUTH_DEG[camera.view] - camera.yaw_deg)
    away = np.array([np.cos(azimuth), 0.0, np.sin(azimuth)])
    position = target + camera.distance_m * away + camera.height_m * UP
    level = np.arctan2(camera.aim_height_m - camera.height_m, camera.distance_m) + np.radians(camera.pitch_deg)
    depth = -np.cos(level) * away + np.sin(level) * UP
    right = np.cross(depth, UP)
    right /= np.linalg.norm(right)
    down = np.cross(depth, right)
    roll = np.radians(camera.roll_deg)
    right, down = np.cos(roll) * right - np.sin(roll) * down, np.sin(roll) * right + np.cos(roll) * down
    focal = picture.height / 2 / np.tan(np.radians(camera.fov_deg) / 2)
    return View(position, np.stack([right, down, depth]), focal, (picture.width, picture.height), camera.k1)
