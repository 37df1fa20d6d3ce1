"""MediaPipe landmarks as JSON: 33 points a frame, in shares of the picture or in px, in the layouts people write."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from kinechain.errors import PointsFileInvalid, PointsFormatUnknown
from kinechain.model.skeleton import KEYPOINTS
from kinechain.pose.importers.json_text import first_number, number, picture_size
from kinechain.pose.importers.people import Frame, runner_of
from kinechain.pose.importers.raw import LIMITS, Array, RawPoints, cleaned, require_frames

FORMAT = "MediaPipe JSON"
_N = len(KEYPOINTS)
_KEYS = ("pose_landmarks", "landmarks", "poseLandmarks", "keypoints", "landmark", "pose")
_TIMES = (("timestamp_ms", 0.001), ("time_ms", 0.001), ("timestamp_s", 1.0), ("time_s", 1.0), ("time", 1.0))


def looks_like(frames: list[object]) -> bool:
    """Return whether one of the first frames holds 33 landmarks."""
    return any(_landmark_lists(frame) for frame in frames[:1000])


def read_frames(frames: list[object], beside: dict[object, object], path: Path) -> RawPoints:
    """Read the frames of a document: a list of 33 landmarks a frame, under a name or not, of one person or several.

    A landmark is `{"x", "y", "z", "visibility"}` or a list of the same numbers. Shares of the picture need its size,
    in the document (`width`, `height`) or stated by the user.

    Raises
    ------
    PointsFileInvalid, PointsFileTooLarge, PointsFormatUnknown
    """
    require_frames(path, len(frames))
    people = [_people(frame, path) for frame in frames]
    if not any(people):
        raise PointsFormatUnknown(path=path)
    table, n_people = runner_of(people, _N)
    position = cleaned(table[..., :2])
    finite = position[np.isfinite(position)]
    share = len(finite) == 0 or float(np.quantile(np.abs(finite), 0.95)) <= 3.0
    return RawPoints(
        names=KEYPOINTS,
        position=position,
        confidence=table[..., 2],
        unit="picture" if share else "px",
        source="points of a MediaPipe JSON file",
        rate_hz=first_number(beside, "fps", "frame_rate", "FPS", "frameRate"),
        time_s=_times(frames),
        image_size=picture_size(beside),
        people=n_people,
    )


def _times(frames: list[object]) -> Array | None:
    """Return the times that every frame states [s], or None."""
    for key, factor in _TIMES:
        if all(isinstance(frame, dict) and key in frame for frame in frames):
            return factor * np.array([number(frame[key]) for frame in frames if isinstance(frame, dict)])
    return None


def _landmark_lists(frame: object) -> list[list[object]]:
    """Return the lists of landmarks in a frame: none, one, or one a person."""
    for _ in range(3):
        if not isinstance(frame, dict):
            break
        frame = next((frame[key] for key in _KEYS if frame.get(key)), None)
    if not isinstance(frame, list) or not frame:
        return []
    if len(frame) == _N and not _is_people(frame):
        return [frame]
    nested = [
        person.get("landmark", person.get("landmarks")) if isinstance(person, dict) else person for person in frame
    ]
    return [person for person in nested if isinstance(person, list) and len(person) == _N]


def _is_people(listed: list[object]) -> bool:
    return all(isinstance(item, list) and len(item) == _N for item in listed)


def _people(frame: object, path: Path) -> Frame:
    lists = _landmark_lists(frame)
    if len(lists) > LIMITS.people:
        raise PointsFileInvalid(path=path, format=FORMAT, reason=f"{len(lists)} people in a frame")
    return [np.array([_landmark(item) for item in one], dtype=np.float64).reshape(_N, 3) for one in lists]


def _landmark(item: object) -> tuple[float, float, float]:
    """Return x, y and confidence (1 where none is given)."""
    if isinstance(item, dict):
        x, y = number(item.get("x")), number(item.get("y"))
        trust = number(item.get("visibility", item.get("confidence", item.get("score", 1.0))))
    elif isinstance(item, list) and len(item) >= 2:
        x, y = number(item[0]), number(item[1])
        trust = number(item[3]) if len(item) > 3 else 1.0
    else:
        return math.nan, math.nan, 0.0
    return x, y, trust if math.isfinite(trust) else 0.0
