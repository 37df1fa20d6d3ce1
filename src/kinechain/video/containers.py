"""Whether bytes begin as a container of pictures does: told from the first ones, without a decoder."""

from __future__ import annotations

#: Bytes that are looked at; no clip is shorter.
HEAD_BYTES = 200
#: First box of an MP4 or QuickTime file, behind the four bytes of its length (ISO/IEC 14496-12; QuickTime file format).
_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"})
_STILL_BRANDS = frozenset({b"heic", b"heix", b"mif1", b"avif"})
#: The list of brands in a first box is short: a longer one is text in which the word stands by design [bytes].
_LONGEST_BRANDS = 4096
#: Matroska and WebM, MPEG program stream, ASF, FLV, Ogg.
_SIGNATURES = (b"\x1a\x45\xdf\xa3", b"\x00\x00\x01\xba", b"\x30\x26\xb2\x75", b"FLV\x01", b"OggS")
#: A packet of a transport stream begins with this byte; cameras put four bytes before each (ISO/IEC 13818-1).
_SYNC, _PACKET_BYTES = 0x47, 188


def begins_as_video(head: bytes) -> bool:
    """Return whether the first bytes of a file, at least `HEAD_BYTES`, are those of a container that can be read.

    A name says nothing, and what begins as a video may still be none: only the analysis tells. But a page, a picture,
    an archive or a program is told from a few bytes, before all of it has arrived.
    """
    if len(head) < HEAD_BYTES:
        return False
    if head[4:8] == b"ftyp":
        return head[8:12] not in _STILL_BRANDS and int.from_bytes(head[:4], "big") <= _LONGEST_BRANDS
    riff = head[:4] == b"RIFF" and head[8:12] == b"AVI "
    return head[4:8] in _BOXES or riff or head.startswith(_SIGNATURES) or _is_transport_stream(head)


def _is_transport_stream(head: bytes) -> bool:
    return any(head[start] == head[start + _PACKET_BYTES + start] == _SYNC for start in (0, 4))
