"""What is not running, not seen or not measurable is said, not guessed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from gait_runs import analysed, by_name, event_errors_s, filmed, numbers

from analytic_camera import Camera, film, film_points, frame_times, hidden, squatting
from analytic_runner import events_s, running, walking
from kinechain import glossary
from kinechain.errors import (
    FrameRateTooLow,
    NoPerson,
    NoRunning,
    TooFewStrides,
    ViewContradicted,
    ViewDiagonal,
    ViewUnsupported,
    WalkingNotRunning,
)
from kinechain.gait.sagittal import SmoothingParameters, to_sagittal
from kinechain.gait.view import detect_view, settle_view
from kinechain.model.skeleton import KEYPOINTS, SIDES

TIME_S = frame_times(60.0, 6.0)
RUNNER = running(3.5)


# --- not running -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("noise_px", [0.0, 1.0, 4.0])
def test_standing_is_no_running(noise_px):
    with pytest.raises(NoRunning):
        analysed(film_points(squatting(TIME_S, depth_m=0.0), TIME_S, 1.75, Camera(noise_px=noise_px)))


@pytest.mark.parametrize("noise_px", [0.0, 2.0])
def test_squats_are_no_running(noise_px):
    with pytest.raises(NoRunning):
        analysed(film_points(squatting(TIME_S), TIME_S, 1.75, Camera(noise_px=noise_px)))


def test_hopping_with_both_legs_is_no_running():
    # The left leg's running on both sides: rhythm and reach are there, but the legs do not take turns.
    pose = film(RUNNER, TIME_S)
    for name in ("hip", "knee", "ankle", "heel", "toe"):
        pose["position"].loc[{"keypoint": f"right_{name}"}] = pose["position"].sel(keypoint=f"left_{name}") + 3.0
    with pytest.raises(NoRunning):
        analysed(pose)


def test_noise_is_no_running():
    points = np.random.default_rng(3).normal(0, 0.3, (len(TIME_S), 2))
    body = {name: points + np.array([0, 0.02 * i]) for i, name in enumerate(KEYPOINTS)}
    jitter = np.random.default_rng(4)
    body = {name: xy + jitter.normal(0, 0.2, xy.shape) for name, xy in body.items()}
    with pytest.raises((NoRunning, ViewDiagonal)):
        analysed(film_points(body, TIME_S, 1.75, Camera()))


@pytest.mark.parametrize("noise_px", [0.0, 1.5])
@pytest.mark.parametrize(
    "camera", [Camera(), Camera(facing=-1, overground=True, px_per_m=150.0)], ids=["belt", "ground"]
)
def test_walking_is_told_from_running(noise_px, camera):
    pose = film(
        walking(), frame_times(30.0, 6.0), Camera(camera.px_per_m, camera.facing, camera.overground, 0.06, noise_px)
    )
    with pytest.raises(WalkingNotRunning) as caught:
        analysed(pose)
    assert caught.value.details["cadence_spm"] == pytest.approx(120 / 1.1, abs=2)


@pytest.mark.parametrize("speed", [2.0, 2.5])
def test_slow_running_is_not_walking(speed):
    runner = replace(running(2.5), speed_mps=speed)
    assert len(filmed(runner, 60.0).table.rows) >= 12


def test_low_frame_rate_is_refused():
    with pytest.raises(FrameRateTooLow) as caught:
        filmed(RUNNER, 15.0)
    assert caught.value.details == {"fps": pytest.approx(15), "needed": 24.0}
    assert len(filmed(RUNNER, 25.0).table.rows) >= 12


def test_a_clip_without_a_whole_stride_is_refused():
    with pytest.raises((TooFewStrides, NoRunning)):
        filmed(RUNNER, 120.0, 0.8)


def test_three_strides_are_needed_for_a_value():
    analysis = filmed(RUNNER, 120.0, 2.2)
    counts = {side: len(analysis.table.of(side)) for side in SIDES}
    assert max(counts.values()) <= 2
    found = by_name(analysis)["knee_flexion_peak_deg", "left"]
    assert found.value is None
    assert found.missing_because is not None
    assert "3 are needed" in found.missing_because.en


# --- view ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("facing", [1, -1])
def test_the_side_is_seen(facing):
    seen = detect_view(film(RUNNER, TIME_S, Camera(facing=facing, noise_px=2.0)))
    assert seen.facing == facing
    assert seen.view == ("side_right" if facing == 1 else "side_left")
    assert seen.confidence > 0.9
    assert settle_view(seen, None) is seen
    assert settle_view(seen, seen.view).view == seen.view


@pytest.mark.parametrize(("breadth_m", "view"), [(0.42, "rear"), (-0.42, "front")])
def test_wide_shoulders_are_rear_or_front(breadth_m, view):
    pose = film(RUNNER, TIME_S, Camera(breadth_m=breadth_m))
    assert detect_view(pose).view == view


def test_a_view_that_cannot_be_measured_is_unsupported():
    with pytest.raises(ViewUnsupported, match="foot_medial"):
        analysed(film(RUNNER, TIME_S), stated="foot_medial")


@pytest.mark.parametrize("stated", ["rear", "front"])
def test_a_stated_rear_view_that_is_a_side_is_contradicted(stated):
    with pytest.raises(ViewContradicted):
        analysed(film(RUNNER, TIME_S), stated=stated)


@pytest.mark.parametrize(("facing", "stated"), [(1, "side_left"), (-1, "side_right")])
def test_a_stated_side_that_is_the_other_one_is_contradicted(facing, stated):
    with pytest.raises(ViewContradicted):
        analysed(film(RUNNER, TIME_S, Camera(facing=facing)), stated=stated)


def test_where_the_picture_is_unclear_the_user_decides():
    pose = film(RUNNER, TIME_S, Camera(breadth_m=0.21))  # near the limit between side and rear
    seen = detect_view(pose)
    assert seen.confidence < 0.5
    assert settle_view(seen, "side_left").facing == -1


def test_nobody_in_the_picture():
    pose = hidden(film(RUNNER, TIME_S), KEYPOINTS, np.ones(len(TIME_S), bool))
    with np.errstate(all="ignore"), pytest.raises(NoPerson):
        analysed(pose)


# --- points that are not seen ----------------------------------------------------------------------------------------


def _near_contacts(side: str, reach_s: float = 0.06) -> np.ndarray:
    contacts = events_s(RUNNER, "initial_contact", side, -1, 7)
    return np.abs(TIME_S[:, None] - contacts).min(axis=1) < reach_s


@pytest.mark.parametrize("point", ["heel", "toe"])
def test_one_foot_point_hidden_at_contact_lowers_the_confidence(point):
    analysis = analysed(hidden(film(RUNNER, TIME_S), (f"left_{point}",), _near_contacts("left")))
    contacts = analysis.events.of("initial_contact", "left")
    assert contacts
    assert {(e.confidence, e.reason) for e in contacts} == {(0.7, "foot_out_of_picture")}
    assert np.abs(event_errors_s(analysis, RUNNER, "initial_contact", "left")).max() < 0.025
    others = (*analysis.events.of("toe_off"), *analysis.events.of("initial_contact", "right"))
    assert {(e.confidence, e.reason) for e in others} == {(1.0, "")}
    found = by_name(analysis)
    for name in ("foot_inclination_ic_deg", "strike_class"):
        assert found[name, "left"].value is None
        assert found[name, "right"].value is not None
    assert found["knee_flexion_peak_deg", "left"].value is not None


def test_a_whole_foot_hidden_at_contact_takes_that_leg_out():
    analysis = analysed(hidden(film(RUNNER, TIME_S), ("left_heel", "left_toe"), _near_contacts("left")))
    contacts = analysis.events.of("initial_contact", "left")
    assert contacts
    assert not any(event.usable for event in contacts)
    assert {event.reason for event in contacts} == {"foot_out_of_picture"}
    found, whole = by_name(analysis), numbers(filmed(RUNNER, 60.0))
    assert found["cadence_spm", "both"].value == pytest.approx(whole["cadence_spm", "both"], abs=0.25)
    for name, row in glossary.quantities().items():
        if row.group in ("side_view", "time_space") and row.sides == "each":
            assert found[name, "left"].value is None, name
            assert found[name, "left"].missing_because is not None
            assert found[name, "right"].value is not None, name
    assert found["knee_flexion_peak_deg", "right"].value == pytest.approx(
        whole["knee_flexion_peak_deg", "right"], abs=0.01
    )


def test_some_contacts_hidden_leave_the_other_strides():
    gone = _near_contacts("left") & (TIME_S < 3.0)
    analysis = analysed(hidden(film(RUNNER, TIME_S), ("left_heel", "left_toe"), gone))
    found, whole = by_name(analysis), numbers(filmed(RUNNER, 60.0))
    assert 3 <= found["contact_time_s", "left"].n_strides < found["contact_time_s", "right"].n_strides
    assert found["contact_time_s", "left"].value == pytest.approx(whole["contact_time_s", "left"], abs=0.003)


@pytest.mark.parametrize(
    ("point", "missing", "kept"),
    [
        ("shoulder", "hip_flexion_ic_deg", "knee_flexion_ic_deg"),
        ("knee", "knee_flexion_peak_deg", "trailing_limb_angle_to_deg"),
        ("ankle", "rearward_drift_ratio", "thigh_angle_to_deg"),
    ],
)
def test_a_hidden_joint_takes_out_what_needs_it(point, missing, kept):
    seen = TIME_S < 0.5  # long enough to make a track, too short to measure a stride
    pose = hidden(film(RUNNER, TIME_S), (f"left_{point}",), ~seen)
    found = by_name(analysed(pose))
    assert found[missing, "left"].value is None
    assert found[missing, "left"].missing_because is not None
    assert found[kept, "left"].value is not None
    assert found[missing, "right"].value is not None


def test_short_gaps_are_bridged():
    pose = film(RUNNER, TIME_S)
    lost = np.zeros(len(TIME_S), bool)
    lost[np.arange(10, len(TIME_S) - 10, 23)] = True
    bridged = numbers(analysed(hidden(pose, KEYPOINTS, lost)))
    whole = numbers(analysed(pose))
    assert bridged.keys() == whole.keys()
    for key, value in whole.items():
        assert bridged[key] == pytest.approx(value, rel=0.05, abs=1.5 if key[0].endswith("_deg") else 0.02), key


def test_sagittal_frame_needs_an_image_pose():
    pose = film(RUNNER, TIME_S)
    with pytest.raises(ValueError, match="image frame"):
        to_sagittal(pose.assign_attrs(frame="sagittal"), 1, 8.0, SmoothingParameters())
    gone = hidden(pose, ("left_heel",), np.ones(len(TIME_S), bool))
    assert to_sagittal(gone, 1, 8.0, SmoothingParameters()) is None
    assert to_sagittal(pose.isel(time=slice(0, 7)), 1, 8.0, SmoothingParameters()) is None
