"""Two clips of one runner beside one another, synchronised at contact."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from kinechain.model.frames import Frames, Image
from kinechain.video.writer import VideoWriter

Floats = NDArray[np.float64]
#: Of the picture that is written.
FPS = 30.0
_GAP_PX = 4


def write_side_by_side(
    before: Frames,
    after: Frames,
    contacts_s: tuple[Sequence[float], Sequence[float]],
    path: Path,
    *,
    slower: float = 4.0,
    height_px: int = 480,
    most_strides: int = 6,
) -> int:
    """Write the earlier clip left and the later one right, both in the same phase of the stride in every picture.

    From one initial contact of the leg to the next both clips are stretched to the mean of their two lengths, so
    that the contacts of both fall into the same picture; how long a stride took is not to be read from it.

    Parameters
    ----------
    before, after : the clips, upright, with true times
    contacts_s : initial contacts of one leg in each of them, rising [s]
    slower : how many times slower than true
    most_strides : at most so many strides are shown

    Returns
    -------
    int
        Number of strides shown; 0 where a clip has no stride from contact to contact, then nothing is written.

    Raises
    ------
    OutputNotWritable
    """
    strides = min(len(contacts_s[0]) - 1, len(contacts_s[1]) - 1, most_strides)
    if strides < 1:
        return 0
    ends = tuple(np.asarray(times, dtype=np.float64)[: strides + 1] for times in contacts_s)
    times_s = phases(ends[0], ends[1], FPS * slower)
    shown = zip(images_at(before, times_s[0]), images_at(after, times_s[1]), strict=True)
    with VideoWriter(path, FPS) as video:
        for index, (one, two) in enumerate(shown):
            left, right = (_scaled(image, height_px) for image in (one, two))
            gap = np.full((height_px, _GAP_PX, 3), 255, np.uint8)
            video.write(np.hstack([left, gap, right]), index / FPS)
    return strides


def phases(before_s: Floats, after_s: Floats, rate_hz: float) -> tuple[Floats, Floats]:
    """Return for each picture the time in either clip, at the same share of the stride; at contacts exactly there.

    Parameters
    ----------
    before_s, after_s : as many contacts of each clip, rising [s]
    rate_hz : pictures for a second of running
    """
    found: tuple[list[Floats], list[Floats]] = ([], [])
    for stride in range(len(before_s) - 1):
        seconds = (before_s[stride + 1] - before_s[stride] + after_s[stride + 1] - after_s[stride]) / 2
        share = np.linspace(0.0, 1.0, max(2, round(seconds * rate_hz)), endpoint=False)
        for times, clip in zip(found, (before_s, after_s), strict=True):
            times.append(clip[stride] + share * (clip[stride + 1] - clip[stride]))
    return np.concatenate(found[0]), np.concatenate(found[1])


def images_at(frames: Frames, times_s: Floats) -> Iterator[Image]:
    """Yield the image nearest to each of the rising times, in one pass over the clip."""
    wanted = np.abs(frames.info.time_s[:, None] - times_s[None, :]).argmin(axis=0)
    position = 0
    for index, image in enumerate(frames.images()):
        while position < len(wanted) and wanted[position] == index:
            yield image
            position += 1
        if position == len(wanted):
            return


def _scaled(image: Image, height_px: int) -> Image:
    width = max(2, 2 * round(image.shape[1] * height_px / image.shape[0] / 2))
    return np.asarray(cv2.resize(image, (width, height_px), interpolation=cv2.INTER_AREA), dtype=np.uint8)
