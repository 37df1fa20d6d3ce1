"""Toe-off shifted by the motion of the leg, and the camera's roll taken out: known answers and properties."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from analytic_camera import Camera, film, frame_times, hidden
from analytic_runner import running
from kinechain.gait.analysis import GaitParameters, Known, analyse
from kinechain.gait.events import EventParameters, detect_events
from kinechain.gait.sagittal import SmoothingParameters, to_sagittal
from kinechain.gait.toe_off import ShiftModel, ToeOffModels, body_features, leg_features, refine_toe_offs, suggested_s
from kinechain.gait.view import ViewDecision
from kinechain.model.events import GaitEvents


def shifted(features: int, by_s: float) -> tuple[ShiftModel, ...]:
    return (ShiftModel(np.zeros(features), np.ones(features), np.zeros(features), by_s),)


#: The leg's answer: 10 ms after the toe's rise. On this runner the leg's greatest length lies 18 ms before the rise, so
#: with 20 ms the body's answer is near the leg's, with none it is far from it.
LATER, NEAR, FAR = shifted(100, 0.01), shifted(133, 0.02), shifted(133, 0.0)


def detected(pose: xr.Dataset, facing: int = 1):
    smoothing = SmoothingParameters()
    motion = to_sagittal(pose, facing, smoothing.events_hz, smoothing)
    assert motion is not None
    events, _, speeds = detect_events(motion, EventParameters())
    return motion, events, speeds


def clip(**changes: float) -> xr.Dataset:
    return film(running(3.5), frame_times(120.0, 4.0), Camera(**changes))  # type: ignore[arg-type]


def test_the_legs_answer_stands_where_the_bodys_is_near() -> None:
    motion, events, speeds = detected(clip())
    later = refine_toe_offs(motion, events, speeds, ToeOffModels(LATER, NEAR))
    for side in ("left", "right"):
        np.testing.assert_allclose(later.times_s("toe_off", side)[1:-1] - events.times_s("toe_off", side)[1:-1], 0.01)
        np.testing.assert_array_equal(later.times_s("initial_contact", side), events.times_s("initial_contact", side))


def test_the_bodys_answer_stands_in_where_the_two_are_apart() -> None:
    motion, events, speeds = detected(clip())
    found = refine_toe_offs(motion, events, speeds, ToeOffModels(LATER, FAR))
    for side in ("left", "right"):
        longest = [suggested_s(motion, side, t) for t in events.times_s("toe_off", side)]
        np.testing.assert_allclose(found.times_s("toe_off", side)[1:-1], longest[1:-1])


def test_a_rise_found_far_too_early_changes_nothing() -> None:
    """The first of two bumps of the toe's rise: the leg is longest at the same instant whichever was taken."""
    motion, events, speeds = detected(clip())
    early = GaitEvents(tuple(replace(e, time_s=e.time_s - 0.08) if e.kind == "toe_off" else e for e in events))
    models = ToeOffModels(LATER, FAR)
    whole, again = (refine_toe_offs(motion, found, speeds, models) for found in (events, early))
    for side in ("left", "right"):
        np.testing.assert_array_equal(whole.times_s("toe_off", side)[1:-1], again.times_s("toe_off", side)[1:-1])


def test_without_the_foot_toe_off_stays() -> None:
    pose = clip()
    when = np.ones(pose.sizes["time"], dtype=bool)
    when[::12] = False  # seen now and then: enough for a path, too little to look at
    motion, events, speeds = detected(hidden(pose, ("left_ankle",), when))
    later = refine_toe_offs(motion, events, speeds, ToeOffModels(LATER, NEAR))
    np.testing.assert_array_equal(later.times_s("toe_off", "left"), events.times_s("toe_off", "left"))
    np.testing.assert_allclose(later.times_s("toe_off", "right") - events.times_s("toe_off", "right"), 0.01)


@pytest.mark.parametrize(("factor", "facing"), [(0.5, 1), (2.0, -1)])
def test_size_and_direction_do_not_matter(factor: float, facing: int) -> None:
    motion, events, speeds = detected(clip())
    other, _, other_speeds = detected(clip(px_per_m=350.0 * factor, facing=facing), facing)
    time_s = float(events.times_s("toe_off", "right")[2])
    for features in (leg_features, body_features):
        np.testing.assert_allclose(
            features(motion, "right", time_s, speeds["right"]),
            features(other, "right", time_s, other_speeds["right"]),
            rtol=1e-3,
            atol=2e-3,
        )


@pytest.mark.parametrize("lean_deg", [-4.0, 3.0])
def test_a_known_roll_is_taken_out(lean_deg: float) -> None:
    """A clip turned about the picture's corner, its lean told, gives the angles of the level clip."""
    level = clip()
    lean = np.radians(lean_deg)
    turn = np.array([[np.cos(lean), np.sin(lean)], [-np.sin(lean), np.cos(lean)]])  # uprights lean to the right
    rolled = level.copy(deep=True).assign_attrs(upright_lean_deg=lean_deg)
    for variable in ("position", "raw_position"):
        rolled[variable] = (level[variable].dims, level[variable].values @ turn)
    view = ViewDecision("side_right", 1.0, 1)
    values = [
        {(m.name, m.side): m.value for m in analyse(p, view, Known(), {}, GaitParameters(), clip="c").measurements}
        for p in (level, rolled, rolled.drop_attrs(deep=False).assign_attrs(level.attrs))
    ]
    for key in (("shank_angle_ms_deg", "left"), ("trunk_lean_deg", "both"), ("thigh_angle_to_deg", "right")):
        assert values[1][key] == pytest.approx(values[0][key], abs=0.05), key
        assert abs(values[2][key] - values[0][key]) > 0.6 * abs(lean_deg), key
