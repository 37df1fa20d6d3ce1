"""The view is named from any direction, mirrored or not, with and without the estimator's metres."""

from __future__ import annotations

import numpy as np
import pytest

from analytic_camera import frame_times
from analytic_frontal import FrontalRunner, RoundCamera, film_around, flipped, mirrored
from kinechain.errors import ViewContradicted, ViewDiagonal, ViewUnsupported
from kinechain.gait.view import detect_view, settle_view

TIME_S = frame_times(60.0, 4.0)
RUNNER = FrontalRunner()
VIEWS = {0.0: "rear", 90.0: "side_right", 180.0: "front", 270.0: "side_left"}
SWAPPED = {"rear": "rear", "front": "front", "side_left": "side_right", "side_right": "side_left"}


@pytest.mark.parametrize("metres", [True, False], ids=["metres", "picture"])
@pytest.mark.parametrize("off", [-12.0, 0.0, 12.0])
@pytest.mark.parametrize("azimuth", VIEWS)
def test_the_view_is_named_and_mirrors(azimuth, off, metres):
    pose = film_around(RUNNER, TIME_S, RoundCamera(azimuth_deg=azimuth + off, metres=metres))
    found, turned = detect_view(pose), detect_view(mirrored(pose))
    assert found.view == VIEWS[azimuth]
    assert turned.view == SWAPPED[VIEWS[azimuth]]
    assert found.confidence > 0.7
    assert turned.confidence == pytest.approx(found.confidence)
    assert settle_view(found, None) is found
    if found.facing or metres:
        assert found.yaw_deg == pytest.approx(abs(off), abs=6.0)


@pytest.mark.parametrize("azimuth", [45.0, 135.0, 225.0, 315.0])
def test_a_diagonal_view_is_refused_unless_stated(azimuth):
    seen = detect_view(film_around(RUNNER, TIME_S, RoundCamera(azimuth_deg=azimuth)))
    assert seen.diagonal
    with pytest.raises(ViewDiagonal) as caught:
        settle_view(seen, None)
    assert caught.value.exit_status == 27
    assert caught.value.details["yaw"] == pytest.approx(45, abs=8)
    assert settle_view(seen, seen.view).yaw_deg == seen.yaw_deg


@pytest.mark.parametrize("camera", [RoundCamera(), RoundCamera(azimuth_deg=180.0)], ids=["rear", "front"])
def test_flips_of_the_whole_body_do_not_turn_the_view_round(camera):
    pose = film_around(RUNNER, TIME_S, camera)
    when = np.random.default_rng(2).uniform(size=len(TIME_S)) < 0.3
    assert detect_view(flipped(pose, when)).view == detect_view(pose).view


@pytest.mark.parametrize("azimuth", [0.0, 180.0])
def test_the_ground_tells_rear_from_front_where_the_labels_lie(azimuth):
    # Labels exchanged in six of ten frames and no metres: the order of left and right says the wrong view.
    camera = RoundCamera(azimuth_deg=azimuth, metres=False)
    pose = film_around(RUNNER, TIME_S, camera)
    lies = flipped(pose, np.arange(len(TIME_S)) % 10 < 6)
    assert detect_view(lies).view == VIEWS[azimuth]
    assert detect_view(lies).confidence < 0.7


def test_what_the_user_states():
    rear = detect_view(film_around(RUNNER, TIME_S))
    assert settle_view(rear, "rear").view == "rear"
    for stated in ("side_left", "front"):
        with pytest.raises(ViewContradicted):
            settle_view(rear, stated)
    with pytest.raises(ViewUnsupported):
        settle_view(rear, "foot_medial")
