"""The camera's own movement, from points of the scene that lie neither on the runner nor on a drawn-in overlay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kinechain.video.scene import Steps

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class CameraParameters:
    """Parameters of `follow_background`; lengths as shares of the picture's longer side.

    Parameters
    ----------
    margin : widening of the runner's box to each side, for arms and shadow
    cells : columns and rows of the grid in which drawn-in overlays (clock, label, player) are looked for
    moving : a point that goes this far from one image to the next moves
    moving_share : in images with this share of moving points the camera moves
    overlay_share, overlay_points : a cell whose points stand still in this share of such images, with at least so many
        points seen in all, holds an overlay
    agreement, agreement_share : points agree that differ by at most this, and by this share of the way itself
    least_points, least_share : points that must agree, in number and as a share
    pace_ratio : a hand cannot change the speed of a pan by this factor from one image to the next
    pace_window, pace_edge : images to each side whose median speeds differ so much, also right beside the change
    pace_least : speed of the faster side from which this is looked at
    """

    margin: float = 0.03
    cells: tuple[int, int] = (16, 16)
    moving: float = 0.002
    moving_share: float = 0.25
    overlay_share: float = 0.8
    overlay_points: int = 5
    agreement: float = 0.004
    agreement_share: float = 0.12
    least_points: int = 5
    least_share: float = 0.35
    pace_ratio: float = 2.5
    pace_window: int = 8
    pace_edge: int = 3
    pace_least: float = 0.01


@dataclass(frozen=True)
class CameraMotion:
    """How the background moves in the picture.

    Parameters
    ----------
    way : shape (n, 2)
        From the image before to this one [px, x right, y down]; NaN where it is not known.
    uncertain : shape (n,)
        Where there are points enough, most of them move, and they do not agree on a way.
    """

    way: Floats
    uncertain: Mask

    @property
    def followed(self) -> Mask:
        """Where the way is known, shape (n,): the picture stood still, or enough points agreed."""
        return np.asarray(np.isfinite(self.way).all(axis=1))

    def shift(self, stretch: slice) -> Floats:
        """Return what to add to positions for their place in a fixed scene, shape (length of stretch, 2) [px].

        0 at the start of the stretch; ways that are not known are bridged from their neighbours.
        """
        way = self.way[stretch].copy()
        way[0] = 0.0
        known = np.flatnonzero(np.isfinite(way).all(axis=1))
        frames = np.arange(len(way))
        return -np.cumsum(np.stack([np.interp(frames, known, way[known, axis]) for axis in range(2)], axis=1), axis=0)


def follow_background(
    steps: tuple[Steps | None, ...],
    boxes: Floats,
    image_size: tuple[int, int],
    parameters: CameraParameters | None = None,
) -> CameraMotion:
    """Join the ways of single points into the movement of the background.

    Parameters
    ----------
    steps : of `Scene`, n entries
    boxes : shape (n, 4)
        Left, top, right, bottom of the runner in each image [px]; NaN where nobody is seen.
    image_size : width, height [px]
    """
    chosen = parameters or CameraParameters()
    margin = chosen.margin * max(image_size)
    outside = [None if step is None else _outside(step, box, margin) for step, box in _pairs(steps, boxes)]
    overlay = _overlay(outside, image_size, chosen)
    way = np.zeros((len(steps), 2))
    uncertain = np.zeros(len(steps), dtype=bool)
    for index, step in enumerate(outside):
        if step is None:
            continue
        columns, rows = _cell(step.start, image_size, chosen.cells)
        free = np.asarray(step.way[~overlay[rows, columns]], dtype=np.float64)
        way[index] = _agreed(free, float(max(image_size)), chosen)
        if len(free) >= chosen.least_points and not np.isfinite(way[index]).all():
            # small ways that disagree are the noise of a plain wall, not a camera that moves
            uncertain[index] = float(np.median(np.hypot(*free.T))) > chosen.moving * max(image_size)
    return CameraMotion(way, uncertain)


def pace_changes(
    motion: CameraMotion, repeated: Mask, image_size: tuple[int, int], parameters: CameraParameters | None = None
) -> tuple[int, ...]:
    """Return the images at which a panned clip begins to play at another speed, such as in slow motion.

    Parameters
    ----------
    repeated : shape (n,), images that show the same instant as the one before
    """
    chosen = parameters or CameraParameters()
    frames = np.flatnonzero(motion.followed & ~repeated)
    frames = frames[frames > 0]
    speed = np.hypot(*motion.way[frames].T)
    ratios = np.ones(len(frames))
    for place in range(chosen.pace_window, len(frames) - chosen.pace_window + 1):
        ratios[place] = min(
            _pace_ratio(speed[place - size : place], speed[place : place + size], chosen.pace_least * max(image_size))
            for size in (chosen.pace_window, chosen.pace_edge)
        )
    found: list[int] = []
    for place in np.argsort(-ratios, kind="stable"):
        if ratios[place] < chosen.pace_ratio:
            break
        if all(abs(int(place) - other) >= chosen.pace_window for other in found):
            found.append(int(place))
    return tuple(sorted(int(frames[place]) for place in found))


def _pace_ratio(before: Floats, after: Floats, least: float) -> float:
    slow, fast = sorted((float(np.median(before)), float(np.median(after))))
    return fast / max(slow, 1e-3 * fast) if fast >= least else 1.0


def _pairs(steps: tuple[Steps | None, ...], boxes: Floats) -> list[tuple[Steps | None, Floats]]:
    """Join each step with the box around the runner's place in both of its images."""
    before = np.vstack([boxes[:1], boxes[:-1]])
    both = np.concatenate([np.fmin(boxes, before)[:, :2], np.fmax(boxes, before)[:, 2:]], axis=1)
    return list(zip(steps, both, strict=True))


def _outside(step: Steps, box: Floats, margin: float) -> Steps:
    if not np.isfinite(box).all():
        return step
    inside = ((step.start > box[:2] - margin) & (step.start < box[2:] + margin)).all(axis=1)
    return Steps(step.start[~inside], step.way[~inside])


def _cell(
    points: NDArray[np.float32], image_size: tuple[int, int], cells: tuple[int, int]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    place = np.clip(points / np.asarray(image_size) * np.asarray(cells), 0, np.asarray(cells) - 1).astype(np.intp)
    return place[:, 0], place[:, 1]


def _overlay(outside: list[Steps | None], image_size: tuple[int, int], parameters: CameraParameters) -> Mask:
    """Find the cells, shape (rows, columns), whose points stand still while the others move."""
    seen = np.zeros(parameters.cells[::-1])
    still = np.zeros_like(seen)
    limit = parameters.moving * max(image_size)
    for step in outside:
        if step is None or not len(step.way):
            continue
        moves = np.hypot(step.way[:, 0], step.way[:, 1]) > limit
        if moves.mean() < parameters.moving_share:
            continue
        columns, rows = _cell(step.start, image_size, parameters.cells)
        np.add.at(seen, (rows, columns), 1)
        np.add.at(still, (rows, columns), ~moves)
    return np.asarray((seen >= parameters.overlay_points) & (still >= parameters.overlay_share * seen))


def _agreed(way: Floats, long_side: float, parameters: CameraParameters) -> Floats:
    """Return the way that most points agree on [px], NaN where there is none."""
    nowhere = np.full(2, np.nan)
    if len(way) < parameters.least_points:
        return nowhere
    middle = np.median(way, axis=0)
    agree = np.ones(len(way), dtype=bool)
    for _ in range(3):
        limit = parameters.agreement * long_side + parameters.agreement_share * float(np.abs(middle).max())
        agree = np.abs(way - middle).max(axis=1) <= limit
        if not agree.any():
            return nowhere
        middle = np.median(way[agree], axis=0)
    enough = int(agree.sum()) >= parameters.least_points and float(agree.mean()) >= parameters.least_share
    return np.asarray(middle) if enough else nowhere
