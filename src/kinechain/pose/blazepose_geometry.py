"""The geometry around BlazePose's two networks: anchors, regions of the image, and what the outputs mean in pixels.

Facts of the networks: Bazarevsky et al. 2020, BlazePose (arXiv:2006.10204), and the graph files of MediaPipe's pose
landmarker; the arrangement here is our own. Images are RGB; pixel positions are x right, y down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from kinechain.model.frames import Image

Floats = NDArray[np.float64]
Tensor = NDArray[np.float32]
Real = TypeVar("Real", np.float32, np.float64)

DETECTOR_SIDE = 224
LANDMARK_SIDE = 256
HEAT_MAP_SIDE = 64
N_ANCHORS = 2254
N_POINTS = 39
"""33 of the body and 6 auxiliary, of which 33 (hip centre) and 34 (scale) say where to look in the next frame"""

_ANCHOR_GRIDS = ((8, 2), (16, 2), (32, 6))
"""stride [px] of each grid of the detector, and anchors in a cell (two a layer, three layers share stride 32)"""
REGION_SCALE = 2.5
"""side of the region ÷ distance from hip centre to scale point"""
_OVERLAP = 0.3
_HEAT_RADIUS = 3
_HEAT_LEAST_PEAK = 0.5


@dataclass(frozen=True)
class Region:
    """A turned square of the image in which a body stands upright.

    Parameters
    ----------
    centre : (x, y) [px]
    side : float [px]
    angle : float
        Turn of the square [rad], 0 where the body is upright in the image, + clockwise as seen.
    """

    centre: tuple[float, float]
    side: float
    angle: float

    @classmethod
    def around(cls, hip_centre: Floats, scale_point: Floats) -> Region:
        """Return the region that BlazePose expects for a hip centre and a scale point [px], each of shape (2,)."""
        dx, dy = scale_point - hip_centre
        angle = np.pi / 2 - np.arctan2(-dy, dx)
        return cls(
            centre=(float(hip_centre[0]), float(hip_centre[1])),
            side=float(REGION_SCALE * np.hypot(dx, dy)),
            angle=float((angle + np.pi) % (2 * np.pi) - np.pi),
        )

    @property
    def usable(self) -> bool:
        """Whether an image can be cut out of it."""
        return bool(np.isfinite([*self.centre, self.side, self.angle]).all()) and self.side >= 2.0

    @property
    def rotation(self) -> Floats:
        """Matrix, shape (2, 2), that turns a vector of the region into one of the image."""
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        return np.array([[cos, -sin], [sin, cos]])

    def to_image(self) -> Floats:
        """Affine matrix, shape (2, 3), from pixels of the landmark network's input to pixels of the image.

        Rounded to single precision, as the reference figures were made: the region of each frame follows from the
        points of the last, and that loop magnifies a difference of 0.01 px to several px within ten frames.
        """
        scale, half = self.side / LANDMARK_SIDE, LANDMARK_SIDE / 2
        cos, sin = np.cos(self.angle) * scale, np.sin(self.angle) * scale
        x = self.centre[0] - half * cos + half * sin
        y = self.centre[1] - half * sin - half * cos
        return np.array([[cos, -sin, x], [sin, cos, y]], dtype=np.float32).astype(np.float64)


@dataclass(frozen=True)
class PersonBox:
    """A person as the detector sees one.

    Parameters
    ----------
    score : float, 0…1
    box : ndarray, shape (4,)
        Left, top, right, bottom of the face [px].
    keypoints : ndarray, shape (4, 2)
        Hip centre, scale point of the whole body, shoulder centre, scale point of the upper body [px].
    """

    score: float
    box: Floats
    keypoints: Floats

    @property
    def region(self) -> Region:
        """Where the landmark network must look."""
        return Region.around(self.keypoints[0], self.keypoints[1])


def anchors() -> Tensor:
    """Return the centres of the detector's anchors, shape (2254, 2), in shares of its input image."""
    grids = []
    for stride, in_a_cell in _ANCHOR_GRIDS:
        n = -(-DETECTOR_SIDE // stride)
        centre = (np.arange(n) + 0.5) / n
        y, x = np.meshgrid(centre, centre, indexing="ij")
        grids.append(np.repeat(np.column_stack([x.ravel(), y.ravel()]), in_a_cell, axis=0))
    return np.concatenate(grids).astype(np.float32)


def sigmoid(logit: NDArray[Real]) -> NDArray[Real]:
    """Return the probability of a logit, same shape and precision."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logit, -50, 50))), dtype=logit.dtype)


def windows(width: int, height: int, share: float) -> list[tuple[int, int, int]]:
    """Cover an image with overlapping squares, so that a person half as tall as a square is whole in one of them.

    Parameters
    ----------
    width, height : of the image [px]
    share : side of a square ÷ short side of the image, at most 1

    Returns
    -------
    list of (left, top, side) [px]
    """
    side = round(min(width, height) * share)
    lefts, tops = (_starts(length, side) for length in (width, height))
    return [(left, top, side) for top in tops for left in lefts]


def _starts(length: int, side: int) -> list[int]:
    n = int(np.ceil((length - side) / (side / 2))) + 1
    return [round(x) for x in np.linspace(0, length - side, n)]


def letterbox(image: Image) -> tuple[Tensor, float, Floats]:
    """Fit an image into the detector's square input.

    Returns
    -------
    tensor : shape (1, 224, 224, 3), −1…1
    side : float
        Side of the square that surrounds the image [px].
    offset : ndarray, shape (2,)
        Grey margin left and above the image [px].
    """
    height, width = image.shape[:2]
    side = float(max(height, width))
    offset = np.array([side - width, side - height]) / 2
    scale = DETECTOR_SIDE / side
    matrix = np.array([[scale, 0, offset[0] * scale], [0, scale, offset[1] * scale]], dtype=np.float32)
    square = cv2.warpAffine(image, matrix, (DETECTOR_SIDE, DETECTOR_SIDE), flags=cv2.INTER_LINEAR)
    return np.asarray(square, dtype=np.float32)[None] / np.float32(127.5) - np.float32(1.0), side, offset


def people(
    numbers: Tensor, logits: Tensor, centres: Tensor, side: float, offset: Floats, least: float
) -> list[PersonBox]:
    """Turn the detector's output into people, best first.

    Boxes that overlap are one person: their weighted mean (weight = score), as MediaPipe's blending suppression does.

    Parameters
    ----------
    numbers : shape (2254, 12)
        Box (centre, size) and four keypoints of each anchor, relative to it [px of the input].
    logits : shape (2254,)
    centres : shape (2254, 2), of `anchors`
    side, offset
        Of `letterbox`.
    least : float
        Smallest score that counts.
    """
    score = sigmoid(logits)
    keep = np.flatnonzero(score > least)
    keep = keep[np.argsort(-score[keep], kind="stable")]
    score = score[keep]
    own = numbers[keep].reshape(-1, 6, 2) / DETECTOR_SIDE
    points = own[:, 2:] + centres[keep, None]
    middle, half = own[:, 0] + centres[keep], own[:, 1] / 2
    boxes = np.concatenate([middle - half, middle + half], axis=1)
    found = []
    left = np.arange(len(keep))
    while len(left):
        same = _overlap(boxes[left[0]], boxes[left]) > _OVERLAP
        same[0] = True
        group = left[same]
        weight, total = score[group], score[group].sum()
        box = (boxes[group] * weight[:, None]).sum(axis=0) / total
        keypoints = (points[group] * weight[:, None, None]).sum(axis=0) / total
        found.append(PersonBox(float(weight[0]), box * side - np.tile(offset, 2), keypoints * side - offset))
        left = left[~same]
    return found


def _overlap(box: Tensor, others: Tensor) -> Floats:
    """Return intersection ÷ union of one box, shape (4,), with each of `others`, shape (n, 4)."""
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    common = np.prod(np.clip(high - low, 0.0, None), axis=1)
    union = np.prod(box[2:] - box[:2]) + np.prod(others[:, 2:] - others[:, :2], axis=1) - common
    return np.asarray(common / np.maximum(union, 1e-9), dtype=np.float64)


def cut_out(image: Image, region: Region) -> Tensor:
    """Return the region of an image as the landmark network's input, shape (1, 256, 256, 3), 0…1."""
    patch = cv2.warpAffine(
        image, region.to_image(), (LANDMARK_SIDE, LANDMARK_SIDE), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    )
    return np.asarray(patch, dtype=np.float32)[None] / np.float32(255.0)


def refined(points: Floats, heat: Tensor) -> Floats:
    """Move points to the centre of mass of their heat maps, where these have a peak.

    Parameters
    ----------
    points : shape (39, 2) [px of the landmark network's input]
    heat : shape (64, 64, 39), logits

    Returns
    -------
    ndarray, shape (39, 2)
    """
    result = points.copy()
    to_map = HEAT_MAP_SIDE / LANDMARK_SIDE
    cells = np.trunc(points * to_map).astype(int)
    for i, (column, row) in enumerate(cells):
        if not (0 <= column < HEAT_MAP_SIDE and 0 <= row < HEAT_MAP_SIDE):
            continue
        top, left = max(0, row - _HEAT_RADIUS), max(0, column - _HEAT_RADIUS)
        window = sigmoid(heat[top : row + _HEAT_RADIUS + 1, left : column + _HEAT_RADIUS + 1, i])
        if window.max() < _HEAT_LEAST_PEAK:
            continue
        total = window.sum()
        rows, columns = np.mgrid[top : top + window.shape[0], left : left + window.shape[1]]
        x, y = (window * columns).sum() / total, (window * rows).sum() / total
        result[i] = x / to_map, y / to_map
    return result
