"""A pose with known points and a clip without a file, for the tests of drawings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr

from kinechain.model.frames import ClipInfo, Image
from kinechain.model.pose import make_pose
from kinechain.model.skeleton import KEYPOINTS

WIDTH, HEIGHT = 400, 600
GREY = 150
#: Left leg on the left half of the picture, right leg on the right half; heel left of toe.
POINTS = {
    "nose": (200, 60),
    "left_ear": (185, 60),
    "right_ear": (215, 60),
    "left_eye": (192, 55),
    "right_eye": (208, 55),
    "left_shoulder": (150, 120),
    "right_shoulder": (250, 120),
    "left_elbow": (120, 190),
    "right_elbow": (280, 190),
    "left_wrist": (110, 260),
    "right_wrist": (290, 260),
    "left_hip": (160, 280),
    "right_hip": (240, 280),
    "left_knee": (120, 400),
    "right_knee": (280, 400),
    "left_ankle": (110, 520),
    "right_ankle": (290, 520),
    "left_heel": (95, 540),
    "right_heel": (275, 540),
    "left_toe": (140, 545),
    "right_toe": (320, 545),
}


@dataclass(frozen=True)
class GreyClip:
    """Plain grey frames."""

    info: ClipInfo

    def images(self) -> Iterator[Image]:
        for _ in self.info.time_s:
            yield np.full((self.info.height, self.info.width, 3), GREY, np.uint8)


def grey_clip(n: int = 20, *, scale: int = 1, time_s: np.ndarray | None = None) -> GreyClip:
    times = np.arange(n) / 50 if time_s is None else time_s
    return GreyClip(ClipInfo(Path("clip.mp4"), WIDTH * scale, HEIGHT * scale, times, 0, 1.0, "none"))


def standing_pose(n: int = 20, *, view: str = "front", scale: float = 1.0, shift_px: float = 0.0) -> xr.Dataset:
    """Return n frames of `POINTS`, moved by `shift_px` a frame to the right; other points lie at the nose."""
    still = np.array([POINTS.get(name, POINTS["nose"]) for name in KEYPOINTS], float) * scale
    position = np.repeat(still[np.newaxis], n, axis=0)
    position[..., 0] += shift_px * np.arange(n)[:, np.newaxis]
    size = (round(WIDTH * scale), round(HEIGHT * scale))
    pose = make_pose(
        np.arange(n) / 50, KEYPOINTS, position, np.ones((n, len(KEYPOINTS))), image_size=size, source="test"
    )
    return pose.assign_attrs(view=view)


def between(a: str, b: str, share: float = 0.5) -> tuple[float, float]:
    """Return a point on the way from a to b."""
    (ax, ay), (bx, by) = POINTS[a], POINTS[b]
    return ax + share * (bx - ax), ay + share * (by - ay)


def colours_near(image: Image, place: tuple[float, float], reach: int = 4) -> np.ndarray:
    """Return the pixels of a small square, shape (m, 3)."""
    x, y = round(place[0]), round(place[1])
    return image[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1].reshape(-1, 3).astype(int)


def shows(
    image: Image, place: tuple[float, float], colour: tuple[int, int, int], reach: int = 4, off: int = 12
) -> bool:
    """Tell whether a colour is seen near a place."""
    return bool((np.abs(colours_near(image, place, reach) - colour).max(axis=1) <= off).any())
