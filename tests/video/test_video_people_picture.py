"""The picture of everybody in a clip, with their numbers."""

from __future__ import annotations

import numpy as np
import pytest

from kinechain.video.drawing import SIDE_COLOURS
from kinechain.video.people_picture import people_picture

GREY = np.full((1080, 1920, 3), 128, np.uint8)
BOXES = {1: (100.0, 200.0, 500.0, 900.0), 2: (1300.0, 100.0, 2000.0, 1200.0)}


def amount(picture: np.ndarray, colour: tuple[int, int, int], x: slice) -> int:
    return int((np.abs(picture[:, x].astype(int) - colour) < 12).all(axis=2).sum())


@pytest.mark.parametrize("chosen", [1, 2])
def test_the_chosen_person_has_the_other_colour(chosen: int) -> None:
    picture = people_picture(GREY, BOXES, chosen)
    assert picture.shape == (720, 1280, 3)
    halves = {1: slice(0, 640), 2: slice(640, 1280)}
    for number, half in halves.items():
        own, other = SIDE_COLOURS["right"], SIDE_COLOURS["left"]
        if number != chosen:
            own, other = other, own
        assert amount(picture, own, half) > 1000
        assert amount(picture, other, half) == 0


def test_leaves_the_image_alone_and_small_images_small() -> None:
    small = GREY[:300, :400].copy()
    before = small.copy()
    assert people_picture(small, {1: (10.0, 10.0, 100.0, 200.0)}, 1).shape == small.shape
    np.testing.assert_array_equal(small, before)


def test_hides_faces_only_where_asked() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (720, 1280, 3)).astype(np.uint8)
    boxes = {1: (200.0, -50.0, 600.0, 700.0)}
    head, legs = np.s_[80:170, 300:500], np.s_[300:600, 300:500]
    shown, hidden = (people_picture(noise, boxes, 1, hide_faces=hide) for hide in (False, True))
    np.testing.assert_array_equal(shown[head], noise[head])
    assert hidden[head].std() < 0.3 * noise[head].std()
    np.testing.assert_array_equal(hidden[legs], noise[legs])


def test_boxes_outside_of_the_picture_do_no_harm() -> None:
    people_picture(GREY, {1: (-500.0, -500.0, -100.0, -100.0), 2: (3000.0, 2000.0, 3500.0, 2500.0)}, 1, hide_faces=True)
