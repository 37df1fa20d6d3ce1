"""Draw a phantom clip and write it with its truth."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kinechain.model.skeleton import SIDES
from kinechain.video.writer import VideoWriter
from phantoms.body import Figure
from phantoms.camera import View, make_view
from phantoms.clothes import Outfit, dress
from phantoms.exercise_spec import ExerciseSpec
from phantoms.motion import Running, make_running
from phantoms.scene import Renderer
from phantoms.spec import ClipSpec, to_toml
from phantoms.state import BodyState
from phantoms.truth import truth_of

Array = NDArray[np.float64]
Image = NDArray[np.uint8]

Filmed = ClipSpec | ExerciseSpec

#: Frames whose surfaces are computed at once.
BATCH = 60
MIDSOLE = (240, 240, 240)


@dataclass(frozen=True)
class Dressed:
    """A figure with its outfit, and the surface's triangles and colours with the shoes."""

    figure: Figure
    outfit: Outfit
    faces: NDArray[np.intp]
    colours: NDArray[np.uint8]

    def surface(self, body: BodyState) -> NDArray[np.float32]:
        """Return the whole surface, shape (t, n, 3) [m]."""
        skin = self.figure.skin(self.figure.placements(body), self.outfit.points)
        shoes = [body.legs[side].shoe_points().astype(np.float32) for side in SIDES]
        return np.concatenate([skin, *shoes], axis=1)


def dressed(figure: Figure, body: BodyState) -> Dressed:
    """Return a figure with clothes and shoes on."""
    outfit = dress(figure)
    faces, colours = [outfit.faces], [outfit.colours]
    first = len(outfit.points)
    for side in SIDES:
        shoe = body.legs[side].shoe
        faces.append(shoe.faces + first)
        colours.append(np.where(shoe.is_midsole[:, None], MIDSOLE, figure.look.shoes).astype(np.uint8))
        first += len(shoe.points)
    return Dressed(figure, outfit, np.concatenate(faces), np.concatenate(colours))


def view_of(spec: Filmed, body: BodyState) -> tuple[View, Array]:
    """Return the camera and the point of the ground under the body's mean position."""
    middle = np.mean([leg.hip.mean(axis=0) for leg in body.legs.values()], axis=0) * np.array([1.0, 0.0, 1.0])
    return make_view(spec.camera, spec.picture, middle), middle


def exposures(spec: Filmed) -> Array:
    """Return the instants averaged in each frame, relative to the middle of its exposure [s]."""
    n = spec.picture.blur_samples if spec.picture.shutter_s > 0 else 1
    return np.asarray(((np.arange(n) + 0.5) / n - 0.5) * spec.picture.shutter_s)


def pictures(
    spec: Filmed, figure: Figure, body: BodyState, times: Array | None = None, *, belt_mps: float = 0.0
) -> Iterator[Image]:
    """Yield the pictures of a clip, or of some instants of it; `belt_mps` is how fast the ground runs backwards."""
    times = spec.picture.frame_times_s if times is None else times
    look = dressed(figure, body)
    view, middle = view_of(spec, body)
    renderer = Renderer(view, spec.scene, look.faces, look.colours, middle, spec.seed)
    random = np.random.default_rng(spec.seed)
    offsets = exposures(spec)
    per_batch = max(1, BATCH // len(offsets))
    first_s = body.time_s[0]
    try:
        for start in range(0, len(times), per_batch):
            part = times[start : start + per_batch]
            instants = np.clip((part[:, None] + offsets).ravel(), first_s, body.time_s[-1])
            surface = look.surface(body.at(instants))
            for i in range(len(part)):
                stack = [
                    renderer.draw(surface[k], belt_mps * (instants[k] - first_s))
                    for k in range(i * len(offsets), (i + 1) * len(offsets))
                ]
                yield finished(stack, spec, random)
    finally:
        renderer.close()


def finished(stack: list[Image], spec: Filmed, random: np.random.Generator) -> Image:
    """Average the exposure and add the sensor's noise."""
    if len(stack) == 1 and spec.picture.noise == 0:
        return stack[0]
    image = np.mean(np.stack(stack).astype(np.float32), axis=0) if len(stack) > 1 else stack[0].astype(np.float32)
    if spec.picture.noise > 0:
        image += random.standard_normal(image.shape, dtype=np.float32) * spec.picture.noise
    return np.clip(image, 0, 255).astype(np.uint8)


def render(spec: ClipSpec, rbds: Path, out: Path) -> Path:
    """Write `NAME.mp4`, `NAME.json` (truth) and `NAME.toml` (specification); a clip that is there is left alone.

    The clip appears last, so a clip that is there has its truth.

    Returns
    -------
    Path of the clip.
    """
    clip = out / f"{spec.name}.mp4"
    if clip.is_file():
        return clip
    running = write_truth(spec, rbds, out)
    figure = Figure(spec.body, running.height_m, running.body)
    write_images(clip, spec, pictures(spec, figure, running.body, belt_mps=running.speed_mps))
    return clip


def write_images(clip: Path, spec: Filmed, images: Iterator[Image]) -> None:
    """Write a clip, which appears whole."""
    unfinished = clip.with_name(f".{clip.stem}.{os.getpid()}.mp4")
    with VideoWriter(unfinished, spec.picture.fps, crf=spec.picture.crf) as writer:
        for image, time_s in zip(images, spec.picture.frame_times_s, strict=True):
            writer.write(image, float(time_s))
    unfinished.replace(clip)


def write_truth(spec: ClipSpec, rbds: Path, out: Path) -> Running:
    """Write `NAME.json` (truth) and `NAME.toml` (specification), and return the running they are about."""
    out.mkdir(parents=True, exist_ok=True)
    running = make_running(spec, rbds)
    view, _ = view_of(spec, running.body)
    truth = truth_of(spec, running, Figure(spec.body, running.height_m, running.body), view)
    (out / f"{spec.name}.json").write_text(json.dumps(truth), encoding="utf-8")
    (out / f"{spec.name}.toml").write_text(to_toml(spec), encoding="utf-8")
    return running


def timed_render(spec: ClipSpec, rbds: Path, out: Path) -> dict[str, float]:
    """Render and say how long it took: frames, wall and processor seconds."""
    wall, processor = time.perf_counter(), time.process_time()
    render(spec, rbds, out)
    frames = len(spec.picture.frame_times_s)
    return {"frames": frames, "wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - processor}
