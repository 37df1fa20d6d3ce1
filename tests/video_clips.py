"""Clips made for the tests: each picture carries its own number, and corners that tell which way is up."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from kinechain.model.frames import Image

WIDTH, HEIGHT = 160, 96
BITS = 10
_BLOCK = 16
_UNIT = 1000  # ticks a second of the clips made here
RED, BLUE = (220, 30, 30), (30, 30, 220)


def painted(number: int) -> Image:
    """A grey picture with `number` in black and white blocks on top, red at the lower left, blue at the lower right."""
    image = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
    for bit in range(BITS):
        image[:_BLOCK, _BLOCK * bit : _BLOCK * (bit + 1)] = 255 * (number >> bit & 1)
    image[-32:, :32] = RED
    image[-32:, -32:] = BLUE
    return image


def number_of(image: Image) -> int:
    """Read the number that `painted` wrote, and check that the picture is upright and in RGB order."""
    assert image.shape == (HEIGHT, WIDTH, 3)
    assert image.dtype == np.uint8
    assert image[-16, 16, 0] > 150 > image[-16, 16, 2], "lower left is not red"
    assert image[-16, -16, 2] > 150 > image[-16, -16, 0], "lower right is not blue"
    blocks = [image[8, _BLOCK * bit + 8].mean() for bit in range(BITS)]
    assert all(level < 80 or level > 175 for level in blocks)
    return sum(1 << bit for bit, level in enumerate(blocks) if level > 128)


def make_clip(
    path: Path,
    images: Sequence[Image],
    *,
    times_ms: Sequence[int] | None = None,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
    rotation_ccw_deg: float | None = None,
    mirrored: bool = False,
    metadata: dict[str, str] | None = None,
) -> Path:
    """Encode images as a clip; 25 frames/s unless times are given."""
    times = times_ms if times_ms is not None else range(0, 40 * len(images), 40)
    quiet = {"x265-params": "log-level=none:pools=1"} if codec == "libx265" else {}
    with av.open(str(path), "w", options=container_options or {}) as container:
        container.metadata.update(metadata or {})
        stream = container.add_stream(codec, rate=25, options=quiet | {"preset": "ultrafast"} | (options or {}))
        stream.height, stream.width = images[0].shape[:2]
        stream.pix_fmt = pix_fmt
        stream.codec_context.time_base = Fraction(1, _UNIT)
        if rotation_ccw_deg is not None:
            stream.set_display_rotation(rotation_ccw_deg, hflip=mirrored)
        for image, time in zip(images, times, strict=True):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format=pix_fmt)
            frame.pts, frame.time_base = time, Fraction(1, _UNIT)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def numbered_clip(path: Path, n: int = 30, **how: object) -> Path:
    """Encode pictures 0 … n − 1."""
    return make_clip(path, [painted(number) for number in range(n)], **how)  # type: ignore[arg-type]


def make_sound(path: Path) -> Path:
    """Write half a second of silence."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=16000)
        for start in range(0, 8192, 1024):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            frame.rate, frame.pts = 16000, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def remux(source: Path, target: Path, times: Sequence[tuple[int, int]], time_base: Fraction) -> Path:
    """Copy the packets of a clip with new (pts, dts), in ticks of `time_base`."""
    with av.open(str(source)) as old, av.open(str(target), "w") as new:
        stream = old.streams.video[0]
        copy = new.add_stream_from_template(stream)
        packets = [packet for packet in old.demux(stream) if packet.size]
        for packet, (pts, dts) in zip(packets, times, strict=True):
            packet.pts, packet.dts, packet.time_base, packet.stream = pts, dts, time_base, copy
            new.mux(packet)
    return target


def patch_edit_list(path: Path, *, skip_ticks: int, duration_units: int | None = None) -> None:
    """Move the start of the first edit by `skip_ticks` (media ticks) and set its length (movie ticks)."""
    data = bytearray(path.read_bytes())
    at = data.index(b"elst")
    assert data[at + 4] == 0, "version 0 wanted"
    assert int.from_bytes(data[at + 8 : at + 12], "big") == 1, "one edit wanted"
    start = int.from_bytes(data[at + 16 : at + 20], "big") + skip_ticks
    data[at + 16 : at + 20] = start.to_bytes(4, "big")
    if duration_units is not None:
        data[at + 12 : at + 16] = duration_units.to_bytes(4, "big")
    path.write_bytes(data)


def patch_track_matrix(path: Path, a: int, b: int, c: int, d: int) -> None:
    """Write the display matrix of the first track's header, as a phone does."""
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd")
    assert data[at + 4] == 0, "version 0 wanted"
    first = at + 4 + 4 + 20 + 8 + 8  # type; version and flags; times, id, duration; reserved; layer … volume
    values = (a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)
    for index, value in enumerate(values):
        data[first + 4 * index : first + 4 * index + 4] = value.to_bytes(4, "big", signed=True)
    path.write_bytes(data)
