"""Camera, shoe, legs, ground and faults on bodies whose angles are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from phantom_bodies import CONTACTS, SHANK, THIGH, TIME_S, body
from scipy.spatial.transform import Rotation

from phantoms.camera import make_view
from phantoms.faults import apply_faults
from phantoms.ground import GroundParameters, crossings, pitch_deg, stand_on_ground
from phantoms.shoe import bend, make_shoe
from phantoms.spec import FAULTS, Camera, Fault, Picture
from phantoms.state import move_leg
from phantoms.truth import body_truth

ORIGIN = np.zeros(3)


def angles(state):
    shoulder = np.tile([0.0, 1.4, 0.0], (len(state.time_s), 1))
    return body_truth(state, {"left_shoulder": shoulder, "right_shoulder": shoulder})


@pytest.mark.parametrize(
    ("view", "ahead", "right"), [("side_right", 1, 0), ("side_left", -1, 0), ("rear", 0, 1), ("front", 0, -1)]
)
def test_each_view_shows_ahead_and_right_where_it_must(view: str, ahead: int, right: int) -> None:
    seen = make_view(Camera(view=view), Picture(), ORIGIN)
    middle, forward, sideways, up = seen.project(np.array([[0, 0.9, 0], [0.2, 0.9, 0], [0, 0.9, 0.2], [0, 1.1, 0.0]]))
    assert np.sign(np.round((forward - middle)[0], 6)) == ahead
    assert np.sign(np.round((sideways - middle)[0], 6)) == right
    assert (up - middle)[1] < 0


def test_distortion_is_undone_by_its_inverse() -> None:
    seen = make_view(Camera(k1=-0.08, yaw_deg=9, roll_deg=2), Picture(), ORIGIN)
    plain = replace(seen, k1=0.0)
    points = np.random.default_rng(0).uniform([-0.4, 0.1, -0.3], [0.4, 1.8, 0.3], (40, 3))
    assert np.allclose(seen.undistorted(seen.project(points)), plain.project(points), atol=1e-3)


def test_shoe_lies_flat_mirrors_and_bends_upwards() -> None:
    right, left = make_shoe(0.28, right=True), make_shoe(0.28, right=False)
    assert right.points[:, 1].min() == pytest.approx(0, abs=1e-9)
    assert np.allclose(right.points * [1, 1, -1], left.points)
    flat, bent = bend(right, np.array([0.0, 30.0]))
    assert np.allclose(flat, right.points)
    toe, heel = right.landmarks["toe"], right.landmarks["heel"]
    assert bent[toe, 1].mean() > flat[toe, 1].mean() + 0.02
    assert np.allclose(bent[heel], flat[heel])


@pytest.mark.parametrize("right", [True, False])
def test_shoe_is_closed_and_faces_outwards(right: bool) -> None:
    shoe = make_shoe(0.28, right=right)
    a, b, c = (shoe.points[shoe.faces[:, i]] for i in range(3))
    volume = np.sum(a * np.cross(b, c)) / 6
    assert 0.001 < abs(volume) < 0.003
    assert volume > 0


def test_a_moved_leg_keeps_its_lengths_and_reaches_its_ankle() -> None:
    leg = body().legs["right"]
    target = leg.ankle + np.array([0.03, 0.05, 0.01])
    moved = move_leg(leg, leg.hip, target)
    assert np.allclose(moved.ankle, target)
    assert np.allclose(np.linalg.norm(moved.knee - moved.hip, axis=1), THIGH)
    assert np.allclose(np.linalg.norm(moved.ankle - moved.knee, axis=1), SHANK)
    assert np.allclose(moved.femur.apply([0, -THIGH, 0]), moved.knee - moved.hip, atol=1e-9)
    assert np.allclose(moved.tibia.apply([0, -SHANK, 0]), moved.ankle - moved.knee, atol=1e-9)


def test_a_leg_that_is_too_short_stays_bent_the_right_way() -> None:
    leg = body().legs["left"]
    moved = move_leg(leg, leg.hip, leg.ankle - np.array([0.0, 0.4, 0.0]))
    assert np.all(np.isfinite(moved.knee))
    assert np.linalg.norm(moved.ankle - moved.hip, axis=1).max() < THIGH + SHANK


def test_contacts_are_interpolated_short_ones_dropped_and_cut_ones_left_out() -> None:
    time_s = np.arange(0, 3, 0.01)
    height = np.ones_like(time_s)
    for start, end in ((-1, 0.2), (0.505, 0.805), (1.2, 1.23), (2.0, 2.3), (2.8, 4)):
        height[(time_s > start) & (time_s < end)] = -1
    spans = crossings(time_s, height, GroundParameters())
    assert np.allclose(spans, [(0.505, 0.805), (1.995 + 0.01, 2.295)], atol=0.006)


def test_feet_touch_the_ground_in_their_contacts_and_nowhere_else() -> None:
    parameters = GroundParameters()
    state = body()
    wave = 0.02 * np.sin(2 * np.pi * 1.43 * TIME_S)[:, None] * np.array([0.0, 1.0, 0.0])
    legs = {side: move_leg(leg, leg.hip, leg.ankle + wave) for side, leg in state.legs.items()}
    standing = stand_on_ground(replace(state, legs=legs), CONTACTS, parameters)
    for side, leg in standing.legs.items():
        low = leg.lowest()
        own = [c for c in CONTACTS if c.side == side]
        inside = np.any([(c.start_s + 0.02 < TIME_S) & (c.end_s - 0.02 > TIME_S) for c in own], axis=0)
        outside = np.all([(c.start_s - 0.02 > TIME_S) | (c.end_s + 0.02 < TIME_S) for c in own], axis=0)
        assert np.abs(low[inside]).max() < 0.002
        assert low[outside].min() > parameters.touch_m


def middle_of_right_stance() -> int:
    return int(np.searchsorted(TIME_S, 0.8 + 0.5 * 0.25))


CHANGES = {
    "knee_forward": (("shank", 8.0), ("knee", 12.0)),
    "knee_in": (("thigh_frontal", 8.0),),
    "heel_eversion": (("heel_eversion", 7.0),),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_fault_adds_its_grade_at_mid_stance_and_leaves_the_foot_on_the_ground(name: str) -> None:
    plain = body(thigh_deg=20, shank_deg=26)
    faulted = apply_faults(plain, CONTACTS, (Fault(name, 8.0, "right"),))
    before, after, at = angles(plain).legs["right"], angles(faulted).legs["right"], middle_of_right_stance()
    for quantity, added in CHANGES[name]:
        change = getattr(after, quantity)[at] - getattr(before, quantity)[at]
        assert change == pytest.approx(added, abs=1.3), quantity
    assert np.abs(faulted.legs["right"].lowest() - plain.legs["right"].lowest()).max() < 0.003
    if name != "knee_forward":  # which lowers the pelvis
        assert np.allclose(faulted.legs["left"].ankle, plain.legs["left"].ankle)


def test_pelvic_drop_lowers_the_swing_side_by_its_grade() -> None:
    for side, sign in (("right", -1), ("left", 1)):
        faulted = apply_faults(body(), CONTACTS, (Fault("pelvic_drop", 8.0, side),))
        tilt = angles(faulted).pelvis_deg
        assert sign * tilt.max() >= 0 or sign * tilt.min() >= 0
        assert angles(faulted).drop(side).max() == pytest.approx(8.0, abs=0.05)


def test_limited_dorsiflexion_lifts_the_heel_over_the_ball() -> None:
    state = body()
    swing = 10 * np.maximum(np.sin(2 * np.pi * (TIME_S - 0.8) / 0.5), 0)  # shank moves over the foot in stance
    from phantom_bodies import leg

    right = state.legs["right"]
    moving = leg("right", np.full(len(TIME_S), 20.0), 20.0 + swing, right.hip, np.zeros(len(TIME_S)))
    moving = replace(
        moving,
        hip=moving.hip + right.ankle - moving.ankle,
        knee=moving.knee + right.ankle - moving.ankle,
        ankle=right.ankle,
    )
    state = state.with_leg("right", moving)
    faulted = apply_faults(state, CONTACTS, (Fault("limited_dorsiflexion", 6.0, "right"),))
    stance = (TIME_S > 0.8) & (TIME_S < 1.05)
    before, after = (angles(one).legs["right"] for one in (state, faulted))
    peak_before, peak_after = (np.max((one.shank + pitch)[stance]) for one, pitch in (
        (before, pitch_deg(state.legs["right"])), (after, pitch_deg(faulted.legs["right"]))))  # fmt: skip
    assert peak_before - peak_after == pytest.approx(6.0, abs=1.0)
    raised = faulted.legs["right"].landmark("heel")[:, 1] - state.legs["right"].landmark("heel")[:, 1]
    assert raised[stance].max() > 0.01


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_one_leg_is_smooth(name: str) -> None:
    faulted = apply_faults(body(), CONTACTS, (Fault(name, 8.0, "right"),))
    for leg in faulted.legs.values():
        jumps = np.abs(np.diff(leg.ankle, axis=0)).max()
        assert jumps < 0.02
        assert np.all(np.isfinite(leg.knee))
        assert isinstance(leg.foot, Rotation)
