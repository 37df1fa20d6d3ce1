"""What a clip shows besides its runner: repeated pictures, cuts, and a camera that moves.

A `SceneWatcher` looks at each image once, in the same pass as the pose estimation, and keeps little of it: a small grey
copy until the next image, and a few dozen points of the scene with their way from one image to the next. When all
images have passed, `SceneWatcher.scene` says which are repeated and where the scene begins anew; the camera's own
movement follows from the points that do not lie on the runner (`video/camera.py`).

Lengths in this module are px of the small copy unless they say otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kinechain.model.frames import Image

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Grey = NDArray[np.uint8]


@dataclass(frozen=True)
class SceneParameters:
    """Parameters of `SceneWatcher`; levels of change are grey levels 0…255 of the small copy.

    Measured on six clips that people filmed (decision record 0014).

    Parameters
    ----------
    long_side_px : longer side of the small copy
    block_px : side of the blocks whose largest mean change is the `peak` of an image
    noise : changes up to this do not count in the mean change
    points, point_quality, point_distance_px : corners followed from image to image
    search_window_px, search_levels : of the optical flow
    edge : a brightness step across one pixel that counts as an edge
    parts : columns and rows that the picture is divided into to see whether the camera stands
    telling_edges : share of edges from which such a part tells something
    edge_change, still_edges : a part stands where fewer than this share of its edges changes by this much
    level_quantile, level_window : the usual change around an image: quantile over so many images to each side
    level_floor : and at least this share of the clip's own (its 90 % quantile), so that a pause does not become usual
    repeated_peak, repeated_mean : an image whose change is below these shares of the usual one repeats the last one
    repeated_between : between two repeated images, one with so many times that change is repeated too
    cut_window : images to each side that a cut must stand out from
    cut_ratio : by how much, in change, in structure and in the error of the optical flow
    cut_least_error : least error of the optical flow at a cut
    cut_most_agreement : where more of the points agree on one movement, it is the same scene in other light
    cuts_apart : of two cuts closer than this (images) the clearer one counts
    """

    long_side_px: int = 160
    block_px: int = 8
    noise: int = 2
    points: int = 50
    point_quality: float = 0.002
    point_distance_px: float = 7.0
    search_window_px: int = 11
    search_levels: int = 2
    edge: int = 12
    parts: tuple[int, int] = (8, 6)
    telling_edges: float = 0.02
    edge_change: int = 3
    still_edges: float = 0.15
    level_quantile: float = 0.75
    level_window: int = 30
    level_floor: float = 0.5
    repeated_peak: float = 0.25
    repeated_mean: float = 0.25
    repeated_between: float = 2.0
    cut_window: int = 12
    cut_ratio: float = 1.9
    cut_least_error: float = 5.0
    cut_most_agreement: float = 0.55
    cuts_apart: int = 4


@dataclass(frozen=True)
class Steps:
    """Points of the scene in one image and their way since the image before.

    Parameters
    ----------
    start, way : shape (k, 2) [px of the upright image, x right, y down]
    """

    start: NDArray[np.float32]
    way: NDArray[np.float32]


@dataclass(frozen=True)
class Scene:
    """What was seen of the scene, by image.

    Parameters
    ----------
    repeated : shape (n,)
        Whether an image shows the same instant as the one before it.
    cuts : tuple of int
        Images at which another shot begins.
    steps : tuple of Steps, or None where the picture stood still
        Entry `i` leads from image i − 1 to i; the first is None.
    """

    repeated: Mask
    cuts: tuple[int, ...]
    steps: tuple[Steps | None, ...]

    @property
    def repeated_ratio(self) -> float:
        """Share of the images that repeat the one before, 0…1."""
        return float(self.repeated.mean()) if len(self.repeated) else 0.0


@dataclass(frozen=True)
class _Change:
    """How far one image differs from the one before; `error` and `agreement` are NaN where nothing was followed."""

    mean: float = 0.0
    peak: float = 0.0
    structure: float = 0.0
    error: float = np.nan
    agreement: float = np.nan


class SceneWatcher:
    """Watches the images of one clip go by; give `look` to `pose.estimator.estimate_clip` as `on_image`."""

    def __init__(self, parameters: SceneParameters | None = None) -> None:
        self._parameters = parameters or SceneParameters()
        self._last: Grey | None = None
        self._changes: list[_Change] = []
        self._steps: list[Steps | None] = []
        self._recent: list[Floats] = []

    def look(self, index: int, image: Image) -> bool:
        """Take in the next image; return whether another shot seems to begin here.

        The answer comes before the following images are known and errs towards True; `scene` decides.

        Raises
        ------
        ValueError
            Where images do not come one by one, from 0 on.
        """
        if index != len(self._changes):
            raise ValueError(f"image {index} came, {len(self._changes)} was expected")
        small, scale = small_copy(image, self._parameters.long_side_px)
        last, self._last = self._last, small
        if last is None:
            self._changes.append(_Change())
            self._steps.append(None)
            return False
        change, steps = self._compare(last, small, scale)
        self._changes.append(change)
        self._steps.append(steps)
        return self._jumps(change)

    def _compare(self, last: Grey, small: Grey, scale: float) -> tuple[_Change, Steps | None]:
        chosen = self._parameters
        difference = np.asarray(cv2.absdiff(last, small), dtype=np.uint8)
        above_noise = cv2.threshold(difference, chosen.noise, 0, cv2.THRESH_TOZERO)[1]
        mean, peak = float(above_noise.mean()), _peak(difference, chosen.block_px)
        structure = _structure(last, small)
        jump = bool(self._recent) and mean > chosen.cut_ratio * float(np.median(self._recent, axis=0)[0])
        if not jump and _stands(last, difference, chosen):
            return _Change(mean, peak, structure), None
        start, way, error = _follow(last, small, chosen)
        change = _Change(mean, peak, structure, error, _agreement(way))
        return change, Steps((start * scale).astype(np.float32), (way * scale).astype(np.float32))

    def _jumps(self, change: _Change) -> bool:
        new = np.array([change.mean, change.structure])
        usual = np.median(self._recent, axis=0) if len(self._recent) >= 3 else np.full(2, np.inf)
        if change.mean < self._parameters.repeated_mean * usual[0] < np.inf:
            return False  # repeated: says nothing about the usual change
        self._recent = [*self._recent, new][-self._parameters.cut_window :]
        return bool((new > self._parameters.cut_ratio * usual).all()) and (
            change.error >= self._parameters.cut_least_error
            and not change.agreement > self._parameters.cut_most_agreement
        )

    def scene(self) -> Scene:
        """Return what was seen, once all images have passed."""
        mean = np.array([change.mean for change in self._changes])
        peak = np.array([change.peak for change in self._changes])
        repeated = _repeated(mean, peak, self._parameters)
        return Scene(repeated, _cuts(self._changes, repeated, self._parameters), tuple(self._steps))


def small_copy(image: Image, long_side_px: int) -> tuple[Grey, float]:
    """Return a small grey copy (the green channel) and how many px of the image one of its px is.

    The image is thinned out first: averaging all of its pixels takes ten times as long.
    """
    height, width = image.shape[:2]
    scale = max(height, width) / long_side_px
    step = max(1, round(scale / 2))
    thin = np.ascontiguousarray(image[::step, ::step, 1])
    size = (max(1, round(width / scale)), max(1, round(height / scale)))
    small = cv2.resize(thin, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8), scale


def _peak(difference: Grey, block_px: int) -> float:
    height, width = difference.shape
    blocks = cv2.resize(
        difference, (max(1, width // block_px), max(1, height // block_px)), interpolation=cv2.INTER_AREA
    )
    return float(blocks.max())


def _stands(last: Grey, difference: Grey, parameters: SceneParameters) -> bool:
    """Whether the edges stay where they are in most parts of the picture: cheap, and right for every fixed camera."""
    across = cv2.absdiff(last[:, 1:], last[:, :-1]) > parameters.edge
    moved = across & (difference[:, 1:] > parameters.edge_change)
    edges_in, moved_in = (
        cv2.resize(mask.astype(np.float32), parameters.parts, interpolation=cv2.INTER_AREA) for mask in (across, moved)
    )
    telling = edges_in > parameters.telling_edges
    if not telling.any():
        return True
    return float(np.median(moved_in[telling] / edges_in[telling])) <= parameters.still_edges


def _follow(last: Grey, small: Grey, parameters: SceneParameters) -> tuple[Floats, Floats, float]:
    """Follow corners from one small copy to the next: starts, ways, and the median error of the match."""
    corners = cv2.goodFeaturesToTrack(last, parameters.points, parameters.point_quality, parameters.point_distance_px)
    start = np.asarray(() if corners is None else corners, dtype=np.float32).reshape(-1, 1, 2)
    if not len(start):
        return np.empty((0, 2)), np.empty((0, 2)), np.nan
    end, found, error = cv2.calcOpticalFlowPyrLK(
        last,
        small,
        start,
        np.empty_like(start),
        winSize=(parameters.search_window_px, parameters.search_window_px),
        maxLevel=parameters.search_levels,
    )
    good = found.ravel() == 1
    if not good.any():
        return np.empty((0, 2)), np.empty((0, 2)), np.inf
    way = np.asarray(end - start, dtype=np.float64)[good, 0]
    return np.asarray(start, dtype=np.float64)[good, 0], way, float(np.median(error[good]))


def _agreement(way: Floats) -> float:
    """Return the share of the points that move as their median does."""
    if not len(way):
        return np.nan
    middle = np.median(way, axis=0)
    return float((np.abs(way - middle).max(axis=1) < 0.5 + 0.1 * np.abs(middle).max()).mean())


def _structure(last: Grey, small: Grey) -> float:
    """Return 1 − correlation of the two copies: blind to brightness and contrast."""
    a, b = (copy.astype(np.float32).ravel() - np.float32(copy.mean()) for copy in (last, small))
    spread = float(a @ a) * float(b @ b)
    return 1.0 - float(a @ b) / spread**0.5 if spread > 0 else 0.0


def _around(values: Floats, window: int, quantile: float) -> Floats:
    """Return a quantile over `window` neighbours to each side; the first image has no change and does not count."""
    n = len(values)
    return np.array([np.quantile(values[max(1, i - window) : max(2, i + window + 1)], quantile) for i in range(n)])


def _repeated(mean: Floats, peak: Floats, parameters: SceneParameters) -> Mask:
    if len(mean) < 3:
        return np.zeros(len(mean), dtype=bool)
    ratio = np.zeros(len(mean))
    for values, share in ((mean, parameters.repeated_mean), (peak, parameters.repeated_peak)):
        usual = _around(values, parameters.level_window, parameters.level_quantile)
        least = parameters.level_floor * float(np.quantile(values[1:], 0.9))
        ratio = np.maximum(ratio, values / np.maximum(share * np.maximum(usual, least), 1e-6))
    ratio[0] = np.inf
    sure = ratio < 1
    between = np.zeros_like(sure)
    between[1:-1] = sure[:-2] & sure[2:]
    return np.asarray(sure | (between & (ratio < parameters.repeated_between)))


def _cuts(changes: list[_Change], repeated: Mask, parameters: SceneParameters) -> tuple[int, ...]:
    """Find images that differ from the last far more than their neighbours do, in every respect."""
    values = np.array([(change.mean, change.structure, change.error) for change in changes]).reshape(-1, 3)
    values = np.where(np.isfinite(values), values, 0.0)
    new = np.flatnonzero(~repeated)
    new = new[new > 0]
    clear: dict[int, float] = {}
    for place, index in enumerate(new):
        change = changes[index]
        if not change.error >= parameters.cut_least_error or change.agreement > parameters.cut_most_agreement:
            continue
        before = new[max(0, place - parameters.cut_window) : place]
        after = new[place + 2 : place + 2 + parameters.cut_window]
        sides = [np.median(values[side], axis=0) for side in (before, after) if len(side) >= 3]
        if not sides:
            continue
        ratio = float((values[index] / np.maximum(np.max(sides, axis=0), 1e-3)).min())
        if ratio >= parameters.cut_ratio:
            clear[int(index)] = ratio
    return _clearest(clear, parameters.cuts_apart)


def _clearest(clear: dict[int, float], apart: int) -> tuple[int, ...]:
    kept: list[int] = []
    for index in sorted(clear, key=lambda index: -clear[index]):
        if all(abs(index - other) >= apart for other in kept):
            kept.append(index)
    return tuple(sorted(kept))
