"""What this installation can read and write, for `kinechain doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import av
from av.codec import Codec
from av.codec.codec import UnknownCodecError


@dataclass(frozen=True)
class CodecReport:
    """Which codings work here.

    Parameters
    ----------
    versions : dict of str
        PyAV and the FFmpeg libraries inside it.
    decode : dict of bool
        Whether each coding that phones use can be read.
    encode : dict of bool
        Whether each coding that results are written in can be made.
    """

    versions: dict[str, str]
    decode: dict[str, bool]
    encode: dict[str, bool]

    @property
    def complete(self) -> bool:
        """Whether everything that the product needs is there."""
        return all(self.decode.values()) and all(self.encode.values())


def available_codecs() -> CodecReport:
    """Look up the codecs that reading and writing clips needs."""
    versions = {"PyAV": av.__version__, "FFmpeg": av.ffmpeg_version_info}
    versions |= {name: ".".join(map(str, numbers)) for name, numbers in av.library_versions.items()}
    return CodecReport(
        versions=versions,
        decode={name: _exists(name, "r") for name in ("h264", "hevc")},
        encode={name: _exists(name, "w") for name in ("libx264",)},
    )


def _exists(name: str, mode: Literal["r", "w"]) -> bool:
    try:
        Codec(name, mode)
    except UnknownCodecError:
        return False
    return True
