"""How far the camera is rolled, read off what stands upright in the scene: walls, posts, doors, window frames.

A phone that leans by 2° turns every segment angle by 2°. Uprights of the surroundings tell, wherever there are some:
line segments that lie within a few degrees of the picture's vertical, outside of the runner, and agree with one
another. A camera looking up or down makes uprights lean more the farther they stand to the side, so lean is taken as a
line over the picture's width, and read where the runner is.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kinechain.model.frames import Image
from kinechain.video.samples import grey_copy, spread_frames

Array = NDArray[np.float64]


@dataclass(frozen=True)
class UprightParameters:
    """What counts as an upright, and when uprights are believed.

    Parameters
    ----------
    frames : pictures that are looked at, spread over the clip
    working_side_px : the picture's longer side is scaled down to this [px]
    most_lean_deg : lines that lean more are no uprights [deg]
    least_length : shorter lines are left out [picture heights]
    agreement_deg : lines that lean alike within this agree [deg]
    most_keystone_deg : most change of lean over one picture height of width (camera pitched by about 15°) [deg]
    least_agreeing : least length of the lines that agree, a frame [picture heights]
    least_share : least share of all lines' length that agrees, 0…1
    """

    frames: int = 8
    working_side_px: int = 720
    most_lean_deg: float = 12.0
    least_length: float = 0.05
    agreement_deg: float = 1.0
    most_keystone_deg: float = 10.0
    least_agreeing: float = 0.25
    least_share: float = 0.6


class UprightsWatcher:
    """Looks at some pictures of a clip as they pass and keeps their upright lines.

    Parameters
    ----------
    n_frames : of the clip
    parameters : UprightParameters
    """

    def __init__(self, n_frames: int, parameters: UprightParameters) -> None:
        self._parameters = parameters
        self._chosen = spread_frames(n_frames, parameters.frames)
        self._lines: dict[int, Array] = {}
        self._height = 0

    def look(self, index: int, image: Image) -> None:
        """Take in an image; those that were not chosen are passed over."""
        if index in self._chosen:
            self._height = image.shape[0]
            self._lines[index] = _upright_lines(image, self._parameters)

    def lean_deg(self, boxes: Array) -> float | None:
        """Return how far true uprights lean in the picture at the runner's place; None where too few tell [deg].

        + is leaning to the right, as with a camera turned clockwise.

        Parameters
        ----------
        boxes : shape (n, 4), the runner in each frame: left, top, right, bottom [px]; NaN where absent
        """
        outside = [_outside(lines, boxes[i]) for i, lines in self._lines.items() if i < len(boxes)]
        lines = np.concatenate(outside) if outside else np.empty((0, 4))
        if len(lines) < 3 or not np.isfinite(boxes).any():
            return None
        middle = float(np.nanmedian(boxes[:, [0, 2]]))
        return _agreed_lean(lines, middle, self._height, len(self._lines), self._parameters)


def _upright_lines(image: Image, parameters: UprightParameters) -> Array:
    """Return the lines near the vertical, shape (k, 4): x, y of both ends [px]."""
    grey, scale = grey_copy(image, parameters.working_side_px)
    found = cv2.createLineSegmentDetector().detect(grey)[0]  # None where there is no line at all
    lines = np.array(() if found is None else found, dtype=np.float64).reshape(-1, 4) / scale
    length, lean = _length_and_lean(lines)
    kept = (length >= parameters.least_length * image.shape[0]) & (np.abs(lean) <= parameters.most_lean_deg)
    return np.asarray(lines[kept])


def _length_and_lean(lines: Array) -> tuple[Array, Array]:
    """Return length [px] and lean from the vertical, + top to the right [deg]."""
    d = lines[:, 2:] - lines[:, :2]
    lean = (np.degrees(np.arctan2(d[:, 0], -d[:, 1])) + 90.0) % 180.0 - 90.0
    return np.hypot(d[:, 0], d[:, 1]), lean


def _outside(lines: Array, box: Array) -> Array:
    """Return the lines that lie outside of the runner's box, widened a little; all where there is no runner."""
    if not np.isfinite(box).all():
        return lines
    margin = 0.05 * (box[3] - box[1])
    low, high = box[:2] - margin, box[2:] + margin
    ends = np.stack([lines[:, :2], lines[:, 2:], (lines[:, :2] + lines[:, 2:]) / 2])
    touches = ((ends > low) & (ends < high)).all(axis=2).any(axis=0)
    return np.asarray(lines[~touches])


def _agreed_lean(
    lines: Array, middle_px: float, height_px: int, n_frames: int, parameters: UprightParameters
) -> float | None:
    """Return the lean on which most of the lines' length agrees, at a column of the picture."""
    length, lean = _length_and_lean(lines)
    length = length / height_px
    aside = ((lines[:, 0] + lines[:, 2]) / 2 - middle_px) / height_px
    steps = np.arange(-parameters.most_keystone_deg, parameters.most_keystone_deg + 0.5, 1.0)
    levelled = lean[None, :] - steps[:, None] * aside[None, :]
    weights = _agreement(levelled[:, None, :] - levelled[:, :, None], parameters.agreement_deg)
    agreeing = weights @ length
    step, line = np.unravel_index(int(np.argmax(agreeing)), agreeing.shape)
    weight = weights[step, line] * length
    if weight.sum() < parameters.least_agreeing * n_frames or weight.sum() < parameters.least_share * length.sum():
        return None
    return float((weight * levelled[step]).sum() / weight.sum())


def _agreement(difference_deg: Array, width_deg: float) -> Array:
    return np.asarray(np.clip(1.0 - (difference_deg / width_deg) ** 2, 0.0, None))
