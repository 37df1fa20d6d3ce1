"""Read clips as phones write them: true timestamps, upright images, one at a time.

`open_clip` learns the facts without decoding more than the first picture; `VideoFrames.images` then decodes lazily,
any number of times. Each image is matched to its time by the timestamp that both the container's packet and the
decoded picture carry, so that edit lists, B-frames, duplicates and lost pictures cannot shift images against times.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import av
import av.error
import numpy as np
from av.container import InputContainer
from av.sidedata.sidedata import Type as SideDataType
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from kinechain.errors import (
    ClipTooShort,
    EmptyFile,
    FileMissing,
    NotAFile,
    NotAVideo,
    NoVideoStream,
    PartOutsideClip,
    PictureTooLarge,
    TruncatedFile,
    UnsupportedCodec,
)
from kinechain.model.frames import ClipInfo, FilePart, Image
from kinechain.video.boxes import is_cut_off, is_matroska, picture_code
from kinechain.video.filmed_at import filmed_at
from kinechain.video.slow_motion import recorded_capture_fps, recorded_time_scale

#: Pictures that may be lost to damage before a clip counts as damaged; a lost one is replaced by the one before it.
_LOST_ALWAYS_ALLOWED = 2
_LOST_ALLOWED_RATIO = 0.01
#: More decoding threads than this only cost memory: each holds a picture.
_MAX_DECODING_THREADS = 4
#: More pixels than phones film (8K is 33 million): a file of some kilobytes can hold pictures that fill any memory.
_MOST_PIXELS = 40_000_000
#: Sample aspect ratios this close to 1 are rounding of an encoder, not stretched pixels.
_SQUARE_PIXEL_TOLERANCE = 0.02
_VIDEO_FORMATS = frozenset({"mov", "mp4", "matroska", "webm", "avi", "mpegts", "mpeg", "asf", "flv", "ogg"})
_SOUND_FORMATS = frozenset({"mp3", "wav", "aac", "flac", "aiff", "amr", "ac3", "w64"})
_STILL_BRANDS = frozenset({"heic", "heix", "mif1", "avif"})


@dataclass(frozen=True)
class Orientation:
    """How a coded picture becomes the upright one: first mirrored left-right, then turned clockwise."""

    mirrored: bool = False
    quarter_turns: int = 0

    @property
    def rotation_deg(self) -> int:
        """Clockwise turn [deg], one of 0, 90, 180, 270."""
        return 90 * self.quarter_turns

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Return width and height of the upright picture."""
        return (height, width) if self.quarter_turns % 2 else (width, height)

    def apply(self, image: Image) -> Image:
        """Return the upright image, contiguous in memory."""
        if self.mirrored:
            image = image[:, ::-1]
        if self.quarter_turns:
            image = np.rot90(image, -self.quarter_turns)
        return np.ascontiguousarray(image)


def orientation_of_matrix(matrix: tuple[float, float, float, float]) -> Orientation:
    """Return the orientation that a display matrix (a, b, c, d) asks for.

    The matrix maps coded x, y to shown x' = a x + c y, y' = b x + d y, x right and y down (ISO/IEC 14496-12, 6.2.2);
    turns are rounded to quarters.
    """
    a, b, c, d = matrix
    mirrored = a * d - b * c < 0
    if mirrored:
        a, b = -a, -b
    return Orientation(mirrored, round(math.degrees(math.atan2(b, a)) / 90) % 4)


@dataclass(frozen=True)
class VideoFrames:
    """A clip on disk as `Frames`: facts now, images when asked for.

    Parameters
    ----------
    info : ClipInfo
    pts : ndarray of int64, shape (n,)
        Timestamp of each frame in the container's own unit, strictly rising.
    stream_index : int
    coded_size : int, int
        Width and height [px] that pictures are scaled to before they are turned upright.
    orientation : Orientation
    whole : bool
        Whether this is the whole file, which is decoded from its first packet on.
    """

    info: ClipInfo
    pts: NDArray[np.int64]
    stream_index: int
    coded_size: tuple[int, int]
    orientation: Orientation
    whole: bool = True

    def of(self, part: FilePart) -> VideoFrames:
        """Return a part of the clip as a clip of its own, whose first frame has time 0.

        Raises
        ------
        PartOutsideClip
            Where there are fewer than 2 frames in it.
        """
        shown_s = self.info.time_s * self.info.time_scale
        within = part.frames(shown_s)
        if len(shown_s[within]) < 2:
            raise PartOutsideClip(path=self.info.path, duration_s=float(shown_s[-1]), from_s=part.from_s)
        return self.part(within.start, within.stop)

    def images(self) -> Iterator[Image]:
        """Yield every frame as an upright RGB image, shape (height, width, 3), in the order of `info.time_s`.

        The next image is decoded in a thread of its own while the caller works on this one.

        Raises
        ------
        TruncatedFile
            Where more than 1 % of the frames (at least 2) cannot be decoded.
        """
        with ThreadPoolExecutor(max_workers=1) as reader:
            images = self._upright()
            coming = reader.submit(next, images, None)
            while (image := coming.result()) is not None:
                coming = reader.submit(next, images, None)
                yield image

    def part(self, first: int, last: int, every: int = 1) -> VideoFrames:
        """Return each `every`-th frame from `first` up to and without `last`; its times begin at 0 anew."""
        chosen = slice(first, last, every)
        time_s = self.info.time_s[chosen]
        return replace(self, info=replace(self.info, time_s=time_s - time_s[0]), pts=self.pts[chosen], whole=first == 0)

    def _upright(self) -> Iterator[Image]:
        to_image = _Converter(self.coded_size, self.orientation)
        for frame in self._pictures():
            yield to_image(frame)

    def _pictures(self) -> Iterator[VideoFrame]:
        """Yield one decoded picture for each entry of `pts`; a lost one is replaced by its neighbour in time."""
        n = len(self.pts)
        position = lost = 0
        last: VideoFrame | None = None
        with av.open(str(self.info.path)) as container:
            for frame in _decode(container, self.stream_index, None if self.whole else int(self.pts[0])):
                index = int(np.searchsorted(self.pts, frame.pts)) if frame.pts is not None else position
                if not position <= index < n or frame.pts not in (None, self.pts[index]):
                    continue  # repeats a time, falls back behind it, or is hidden by the edit list
                lost += index - position + int(frame.is_corrupt)
                if lost > _lost_allowed(n):
                    break
                last = last or frame
                yield from (last for _ in range(position, index))
                yield frame
                last, position = frame, index + 1
                if position == n:
                    break  # what follows is not of this part
        lost += n - position
        if last is None or lost > _lost_allowed(n):
            raise TruncatedFile(path=self.info.path, decoded=max(0, n - lost), expected=n)
        for _ in range(position, n):
            yield last


class _Converter:
    """Turns decoded pictures into upright RGB images; keeps one scaler, which would otherwise cost memory each time."""

    def __init__(self, coded_size: tuple[int, int], orientation: Orientation) -> None:
        self._reformatter = VideoReformatter()
        self._size = coded_size
        self._orientation = orientation

    def __call__(self, frame: VideoFrame) -> Image:
        width, height = self._size
        rgb = self._reformatter.reformat(
            frame, width=width, height=height, format="rgb24", interpolation=Interpolation.AREA
        )
        return self._orientation.apply(np.asarray(rgb.to_ndarray(), dtype=np.uint8))


def open_clip(path: Path, slow_motion: float | None = None) -> VideoFrames:
    """Open a clip and learn its facts from the container.

    Parameters
    ----------
    path : Path
    slow_motion : float, optional
        Container seconds for one real second, above 0: 8 for a clip filmed at 240 and played at 30 frames/s. Without
        it, what the camera wrote into the file holds, and 1 where it wrote nothing.

    Raises
    ------
    FileMissing, NotAFile, EmptyFile
        What the path leads to.
    NotAVideo, NoVideoStream, UnsupportedCodec, PictureTooLarge
        What the file holds; a still picture is no video, a cover picture is no video stream.
    TruncatedFile
        Where the container's index or boxes reach behind the end of the file, or nothing can be decoded.
    ClipTooShort
        Where there are fewer than 2 frames.
    ValueError
        Where `slow_motion` is not a positive number.
    """
    if slow_motion is not None and not (math.isfinite(slow_motion) and slow_motion > 0):
        raise ValueError(f"slow_motion must be a positive number, not {slow_motion}")
    path = Path(path)
    _check_path(path)
    try:
        with av.open(str(path)) as container:
            stream = _picture_stream(path, container)
            _check_size(path, stream)
            _check_complete(path, stream)
            codec = stream.codec_context.name
            index = stream.index
            time_base = float(stream.time_base or 0)
            pixel_aspect = float(stream.sample_aspect_ratio or 1)
            pts = _packet_times(container, stream)
            capture_fps = recorded_capture_fps(container.metadata)
            when = filmed_at(container.metadata)
        with av.open(str(path)) as container:
            first = next(_decode(container, index), None)
    except av.error.FFmpegError as error:
        raise _unreadable(path) from error
    if first is None and len(pts):
        raise TruncatedFile(path=path, decoded=0, expected=len(pts))
    if first is not None and first.pts is not None:
        pts = pts[pts >= first.pts]  # pictures that lean on ones cut away before them are never shown
    if first is None or len(pts) < 2:
        raise ClipTooShort(path=path, frames=len(pts), duration_s=0.0)
    orientation = _orientation(first)
    coded_size = _square_pixel_size(first, pixel_aspect)
    width, height = orientation.size(*coded_size)
    recorded = recorded_time_scale(capture_fps, float(np.median(np.diff(pts))) * time_base)
    time_scale = slow_motion if slow_motion is not None else recorded or 1.0
    info = ClipInfo(
        path=path,
        width=width,
        height=height,
        time_s=(pts - pts[0]) * time_base / time_scale,
        rotation_deg=orientation.rotation_deg,
        time_scale=time_scale,
        codec=codec,
        recorded_time_scale=recorded,
        filmed_at=when,
    )
    return VideoFrames(info, pts, index, coded_size, orientation)


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _lost_allowed(n_frames: int) -> int:
    return max(_LOST_ALWAYS_ALLOWED, int(_LOST_ALLOWED_RATIO * n_frames))


def _check_path(path: Path) -> None:
    if not path.exists():
        raise FileMissing(path=path)
    if not path.is_file():
        raise NotAFile(path=path)
    if path.stat().st_size == 0:
        raise EmptyFile(path=path)


def _unreadable(path: Path) -> NotAVideo | TruncatedFile:
    if is_cut_off(path) or is_matroska(path):
        return TruncatedFile(path=path, decoded=0, expected="?")
    return NotAVideo(path=path)


def _picture_stream(path: Path, container: InputContainer) -> VideoStream:
    """Return the first stream of moving pictures."""
    names = set(container.format.name.split(","))
    if not names & (_VIDEO_FORMATS | _SOUND_FORMATS) or container.metadata.get("major_brand") in _STILL_BRANDS:
        raise NotAVideo(path=path)
    streams = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not streams or not names & _VIDEO_FORMATS:
        raise NoVideoStream(path=path)
    if streams[0].codec_context is None:
        raise UnsupportedCodec(path=path, codec=picture_code(path) or "?")
    return streams[0]


def _check_size(path: Path, stream: VideoStream) -> None:
    width, height = stream.codec_context.width, stream.codec_context.height
    if width * height > _MOST_PIXELS:
        raise PictureTooLarge(path=path, width=width, height=height, limit=_MOST_PIXELS // 1_000_000)


def _check_complete(path: Path, stream: VideoStream) -> None:
    """Compare the container's table of pictures and its chain of boxes with the size of the file."""
    size = path.stat().st_size
    entries = [entry for entry in stream.index_entries if not entry.is_discard]
    present = sum(entry.pos + entry.size <= size for entry in entries)
    if len(entries) - present > _lost_allowed(len(entries)) or (present == len(entries) and is_cut_off(path)):
        raise TruncatedFile(path=path, decoded=present, expected=len(entries))


def _packet_times(container: InputContainer, stream: VideoStream) -> NDArray[np.int64]:
    """Return the timestamps of all pictures that will be shown, strictly rising, without decoding."""
    times: list[int] = []
    for packet in container.demux(stream):
        time = packet.dts if packet.pts is None else packet.pts
        if time is not None and not packet.is_discard:
            times.append(time)
    pts = np.array(times, dtype=np.int64)
    if stream.codec_context.has_b_frames:
        return np.unique(pts)
    highest_before = np.maximum.accumulate(np.concatenate([[np.iinfo(np.int64).min], pts]))[:-1]
    return pts[pts > highest_before]


def _decode(container: InputContainer, stream_index: int, from_pts: int | None = None) -> Iterator[VideoFrame]:
    """Decode one stream, going on behind damaged packets; begin at the last key picture before a timestamp."""
    stream = next(stream for stream in container.streams.video if stream.index == stream_index)
    if from_pts is not None:
        container.seek(from_pts, stream=stream)
    stream.thread_type = "AUTO"
    stream.codec_context.options = {"max_pixels": str(_MOST_PIXELS)}  # pictures may grow within a stream
    stream.codec_context.thread_count = min(_MAX_DECODING_THREADS, os.cpu_count() or 1)
    for packet in container.demux(stream):
        try:
            pictures = packet.decode()
        except (av.error.InvalidDataError, av.error.ArgumentError):
            continue
        yield from pictures


def _orientation(frame: VideoFrame) -> Orientation:
    side_data = cast("Mapping[SideDataType, bytes]", frame.side_data)  # PyAV's own type is too narrow
    part = side_data.get(SideDataType.DISPLAYMATRIX)
    if part is None:
        return Orientation()
    matrix = np.frombuffer(part, dtype=np.int32)
    return orientation_of_matrix((float(matrix[0]), float(matrix[1]), float(matrix[3]), float(matrix[4])))


def _square_pixel_size(frame: VideoFrame, aspect: float) -> tuple[int, int]:
    """Return the size at which the pixels of a picture are square [px]; `aspect` is width by height of a coded one."""
    if abs(aspect - 1) <= _SQUARE_PIXEL_TOLERANCE:
        return frame.width, frame.height
    return round(frame.width * aspect), frame.height
