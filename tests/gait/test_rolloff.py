"""The toe that leaves the ground last: known answers on a runner with two toes, properties, what is withheld."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from gait_runs import analysed, by_name

from analytic_camera import frame_times, hidden
from analytic_frontal import FrontalRunner, RoundCamera, film_around, flipped, mirrored
from kinechain.gait.frontal_measure import ONE_TOE_POINT
from kinechain.gait.rolloff import TOES_BETWEEN, TOES_SCATTER, RolloffParameters, classify_rolloff
from kinechain.model.skeleton import SIDES, TOES
from kinechain.text import Text

#: Left leaves over the little toe (the big toe is up 30 ms before it), right over the big toe.
RUNNER = FrontalRunner(left_lead_s=0.03, right_lead_s=-0.03)
TOGETHER = FrontalRunner()
REAR, FRONT = RoundCamera(), RoundCamera(azimuth_deg=180.0)
TIME_S = frame_times(60.0, 6.0)


def classes(pose: xr.Dataset) -> dict[str, float | str | Text | None]:
    """Return the class of each foot, or the reason why there is none."""
    found = by_name(analysed(pose))
    rows = {side: found["rolloff_class", side] for side in SIDES}
    return {side: row.value if row.value is not None else row.missing_because for side, row in rows.items()}


@pytest.mark.parametrize("fps", [30.0, 60.0, 120.0])
@pytest.mark.parametrize(
    "camera",
    [
        REAR,
        FRONT,
        replace(REAR, overground=True, distance_m=16.0),
        replace(REAR, height_m=1.8),
        replace(REAR, azimuth_deg=12.0),
        replace(REAR, roll_deg=4.0),
        replace(FRONT, noise_px=1.0),
    ],
    ids=["rear", "front", "road", "from_above", "yaw", "roll", "noise"],
)
def test_known_answers(camera, fps):
    time_s = frame_times(fps, 6.0)
    assert classes(film_around(RUNNER, time_s, camera, toes=True)) == {"left": "little_toe", "right": "big_toe"}
    assert classes(film_around(TOGETHER, time_s, camera, toes=True)) == {"left": "centre", "right": "centre"}


def test_a_class_is_filed_with_its_strides_and_as_a_proxy():
    row = by_name(analysed(film_around(RUNNER, TIME_S, toes=True)))["rolloff_class", "left"]
    assert row.grade == "D"
    assert row.n_strides >= 6
    assert row.low is None
    assert row.missing_because is None


@pytest.mark.parametrize("camera", [REAR, FRONT], ids=["rear", "front"])
def test_mirroring_swaps_the_feet(camera):
    pose = film_around(replace(RUNNER, right_lead_s=0.0), TIME_S, camera, toes=True)
    assert classes(pose) == {"left": "little_toe", "right": "centre"}
    assert classes(mirrored(pose)) == {"left": "centre", "right": "little_toe"}


def test_toes_follow_their_foot_when_the_body_is_flipped():
    pose = film_around(RUNNER, TIME_S, toes=True)
    when = np.random.default_rng(5).uniform(size=len(TIME_S)) < 0.2
    assert classes(flipped(pose, when)) == classes(pose)


def test_the_longer_the_lead_the_farther_from_centre():
    found = [
        classes(film_around(FrontalRunner(left_lead_s=lead, right_lead_s=-lead), TIME_S, toes=True))
        for lead in (0.0, 0.004, 0.04)
    ]
    assert found[0] == found[1] == {"left": "centre", "right": "centre"}
    assert found[2] == {"left": "little_toe", "right": "big_toe"}


# --- withheld --------------------------------------------------------------------------------------------------------


def test_one_toe_point_is_the_reason_of_the_default_estimator():
    assert classes(film_around(RUNNER, TIME_S)) == dict.fromkeys(SIDES, ONE_TOE_POINT)


def test_points_that_scatter_tell_nothing():
    pose = film_around(RUNNER, TIME_S, toes=True)
    at = [f"{side}_{toe}" for side in SIDES for toe in TOES]
    position = pose["position"].sel(keypoint=at)
    pose["position"].loc[{"keypoint": at}] = position + np.random.default_rng(1).normal(0, 12.0, position.shape)
    assert classes(pose) == dict.fromkeys(SIDES, TOES_SCATTER)


def test_a_hidden_toe_takes_its_foot_out():
    pose = film_around(RUNNER, TIME_S, toes=True)
    found = classes(hidden(pose, ("left_small_toe",), np.arange(len(TIME_S)) > 30))
    assert isinstance(found["left"], Text)
    assert "were seen in only" in found["left"].en
    assert found["right"] == "big_toe"


def test_a_side_view_does_not_tell():
    found = classes(film_around(RUNNER, TIME_S, RoundCamera(azimuth_deg=90.0), toes=True))
    assert all(isinstance(reason, Text) for reason in found.values())


# --- the rule --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rise", "spread", "noise", "expected"),
    [
        (0.03, 0.001, 0.0, "little_toe"),
        (-0.03, 0.001, 0.0, "big_toe"),
        (0.006, 0.001, 0.0, "centre"),
        (0.012, 0.004, 0.0, TOES_BETWEEN),  # its interval lies over the border
        (0.018, 0.001, 0.006, "centre"),  # noise hides it
        (0.03, 0.001, 0.015, TOES_SCATTER),
    ],
)
def test_the_band_of_centre_follows_from_the_noise(rise, spread, noise, expected):
    wave = np.tile([1.0, -1.0], 6)
    standing = noise * wave
    assert classify_rolloff(standing, standing + rise + spread * wave, RolloffParameters()) == expected
    turned = classify_rolloff(-standing, -standing - rise - spread * wave, RolloffParameters())
    assert turned == {"little_toe": "big_toe", "big_toe": "little_toe"}.get(expected, expected)
