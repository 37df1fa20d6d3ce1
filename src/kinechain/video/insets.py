"""A small picture set into the picture, and black bars around it: what screen recorders and editors add to a clip.

An inset is a rectangle, true to the pixel grid, whose border stands in every picture while something moves within it.
Windows and doors of a scene have such borders too, so all four sides must be closed (or lie on the edge of the picture)
and end at their corners, and nothing may move across them. Bars are rows or columns along the edge of the
picture that are evenly black in every picture. Both are looked for in a handful of pictures, spread over the clip.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, uniform_filter1d

from kinechain.model.frames import Area, Image
from kinechain.video.samples import grey_copy, spread_frames

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Places = NDArray[np.intp]

#: So far on both sides of a border the picture is compared [px]: beyond the blur of scaling and coding.
_BESIDE = 4


@dataclass(frozen=True)
class InsetParameters:
    """What counts as an inset or a bar; levels are grey levels 0…255 (all ours).

    Parameters
    ----------
    frames : pictures that are looked at, spread over the clip
    working_side_px : the picture's longer side is scaled down to this [px]
    step, most_step : a change of brightness across a border that counts; and how much of a larger one does
    contrast : and this many times that of the columns beside it
    closed : least share of each side of the rectangle that stands out
    beyond : most share of a side's prolongation that may stand out too: a side ends at its corners
    least_side, most_area : least side and most area of an inset [share of the picture]
    lines : so many of the strongest upright and level lines are tried
    moving, least_moving : standard deviation over time of a place that moves; least share of such places in an inset
    crossing, least_crossing
        Correlation over time of the two sides of a border from which something moves across it, where so many places
        of it move.
    black, black_range, least_bar : most brightness of a bar, most range within it, and its least width [share]
    """

    frames: int = 8
    working_side_px: int = 960
    step: float = 6.0
    most_step: float = 40.0
    contrast: float = 2.0
    closed: float = 0.8
    beyond: float = 0.5
    least_side: float = 0.12
    most_area: float = 0.4
    lines: int = 24
    moving: float = 4.0
    least_moving: float = 0.03
    crossing: float = 0.4
    least_crossing: int = 8
    black: float = 20.0
    black_range: float = 8.0
    least_bar: float = 0.02


@dataclass(frozen=True)
class Additions:
    """What was added to the picture of a clip.

    Parameters
    ----------
    inset : place of a small picture set into the picture: left, top, right, bottom [px]; None where there is none
    bars : share of the picture that is black bars, 0…1
    inset_share : share of the picture that is the inset, 0…1
    """

    inset: Area | None = None
    bars: float = 0.0
    inset_share: float = 0.0


class InsetWatcher:
    """Looks at some pictures of a clip as they pass.

    Parameters
    ----------
    n_frames : of the clip
    parameters : InsetParameters
    """

    def __init__(self, n_frames: int, parameters: InsetParameters | None = None) -> None:
        self._parameters = parameters or InsetParameters()
        self._chosen = spread_frames(n_frames, self._parameters.frames)
        self._small: list[Array] = []
        self._scale = 1.0
        self._found: Additions | None = None

    def look(self, index: int, image: Image) -> None:
        """Take in an image; those that were not chosen are passed over."""
        if index not in self._chosen:
            return
        grey, self._scale = grey_copy(image, self._parameters.working_side_px)
        self._small.append(np.asarray(grey, dtype=np.float64))
        self._found = None

    def additions(self) -> Additions:
        """Return what was added to the pictures seen so far."""
        if self._found is None:
            self._found = self._look_for()
        return self._found

    def _look_for(self) -> Additions:
        if len(self._small) < 3:
            return Additions()
        pictures = np.stack(self._small)
        size = float(pictures[0].size)
        left, top, right, bottom = inner = _within_bars(pictures, self._parameters)
        bars = 1.0 - (right - left) * (bottom - top) / size
        inset = _inset(pictures[:, top:bottom, left:right], self._parameters)
        if inset is None:
            return Additions(bars=bars)
        place = [float((inset[i] + inner[i % 2]) / self._scale) for i in range(4)]
        share = (inset[2] - inset[0]) * (inset[3] - inset[1]) / size
        return Additions((place[0], place[1], place[2], place[3]), bars, float(share))


def _within_bars(pictures: Array, parameters: InsetParameters) -> tuple[int, int, int, int]:
    """Return left, top, right, bottom of what lies within black bars; the whole where there are none."""
    edges: list[tuple[int, int]] = []
    for across in ((0, 1), (0, 2)):  # over time and rows: columns; over time and columns: rows
        low, high = pictures.min(axis=across), pictures.max(axis=across)
        lit = np.flatnonzero((high > parameters.black) | (high - low > parameters.black_range))
        n = len(low)
        if not len(lit):
            return 0, 0, pictures.shape[2], pictures.shape[1]
        least = parameters.least_bar * n
        first, last = int(lit[0]), int(lit[-1]) + 1
        edges.append((first if first >= least else 0, last if n - last >= least else n))
    (left, right), (top, bottom) = edges
    return left, top, right, bottom


def _inset(pictures: Array, parameters: InsetParameters) -> Places | None:
    """Return left, top, right, bottom of the best closed rectangle that stands while its inside moves."""
    upright = _standing(pictures, parameters)
    level = _standing(pictures.transpose(0, 2, 1), parameters)  # as if the picture lay on its side
    height, width = pictures.shape[1:]
    xs, ys = _lines(upright, parameters), _lines(level, parameters)
    boxes = _boxes(xs, ys, (width, height), parameters)
    if not len(boxes):
        return None
    left, top, right, bottom = boxes.T
    sums = [np.pad(mask.cumsum(axis=0), ((1, 0), (0, 0))) for mask in (upright, level)]
    closed = np.ones(len(boxes))
    for lines, at, start, end, n in (
        (sums[0], left, top, bottom, width),
        (sums[0], right, top, bottom, width),
        (sums[1], top, left, right, height),
        (sums[1], bottom, left, right, height),
    ):
        closed = np.minimum(closed, _closed(lines, at, start, end, n, parameters))
    moves = pictures.std(axis=0) > parameters.moving
    for i in np.argsort(-closed, kind="stable"):
        if closed[i] < parameters.closed:
            return None
        x0, y0, x1, y1 = boxes[i]
        inside = moves[y0 + 3 : y1 - 3, x0 + 3 : x1 - 3]
        if inside.mean() >= parameters.least_moving and not _crossed(pictures, moves, boxes[i], parameters):
            return np.asarray(boxes[i])
    return None


def _crossed(pictures: Array, moves: Mask, box: Places, parameters: InsetParameters) -> bool:
    """Return whether something moves across the border: both sides of it become bright and dark together."""
    left, top, right, bottom = (int(edge) for edge in box)
    on_its_side = pictures.transpose(0, 2, 1)
    upright = [_together(pictures[:, top:bottom], moves[top:bottom], at) for at in (left, right)]
    level = [_together(on_its_side[:, left:right], moves.T[left:right], at) for at in (top, bottom)]
    values = np.concatenate(upright + level)
    return len(values) >= parameters.least_crossing and float(values.mean()) > parameters.crossing


def _together(pictures: Array, moves: Mask, at: int) -> Array:
    """Return how far both sides of a column change alike over time, for each place of it where both move, −1…1."""
    if not _BESIDE <= at < moves.shape[1] - _BESIDE:
        return np.empty(0)
    beside = (at - _BESIDE, at + _BESIDE)
    both = moves[:, beside].all(axis=1)
    one, other = (pictures[:, both, x] - pictures[:, both, x].mean(axis=0) for x in beside)
    return np.asarray((one * other).sum(axis=0) / np.sqrt((one**2).sum(axis=0) * (other**2).sum(axis=0)))


def _standing(pictures: Array, parameters: InsetParameters) -> Mask:
    """Return where brightness steps across a column in every picture, more than beside it, shape (height, width).

    Averaged over a short piece of the column: of a border between two pictures some places are alike on both sides.
    """
    height, width = pictures.shape[1:]
    padded = np.pad(pictures, ((0, 0), (0, 0), (1, 1)), mode="edge")
    steps = np.minimum(np.abs(padded[:, :, 2:] - padded[:, :, :-2]), parameters.most_step).mean(axis=0)
    steps = uniform_filter1d(steps, max(3, height // 40), axis=0)
    beside = np.pad(steps, ((0, 0), (6, 6)), mode="edge")
    around = (beside[:, :width] + beside[:, 3 : width + 3] + beside[:, 9 : width + 9] + beside[:, 12:]) / 4
    return np.asarray((steps >= parameters.step) & (steps >= parameters.contrast * around))


def _lines(standing: Mask, parameters: InsetParameters) -> Places:
    """Return the columns that hold most of the standing steps, and the two edges of the picture."""
    height, width = standing.shape
    length = standing.sum(axis=0).astype(np.float64)
    length[[0, 1, -2, -1]] = 0.0
    highest = length == maximum_filter1d(length, 5)
    strongest = np.argsort(-np.where(highest, length, 0.0), kind="stable")[: parameters.lines]
    kept = strongest[length[strongest] >= parameters.closed * parameters.least_side * height]
    return np.unique(np.concatenate([[0, width], kept]))


def _boxes(xs: Places, ys: Places, size: tuple[int, int], parameters: InsetParameters) -> Places:
    """Return every rectangle between the lines that can be an inset, shape (k, 4): left, top, right, bottom."""
    width, height = size
    left, top, right, bottom = (axis.ravel() for axis in np.meshgrid(xs, ys, xs, ys, indexing="ij"))
    wide, tall = (right - left) / width, (bottom - top) / height
    within = ((left > 0) | (right < width)) & ((top > 0) | (bottom < height))
    kept = within & (wide >= parameters.least_side) & (tall >= parameters.least_side)
    kept &= wide * tall <= parameters.most_area
    return np.stack([left, top, right, bottom], axis=1)[kept]


def _closed(sums: Places, at: Places, start: Places, end: Places, n: int, parameters: InsetParameters) -> Array:
    """Return which share of a side stands out; 0 where it goes on beyond its corners, 1 on the edge of the picture.

    Parameters
    ----------
    sums : cumulated along the line, shape (length + 1, lines)
    at, start, end : shape (k,), which line, and from where to where on it
    n : number of lines: `at` of the far edge of the picture
    """
    line = np.minimum(at, n - 1)
    share = (sums[end, line] - sums[start, line]) / (end - start)
    reach = np.maximum(4, (end - start) // 6)
    for one, other in (
        (np.maximum(start - reach, 0), np.maximum(start - 2, 0)),
        (np.minimum(end + 2, len(sums) - 1), np.minimum(end + reach, len(sums) - 1)),
    ):
        beyond = (sums[other, line] - sums[one, line]) / np.maximum(other - one, 1)
        share = np.where(beyond > parameters.beyond, 0.0, share)
    return np.asarray(np.where((at == 0) | (at == n), 1.0, share))
