"""Contacts shifted by the thigh's angular velocity: known answers and properties."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from analytic_camera import Camera, film, frame_times, hidden
from analytic_runner import angles, running
from kinechain.gait.analysis import GaitParameters, Known, analyse
from kinechain.gait.events import EventParameters, detect_events
from kinechain.gait.landing import LandingParameters, refine_contacts, thigh_speed_dps
from kinechain.gait.sagittal import SagittalMotion, SmoothingParameters, to_sagittal
from kinechain.gait.view import ViewDecision
from kinechain.model.events import GaitEvents
from kinechain.model.pose import JOINT_CENTRES

RUNNER = running(3.5)
#: Wide enough for every contact to be shifted by its own amount.
FREE = LandingParameters(seen_dps=(-1e4, 1e4))


def moving(pose: xr.Dataset, facing: int = 1, cutoff_hz: float = 8.0) -> SagittalMotion:
    motion = to_sagittal(pose, facing, cutoff_hz, SmoothingParameters())
    assert motion is not None
    return motion


def clip(fps: float = 120.0, **changes: float) -> xr.Dataset:
    return film(RUNNER, frame_times(fps, 4.0), Camera(**changes))  # type: ignore[arg-type]


def events_of(motion: SagittalMotion) -> GaitEvents:
    return detect_events(motion, EventParameters())[0]


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("facing", [1, -1])
def test_the_thighs_angular_velocity_is_that_of_the_closed_form(side, facing) -> None:
    motion = moving(clip(240.0, facing=facing), facing, 50.0)
    true = np.gradient(angles(RUNNER, side, motion.time_s)["thigh"], motion.time_s)
    inside = slice(200, -200)
    difference = thigh_speed_dps(motion, side)[inside] - true[inside]
    assert np.quantile(np.abs(difference), 0.95) < 0.03 * np.ptp(true)


def test_a_contact_is_earlier_by_what_the_thigh_turns_forwards() -> None:
    motion = moving(clip())
    events = events_of(motion)
    refined = refine_contacts(motion, events, FREE)
    for side in ("left", "right"):
        before = events.times_s("initial_contact", side)
        turning = np.interp(before, motion.time_s, thigh_speed_dps(motion, side))
        expected = before - FREE.late_s_per_dps * (turning - FREE.usual_dps)
        np.testing.assert_allclose(refined.times_s("initial_contact", side), expected, atol=1e-9)
        np.testing.assert_array_equal(refined.times_s("toe_off", side), events.times_s("toe_off", side))


@pytest.mark.parametrize(("seen_dps", "shift_s"), [((-1e4, -180.0), 0.02), ((120.0, 1e4), -0.01)])
def test_a_thigh_beyond_what_was_seen_counts_as_the_extreme(seen_dps, shift_s) -> None:
    motion = moving(clip())
    events = events_of(motion)
    refined = refine_contacts(motion, events, LandingParameters(seen_dps=seen_dps))
    for side in ("left", "right"):
        shift = refined.times_s("initial_contact", side) - events.times_s("initial_contact", side)
        np.testing.assert_allclose(shift[1:-1], shift_s, atol=1e-9)


def test_without_the_knee_a_contact_stays() -> None:
    pose = clip()
    when = np.ones(pose.sizes["time"], dtype=bool)
    when[::12] = False
    motion = moving(hidden(pose, ("left_knee",), when))
    events = events_of(motion)
    refined = refine_contacts(motion, events, LandingParameters(usual_dps=120.0))
    stayed = refined.times_s("initial_contact", "left") == events.times_s("initial_contact", "left")
    assert stayed.sum() >= len(stayed) - 1  # one may fall on a frame in which the knee was seen
    assert not (refined.times_s("initial_contact", "right") == events.times_s("initial_contact", "right")).any()


def test_points_made_elsewhere_keep_the_rule() -> None:
    pose, view = clip(), ViewDecision("side_right", 1.0, 1)
    rule = events_of(moving(pose))
    for points, same in ((None, True), (JOINT_CENTRES, False)):
        given = pose if points is None else pose.assign_attrs(points=points)
        found = analyse(given, view, Known(), {}, GaitParameters(), clip="c").events
        equal = found.times_s("initial_contact", "left") == rule.times_s("initial_contact", "left")
        assert equal.all() == same
