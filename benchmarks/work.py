"""The steps of `bench.py` that need the package: make a clip, run pose inference alone. Prints its result."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from importlib import resources
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from kinechain.model.frames import Image
from kinechain.pose.blazepose import BlazePose
from kinechain.pose.weights import locate
from kinechain.video.reader import open_clip
from kinechain.video.writer import VideoWriter

FPS = 60.0
LEAST_LOOP_FRAMES = 240
#: Images held decoded at a time, so that decoding stays out of the time of the inference.
BLOCK = 100


def loop_of_gait() -> tuple[Path, int, int]:
    """Return the demo clip and the frames [first, end) after which the body is back in the same posture and place."""
    folder = resources.files("kinechain") / "demo"
    truth = json.loads((folder / "demo_side.json").read_text(encoding="utf-8"))
    joints = np.stack([np.asarray(path) for path in truth["joints_px"].values()], axis=1)
    n = len(joints)
    pairs = [(first, end) for first in range(n) for end in range(first + LEAST_LOOP_FRAMES, n)]
    first, end = min(pairs, key=lambda pair: float(np.square(joints[pair[0]] - joints[pair[1]]).sum()))
    return Path(str(folder / "demo_side.mp4")), first, end


def endless() -> Iterator[Image]:
    """Yield the demo runner, running on and on."""
    path, first, end = loop_of_gait()
    frames = open_clip(path)
    while True:
        yield from islice(frames.images(), first, end)


def fitted(image: Image, width: int, height: int) -> Image:
    """Enlarge an image to a width, and fill the rest of the height with its own edge."""
    scaled = cv2.resize(image, (width, round(image.shape[0] * width / image.shape[1])), interpolation=cv2.INTER_LINEAR)
    rest = height - scaled.shape[0]
    return np.asarray(cv2.copyMakeBorder(scaled, rest // 2, rest - rest // 2, 0, 0, cv2.BORDER_REPLICATE), np.uint8)


def make_clip(path: Path, n_frames: int, size: tuple[int, int] | None) -> int:
    """Write `n_frames` of the running body; return their number."""
    with VideoWriter(path, FPS) as writer:
        for index, image in enumerate(islice(endless(), n_frames)):
            writer.write(fitted(image, *size) if size else image, index / FPS)
    return n_frames


def infer(path: Path) -> tuple[float, float]:
    """Return wall and processor time of the estimator on every frame of a clip [s], decoding left out."""
    estimator = BlazePose(locate())
    estimator.start()
    wall = cpu = 0.0
    images = open_clip(path).images()
    while block := list(islice(images, BLOCK)):
        start, start_cpu = time.perf_counter(), time.process_time()
        for image in block:
            estimator.estimate(image)
        wall += time.perf_counter() - start
        cpu += time.process_time() - start_cpu
    return wall, cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    steps = parser.add_subparsers(dest="step", required=True)
    clip = steps.add_parser("clip")
    clip.add_argument("path", type=Path)
    clip.add_argument("frames", type=int)
    clip.add_argument("--size", type=int, nargs=2)
    inference = steps.add_parser("infer")
    inference.add_argument("path", type=Path)
    chosen = parser.parse_args()
    if chosen.step == "clip":
        print(make_clip(chosen.path, chosen.frames, tuple(chosen.size) if chosen.size else None))
    else:
        print(*infer(chosen.path))


if __name__ == "__main__":
    main()
