"""Rear and front views on an analytic runner: known answers, properties, and what is refused or withheld."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
import xarray as xr
from gait_runs import analysed, by_name, event_errors_s, numbers

from analytic_camera import frame_times, hidden
from analytic_frontal import (
    FrontalRunner,
    RoundCamera,
    film_around,
    flipped,
    knee_shift_ratio,
    mirrored,
    symmetric,
    taken_out,
)
from analytic_runner import running, walking
from kinechain import glossary
from kinechain.errors import NoPerson, NoRunning, TooFewStrides, WalkingNotRunning
from kinechain.gait.analysis import GaitAnalysis, Known
from kinechain.gait.events import Rhythm
from kinechain.gait.frontal import FrontalMotion, FrontalParameters, sides_put_right, to_frontal
from kinechain.gait.frontal_events import FrontalEventParameters, Stance, detect_frontal_events
from kinechain.gait.frontal_plumb import PlumbParameters, plumb_lean_deg, set_upright
from kinechain.gait.frontal_yaw import YawParameters
from kinechain.gait.sagittal import SmoothingParameters
from kinechain.model.skeleton import KEYPOINTS, SIDES

TIME_S = frame_times(60.0, 6.0)
RUNNER = FrontalRunner()
REAR, FRONT, ROAD = RoundCamera(), RoundCamera(azimuth_deg=180.0), RoundCamera(overground=True, distance_m=16.0)
MEASURED = {
    "cadence_spm",
    "femoral_adduction_ms_deg",
    "knee_medial_shift_ms_ratio",
    "step_width_ratio",
}


@cache
def seen(camera: RoundCamera = REAR, runner: FrontalRunner = RUNNER, fps: float = 60.0) -> GaitAnalysis:
    return analysed(film_around(runner, frame_times(fps, 6.0), camera))


def motion_of(pose: xr.Dataset) -> tuple[FrontalMotion, list[Stance], Rhythm]:
    motion = to_frontal(pose, 1, 12.0, SmoothingParameters())
    assert motion is not None
    _, rhythm, stances = detect_frontal_events(motion, FrontalEventParameters())
    return motion, stances, rhythm


# --- known answers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "camera", [REAR, FRONT, ROAD, replace(REAR, noise_px=1.0)], ids=["rear", "front", "road", "noise"]
)
def test_known_answers(camera):
    found = numbers(seen(camera))
    assert found["cadence_spm", "both"] == pytest.approx(120 / RUNNER.gait.stride_s, abs=0.3)
    assert found["step_width_ratio", "both"] == pytest.approx(RUNNER.step_width_ratio, abs=0.01)
    for side in SIDES:
        assert found["femoral_adduction_ms_deg", side] == pytest.approx(RUNNER.adduction_deg(side), abs=0.6)
        assert found["knee_medial_shift_ms_ratio", side] == pytest.approx(knee_shift_ratio(RUNNER, side), abs=0.005)


@pytest.mark.parametrize("speed", [2.5, 3.5, 4.5])
@pytest.mark.parametrize("fps", [30.0, 60.0, 120.0])
def test_every_step_is_found_on_its_side_near_its_time(speed, fps):
    runner = replace(RUNNER, gait=running(speed))
    analysis = seen(REAR, runner, fps)
    sides = [event.side for event in analysis.events.of("initial_contact")]
    assert all(a != b for a, b in pairwise(sides))
    assert len(sides) >= 6.0 / runner.gait.stride_s * 2 - 2
    for side in SIDES:
        assert np.abs(event_errors_s(analysis, runner.gait, "initial_contact", side)).max() < 0.03
        assert np.abs(event_errors_s(analysis, runner.gait, "toe_off", side)).max() < 0.04
    assert analysis.rhythm.stride_s == pytest.approx(runner.gait.stride_s, rel=0.01)


def test_a_leg_that_crosses_the_line_has_a_negative_step_width():
    assert numbers(seen(REAR, symmetric(8.0, step_width_ratio=-0.05)))["step_width_ratio", "both"] < -0.04


def test_curves_show_the_adduction_of_each_leg():
    curves = {curve.side: curve for curve in seen().curves}
    assert {curve.name for curve in seen().curves} == {"femoral_adduction_deg"}
    for side in SIDES:
        assert np.abs(np.array(curves[side].mean) - RUNNER.adduction_deg(side)).max() < 1.5


# --- properties ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("camera", [REAR, FRONT], ids=["rear", "front"])
def test_mirroring_swaps_the_sides(camera):
    pose = film_around(RUNNER, TIME_S, camera)
    straight, turned = numbers(analysed(pose)), numbers(analysed(mirrored(pose)))
    for (name, side), value in straight.items():
        there = {"left": "right", "right": "left"}.get(side, side)
        assert turned[name, there] == pytest.approx(value, abs=1e-6), name


def test_size_and_start_of_the_clip_do_not_matter():
    pose = film_around(RUNNER, TIME_S)
    bigger = pose.copy(deep=True)
    bigger["position"].values[:] *= 1.7
    later = pose.assign_coords(time=pose["time"] + 12.5)
    for other in (bigger, later):
        for key, value in numbers(analysed(pose)).items():
            assert numbers(analysed(other))[key] == pytest.approx(value, rel=1e-3, abs=1e-3), key


@pytest.mark.parametrize("camera", [REAR, FRONT], ids=["rear", "front"])
def test_a_tilted_camera_does_not_move_the_legs_apart(camera):
    level, tilted = numbers(seen(camera)), numbers(seen(replace(camera, roll_deg=4.0)))
    for side in SIDES:
        there, here = (found["femoral_adduction_ms_deg", side] for found in (level, tilted))
        assert here == pytest.approx(there, abs=0.4)


def test_a_tilt_that_the_scene_shows_too_is_taken_out_once():
    pose = film_around(RUNNER, TIME_S, replace(REAR, roll_deg=4.0))
    for name, value in numbers(analysed(pose)).items():
        assert numbers(analysed(pose.assign_attrs(upright_lean_deg=4.0)))[name] == pytest.approx(value, abs=0.1), name


def test_a_runner_who_leans_over_their_feet_leans_by_as_much():
    # As on a cambered road filmed by a level camera, or one leg's lane moved out: the feet are 0.05 leg lengths off.
    motion, stances, rhythm = motion_of(film_around(symmetric(8.0), TIME_S))
    for side in SIDES:
        for point in ("ankle", "toe"):
            motion.tracks[f"{side}_{point}"].position[:, 0] -= 0.05
    lean = plumb_lean_deg(motion, stances, rhythm, PlumbParameters())
    height = 1.0 + 0.25 * (motion.middle("shoulder") - motion.middle("hip"))[:, 1].mean()
    assert lean == pytest.approx(np.degrees(np.arctan(0.05 / height)), abs=0.4)
    upright = set_upright(motion, lean)
    assert plumb_lean_deg(upright, stances, rhythm, PlumbParameters()) == pytest.approx(0.0, abs=1e-9)


def test_without_a_standing_foot_nothing_is_turned():
    motion, stances, rhythm = motion_of(film_around(RUNNER, TIME_S))
    left_alone = [stance for stance in stances if stance.side == "left"]
    assert plumb_lean_deg(motion, left_alone, rhythm, PlumbParameters()) is None
    unturned = set_upright(motion, None)
    for name, track in motion.tracks.items():
        assert (unturned.tracks[name].position == track.position).all()


@pytest.mark.parametrize("azimuth", [0.0, 180.0])
@pytest.mark.parametrize("off", [-10.0, -5.0, 0.0, 5.0, 10.0])
def test_the_cameras_yaw_is_told_by_the_feet(azimuth, off):
    analysis = seen(RoundCamera(azimuth_deg=azimuth + off), symmetric())
    assert analysis.yaw_deg == pytest.approx(off, abs=1.0 + 0.25 * abs(off))


@pytest.mark.parametrize("azimuth", [0.0, 180.0])
@pytest.mark.parametrize("off", [-10.0, 10.0])
def test_a_camera_off_straight_moves_the_legs_apart_by_little(azimuth, off):
    # Made for the estimator's points, which follow the yaw by less than these exact joint centres do.
    analysis, off_by = seen(RoundCamera(azimuth_deg=azimuth + off), symmetric()), YawParameters()
    found = numbers(analysis)
    for name, slope in (
        ("femoral_adduction_ms_deg", off_by.adduction_deg),
        ("knee_medial_shift_ms_ratio", off_by.knee_shift_ratio),
    ):
        left_minus_right = found[name, "left"] - found[name, "right"]
        assert abs(left_minus_right) < 0.5 * abs(left_minus_right + 2 * slope * analysis.yaw_deg), name


# --- what estimators get wrong from behind ---------------------------------------------------------------------------


def test_whole_body_flips_are_put_right():
    pose = film_around(RUNNER, TIME_S)
    when = np.random.default_rng(5).uniform(size=len(TIME_S)) < 0.1
    when[100:140] = True
    flips = analysed(flipped(pose, when))
    assert numbers(flips) == pytest.approx(numbers(analysed(pose)), abs=1e-9)
    motion = to_frontal(flipped(pose, when), 1, 12.0, SmoothingParameters())
    assert motion is not None
    assert motion.exchanged_frames == when.sum()


def test_feet_follow_their_knees_and_may_cross():
    paths = {f"{s}_{p}": np.zeros((4, 2)) for s in SIDES for p in ("shoulder", "hip", "knee", "ankle", "heel", "toe")}
    for side, out in (("left", -1.0), ("right", 1.0)):
        for point, height in (("shoulder", 2.0), ("hip", 1.0), ("knee", 0.5)):
            paths[f"{side}_{point}"] += [0.2 * out, height]
        paths[f"{side}_ankle"] += [-0.05 * out, 0.0]
    fixed, touched = sides_put_right(paths, FrontalParameters())
    assert touched == 0
    assert all((fixed[name] == paths[name]).all() for name in paths)


def test_a_collapsed_pelvis_is_taken_out():
    pose = film_around(RUNNER, TIME_S)
    when = np.arange(len(TIME_S)) % 9 == 0
    middle = pose["position"].sel(keypoint=["left_hip", "right_hip"]).mean("keypoint").values
    for side in SIDES:
        at = KEYPOINTS.index(f"{side}_hip")
        pose["position"].values[when, at] = middle[when] + [2.0 if side == "right" else -2.0, 0.0]
    found = numbers(analysed(pose))
    for side in SIDES:
        assert found["femoral_adduction_ms_deg", side] == pytest.approx(RUNNER.adduction_deg(side), abs=0.8)


# --- refused or withheld ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("camera", [REAR, FRONT], ids=["rear", "front"])
def test_walking_is_refused(camera):
    with pytest.raises(WalkingNotRunning):
        analysed(film_around(FrontalRunner(gait=walking()), TIME_S, camera))


def test_standing_is_no_running():
    pose = film_around(RUNNER, TIME_S)
    pose["position"].values[:] = pose["position"].values[:1]
    pose["position"].values[:] += np.random.default_rng(1).normal(0, 1.0, pose["position"].shape)
    with pytest.raises(NoRunning):
        analysed(pose)


def test_a_clip_of_one_step_is_refused():
    with pytest.raises((NoRunning, TooFewStrides)):
        analysed(film_around(RUNNER, frame_times(60.0, 0.9)))


def test_every_quantity_is_there_and_a_missing_one_says_why():
    analysis = seen()
    expected = {
        (name, side)
        for name, row in glossary.quantities().items()
        if row.group in ("time_space", "side_view", "rear_front")
        for side in (SIDES if row.sides == "each" else ("both",))
    }
    found = by_name(analysis)
    assert set(found) == expected
    for (name, _), measurement in found.items():
        assert (measurement.value is not None) == (name in MEASURED), name
        assert (measurement.missing_because is None) == (name in MEASURED), name


def test_a_stated_speed_is_kept():
    known = Known(height_m=1.75, speed_mps=3.4)
    assert numbers(analysed(film_around(RUNNER, TIME_S), known))["speed_mps", "both"] == 3.4


def test_a_hidden_knee_takes_its_leg_out():
    at_start = np.arange(len(TIME_S)) < 30
    pose = hidden(film_around(RUNNER, TIME_S), ("left_knee",), ~at_start)
    found = by_name(analysed(pose))
    for name in ("femoral_adduction_ms_deg", "knee_medial_shift_ms_ratio"):
        assert found[name, "left"].value is None
        assert found[name, "left"].missing_because is not None
        assert found[name, "right"].value is not None


def test_without_ankles_nothing_is_measured():
    with pytest.raises(NoPerson):
        analysed(taken_out(film_around(RUNNER, TIME_S), ("left_ankle",)))


def test_frontal_frame_needs_an_image_pose():
    pose = film_around(RUNNER, TIME_S)
    with pytest.raises(ValueError, match="image frame"):
        to_frontal(pose.assign_attrs(frame="frontal"), 1, 8.0, SmoothingParameters())
    assert to_frontal(pose.isel(time=slice(0, 7)), 1, 8.0, SmoothingParameters()) is None
