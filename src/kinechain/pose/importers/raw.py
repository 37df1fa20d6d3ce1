"""What every importer hands on: named points over time, in the file's own axes and unit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kinechain.errors import PointsFileInvalid, PointsFileTooLarge, PointsRateUnknown
from kinechain.model.assessment import View

Array = NDArray[np.float64]
Unit = Literal["px", "mm", "m", "picture"]
"""`picture` is a share of the picture's width and height, 0…1"""

METRES: dict[Unit, float] = {"mm": 0.001, "m": 1.0}


@dataclass(frozen=True)
class Limits:
    """How much an importer takes; what is beyond is refused before it fills the memory.

    Parameters
    ----------
    bytes : size of the file, or of all files of a folder
    files : in a folder
    frames, points, people : in a file; people in one frame
    duration_s : from the first to the last frame [s]
    rate_hz : least and greatest frame rate [Hz]
    coordinate : beyond this in the file's own unit a number is no position and counts as missing
    """

    bytes: int = 100_000_000
    files: int = 100_000
    frames: int = 200_000
    points: int = 500
    people: int = 50
    duration_s: float = 900.0
    rate_hz: tuple[float, float] = (1.0, 2000.0)
    coordinate: float = 1e6


LIMITS = Limits()


@dataclass(frozen=True)
class About:
    """What the user states about a file of points; None where it is left to the file.

    Parameters
    ----------
    fps : frame rate [Hz]; wins over the file's own
    image_size : width, height of the picture [px]; needed where the file holds shares of the picture
    view : from where markers in three dimensions are looked at; `side_right` where not stated
    static : standing trial (C3D) that belongs to a running trial; else the one beside it is looked for
    """

    fps: float | None = None
    image_size: tuple[int, int] | None = None
    view: View | None = None
    static: Path | None = None


@dataclass(frozen=True)
class RawPoints:
    """Points as a file holds them.

    Parameters
    ----------
    names : k names, as in the file or already our own
    position : shape (n, k, 2) or (n, k, 3), NaN where missing, in `unit`
    confidence : shape (n, k), 0…1; 1 where the file has none
    unit : of `position`
    rate_hz : frame rate that the file states [Hz], or None
    time_s : shape (n,) [s], or None where the file has no times
    frame_numbers : shape (n,), where the file numbers its frames and may leave some out
    image_size : width, height [px], or None
    source : program or kind of file, for the provenance
    notes : what was decided while reading, one line each
    people : people in the file
    """

    names: tuple[str, ...]
    position: Array
    confidence: Array
    unit: Unit
    source: str
    rate_hz: float | None = None
    time_s: Array | None = None
    frame_numbers: Array | None = None
    image_size: tuple[int, int] | None = None
    notes: tuple[str, ...] = ()
    people: int = 1

    def noted(self, *lines: str) -> RawPoints:
        """Return the points with more notes."""
        return replace(self, notes=self.notes + lines)


def cleaned(position: Array) -> Array:
    """Return positions with every point missing that has a coordinate which is no number or beyond all bounds."""
    with np.errstate(invalid="ignore"):
        usable = np.all(np.abs(position) <= LIMITS.coordinate, axis=-1, keepdims=True)
    return np.where(usable, position, np.nan)


def require_size(path: Path, size: int) -> None:
    """Raise PointsFileTooLarge where a file or folder holds more bytes than an importer takes."""
    if size > LIMITS.bytes:
        raise PointsFileTooLarge(path=path, found=f"{size / 1e6:.0f} MB", limit=f"{LIMITS.bytes / 1e6:.0f} MB")


def require_frames(path: Path, frames: int) -> None:
    """Raise where there are too many frames, or none."""
    if frames > LIMITS.frames:
        raise PointsFileTooLarge(path=path, found=f"{frames} frames", limit=f"{LIMITS.frames} frames")
    if frames == 0:
        raise PointsFileInvalid(path=path, format="points", reason="no frames")


def frame_times(raw: RawPoints, about: About, path: Path, slow_motion: float = 1.0) -> Array:
    """Return the time of each frame, first 0 [s]: by the stated rate, the file's times, or the file's rate.

    Raises
    ------
    PointsRateUnknown
        Where neither file nor user gives a frame rate.
    PointsFileInvalid
        Where times do not rise or the rate is impossible.
    PointsFileTooLarge
        Where the file is too long.
    """
    times = _untouched_times(raw, about, path)
    times = (times - times[0]) / slow_motion
    if not np.isfinite(times).all():
        raise PointsFileInvalid(path=path, format=raw.source, reason="a time is not a number")
    steps = np.diff(times)
    if (steps <= 0).any():
        frame = int(np.argmax(steps <= 0)) + 2
        raise PointsFileInvalid(path=path, format=raw.source, reason=f"time does not rise at frame {frame}")
    if times[-1] > LIMITS.duration_s:
        raise PointsFileTooLarge(path=path, found=f"{times[-1]:.0f} s", limit=f"{LIMITS.duration_s:.0f} s")
    if len(times) > 1:
        _require_rate(float(1 / np.median(steps)), path, raw.source)
    return np.asarray(times, dtype=np.float64)


def _untouched_times(raw: RawPoints, about: About, path: Path) -> Array:
    """Return times as they are stated: by the user's rate over the file's frames, else by the file."""
    if raw.time_s is not None and about.fps is None:
        return np.asarray(raw.time_s, dtype=np.float64)
    rate_hz = about.fps if about.fps is not None else raw.rate_hz
    if rate_hz is None:
        raise PointsRateUnknown(path=path)
    _require_rate(rate_hz, path, raw.source)
    numbers = np.arange(len(raw.position)) if raw.frame_numbers is None else raw.frame_numbers
    return np.asarray((numbers - numbers[0]) / rate_hz, dtype=np.float64)


def _require_rate(rate_hz: float, path: Path, source: str) -> None:
    low, high = LIMITS.rate_hz
    if not low <= rate_hz <= high:
        raise PointsFileInvalid(path=path, format=source, reason=f"{rate_hz:g} frames/s")
