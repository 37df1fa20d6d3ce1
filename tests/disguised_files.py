"""Files that are not what their name says, and videos that are made to break who reads them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from functools import cache

import av
import numpy as np

PAGE = b"<html><script>alert('kinechain')</script></html>"


def _zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("page.html", PAGE)
    return packed.getvalue()


def _png(width: int, height: int) -> bytes:
    """Return a black picture of one bit a pixel: some kilobytes, however large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = bytes(1 + (width + 7) // 8) * height
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def _padded(head: bytes) -> bytes:
    return head + bytes(4096)


def disguised() -> dict[str, bytes]:
    """Return files that are no video at all, by what they are."""
    return {
        "page": PAGE * 20,
        "page that names a box": b"<!--ftypmp42-->" + PAGE * 20,
        "picture": _png(64, 4096),
        "animation": _padded(b"GIF89a\x40\x00\x40\x00"),
        "phone picture": _padded(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"),
        "archive": _padded(_zip()),
        "program for Linux": _padded(b"\x7fELF\x02\x01\x01"),
        "program for Windows": _padded(b"MZ\x90\x00\x03"),
        "script": b"#!/bin/sh\nrm -rf /\n" * 40,
        "nothing": bytes(4096),
        "a few bytes": b"\x00\x00\x00\x18ftypmp42",
    }


@cache
def small_video() -> bytes:
    """Return a sound video of 40 frames, 64 by 64 pixels, in which nothing is."""
    written = io.BytesIO()
    with av.open(written, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        for grey in range(40):
            frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), 4 * grey, dtype=np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return written.getvalue()


def with_a_page_behind() -> bytes:
    """Return a file that is a sound video and an archive with a page in it."""
    return small_video() + _zip()


def only_begins_as_one() -> bytes:
    """Return a page behind the first box of a video."""
    return small_video()[:32] + PAGE * 40


def without_frames() -> bytes:
    """Return a video whose tables hold no frame."""
    emptied = bytearray(small_video())
    for table, counts_at in (("stts", 8), ("stsz", 12), ("stco", 8), ("stsc", 8), ("ctts", 8), ("stss", 8)):
        if (found := emptied.find(table.encode())) > 0:
            emptied[found + counts_at : found + counts_at + 4] = bytes(4)
    return bytes(emptied)


def bomb(width: int = 15_000, height: int = 15_000, n_frames: int = 40, *, small_first: int = 0) -> bytes:
    """Return a video of some kilobytes a frame whose frames take hundreds of megabytes each.

    Parameters
    ----------
    small_first : frames of 64 by 64 pixels that come first
    """
    written = io.BytesIO()
    with av.open(written, "w", format="mov") as container:
        stream = container.add_stream("png", rate=30)
        stream.width = stream.height = 64
        stream.pix_fmt = "rgb24"
        container.start_encoding()
        large, small = _png(width, height), _png(64, 64)
        for number in range(n_frames):
            packet = av.Packet(small if number < small_first else large)
            packet.stream, packet.time_base = stream, stream.codec_context.time_base
            packet.pts = packet.dts = number
            container.mux(packet)
    return written.getvalue()
