"""Cuts, repeated pictures and the camera's movement on image sequences whose truth is known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from kinechain.model.frames import Image
from kinechain.video.camera import CameraMotion, follow_background, pace_changes
from kinechain.video.scene import Scene, SceneWatcher, small_copy

WIDTH, HEIGHT = 320, 180
RUNNER = (120, 45, 170, 145)
"""left, top, right, bottom of what stands for the runner [px]"""


def landscape(seed: int, width: int = 3 * WIDTH, height: int = 2 * HEIGHT) -> Image:
    """A textured wall with blobs of all sizes, larger than the picture."""
    rng = np.random.default_rng(seed)
    wall = np.zeros((height, width), np.float32)
    for size in (6, 16, 48):
        coarse = rng.normal(0, 1, (height // size + 2, width // size + 2)).astype(np.float32)
        wall += cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    wall = 128 + 45 * wall / wall.std()
    return np.repeat(np.clip(wall, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


def view(wall: Image, x: float = 0.0, y: float = 0.0) -> Image:
    """The part of the wall that a camera pointed at (x, y) sees."""
    middle = (WIDTH / 2 + 50 + x, HEIGHT / 2 + 50 + y)
    return np.asarray(cv2.getRectSubPix(wall, (WIDTH, HEIGHT), middle), dtype=np.uint8)


def with_runner(image: Image, frame: int, rng: np.random.Generator) -> Image:
    """Legs and arms in front of the picture, another way in every frame, and the noise of a sensor."""
    image = image.copy()
    left, top, right, bottom = RUNNER
    middle = (left + right) // 2
    for phase, colour in ((0.0, (30, 40, 60)), (2.0, (220, 200, 90))):
        swing = int(22 * np.sin(0.5 * frame + phase))
        cv2.line(image, (middle, top + 40), (middle + swing, bottom), colour, 9)
    cv2.rectangle(image, (middle - 8, top), (middle + 8, top + 45), (200, 60, 50), -1)
    return np.clip(image + rng.normal(0, 2.0, image.shape), 0, 255).astype(np.uint8)


def filmed(positions: list[tuple[Image, float, float]]) -> list[Image]:
    rng = np.random.default_rng(7)
    return [with_runner(view(*where), frame, rng) for frame, where in enumerate(positions)]


def watched(images: list[Image]) -> tuple[Scene, list[int]]:
    watcher = SceneWatcher()
    begins = [index for index, image in enumerate(images) if watcher.look(index, image)]
    return watcher.scene(), begins


def followed(scene: Scene, n: int) -> CameraMotion:
    return follow_background(scene.steps, np.tile(np.array(RUNNER, float), (n, 1)), (WIDTH, HEIGHT))


@pytest.fixture(scope="module")
def wall() -> Image:
    return landscape(1)


def test_a_fixed_camera_shows_nothing(wall: Image) -> None:
    scene, begins = watched(filmed([(wall, 0, 0)] * 40))
    assert scene.cuts == ()
    assert begins == []
    assert not scene.repeated.any()
    motion = followed(scene, 40)
    assert np.abs(motion.shift(slice(0, 40))).max() < 1.0
    assert not motion.uncertain.any()


def test_cuts_are_found_where_they_are(wall: Image) -> None:
    other, third = landscape(2), landscape(3)
    shots = [(wall, 0, 0)] * 30 + [(other, 0, 0)] * 25 + [(third, 0, 0)] * 40
    scene, begins = watched(filmed(shots))
    assert scene.cuts == (30, 55)
    assert {30, 55} <= set(begins)  # known at once, so that the estimator can begin anew


def test_a_cut_between_two_moving_cameras(wall: Image) -> None:
    other = landscape(2)
    shots = [(wall, 3.0 * i, 0) for i in range(30)] + [(other, 250 - 2.5 * i, 0) for i in range(30)]
    assert watched(filmed(shots))[0].cuts == (30,)


def test_other_light_is_no_cut(wall: Image) -> None:
    images = filmed([(wall, 0, 0)] * 50)
    darker = [np.clip(image * 0.75, 0, 255).astype(np.uint8) if i >= 25 else image for i, image in enumerate(images)]
    assert watched(darker)[0].cuts == ()


def test_a_jerk_of_the_camera_is_no_cut(wall: Image) -> None:
    shots = [(wall, 0.0 if i < 25 else 15.0, 0.0 if i < 25 else 6.0) for i in range(50)]
    scene, _ = watched(filmed(shots))
    assert scene.cuts == ()
    assert followed(scene, 50).way[25] == pytest.approx([-15.0, -6.0], abs=0.8)


def test_repeated_pictures_are_counted(wall: Image) -> None:
    rng = np.random.default_rng(0)
    fresh = filmed([(wall, 0, 0)] * 41)
    source = [i - i // 6 for i in range(48)]  # every sixth picture is shown twice
    noisy = [np.clip(fresh[s] + rng.normal(0, 0.7, fresh[s].shape), 0, 255).astype(np.uint8) for s in source]
    truth = np.array([i > 0 and source[i] == source[i - 1] for i in range(48)])
    scene, _ = watched(noisy)
    assert scene.repeated.tolist() == truth.tolist()
    assert scene.repeated_ratio == pytest.approx(truth.mean())


def test_a_paused_start_is_repeated(wall: Image) -> None:
    images = filmed([(wall, 2.0 * i, 0) for i in range(60)])
    scene, _ = watched([images[0]] * 30 + images)
    assert scene.repeated[1:31].all()
    assert not scene.repeated[31:].any()
    assert scene.cuts == ()


@pytest.mark.parametrize("speed", [(1.5, 0.0), (-5.5, 1.0), (12.0, 0.0)])
def test_a_pan_is_followed(wall: Image, speed: tuple[float, float]) -> None:
    start = 350.0 if speed[0] < 0 else 0.0
    scene, _ = watched(filmed([(wall, start + speed[0] * i, speed[1] * i) for i in range(40)]))
    assert scene.cuts == ()
    motion = followed(scene, 40)
    assert motion.followed.all()
    # what is added to a position in the picture is where the camera has gone
    assert motion.shift(slice(0, 40))[-1] == pytest.approx(39 * np.array(speed), rel=0.03, abs=1.5)
    assert motion.way[1:] == pytest.approx(np.tile(-np.array(speed), (39, 1)), abs=0.5)


def test_a_shaking_hand_is_followed(wall: Image) -> None:
    t = np.arange(60)
    shake = np.stack([5 * np.sin(0.7 * t) + 2 * np.sin(1.9 * t), 3 * np.cos(1.1 * t)], axis=1)
    scene, _ = watched(filmed([(wall, float(x) + 25, float(y) + 25) for x, y in shake]))
    error = followed(scene, 60).shift(slice(0, 60)) - (shake - shake[0])
    assert error.std(axis=0).max() < 0.6


def test_a_drawn_in_label_does_not_hold_the_background(wall: Image) -> None:
    images = filmed([(wall, 3.5 * i, 0) for i in range(40)])
    for image in images:
        image[:36] = 0
        for number in range(12):
            cv2.putText(image, "4:30", (26 * number, 26), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (255, 255, 255), 2)
    scene, _ = watched(images)
    assert followed(scene, 40).shift(slice(0, 40))[-1] == pytest.approx([136.5, 0.0], rel=0.03, abs=1.5)


def test_a_pan_that_plays_slower_from_one_picture_on(wall: Image) -> None:
    x = np.concatenate([9.0 * np.arange(20), 9.0 * 19 + 2.0 * np.arange(1, 31)])
    scene, _ = watched(filmed([(wall, float(at), 0) for at in x]))
    (begins,) = pace_changes(followed(scene, 50), scene.repeated, (WIDTH, HEIGHT))
    assert abs(begins - 20) <= 1


def test_a_hand_that_slows_down_is_no_other_pace(wall: Image) -> None:
    x = np.cumsum(5.0 + 4.0 * np.cos(2 * np.pi * np.arange(60) / 50))
    scene, _ = watched(filmed([(wall, float(at), 0) for at in x]))
    assert pace_changes(followed(scene, 60), scene.repeated, (WIDTH, HEIGHT)) == ()


def test_what_was_not_followed_is_bridged() -> None:
    way = np.array([[0.0, 0.0], [2.0, 0.0], [np.nan, np.nan], [4.0, 0.0], [4.0, 1.0]])
    motion = CameraMotion(way, np.zeros(5, dtype=bool))
    assert motion.followed.tolist() == [True, True, False, True, True]
    assert motion.shift(slice(0, 5))[:, 0].tolist() == [0.0, -2.0, -5.0, -9.0, -13.0]
    assert motion.shift(slice(3, 5))[:, 1].tolist() == [0.0, -1.0]


def test_images_come_in_order(wall: Image) -> None:
    with pytest.raises(ValueError, match="expected"):
        SceneWatcher().look(1, view(wall))


@pytest.mark.parametrize("size", [(64, 48), (1920, 1080), (1080, 1920), (360, 636)])
def test_the_small_copy_keeps_proportions(size: tuple[int, int]) -> None:
    small, scale = small_copy(np.full((size[1], size[0], 3), 90, np.uint8), 160)
    assert max(small.shape) == 160
    assert scale == pytest.approx(max(size) / 160)
    assert small.shape[1] / small.shape[0] == pytest.approx(size[0] / size[1], rel=0.02)
    assert (small == 90).all()
