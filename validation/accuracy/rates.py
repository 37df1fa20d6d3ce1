"""The same clips with fewer frames a second: each the mean of half of those it stands for, as of a longer exposure."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from accuracy.compare import Row, compare
from kinechain.model.frames import Image
from kinechain.video.reader import open_clip
from kinechain.video.writer import VideoWriter
from phantoms.spec import ClipSpec, from_dict, to_toml

#: Frame rates of the derived clips [Hz].
RATES_HZ = (60.0, 30.0)


def weights(factor: int) -> NDArray[np.float64]:
    """Return how much each frame counts in one that stands for `factor` of them, the middle one in its time.

    A shutter that is open for half of the longer frame, evenly about its time: for 2 the frame itself, for 4 a
    quarter, a half and a quarter of three.

    Raises
    ------
    ValueError
        Where the factor is not even.
    """
    if factor < 2 or factor % 2:
        raise ValueError(f"{factor} frames have no middle half")
    open_frames = factor // 2
    if open_frames == 1:
        return np.ones(1)
    edges = np.full(open_frames + 1, 1.0 / open_frames)
    edges[[0, -1]] /= 2
    return edges if open_frames % 2 == 0 else np.full(open_frames, 1.0 / open_frames)


def slower(folder: Path, name: str, fps: float, out: Path) -> str:
    """Write a clip with fewer frames, its truth and its specification; one that is there is left alone.

    Returns
    -------
    Name of the new clip.

    Raises
    ------
    ValueError
        Where the clip's own rate is no even multiple of `fps`.
    """
    truth = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    spec: ClipSpec = from_dict(ClipSpec, tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8")))
    factor, new = round(truth["fps"] / fps), f"{name}_{fps:g}fps"
    weight = weights(factor)
    out.mkdir(parents=True, exist_ok=True)
    if (out / f"{new}.mp4").is_file():
        return new
    picture = replace(spec.picture, fps=fps, shutter_s=max(spec.picture.shutter_s, len(weight) // 2 / truth["fps"]))
    (out / f"{new}.toml").write_text(to_toml(replace(spec, name=new, picture=picture)), encoding="utf-8")
    clip, n = open_clip(folder / f"{name}.mp4"), 0
    with VideoWriter(out / f"{new}.mp4", fps, crf=spec.picture.crf) as writer:
        for time_s, image in _joined(clip.images(), clip.info.time_s, factor, weight):
            writer.write(image, time_s)
            n += 1
    (out / f"{new}.json").write_text(json.dumps(truth | {"clip": new, "fps": fps, "frames": n}), encoding="utf-8")
    return new


def _joined(
    images: Iterator[Image], time_s: NDArray[np.float64], factor: int, weight: NDArray[np.float64]
) -> Iterator[tuple[float, Image]]:
    """Yield each longer exposure with the time of its middle; the first and the last are cut off by the clip's ends."""
    half, kept = len(weight) // 2, {}
    for i, image in enumerate(images):
        kept[i] = image
        middle = i - half
        if middle >= 0 and middle % factor == 0:
            own = [kept[max(0, middle + k)].astype(np.float32) for k in range(-half, half + 1)]
            mean = np.tensordot(weight, np.stack(own), axes=1)
            yield float(time_s[middle]), np.clip(np.rint(mean), 0, 255).astype(np.uint8)
        kept = {k: old for k, old in kept.items() if k > i - 2 * half - 1}


def at_every_rate(folder: Path, name: str, poses: Path, out: Path) -> Iterator[Row]:
    """Yield every number of a clip at its own and at each lower frame rate."""
    yield from compare(folder, name, poses)
    own_hz = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))["fps"]
    for fps in (fps for fps in RATES_HZ if fps < own_hz):
        yield from compare(out, slower(folder, name, fps, out), out / "poses")
