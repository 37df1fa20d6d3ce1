"""Films of grey pictures, and an estimator that knows by the grey which runner is meant: no weights are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from session_files import write_session

from analytic_camera import Camera, film, frame_times
from analytic_runner import running
from kinechain.model.frames import Image
from kinechain.pose.estimator import Detection, Place
from video_clips import make_clip

FPS, SECONDS, SIZE = 60.0, 3.0, (320, 240)
#: Grey of a film: speed of its runner [m/s].
SPEEDS = {30: 3.0, 65: 3.3, 100: 3.5, 135: 3.8, 170: 4.0, 205: 4.3}
IMAGES = round(FPS * SECONDS)


class Killed(BaseException):
    """The process ends here."""


@dataclass
class KnowsTheRunner:
    """An estimator that reads from the grey of the picture which clip it is, and knows the runner in it."""

    killed_after: int | None = None
    note: Callable[[int], object] = lambda _grey: None
    name: str = "knows the runner"
    model_sha256: dict[str, str] = field(default_factory=lambda: {"none": "0" * 64})
    images: int = 0
    at: int = 0

    def start(self) -> None:
        self.at = 0

    def estimate(self, image: Image, expected: Place | None = None) -> Detection | None:  # noqa: ARG002 - as the protocol names it
        if self.images == self.killed_after:
            raise Killed
        grey = min(SPEEDS, key=lambda level: abs(level - float(np.median(image))))
        self.note(grey)
        pose = FILMED[grey]
        self.images += 1
        index = min(self.at, pose.shape[0] - 1)
        self.at += 1
        return Detection(pose[index], np.full(pose.shape[1], 0.95), None)


def _filmed(speed: float) -> np.ndarray:
    pose = film(running(speed), frame_times(FPS, SECONDS), Camera(px_per_m=110.0))
    return np.asarray(pose["position"].values) * min(SIZE[0] / pose.attrs["image_width_px"], 1.0)


FILMED = {grey: _filmed(speed) for grey, speed in SPEEDS.items()}


def write_films(folder: Path, greys: Iterable[int]) -> Path:
    """Write a film for each grey and the session of all of them; return its file."""
    rng = np.random.default_rng(1)
    clips = []
    for grey in greys:
        images = [np.full((SIZE[1], SIZE[0], 3), grey, np.uint8) for _ in range(IMAGES)]
        for image in images:  # something of the runner's size moves, so that no picture repeats another
            left, top = rng.integers(60, 180), rng.integers(20, 120)
            image[top : top + 90, left : left + 50] = grey + 40
        make_clip(folder / f"{grey}.mp4", images, times_ms=[round(1000 * i / FPS) for i in range(IMAGES)])
        clips.append(f'path = "{grey}.mp4"\nspeed_mps = {SPEEDS[grey]}\nview = "side_right"')
    return write_session(folder, clips)
