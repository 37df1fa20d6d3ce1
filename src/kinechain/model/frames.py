"""A clip as the stages see it: facts about the file, and its images one by one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Area = tuple[float, float, float, float]
"""A part of the picture: left, top, right, bottom [px]"""
#: Rounding of a time that somebody typed [s].
_SAME_INSTANT_S = 0.001


@dataclass(frozen=True)
class FilePart:
    """A part of a file, by the clock of a player: the slow-motion factor is not divided out.

    Parameters
    ----------
    from_s : float
        Begin [s], 0 at the first frame.
    to_s : float
        End [s]; infinite where it lasts to the end of the file.
    """

    from_s: float = 0.0
    to_s: float = math.inf

    def overlaps(self, other: FilePart) -> bool:
        """Return whether both share more than one instant."""
        return self.from_s < other.to_s and other.from_s < self.to_s

    def frames(self, time_s: NDArray[np.float64]) -> slice:
        """Return the frames within [from_s, to_s) of times by the same clock, shape (n,), rising."""
        start, stop = np.searchsorted(time_s, [self.from_s - _SAME_INSTANT_S, self.to_s - _SAME_INSTANT_S])
        return slice(int(start), int(stop))


@dataclass(frozen=True)
class ClipInfo:
    """Facts about a clip, known before its images are decoded.

    Parameters
    ----------
    path : Path
    width, height : int
        Size of the upright image [px], after the rotation of the container.
    time_s : ndarray, shape (n,)
        Time of each frame [s] from the container's timestamps, first frame 0, strictly rising. The slow-motion
        factor is already divided out: this is the runner's time.
    rotation_deg : int
        Rotation that the container asks for; images arrive already turned.
    time_scale : float
        Slow-motion factor in use: container seconds a real second (1 = as filmed).
    codec : str
    recorded_time_scale : float or None
        Slow-motion factor that the camera wrote into the file; None where it wrote none.
    filmed_at : str or None
        Date and time with offset (ISO 8601) that the file carries; None where it carries none.
    """

    path: Path
    width: int
    height: int
    time_s: NDArray[np.float64]
    rotation_deg: int
    time_scale: float
    codec: str
    recorded_time_scale: float | None = None
    filmed_at: str | None = None

    @property
    def n_frames(self) -> int:
        """Number of frames."""
        return len(self.time_s)

    @property
    def fps(self) -> float:
        """Frame rate of the runner's time [Hz], from the median frame interval."""
        if self.n_frames < 2:
            return 0.0
        return float(1.0 / np.median(np.diff(self.time_s)))

    @property
    def duration_s(self) -> float:
        """Runner's time from the first to the last frame [s]."""
        return float(self.time_s[-1] - self.time_s[0]) if self.n_frames else 0.0


class Frames(Protocol):
    """A clip whose images can be read in order, any number of times, without holding them all in memory."""

    @property
    def info(self) -> ClipInfo:
        """Facts about the clip."""
        ...

    def images(self) -> Iterator[Image]:
        """Yield every frame as an upright RGB image, shape (height, width, 3), in the order of `info.time_s`."""
        ...
