"""Gait on the analytic runner, whose every answer is known in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from gait_runs import KIND, by_name, event_errors_s, filmed, numbers, true_events

from analytic_camera import Camera, film, frame_times
from analytic_runner import Runner, angles, events_s, running, running_leg, truth
from kinechain import glossary
from kinechain.gait.analysis import Known
from kinechain.gait.angles import body_angles
from kinechain.gait.events import EventParameters, detect_events
from kinechain.gait.sagittal import SmoothingParameters, to_sagittal
from kinechain.gait.strides import StrideParameters, stride_table
from kinechain.model.skeleton import SIDES

SPEEDS = (2.5, 3.5, 5.0)
UNEVEN = running(
    3.0,
    left=running_leg(3.0, landing_deg=-6.0),
    right=running_leg(3.0, contact_s=0.28, knee_deg=53.0, landing_deg=18.0),
    step_share=0.49,
)

#: Largest error of the mean over strides, end to end at 120 fps without noise. They are limits of the method, not of
#: the computer: the 12 Hz low-pass runs both ways (−3 dB near 9.6 Hz) and rounds the knee's reversal at the impact
#: (angles at contact read 1–4° high); toe-off is found 6 ms late (test_events_*): 2–3° of the thigh at 5 m/s.
#: Where nothing moves fast (mid stance), half a degree is left.
TOLERANCE = {
    "cadence_spm": 0.1,
    "contact_time_s": 0.01,
    "flight_time_s": 0.01,
    "duty_factor_ratio": 0.015,
    "vertical_oscillation_m": 0.001,
    "foot_inclination_ic_deg": 2.3,
    "overstride_ic_ratio": 0.022,
    "shank_angle_ic_deg": 3.3,
    "shank_angle_ms_deg": 0.5,
    "knee_flexion_ic_deg": 4.5,
    "knee_flexion_peak_deg": 0.6,
    "knee_over_toe_ms_ratio": 0.004,
    "ankle_dorsiflexion_peak_deg": 0.5,
    "hip_flexion_ic_deg": 1.8,
    "hip_flexion_excursion_deg": 2.0,
    "trunk_lean_deg": 0.1,
    "thigh_angle_to_deg": 3.2,
    "trailing_limb_angle_to_deg": 1.6,
    "rearward_drift_ratio": 0.003,
    "recovery_lag_ratio": 0.015,
    "recovery_time_s": 0.008,
    "heel_off_pct": 4.5,
}


# --- events ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fps", [30.0, 60.0, 120.0, 240.0])
@pytest.mark.parametrize("speed", SPEEDS)
@pytest.mark.parametrize("side", SIDES)
def test_events_are_found_at_every_frame_rate(fps, speed, side):
    # Toe-off is the toe's rise to a quarter of its peak speed, late by nature: +6 ms here, +6.6 ms on force plates.
    runner = running(speed)
    analysis = filmed(runner, fps)
    assert np.abs(event_errors_s(analysis, runner, "initial_contact", side)).max() < 0.005
    off = event_errors_s(analysis, runner, "toe_off", side)
    assert 0.002 < off.min() <= off.max() < 0.008
    assert np.ptp(off) < 0.002


@pytest.mark.parametrize("kind", KIND)
@pytest.mark.parametrize("side", SIDES)
def test_every_event_is_found_once(kind, side):
    runner = running(3.5)
    found = filmed(runner).events.times_s(kind, side)
    whole = events_s(runner, kind, side, 0.5, 5.3)  # at the ends of the clip a stride may be cut
    nearest = [np.abs(found - t).min() for t in whole]
    assert max(nearest) < 0.02
    assert np.diff(found) == pytest.approx(runner.stride_s, abs=0.005)


@pytest.mark.parametrize("side", SIDES)
def test_events_of_an_uneven_runner_are_found_per_side(side):
    analysis = filmed(UNEVEN)
    assert np.abs(event_errors_s(analysis, UNEVEN, "initial_contact", side)).max() < 0.005
    assert np.abs(event_errors_s(analysis, UNEVEN, "toe_off", side)).max() < 0.008


@pytest.mark.parametrize("landing_mps", [(0.0, 0.0), (1.0, -0.5), (2.5, -0.8)])
def test_contact_hardly_depends_on_how_fast_the_foot_lands(landing_mps):
    # A foot set down at the ground's own speed looks like standing before it stands; a fast one a little after.
    leg = running_leg(3.5, landing_mps=landing_mps)
    runner = running(3.5, left=leg, right=leg)
    errors = event_errors_s(filmed(runner), runner, "initial_contact", "left")
    assert abs(errors.mean()) < 0.006


def test_events_with_uneven_frames_keep_their_times():
    runner = running(3.5)
    for side in SIDES:
        found = filmed(runner, 60.0, jitter_share=0.6)
        assert np.abs(event_errors_s(found, runner, "initial_contact", side)).max() < 0.005
        assert np.abs(event_errors_s(found, runner, "toe_off", side)).max() < 0.008


def test_rhythm_and_ground_speed():
    runner = running(4.0)
    camera = Camera(px_per_m=300.0)
    motion = to_sagittal(film(runner, frame_times(120, 6), camera), 1, 8.0, SmoothingParameters())
    assert motion is not None
    _, rhythm, speeds = detect_events(motion, EventParameters())
    assert rhythm.stride_s == pytest.approx(runner.stride_s, abs=0.002)
    assert rhythm.strength > 0.95
    for side in SIDES:
        assert speeds[side].ground == pytest.approx(-4.0 * 300, rel=0.02)
        assert speeds[side].running == pytest.approx(4.0 * 300, rel=0.02)


def test_a_still_camera_sees_still_ground_overground():
    runner = running(3.0)
    pose = film(runner, frame_times(120, 5), Camera(px_per_m=120.0, facing=-1, overground=True))
    motion = to_sagittal(pose, -1, 8.0, SmoothingParameters())
    assert motion is not None
    _, _, speeds = detect_events(motion, EventParameters())
    for side in SIDES:
        assert abs(speeds[side].ground) < 0.02 * 3.0 * 120
        assert speeds[side].running == pytest.approx(3.0 * 120, rel=0.02)


# --- angles and the stride table, given the true events --------------------------------------------------------------


@pytest.mark.parametrize("runner", [running(2.5), running(5.0), UNEVEN], ids=["slow", "fast", "uneven"])
def test_angles_follow_the_closed_form(runner):
    # 50 Hz low-pass on a clean 240 fps clip: only the geometry is left to go wrong.
    time_s = frame_times(240, 4)
    motion = to_sagittal(film(runner, time_s, Camera(facing=-1)), -1, 50.0, SmoothingParameters())
    assert motion is not None
    found = body_angles(motion, true_events(runner, 0, 4))
    inside = slice(200, -200)
    t = motion.time_s[inside]
    for side in SIDES:
        true, leg = angles(runner, side, t), found.legs[side]
        for name, values in (
            ("thigh", leg.thigh),
            ("shank", leg.shank),
            ("knee", leg.knee_flexion),
            ("foot", leg.foot_inclination),
            ("ankle", leg.ankle_dorsiflexion),
            ("hip", leg.hip_flexion),
            ("lean", found.trunk_lean),
        ):
            error = values[inside] - true[name]
            assert np.sqrt(np.mean(error**2)) < 0.5, (side, name)
            assert np.quantile(np.abs(error), 0.95) < 1.0, (side, name)


@pytest.mark.parametrize("runner", [running(3.5), UNEVEN], ids=["even", "uneven"])
@pytest.mark.parametrize("side", SIDES)
def test_stride_table_reads_the_truth_at_the_true_events(runner, side):
    motion = to_sagittal(film(runner, frame_times(240, 6)), 1, 50.0, SmoothingParameters())
    coarse = to_sagittal(film(runner, frame_times(240, 6)), 1, 8.0, SmoothingParameters())
    assert motion is not None
    assert coarse is not None
    rhythm = detect_events(coarse, EventParameters())[1]
    events = true_events(runner, 0.3, 5.7)
    table = stride_table(motion, body_angles(motion, events), events, rhythm, StrideParameters())
    rows, true = table.of(side), truth(runner)
    assert len(rows) >= 5
    assert table.irregular == 0
    limits = {"_deg": 1.0, "_ratio": 0.006, "_s": 0.003, "_pct": 1.5}
    checked = [name for name in true if name in rows and side in true[name]]
    assert len(checked) == 19
    for name in checked:
        limit = next(value for suffix, value in limits.items() if name.endswith(suffix))
        assert rows[name].to_numpy() == pytest.approx(true[name][side], abs=limit), name
    assert rows["end_s"].to_numpy() - rows["start_s"].to_numpy() == pytest.approx(runner.stride_s)


# --- end to end ------------------------------------------------------------------------------------------------------


def _check(runner: Runner, found: dict[tuple[str, str], float], factor: float = 1.0) -> None:
    true = truth(runner)
    for name, limit in TOLERANCE.items():
        for side, value in true[name].items():
            assert found[name, side] == pytest.approx(value, abs=limit * factor), f"{name} {side}"


@pytest.mark.parametrize("facing", [1, -1])
@pytest.mark.parametrize("speed", SPEEDS)
def test_every_measurement_is_right(speed, facing):
    runner = running(speed)
    _check(runner, numbers(filmed(runner, camera=Camera(facing=facing))))


def test_an_uneven_runner_is_measured_per_side():
    _check(UNEVEN, numbers(filmed(UNEVEN)))


@pytest.mark.parametrize(("fps", "jitter"), [(30.0, 0.0), (60.0, 0.0), (60.0, 0.6), (240.0, 0.0)])
def test_every_measurement_is_right_at_other_frame_rates(fps, jitter):
    # The low-pass is the same; at 30 fps contact falls between frames 33 ms apart.
    runner = running(3.5)
    _check(runner, numbers(filmed(runner, fps, jitter_share=jitter)), 1.3 if fps < 60 or jitter else 1.0)


def test_every_measurement_survives_noise():
    runner = running(3.5)
    _check(runner, numbers(filmed(runner, duration_s=8.0, camera=Camera(noise_px=2.0))), 1.3)


def test_a_stiff_difference_between_the_sides_is_read():
    plain, bent = running(3.5), running(3.5, right=running_leg(3.5, knee_deg=54.0))
    found, true = numbers(filmed(bent)), truth(bent)
    for name in ("knee_flexion_peak_deg", "shank_angle_ms_deg"):
        difference = found[name, "right"] - found[name, "left"]
        assert difference == pytest.approx(true[name]["right"] - true[name]["left"], abs=0.3)
    assert found["knee_flexion_peak_deg", "left"] == pytest.approx(
        numbers(filmed(plain))["knee_flexion_peak_deg", "left"], abs=0.2
    )
    late = running(3.5, right=running_leg(3.5, late_share=0.05))
    found = numbers(filmed(late))
    assert found["recovery_lag_ratio", "right"] > found["recovery_lag_ratio", "left"] + 0.01
    assert found["recovery_time_s", "right"] > found["recovery_time_s", "left"] + 0.002


@pytest.mark.parametrize("facing", [1, -1])
def test_overground_and_treadmill_agree(facing):
    # The fixed camera of the overground clip stands farther away; nothing else differs.
    runner = running(3.5)
    belt = numbers(filmed(runner))
    ground = numbers(filmed(runner, camera=Camera(px_per_m=110.0, facing=facing, overground=True)))
    assert belt.keys() == ground.keys()
    for key, value in belt.items():
        assert ground[key] == pytest.approx(value, rel=2e-3, abs=2e-3), key


@pytest.mark.parametrize(
    ("landing_deg", "expected"), [(15.0, "rearfoot"), (10.5, "rearfoot"), (3.0, "midfoot"), (-6.0, "forefoot")]
)
def test_strike_class(landing_deg, expected):
    runner = running(3.5, right=running_leg(3.5, landing_deg=landing_deg))
    strike = by_name(filmed(runner))["strike_class", "right"]
    assert strike.value == expected == truth(runner)["strike_class"]["right"]
    assert strike.low is None
    assert by_name(filmed(runner))["strike_class", "left"].value == "rearfoot"


@pytest.mark.parametrize(("speed", "height_m"), [(2.5, 1.6), (3.5, 1.75), (4.0, 1.9), (5.0, 1.8)])
def test_metres_from_body_height(speed, height_m):
    runner = running(speed, height_m=height_m)
    true = truth(runner)
    found = by_name(filmed(runner, known=Known(height_m=runner.height_m)))
    for name in ("speed_mps", "stride_length_m", "vertical_oscillation_m"):
        for side, value in true[name].items():
            measured = found[name, side]
            assert measured.value == pytest.approx(value, rel=0.02 if name != "vertical_oscillation_m" else 0.05)
            assert measured.low <= value <= measured.high


def test_metres_from_belt_speed():
    runner = running(4.0)
    analysis = filmed(runner, known=Known(speed_mps=4.0))
    found, true = by_name(analysis), truth(runner)
    assert found["speed_mps", "both"].value == 4.0
    assert found["speed_mps", "both"].low is None
    assert found["stride_length_m", "left"].value == pytest.approx(true["stride_length_m"]["left"], rel=0.005)
    assert found["vertical_oscillation_m", "both"].value == pytest.approx(
        true["vertical_oscillation_m"]["both"], rel=0.05
    )
    assert analysis.scale is not None
    assert analysis.scale.metres_per_px == pytest.approx(1 / 350, rel=0.02)
    assert analysis.scale.source == "stated_speed"


def test_both_known_speed_wins_and_height_stays_for_comparison():
    analysis = filmed(running(4.0), known=Known(height_m=1.75, speed_mps=4.4))
    assert analysis.scale is not None
    assert analysis.height_scale is not None
    assert analysis.scale.source == "stated_speed"
    assert analysis.scale.metres_per_px / analysis.height_scale.metres_per_px == pytest.approx(1.1, rel=0.02)


def test_without_metres_only_metres_are_missing():
    found = by_name(filmed(running(3.5), known=Known()))
    metric = {("speed_mps", "both"), ("vertical_oscillation_m", "both")} | {("stride_length_m", s) for s in SIDES}
    for (name, side), measured in found.items():
        if glossary.quantity(name).group in ("time_space", "side_view"):
            assert (measured.value is None) == ((name, side) in metric), (name, side)


def test_curves_follow_the_closed_form():
    runner = UNEVEN
    keys = {
        "thigh_angle_deg": "thigh",
        "shank_angle_deg": "shank",
        "knee_flexion_deg": "knee",
        "hip_flexion_deg": "hip",
        "ankle_dorsiflexion_deg": "ankle",
        "foot_inclination_deg": "foot",
    }
    curves = filmed(runner).curves
    assert {(c.name, c.side) for c in curves} == {(name, side) for name in keys for side in SIDES}
    for curve in curves:
        cycle = runner.contact_at_s(curve.side) + np.linspace(0, runner.stride_s, 101)
        error = np.array(curve.mean) - angles(runner, curve.side, cycle)[keys[curve.name]]
        assert np.sqrt(np.mean(error**2)) < 3.5, (curve.name, curve.side)
        assert curve.toe_off_pct == pytest.approx(100 * runner.leg(curve.side).contact_s / runner.stride_s, abs=2.5)


def test_measurements_are_complete_and_filed_once():
    found = filmed(running(3.5)).measurements
    expected = {
        (q.name, side)
        for q in glossary.quantities().values()
        if q.group in ("time_space", "side_view", "rear_front")
        for side in (SIDES if q.sides == "each" else ("both",))
    }
    assert sorted((m.name, m.side) for m in found) == sorted(expected)
    for measured in found:
        if glossary.quantity(measured.name).group == "rear_front":
            assert measured.value is None
            assert measured.missing_because is not None
