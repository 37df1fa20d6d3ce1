"""Key pictures: the crop and the angle."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn_runner import GREY, HEIGHT, POINTS, WIDTH, shows, standing_pose
from hypothesis import given
from hypothesis import strategies as st

from kinechain.errors import OutputNotWritable
from kinechain.video.drawing import BLACK, SIDE_COLOURS
from kinechain.video.picture import AngleMark, Crop, key_picture, runner_crop, save_jpeg

LEFT = SIDE_COLOURS["left"]


def grey() -> np.ndarray:
    return np.full((HEIGHT, WIDTH, 3), GREY, np.uint8)


WHOLE = Crop(0, 0, WIDTH, HEIGHT)


def test_crop_holds_the_runner_and_stays_in_the_picture() -> None:
    pose = standing_pose()
    crop = runner_crop(pose)
    assert 0 <= crop.x0 < crop.x1 <= WIDTH
    assert 0 <= crop.y0 < crop.y1 <= HEIGHT
    for x, y in POINTS.values():
        assert crop.x0 < x < crop.x1
        assert crop.y0 < y < crop.y1
    assert runner_crop(pose, 7) == crop


@given(st.integers(0, 19), st.floats(20, 150))
def test_crop_follows_who_passes_through_and_keeps_its_size(frame: int, shift_px: float) -> None:
    pose = standing_pose(20, shift_px=shift_px).assign_attrs(image_width_px=4000)
    crop, first = runner_crop(pose, frame), runner_crop(pose, 0)
    assert (crop.x1 - crop.x0, crop.y1 - crop.y0) == (first.x1 - first.x0, first.y1 - first.y0)
    assert crop.x0 <= POINTS["left_elbow"][0] + shift_px * frame <= crop.x1
    assert crop.x0 <= POINTS["right_elbow"][0] + shift_px * frame <= crop.x1


def test_no_crop_without_a_runner() -> None:
    pose = standing_pose()
    pose["position"].values[:] = np.nan
    with pytest.raises(ValueError, match="hips"):
        runner_crop(pose)


def test_key_picture_has_the_height_asked_for_and_leaves_the_frame_alone() -> None:
    image = grey()
    picture = key_picture(image, standing_pose(), 3, crop=WHOLE, height_px=900)
    assert picture.shape == (900, 600, 3)
    assert (image == GREY).all()
    x, y = (POINTS["left_hip"][0] + POINTS["left_knee"][0]) / 2, (POINTS["left_hip"][1] + POINTS["left_knee"][1]) / 2
    assert shows(picture, (1.5 * x, 1.5 * y), LEFT)
    own = key_picture(image, standing_pose(), 3, height_px=HEIGHT, crop=WHOLE)
    assert (image == GREY).all(), "even where nothing had to be scaled"
    assert (own != GREY).any()


def test_key_picture_shows_only_the_crop() -> None:
    image = grey()
    image[:, :50] = (250, 250, 0)
    picture = key_picture(image, standing_pose(), 0, crop=Crop(50, 0, WIDTH, HEIGHT), height_px=HEIGHT)
    assert picture.shape == (HEIGHT, WIDTH - 50, 3)
    assert not ((picture == (250, 250, 0)).all(axis=2)).any()


def test_the_arc_lies_between_reference_and_segment() -> None:
    vertex, end = (200.0, 400.0), (300.0, 300.0)  # 45° to the right of upright
    mark = AngleMark.against_vertical(vertex, end, 45.0, "left")
    pose = standing_pose()
    pose["position"].values[:] = np.nan
    pose["flag"].values[:] = 5
    picture = key_picture(grey(), pose, 0, angle=mark, crop=WHOLE, height_px=HEIGHT)
    radius = 0.62 * np.hypot(100, 100)
    for degrees, there in ((22, True), (5, True), (40, True), (70, False), (-60, False)):
        at = np.radians(degrees)
        assert shows(picture, (200 + radius * np.sin(at), 400 - radius * np.cos(at)), LEFT, reach=3) == there, degrees
    assert shows(picture, vertex, BLACK)
    assert sum(shows(picture, (200, y), BLACK, reach=2) for y in range(270, 380)) > 30, "the reference line"


@pytest.mark.parametrize("value", [-0.3, 0.2, 7.4, -12.6, 148.0])
def test_the_value_is_written_inside_the_picture(value: float) -> None:
    mark = AngleMark.against_vertical((390.0, 5.0), (395.0, 8.0), value)
    plain = key_picture(grey(), standing_pose(), 0, crop=WHOLE, height_px=HEIGHT)
    picture = key_picture(grey(), standing_pose(), 0, angle=mark, crop=WHOLE, height_px=HEIGHT)
    ys, xs = np.nonzero(((picture == 255).all(axis=2)) & ((plain != 255).any(axis=2)))
    assert len(ys) > 200
    assert xs.max() < WIDTH
    assert ys.min() >= 0


def test_angles_know_their_reference() -> None:
    assert AngleMark.against_vertical((10, 10), (12, 2), 5).reference_px == (10, 9)
    assert AngleMark.against_vertical((10, 10), (12, 20), 5).reference_px == (10, 11)
    straight = AngleMark.of_joint((10, 0), (10, 10), (10, 20), 0)
    assert straight.reference_px == straight.segment_px


def test_jpeg_keeps_the_colours(tmp_path: Path) -> None:
    image = grey()
    image[:, 200:] = SIDE_COLOURS["right"]
    save_jpeg(image, tmp_path / "写真.jpg")
    data = np.frombuffer((tmp_path / "写真.jpg").read_bytes(), np.uint8)
    again = cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    assert np.abs(again[300, 300].astype(int) - SIDE_COLOURS["right"]).max() < 12
    with pytest.raises(OutputNotWritable):
        save_jpeg(image, tmp_path / "nowhere" / "a.jpg")
