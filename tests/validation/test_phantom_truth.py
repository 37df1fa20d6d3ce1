"""Truth of a body whose angles are known: signs and instants of the contract."""

from __future__ import annotations

import numpy as np
import pytest
from phantom_bodies import ANKLE, CONTACTS, SHANK, THIGH, TIME_S, body

from phantoms.truth import BOTH, body_truth, stride_rows, strides, strike_class, trial_means


def truth(lean_m: float = 0.1, **angles: float):
    state = body(**angles)
    shoulder = np.tile([lean_m, state.origin[0, 1] + 0.5, 0.0], (len(TIME_S), 1))
    return body_truth(state, {"left_shoulder": shoulder, "right_shoulder": shoulder})


def test_signs_of_the_side_view() -> None:
    legs = truth(thigh_deg=20, shank_deg=25, foot_deg=4).legs
    for leg in legs.values():
        assert leg.thigh[0] == pytest.approx(20)
        assert leg.shank[0] == pytest.approx(25)
        assert leg.knee[0] == pytest.approx(45)
        assert leg.foot[0] == pytest.approx(4)
        assert leg.dorsiflexion[0] == pytest.approx(29)
    assert truth().trunk_deg[0] == pytest.approx(np.degrees(np.arctan2(0.1, 0.5)))


def test_pelvic_drop_is_filed_under_the_leg_that_stands_on_the_higher_side() -> None:
    tilted = truth(drop_right_m=0.02)
    expected = np.degrees(np.arctan2(0.02, 0.16))
    assert tilted.drop("left")[0] == pytest.approx(expected)
    assert tilted.drop("right")[0] == pytest.approx(-expected)


def test_knees_towards_each_other_are_adducted_and_medial() -> None:
    state = body()
    legs = {}
    for side, leg in state.legs.items():
        inward = np.array([0, 0, 0.03 * leg.inwards])
        legs[side] = leg.__class__(**{**leg.__dict__, "knee": leg.knee + inward})
    shoulder = np.tile([0.0, 1.4, 0.0], (len(TIME_S), 1))
    seen = body_truth(
        state.__class__(**{**state.__dict__, "legs": legs}), {"left_shoulder": shoulder, "right_shoulder": shoulder}
    )
    for leg in seen.legs.values():
        assert leg.thigh_frontal[0] > 3
        assert leg.knee_medial_m[0] == pytest.approx(0.03, abs=1e-9)


def test_only_complete_strides_within_the_clip_count() -> None:
    found = strides(CONTACTS, 2.0)
    assert [(s.side, s.start_s) for s in found] == [("left", 0.45), ("right", 0.1), ("right", 0.8)]
    assert len(strides(CONTACTS, 1.4)) == 2


def test_time_and_space_of_a_known_rhythm() -> None:
    rows = stride_rows(truth(), CONTACTS, 2.0, 3.0)
    means = {(m["name"], m["side"]): m["value"] for m in trial_means(rows, 3.0)}
    assert means["cadence_spm", "both"] == pytest.approx(120 / 0.7)
    assert means["contact_time_s", "right"] == pytest.approx(0.25)
    assert means["flight_time_s", "right"] == pytest.approx(0.1)
    assert means["duty_factor_ratio", "right"] == pytest.approx(0.25 / 0.7)
    assert means["stride_length_m", "right"] == pytest.approx(2.1)
    assert means["left" and "step_width_ratio", "both"] == pytest.approx(0.16 / (THIGH + SHANK), rel=0.2)


def test_lengths_are_in_legs_and_instants_in_stance() -> None:
    (row, *_) = [r for r in stride_rows(truth(), CONTACTS, 2.0, 3.0) if r["side"] == "right"]
    ahead = THIGH * np.sin(np.radians(20)) - SHANK * np.sin(np.radians(25))
    assert row["overstride_ic_ratio"] == pytest.approx(ahead / (THIGH + SHANK))
    assert row["start_s"] <= row["ms_s"] <= row["start_s"] + 0.7 * 0.25
    assert np.isnan(row["heel_off_pct"])  # this heel never rises
    assert ANKLE > 0
    assert set(BOTH) <= set(row)


@pytest.mark.parametrize(("inclination", "expected"), [(20, "rearfoot"), (3, "midfoot"), (-5, "forefoot")])
def test_strike_class(inclination: float, expected: str) -> None:
    assert strike_class(inclination) == expected
