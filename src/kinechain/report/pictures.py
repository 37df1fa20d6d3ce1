"""Where a page gets the pictures of an assessment's folder from: in itself, so that it stands alone, or beside it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import partial
from pathlib import Path

_TYPES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"}


#: The address of a picture by its path in the folder, None where there is none.
Pictures = Callable[[str], str | None]


def within(folder: Path) -> Pictures:
    """Return pictures as data URIs: the page needs no other file."""
    return partial(data_uri, folder)


def beside(folder: Path) -> Pictures:
    """Return pictures as addresses relative to the page: it lies in the folder, or is served as if it did."""
    return lambda frame: frame if _picture_file(folder, frame) is not None else None


def data_uri(folder: Path, frame: str) -> str | None:
    """Return a picture as a data URI; None where it is missing, no picture, or outside the folder.

    Parameters
    ----------
    folder : of the assessment
    frame : path relative to it, as `Measurement.frame` holds it
    """
    path = _picture_file(folder, frame)
    return None if path is None else embedded(path.read_bytes(), _TYPES[path.suffix.lower()])


def embedded(content: bytes, kind: str) -> str:
    """Return bytes of a media type as a data URI."""
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def _picture_file(folder: Path, frame: str) -> Path | None:
    path = (folder / frame).resolve()
    if path.suffix.lower() not in _TYPES or not path.is_relative_to(folder.resolve()) or not path.is_file():
        return None
    return path
