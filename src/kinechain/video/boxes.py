"""Tell a cut-off file from one that never was a video, by the container's own bookkeeping.

MP4 and MOV are chains of boxes, each with its length and a four-letter type (ISO/IEC 14496-12, section 4.2). A file
that was cut while it was copied or recorded has a box that ends behind the end of the file, or no `moov` box at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_MP4_STARTS = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
_MATROSKA_START = bytes.fromhex("1a45dfa3")
_CARRIERS = frozenset({"moov", "moof", "mdat"})


@dataclass(frozen=True)
class Box:
    """One top-level box: its type, where it starts and where it says that it ends [bytes]."""

    kind: str
    start: int
    end: int


def top_level_boxes(path: Path) -> tuple[Box, ...]:
    """Return the chain of boxes of an MP4 or MOV file, up to the first one that runs over the end; () for others."""
    size = path.stat().st_size
    boxes: list[Box] = []
    with path.open("rb") as file:
        if file.read(8)[4:8] not in _MP4_STARTS:
            return ()
        at = 0
        while at + 8 <= size:
            file.seek(at)
            head = file.read(16)
            length, kind = int.from_bytes(head[:4], "big"), head[4:8]
            if length == 1:
                length = int.from_bytes(head[8:16], "big")
            if not kind.isalnum() or 0 < length < 8:
                break  # trailing bytes that are no box: players ignore them
            boxes.append(Box(kind.decode("ascii"), at, at + length if length else size))
            at = boxes[-1].end
    return tuple(boxes)


def is_cut_off(path: Path) -> bool:
    """Tell whether a file that starts as a video container ends before its content does.

    True for an MP4 or MOV without `moov` or with a `moov`, `moof` or `mdat` box behind the end of the file.
    """
    boxes = top_level_boxes(path)
    if not boxes:
        return False
    size = path.stat().st_size
    return all(box.kind != "moov" for box in boxes) or any(box.end > size and box.kind in _CARRIERS for box in boxes)


def is_matroska(path: Path) -> bool:
    """Tell whether the file starts as Matroska or WebM does."""
    with path.open("rb") as file:
        return file.read(4) == _MATROSKA_START


def picture_code(path: Path) -> str | None:
    """Return the four-letter code of the picture's coding in an MP4 or MOV file ("avc1", "hvc1" …), if it has one."""
    for box in top_level_boxes(path):
        if box.kind != "moov":
            continue
        with path.open("rb") as file:
            file.seek(box.start)
            moov = file.read(box.end - box.start)
        at = moov.find(b"stsd")
        while at >= 0:
            if moov.rfind(b"vide", 0, at) > moov.rfind(b"soun", 0, at):
                return moov[at + 16 : at + 20].decode("ascii", errors="replace")
            at = moov.find(b"stsd", at + 4)
    return None
