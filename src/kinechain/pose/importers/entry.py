"""The door of the importers: one function for every format, found by suffix and content."""

from __future__ import annotations

from pathlib import Path

import xarray as xr

from kinechain.errors import EmptyFile, FileMissing, PointsFileInvalid, PointsFormatUnknown
from kinechain.pose.importers import c3d, mediapipe, openpose, trc
from kinechain.pose.importers.json_text import frames_of, parse
from kinechain.pose.importers.picture import to_pose
from kinechain.pose.importers.raw import About, RawPoints, require_size

SUFFIXES = (".trc", ".c3d", ".json")


def is_points(path: Path) -> bool:
    """Return whether a path is for the importers: a .trc, .c3d or .json file, or a folder of .json files."""
    if path.is_dir():
        return any(file.suffix.lower() == ".json" for file in path.iterdir())
    return path.suffix.lower() in SUFFIXES


def read_points(path: Path, about: About = About(), slow_motion: float = 1.0) -> xr.Dataset:  # noqa: B008
    """Read points that another program or a laboratory found, as a pose in the `image` frame, unrepaired.

    Parameters
    ----------
    path : Path
        A file, or a folder of OpenPose JSON files; the content decides the format.
    about : About
    slow_motion : float
        Stated slow-motion factor: the file's seconds a real second.

    Returns
    -------
    Dataset
        As `kinechain.model.pose` defines it; `source` names the kind of file, `log` what was decided while reading.

    Raises
    ------
    FileMissing, EmptyFile
    PointsFormatUnknown
        Where the content is of no format that is read.
    PointsFileInvalid
        Where the file is damaged.
    PointsFileTooLarge, PointsMissing, PointsRateUnknown
    """
    if not path.exists():
        raise FileMissing(path=path)
    try:
        raw = openpose.read_folder(path) if path.is_dir() else _read_file(path, about)
    except OSError as error:
        raise PointsFileInvalid(path=path, format="points", reason=error.strerror or error) from error
    return to_pose(raw, about, path, slow_motion)


def _read_file(path: Path, about: About) -> RawPoints:
    size = path.stat().st_size
    if size == 0:
        raise EmptyFile(path=path)
    require_size(path, size)
    with path.open("rb") as opened:
        head = opened.read(512)
    if trc.looks_like(head):
        return trc.read(path)
    if c3d.looks_like(head):
        return c3d.read(path, about)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return _read_json(path)
    raise PointsFormatUnknown(path=path)


def _read_json(path: Path) -> RawPoints:
    frames, beside = frames_of(parse(path.read_bytes(), path), path)
    if openpose.looks_like(frames):
        return openpose.read_frames(frames, beside, path)
    if mediapipe.looks_like(frames):
        return mediapipe.read_frames(frames, beside, path)
    raise PointsFormatUnknown(path=path)
