"""A small picture set into the picture, and black bars: known answers on drawn clips, and what is none."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import pytest

from kinechain.model.frames import Image
from kinechain.video.insets import Additions, InsetWatcher

WIDTH, HEIGHT, FRAMES = 640, 360, 24


@dataclass(frozen=True)
class Shot:
    """A drawn scene: a soft backdrop, and a person of one colour who swings sideways, and legs that move."""

    seed: int
    size: tuple[int, int] = (WIDTH, HEIGHT)
    pan_px: float = 0.0

    def __call__(self, index: int) -> Image:
        width, height = self.size
        rng = np.random.default_rng(self.seed)
        rough = rng.integers(40, 210, (6, 16, 3)).astype(np.uint8)
        backdrop = cv2.resize(rough, (2 * width, height), interpolation=cv2.INTER_CUBIC)
        image = np.ascontiguousarray(np.roll(backdrop, -round(self.pan_px * index), axis=1)[:, :width])
        x = round(width * (0.5 + 0.15 * np.sin(1.3 * index + self.seed)))
        colour = (20, 40 + 60 * (self.seed % 3), 20)
        cv2.rectangle(image, (x - width // 20, height // 4), (x + width // 20, 3 * height // 4), colour, -1)
        foot = round(x + width * 0.1 * np.sin(2.1 * index))
        cv2.line(image, (x, 3 * height // 4), (foot, height - 8), colour, max(3, height // 30))
        return image


def seen(images: list[Image]) -> Additions:
    watcher = InsetWatcher(len(images))
    for index, image in enumerate(images):
        watcher.look(index, image)
    return watcher.additions()


def with_inset(main: Shot, small: Shot, left: int, top: int) -> list[Image]:
    images = [main(i) for i in range(FRAMES)]
    width, height = small.size
    for i, image in enumerate(images):
        image[top : top + height, left : left + width] = small(i)
    return images


@pytest.mark.parametrize(
    ("left", "top"), [(0, 0), (WIDTH - 200, HEIGHT - 120), (380, 40), (0, 200)], ids=["corner", "far", "free", "edge"]
)
@pytest.mark.parametrize("pan_px", [0.0, 4.0], ids=["still", "panning"])
def test_a_picture_in_the_picture_is_found_where_it_is(left: int, top: int, pan_px: float) -> None:
    found = seen(with_inset(Shot(1, pan_px=pan_px), Shot(2, (200, 120)), left, top))
    assert found.inset is not None
    assert np.abs(np.array(found.inset) - [left, top, left + 200, top + 120]).max() <= 3
    assert found.inset_share == pytest.approx(200 * 120 / (WIDTH * HEIGHT), rel=0.05)


def test_mirroring_mirrors_the_place() -> None:
    images = with_inset(Shot(1, pan_px=4.0), Shot(2, (200, 120)), 380, 40)
    straight, turned = seen(images), seen([image[:, ::-1] for image in images])
    assert straight.inset is not None
    assert turned.inset is not None
    left, top, right, bottom = straight.inset
    assert turned.inset == pytest.approx((WIDTH - right, top, WIDTH - left, bottom), abs=3)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("pan_px", [0.0, 4.0], ids=["still", "panning"])
def test_a_plain_clip_has_none(seed: int, pan_px: float) -> None:
    assert seen([Shot(seed, pan_px=pan_px)(i) for i in range(FRAMES)]) == Additions()


def test_a_window_behind_the_runner_is_none() -> None:
    images = [Shot(1)(i) for i in range(FRAMES)]
    for i, image in enumerate(images):
        person = (image == image[HEIGHT // 2, round(WIDTH * (0.5 + 0.15 * np.sin(1.3 * i + 1)))]).all(axis=2)
        window = np.zeros_like(person)
        window[60:200, 240:400] = True
        image[window & ~person] = 240
    assert seen(images).inset is None


def test_a_still_picture_set_in_is_none() -> None:
    images = with_inset(Shot(1, pan_px=4.0), Shot(2, (200, 120)), 380, 40)
    for image in images:
        image[40:160, 380:580] = images[0][40:160, 380:580]
    assert seen(images).inset is None


def test_two_clips_side_by_side_are_no_inset() -> None:
    half = (WIDTH // 2, HEIGHT)
    assert seen(with_inset(Shot(1), Shot(2, half), WIDTH // 2, 0)).inset is None


@pytest.mark.parametrize(("top", "left"), [(40, 0), (0, 90)], ids=["letterbox", "pillarbox"])
def test_black_bars_are_measured_and_do_not_hide_an_inset(top: int, left: int) -> None:
    images = with_inset(Shot(1, pan_px=4.0), Shot(2, (200, 120)), 330, 60)
    bare = [Shot(1)(i) for i in range(FRAMES)]
    for image in (*images, *bare):
        image[:top] = image[HEIGHT - top :] = 0
        image[:, :left] = image[:, WIDTH - left :] = 0
    share = 2 * top / HEIGHT + 2 * left / WIDTH
    assert seen(bare).bars == pytest.approx(share, abs=0.01)
    assert seen(bare).inset is None
    found = seen(images)
    assert found.bars == pytest.approx(share, abs=0.01)
    assert found.inset == pytest.approx((330, 60, 530, 180), abs=3)


def test_darkness_is_no_bar() -> None:
    assert seen([np.zeros((HEIGHT, WIDTH, 3), np.uint8)] * FRAMES) == Additions()
    assert seen([]) == Additions()
