"""Stand-ins for the pose room's tests: a clip in memory, an estimator that knows the answer, a runner of formulas."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import xarray as xr

from kinechain.model.frames import ClipInfo, Image
from kinechain.model.pose import make_pose
from kinechain.model.skeleton import KEYPOINTS, LEG
from kinechain.pose.estimator import Detection, Place

SIZE = (720, 960)
LEG_INDEX = {side: [KEYPOINTS.index(f"{side}_{point}") for point in LEG] for side in ("left", "right")}
BELOW_HIP = [KEYPOINTS.index(f"{side}_{point}") for side in ("left", "right") for point in LEG[1:]]


@dataclass(frozen=True)
class ArrayFrames:
    """A clip whose images lie in memory."""

    stack: list[Image]
    fps: float = 60.0
    announced: int | None = None

    @property
    def info(self) -> ClipInfo:
        n = len(self.stack) if self.announced is None else self.announced
        height, width = self.stack[0].shape[:2]
        return ClipInfo(Path("memory"), width, height, np.arange(n) / self.fps, 0, 1.0, "raw")

    def images(self) -> Iterator[Image]:
        yield from self.stack


@dataclass
class BrightSpot:
    """An estimator that puts every point on the brightest pixel; nobody is seen in a black image."""

    name: str = "bright spot"
    model_sha256: dict[str, str] = field(default_factory=lambda: {"none": "0" * 64})
    started: int = 0

    def start(self) -> None:
        self.started += 1

    def estimate(self, image: Image, expected: Place | None = None) -> Detection | None:
        if expected is not None:
            left, top, right, bottom = (round(edge) for edge in expected.box)
            hidden = np.ones(image.shape[:2], bool)
            hidden[max(0, top) : bottom + 1, max(0, left) : right + 1] = False
            image = np.where(hidden[..., None], np.uint8(0), image)
        if image.max() == 0:
            return None
        y, x = np.unravel_index(int(image.sum(axis=2).argmax()), image.shape[:2])
        n = len(KEYPOINTS)
        return Detection(np.tile([float(x), float(y)], (n, 1)), np.full(n, 0.9), None)


def hanging(angle: np.ndarray) -> np.ndarray:
    """Return unit vectors (n, 2) that hang down, turned forwards by an angle [rad]."""
    return np.column_stack([np.sin(angle), np.cos(angle)])


def runner(fps: float, seconds: float = 3.0, *, stride_s: float = 0.7) -> tuple[np.ndarray, np.ndarray]:
    """Return times and points (n, 33, 2) of a runner from the side: thigh and shank swing, the belt carries nothing."""
    t = np.arange(round(seconds * fps)) / fps
    x = np.full((len(t), len(KEYPOINTS), 2), np.nan)
    x[:] = np.array([360.0, 250.0])
    for shift, side in enumerate(("left", "right")):
        phase = 2 * np.pi * (t / stride_s + shift / 2)
        thigh = np.deg2rad(12 + 32 * np.sin(phase))
        knee = np.deg2rad(50 + 40 * np.cos(phase) + 10 * np.cos(2 * phase))
        shank = thigh - knee
        foot = shank + np.pi / 2 - 0.2
        hip = np.column_stack([360 + 4 * shift + 0 * t, 450 + 15 * np.cos(4 * np.pi * t / stride_s)])
        joint_knee = hip + 200 * hanging(thigh)
        ankle = joint_knee + 200 * hanging(shank)
        heel = ankle + 30 * hanging(shank - 0.6)
        points = [hip, joint_knee, ankle, heel, heel + 90 * hanging(foot)]
        x[:, LEG_INDEX[side]] = np.stack(points, axis=1)
    return t, x


def as_pose(
    t: np.ndarray, x: np.ndarray, confidence: np.ndarray | None = None, size: tuple[int, int] = SIZE
) -> xr.Dataset:
    """Return points as a pose, all seen clearly unless said otherwise."""
    return make_pose(
        t, KEYPOINTS, x, np.full(x.shape[:2], 0.9) if confidence is None else confidence, image_size=size, source="test"
    )


def with_legs_exchanged(x: np.ndarray, frames: np.ndarray, first: int = 0) -> np.ndarray:
    """Exchange left and right in some frames, from a point of `LEG` down."""
    result = x.copy()
    for left, right in zip(LEG_INDEX["left"][first:], LEG_INDEX["right"][first:], strict=True):
        result[frames, left], result[frames, right] = x[frames, right], x[frames, left]
    return result


def knee_crossings(x: np.ndarray) -> np.ndarray:
    """Return the frames before which the knees pass one another, clear of the clip's ends."""
    apart = x[:, LEG_INDEX["left"][1], 0] - x[:, LEG_INDEX["right"][1], 0]
    frames = np.flatnonzero(np.diff(np.sign(apart)) != 0)
    return frames[(frames > 5) & (frames < len(x) - 8)]
