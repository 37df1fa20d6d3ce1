"""JSON of unknown origin, read without trust: numbers that are none are NaN, depth and size are limited."""

from __future__ import annotations

import json
import math
from pathlib import Path

from kinechain.errors import PointsFileInvalid, PointsFormatUnknown


def parse(text: bytes, path: Path) -> object:
    """Return a JSON document.

    Raises
    ------
    PointsFileInvalid
        Where it is damaged.
    """
    try:
        document: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)[:200]
        raise PointsFileInvalid(path=path, format="JSON", reason=reason) from error
    return document


def number(value: object) -> float:
    """Return a number, NaN where it is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.nan


def first_number(table: dict[object, object], *keys: str) -> float | None:
    """Return the first finite number under one of the keys, or None."""
    for key in keys:
        value = number(table.get(key))
        if math.isfinite(value):
            return value
    return None


def picture_size(table: dict[object, object]) -> tuple[int, int] | None:
    """Return width and height where a document states them [px], or None."""
    width = first_number(table, "width", "image_width", "frame_width", "video_width")
    height = first_number(table, "height", "image_height", "frame_height", "video_height")
    if width is None or height is None or not (1 <= width <= 100_000 and 1 <= height <= 100_000):
        return None
    return int(width), int(height)


def frames_of(document: object, path: Path) -> tuple[list[object], dict[object, object]]:
    """Return the frames of a document and what stands beside them.

    A list is a list of frames; an object holds one under `frames`, `data`, `results` or `pose_landmarks`, is a mapping
    of frame names to frames, or is itself one frame.
    """
    if isinstance(document, list):
        return document, {}
    if not isinstance(document, dict):
        raise PointsFormatUnknown(path=path)
    if "people" in document:
        return [document], {}
    for key in ("frames", "data", "results", "pose_landmarks"):
        if isinstance(document.get(key), list):
            return document[key], document
    values = list(document.values())
    if values and all(isinstance(value, (dict, list)) for value in values):
        return values, {}
    raise PointsFormatUnknown(path=path)
