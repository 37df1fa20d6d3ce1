"""Pictures of the assessment's folder, and sounds, as data URIs, so that a page stands alone."""

from __future__ import annotations

import base64
from pathlib import Path

_TYPES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"}


def data_uri(folder: Path, frame: str) -> str | None:
    """Return a picture as a data URI; None where it is missing, no picture, or outside the folder.

    Parameters
    ----------
    folder : of the assessment
    frame : path relative to it, as `Measurement.frame` holds it
    """
    path = (folder / frame).resolve()
    kind = _TYPES.get(path.suffix.lower())
    if kind is None or not path.is_relative_to(folder.resolve()):
        return None
    try:
        content = path.read_bytes()
    except OSError:
        return None
    return embedded(content, kind)


def embedded(content: bytes, kind: str) -> str:
    """Return bytes of a media type as a data URI."""
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"
