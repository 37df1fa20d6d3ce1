"""OpenPose JSON: a folder with one file a frame, or one file with all frames; BODY_25, or Halpe-26 in the same form."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from kinechain.errors import PointsFileInvalid, PointsFileTooLarge, PointsFormatUnknown
from kinechain.pose.importers.json_text import first_number, number, parse, picture_size
from kinechain.pose.importers.names import ORDERS
from kinechain.pose.importers.people import Frame, runner_of
from kinechain.pose.importers.raw import LIMITS, Array, RawPoints, cleaned, require_frames, require_size

FORMAT = "OpenPose JSON"


def looks_like(frames: list[object]) -> bool:
    """Return whether frames are OpenPose's: objects with `people`."""
    return any(isinstance(frame, dict) and "people" in frame for frame in frames[:100])


def read_folder(path: Path) -> RawPoints:
    """Read a folder of per-frame files in the order of the last number in their names; missing numbers are gaps.

    Raises
    ------
    PointsFileInvalid, PointsFileTooLarge, PointsFormatUnknown
    """
    files = sorted(file for file in path.iterdir() if file.suffix.lower() == ".json" and file.is_file())
    if len(files) > LIMITS.files:
        raise PointsFileTooLarge(path=path, found=f"{len(files)} files", limit=f"{LIMITS.files} files")
    require_size(path, sum(file.stat().st_size for file in files))
    numbered = [(_frame_number(file, path), file) for file in files]
    numbered.sort(key=lambda pair: pair[0])
    numbers = np.array([n for n, _ in numbered], dtype=np.float64)
    if (np.diff(numbers) <= 0).any():
        raise PointsFileInvalid(path=path, format=FORMAT, reason="two files have the same frame number")
    frames: list[object] = [parse(file.read_bytes(), file) for _, file in numbered]
    if not looks_like(frames):
        raise PointsFormatUnknown(path=path)
    return read_frames(frames, {}, path, frame_numbers=numbers)


def read_frames(
    frames: list[object], beside: dict[object, object], path: Path, frame_numbers: Array | None = None
) -> RawPoints:
    """Read the frames of a document; of several people the runner is chosen.

    Raises
    ------
    PointsFileInvalid, PointsFileTooLarge
    """
    require_frames(path, len(frames))
    people = [_people(frame, path) for frame in frames]
    counts = [person.shape[0] for frame in people for person in frame]
    if not counts:
        raise PointsFileInvalid(path=path, format=FORMAT, reason="no person in any frame")
    k = max(set(counts), key=counts.count)
    if k not in ORDERS:
        raise PointsFileInvalid(path=path, format=FORMAT, reason=f"{k} points a person; {sorted(ORDERS)} are known")
    table, n_people = runner_of([[person for person in frame if len(person) == k] for frame in people], k)
    position = cleaned(table[..., :2])
    share = _is_share(position)
    rate = first_number(beside, "fps", "frame_rate", "FPS")
    return RawPoints(
        names=ORDERS[k],
        position=position,
        confidence=table[..., 2],
        unit="picture" if share else "px",
        source=f"points of OpenPose JSON files ({k} points)",
        rate_hz=rate,
        frame_numbers=frame_numbers,
        image_size=picture_size(beside),
        people=n_people,
    )


def _is_share(position: Array) -> bool:
    """Return whether all coordinates lie in −1…2: shares of the picture, not px."""
    finite = position[np.isfinite(position)]
    return len(finite) > 0 and bool((np.abs(finite - 0.5) <= 1.5).all())


def _frame_number(file: Path, folder: Path) -> int:
    digits = re.findall(r"\d+", file.stem)
    if not digits or len(digits[-1]) > 15:
        raise PointsFileInvalid(path=folder, format=FORMAT, reason=f"no frame number in the name {file.name[:60]!r}")
    return int(digits[-1])


def _people(frame: object, path: Path) -> Frame:
    """Return the people of a frame, each of shape (k, 3): x, y, confidence; (0, 0) with no confidence is missing."""
    listed = frame.get("people") if isinstance(frame, dict) else None
    if listed is None:
        return []
    if not isinstance(listed, list) or len(listed) > LIMITS.people:
        raise PointsFileInvalid(path=path, format=FORMAT, reason="`people` is not a list of at most 50 people")
    people: Frame = []
    for person in listed:
        numbers = person.get("pose_keypoints_2d") if isinstance(person, dict) else None
        if not isinstance(numbers, list) or len(numbers) % 3 or not 3 <= len(numbers) <= 3 * LIMITS.points:
            raise PointsFileInvalid(path=path, format=FORMAT, reason="a person without pose_keypoints_2d in threes")
        table = np.array([number(value) for value in numbers], dtype=np.float64).reshape(-1, 3)
        table[(table[:, 2] == 0) | ((table[:, :2] == 0).all(axis=1))] = [np.nan, np.nan, 0.0]
        people.append(table)
    return people
