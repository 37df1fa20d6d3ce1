"""Write H.264 clips that every phone and browser plays, with the true time of each frame."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import cv2
import numpy as np
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from kinechain.errors import OutputNotWritable
from kinechain.model.frames import Image

#: Ticks a second of the files written here: fine enough for every camera's frame interval.
TICKS_PER_S = 90_000
#: Frames that may wait for the encoder, which works in a thread of its own.
_MAX_WAITING = 3


class VideoWriter:
    """Writes one clip: H.264, yuv420p, MP4 with its index in front; a context manager.

    The file appears under its name only when the block ends without an error. An odd width or height loses its last
    column or row, because the coding needs even sizes.

    Parameters
    ----------
    path : Path
        Ends in ".mp4"; replaced if it exists.
    fps : float
        Nominal frame rate [Hz], a hint for rate control; the times given to `write` count.
    crf : int
        Constant rate factor of x264; higher is smaller and coarser.

    Raises
    ------
    OutputNotWritable
        Where the folder is missing or cannot be written.
    """

    def __init__(self, path: Path, fps: float, *, crf: int = 28) -> None:
        self._path = path
        self._partial = path.with_name(f".{path.name}.partial")
        self._fps = Fraction(max(fps, 1.0)).limit_denominator(1001)
        self._options = {"preset": "ultrafast", "crf": str(crf), "bf": "0"}
        self._stream: VideoStream | None = None
        self._last_tick = -1
        self._waiting: deque[Future[None]] = deque()

    def __enter__(self) -> Self:
        try:
            self._partial.touch()
        except OSError as error:
            raise OutputNotWritable(path=self._path) from error
        options = {"movflags": "+faststart"}
        self._container: OutputContainer = av.open(str(self._partial), "w", format="mp4", options=options)
        self._encoder = ThreadPoolExecutor(max_workers=1)
        return self

    def write(self, image: Image, time_s: float) -> None:
        """Append an RGB image, shape (height, width, 3), shown from `time_s` [s] on; times must rise.

        Raises
        ------
        ValueError
            Where the time does not rise.
        OutputNotWritable
            Where an earlier frame could not be written, for example on a full disk.
        """
        tick = round(time_s * TICKS_PER_S)
        if tick <= self._last_tick:
            raise ValueError(f"frame times must rise: {time_s} s comes after {self._last_tick / TICKS_PER_S} s")
        self._last_tick = tick
        height, width = image.shape[0] // 2 * 2, image.shape[1] // 2 * 2
        if self._stream is None:
            self._stream = self._new_stream(width, height)
        own = image[:height, :width].copy()  # the caller may go on drawing on the same memory
        self._waiting.append(self._encoder.submit(self._encode, self._stream, own, tick))
        while len(self._waiting) > _MAX_WAITING:
            self._waiting.popleft().result()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._encoder.shutdown(cancel_futures=kind is not None)
            if kind is None and self._stream is not None:
                for job in self._waiting:
                    job.result()
                self._container.mux(self._stream.encode(None))
            self._container.close()
            if kind is None and self._stream is not None:
                self._partial.replace(self._path)
        except OSError as failed:  # a full disk, or a file of this name that is in use
            raise OutputNotWritable(path=self._path) from failed
        finally:
            self._partial.unlink(missing_ok=True)

    def _encode(self, stream: VideoStream, image: Image, tick: int) -> None:
        yuv = cv2.cvtColor(image, cv2.COLOR_RGB2YUV_I420).astype(np.uint8, copy=False)
        frame = VideoFrame.from_ndarray(yuv, format="yuv420p")
        frame.pts = tick
        frame.time_base = Fraction(1, TICKS_PER_S)
        try:
            self._container.mux(stream.encode(frame))
        except OSError as error:
            raise OutputNotWritable(path=self._path) from error

    def _new_stream(self, width: int, height: int) -> VideoStream:
        stream = self._container.add_stream("libx264", rate=self._fps, options=self._options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = Fraction(1, TICKS_PER_S)
        return stream
