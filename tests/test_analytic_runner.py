"""The tests' truth is itself tested: what the analytic runner promises about ground, joints and smoothness."""

from __future__ import annotations

import numpy as np
import pytest

from analytic_camera import Camera, film, frame_times, hidden
from analytic_runner import SHANK, THIGH, Runner, angles, events_s, points, running, running_leg, truth, walking
from kinechain.model.pose import track
from kinechain.model.skeleton import SIDES

RUNNERS = {
    "slow": running(2.5),
    "middle": running(3.5),
    "fast": running(5.0),
    "bent right knee": running(3.5, right=running_leg(3.5, knee_deg=55.0)),
    "long right contact": running(3.0, right=running_leg(3.0, contact_s=0.28)),
    "late right recovery": running(3.5, right=running_leg(3.5, late_share=0.05)),
    "forefoot": running(3.5, left=running_leg(3.5, landing_deg=-6.0)),
    "walker": walking(),
}


@pytest.fixture(params=list(RUNNERS))
def runner(request: pytest.FixtureRequest) -> Runner:
    return RUNNERS[request.param]


def _stride(runner: Runner, side: str, n: int = 4001) -> np.ndarray:
    return runner.contact_at_s(side) + np.linspace(0, runner.stride_s, n)  # type: ignore[arg-type]


@pytest.mark.parametrize("side", SIDES)
def test_segments_keep_their_lengths(runner, side):
    p = points(runner, _stride(runner, side))
    for upper, lower, length in (("hip", "knee", THIGH), ("knee", "ankle", SHANK)):
        found = np.linalg.norm(p[f"{side}_{upper}"] - p[f"{side}_{lower}"], axis=1)
        assert found == pytest.approx(length * runner.height_m, abs=1e-9)
    foot = np.linalg.norm(p[f"{side}_heel"] - p[f"{side}_toe"], axis=1)
    assert np.ptp(foot) < 1e-9


@pytest.mark.parametrize("side", SIDES)
def test_the_flat_foot_moves_exactly_with_the_belt(runner, side):
    leg = runner.leg(side)
    start = runner.contact_at_s(side)
    flat = start + leg.contact_s * np.linspace(leg.flat_share, leg.heel_off_share, 50)
    p = points(runner, flat)
    for name in ("heel", "toe", "ankle"):
        on_belt = p[f"{side}_{name}"] + np.stack([runner.speed_mps * flat, 0 * flat], axis=1)
        assert np.ptp(on_belt, axis=0) == pytest.approx([0, 0], abs=1e-9)


@pytest.mark.parametrize("side", SIDES)
def test_the_toe_stays_down_until_toe_off_and_then_rises(runner, side):
    leg, h = runner.leg(side), 1e-4
    off = runner.contact_at_s(side) + leg.contact_s
    p = points(runner, off + np.array([-0.03, -0.01, 0.0, 0.03, 0.05]))
    tip = p[f"{side}_toe"][:, 1]
    assert abs(tip[1] - tip[0]) < 0.01
    assert tip[4] > tip[3] > tip[2] + 0.005
    heel = points(runner, off + np.array([-0.06, 0.0]))[f"{side}_heel"][:, 1]
    assert heel[1] > heel[0] > 0.04, "the heel rises before toe-off"
    around = points(runner, off + np.array([-2 * h, -h, h, 2 * h]))[f"{side}_ankle"]
    assert (around[1] - around[0]) / h == pytest.approx((around[3] - around[2]) / h, abs=0.05), "no jump of the speed"


@pytest.mark.parametrize("side", SIDES)
def test_nothing_goes_under_the_ground(runner, side):
    p = points(runner, _stride(runner, side))
    assert min(p[f"{side}_{name}"][:, 1].min() for name in ("heel", "toe", "ankle")) > 0


@pytest.mark.parametrize("side", SIDES)
def test_motion_repeats_with_the_stride(runner, side):
    t = np.linspace(0, 0.7, 71)
    one, next_one = points(runner, t), points(runner, t + runner.stride_s)
    assert one[f"{side}_knee"] == pytest.approx(next_one[f"{side}_knee"], abs=1e-9)


def test_truth_is_plausible_running():
    for speed in (2.5, 3.5, 5.0):
        values = truth(running(speed))
        assert 150 <= values["cadence_spm"]["both"] <= 190
        for side in SIDES:
            assert 0.18 <= values["contact_time_s"][side] <= 0.28
            assert 40 <= values["knee_flexion_peak_deg"][side] <= 55
            assert 20 <= values["shank_angle_ms_deg"][side] <= 32
            assert 10 <= values["knee_flexion_ic_deg"][side] <= 25
            assert values["flight_time_s"][side] > 0
            assert values["thigh_angle_to_deg"][side] < 0
            assert values["rearward_drift_ratio"][side] > 0.3


def test_sides_differ_on_request_and_only_there():
    plain = truth(running(3.5))
    bent = truth(RUNNERS["bent right knee"])
    assert bent["knee_flexion_peak_deg"]["right"] == pytest.approx(plain["knee_flexion_peak_deg"]["left"] + 9, abs=0.5)
    assert bent["knee_flexion_peak_deg"]["left"] == pytest.approx(plain["knee_flexion_peak_deg"]["left"])
    late = truth(RUNNERS["late right recovery"])
    assert late["recovery_lag_ratio"]["right"] > plain["recovery_lag_ratio"]["right"] + 0.02
    assert late["recovery_time_s"]["right"] > plain["recovery_time_s"]["right"] + 0.005
    assert truth(walking())["flight_time_s"]["left"] < 0


def test_angles_have_the_signs_of_the_contract():
    runner = running(3.5)
    contact, off = runner.start_s, runner.start_s + runner.left.contact_s
    a = angles(runner, "left", np.array([contact, contact + 0.5 * runner.left.contact_s, off]))
    assert a["foot"][0] == pytest.approx(runner.left.landing_deg)
    assert a["foot"][1] == pytest.approx(0, abs=1)
    assert a["foot"][2] == pytest.approx(runner.left.push_deg)
    assert a["thigh"][0] > 0 > a["thigh"][2]
    assert a["shank"][0] < 0 < a["shank"][1]
    assert a["lean"] == pytest.approx(6, abs=2)
    assert a["knee"] == pytest.approx(a["thigh"] + a["shank"])


def test_events_lie_whole_strides_apart():
    runner = running(4.0)
    for kind in ("initial_contact", "toe_off"):
        left, right = (events_s(runner, kind, side, -1.0, 9.0) for side in SIDES)
        assert np.diff(left) == pytest.approx(runner.stride_s)
        assert left.min() >= -1
        assert left.max() < 9
        assert np.min(np.abs(left[3] + runner.stride_s / 2 - right)) < 1e-9


def test_camera_places_the_runner():
    t = frame_times(60, 3)
    right, left = (film(running(3.5), t, Camera(facing=facing)) for facing in (1, -1))
    hip = [track(pose, "left_hip")[:, 0] for pose in (right, left)]
    toe = [track(pose, "left_toe")[:, 0] for pose in (right, left)]
    assert toe[0] - hip[0] == pytest.approx(-(toe[1] - hip[1]))
    ground = film(running(3.5), t, Camera(px_per_m=100, overground=True))
    assert np.diff(track(ground, "left_hip")[:, 0]) == pytest.approx(350 / 60)
    wide, tall = ground.attrs["image_width_px"], ground.attrs["image_height_px"]
    inside = ground["position"].values
    assert inside.min() > 0
    assert inside[..., 0].max() < wide
    assert inside[..., 1].max() < tall


def test_noise_and_hiding_touch_what_they_name():
    t = frame_times(120, 4, jitter_share=0.5)
    assert (np.diff(t) > 0).all()
    assert np.std(np.diff(t)) > 0.0005
    clean, noisy = film(running(), t), film(running(), t, Camera(noise_px=3.0))
    assert float((noisy - clean)["position"].std()) == pytest.approx(3, rel=0.05)
    gone = hidden(clean, ("left_toe",), t < 1)
    assert np.isnan(track(gone, "left_toe")[t < 1]).all()
    assert np.isfinite(track(gone, "left_toe")[t >= 1]).all()
    assert np.isfinite(track(gone, "right_toe")).all()


def test_a_leg_that_cannot_reach_says_so():
    with pytest.raises(ValueError, match="too short"):
        truth(running(5.0, right=running_leg(5.0, knee_deg=5.0)))
