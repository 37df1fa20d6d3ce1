"""What is handed out of a result's folder, to browsers and programs alike."""

from __future__ import annotations

from pathlib import Path

from fastapi.responses import FileResponse

from kinechain.errors import RecordMissing

#: What a browser may fetch of a result's folder.
SERVED = {
    ".mp4": "video/mp4",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
}
#: A page of the report stands alone: its style is in itself, and it runs no script.
REPORT_POLICY = (
    "default-src 'none'; img-src 'self' data:; media-src 'self' data:; style-src 'unsafe-inline'; "
    "frame-ancestors 'self'; base-uri 'none'; form-action 'none'; sandbox allow-same-origin allow-popups"
)


def files_in(folder: Path) -> list[str]:
    """Return the names of what is handed out, relative to the folder."""
    found = (path for path in folder.rglob("*") if path.suffix.lower() in SERVED and path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in found)


def file_of(folder: Path, name: str) -> FileResponse:
    """Return a file of a result; RecordMissing where it is none, or lies elsewhere."""
    try:
        path = (folder / name).resolve()
        there = path.is_relative_to(folder.resolve()) and path.is_file()
    except (OSError, ValueError) as error:  # a name that cannot be one: too long, or with a zero in it
        raise RecordMissing from error
    kind = SERVED.get(path.suffix.lower())
    if kind is None or not there:
        raise RecordMissing
    headers = {"Content-Security-Policy": REPORT_POLICY} if path.suffix == ".html" else {}
    return FileResponse(path, media_type=kind, headers=headers)
