"""A foot that turns over in swing, and one wrong frame: no angle carries either into the rest of the clip."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from gait_runs import analysed, true_events
from hypothesis import given, settings
from hypothesis import strategies as st

from analytic_camera import Camera, film, frame_times
from analytic_runner import RUNNING, angles, running, running_leg
from kinechain.gait.angles import LegAngles, body_angles
from kinechain.gait.sagittal import SmoothingParameters, to_sagittal
from kinechain.model.skeleton import SIDES
from kinechain.pose.repair import RepairParameters, repair
from possible_angles import impossible_angles

#: The heel kicks up to the buttock and the sole turns to the sky: the heel–toe line passes 180° and comes back.
KICK = replace(
    RUNNING,
    forward=(-0.12, 0.0, 0.3, 0.73, 1.01),
    toe_m=(0.4, 0.68, 0.4, 0.12, 0.105),
    foot_deg=(-130.0, -196.0, -120.0, -12.0, 20.0),
)
KICKING = running(5.0, left=running_leg(5.0, swing=KICK), right=running_leg(5.0, swing=KICK))


def _angles(pose, facing=1, cutoff_hz=12.0, runner=KICKING):
    motion = to_sagittal(pose, facing, cutoff_hz, SmoothingParameters())
    assert motion is not None
    return motion.time_s, body_angles(motion, true_events(runner, 0, float(motion.time_s[-1])))


def _exchanged(pose, points, frame):
    """Return the pose with two points exchanged in one frame."""
    wrong = pose.copy(deep=True)
    one, two = (list(pose["keypoint"].values).index(name) for name in points)
    wrong["position"].values[frame, [one, two]] = pose["position"].values[frame, [two, one]]
    return wrong


def _rows(leg: LegAngles):
    return {"foot": leg.foot_inclination, "ankle": leg.ankle_dorsiflexion, "knee": leg.knee_flexion, "shank": leg.shank}


@pytest.mark.parametrize("facing", [1, -1])
def test_a_foot_that_turns_over_in_swing_is_followed(facing):
    time_s, found = _angles(film(KICKING, frame_times(240, 4), Camera(facing=facing)), facing, 50.0)
    inside = slice(200, -200)
    for side in SIDES:
        true = angles(KICKING, side, time_s[inside])
        assert true["foot"].min() < -185
        for name, values in _rows(found.legs[side]).items():
            assert np.abs(values[inside] - true[name]).max() < 3.0, (side, name)


@pytest.mark.parametrize("points", [("left_heel", "left_toe"), ("left_knee", "left_ankle")])
@pytest.mark.parametrize("fps", [30.0, 120.0])
def test_one_wrong_frame_does_not_turn_those_that_follow(points, fps):
    # A stride's worth of single frames, one at a time: somewhere in it the exchange turns the line by half a turn in
    # the direction in which it was turning anyway.
    pose = film(KICKING, frame_times(fps, 3))
    time_s, clean = _angles(pose)
    for frame in range(round(fps), round(fps * (1 + KICKING.stride_s)), max(1, round(fps / 30))):
        _, found = _angles(_exchanged(pose, points, frame))
        far = np.abs(time_s - frame / fps) > 0.3
        for name, values in _rows(found.legs["left"]).items():
            assert np.abs(values - _rows(clean.legs["left"])[name])[far].max() < 2.0, (frame, name)


WRONG = st.lists(
    st.tuples(
        st.sampled_from([f"{side}_{point}" for side in SIDES for point in ("knee", "ankle", "heel", "toe")]),
        st.integers(5, 85),
        st.floats(-300, 300),
        st.floats(-300, 300),
    ),
    max_size=3,
)
EXCHANGED = st.lists(
    st.tuples(st.sampled_from([(f"{side}_heel", f"{side}_toe") for side in SIDES]), st.integers(5, 85)), max_size=2
)


@settings(max_examples=15, deadline=None)
@given(WRONG, EXCHANGED, st.sampled_from([running(2.5), running(4.5)]))
def test_no_measured_angle_leaves_what_a_runner_can_do(wrong, exchanged, runner):
    # Points thrown about by up to a leg's length, heel and toe exchanged, in single frames; repaired as in `assess`.
    pose = film(runner, frame_times(30.0, 3.0), Camera(noise_px=2.0))
    names = list(pose["keypoint"].values)
    for name, frame, x, y in wrong:
        pose["position"].values[frame, names.index(name)] += (x, y)
    for points, frame in exchanged:
        pose = _exchanged(pose, points, frame)
    found = analysed(repair(pose, RepairParameters()))
    assert not impossible_angles(found.measurements)
