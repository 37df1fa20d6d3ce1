"""Loads with known answers: worked numbers of the sources, a leg that stands, a leg that falls, a turning bar."""

from __future__ import annotations

import numpy as np
import pytest

from kinechain.knowledge.load_tables import body_segments, force_template
from kinechain.load.accumulate import (
    Stretch,
    break_even_force_ratio,
    damage_ratio,
    impulse_per_km,
    residual_damage,
    session_damage,
    session_spike,
    steps_per_km,
)
from kinechain.load.dynamics import JointLoads, LegMotion, body_force_npkg, inverse_dynamics, work_shares
from kinechain.load.ground_force import (
    GRAVITY,
    fitted_curve_bw,
    fore_aft_curve_bw,
    low_passed,
    mean_force_bw,
    morin_curve_bw,
    morin_peak_bw,
    pressure_ahead_m,
    seen_curve_bw,
    spring,
    two_mass_curve_bw,
)
from kinechain.load.segments import leg_segments
from kinechain.load.tendon import TendonParameters, achilles_arm_m, achilles_force_n, soleus_length_change

TEMPLATE = force_template()
TENDON = TendonParameters()
N = 141


def standing(tilt_m: float = 0.0, accelerate=(0.0, 0.0)) -> LegMotion:
    """A straight leg, the knee `tilt_m` ahead of the ankle, in free flight with a steady acceleration [m/s²]."""
    time = np.arange(N) * 0.005
    shift = 0.5 * np.outer(time**2, accelerate)

    def at(x: float, y: float) -> np.ndarray:
        return np.array([x, y]) + shift

    return LegMotion(0.005, at(2 * tilt_m, 0.9), at(tilt_m, 0.5), at(0, 0.08), at(-0.05, 0), at(0.2, 0), np.zeros(N))


@pytest.mark.parametrize(("contact", "flight", "peak"), [(0.25, 0.10, 2.20), (0.271, 0.112, 2.22)])
def test_half_sine_peak_is_that_of_the_source(contact: float, flight: float, peak: float) -> None:
    assert morin_peak_bw(contact, flight) == pytest.approx(peak, abs=0.005)
    assert morin_curve_bw(contact, flight).max() == pytest.approx(morin_peak_bw(contact, flight))


@pytest.mark.parametrize(
    "curve",
    [
        morin_curve_bw(0.24, 0.11),
        fitted_curve_bw(0.24, 0.11, 3.2, TEMPLATE),
        fitted_curve_bw(0.24, 0.11, None, TEMPLATE),
        two_mass_curve_bw(0.24, 0.11, 0.03, 1.2),
    ],
    ids=["sine", "fitted", "fitted, no speed", "two masses"],
)
def test_every_vertical_force_carries_the_body_over_the_step(curve: np.ndarray) -> None:
    impulse = np.trapezoid(curve, dx=0.24 / 100)
    assert impulse == pytest.approx(0.35, rel=2e-3)
    assert curve.min() >= 0


def test_without_flight_the_ground_carries_one_body_weight() -> None:
    assert mean_force_bw(0.3, 0.0) == 1.0
    with pytest.raises(ValueError, match="contact must be positive"):
        mean_force_bw(0.0, 0.1)


def test_spring_mass_values_by_hand() -> None:
    """70 kg, 2.2 BW, 0.25 s, leg 0.9 m, 3 m/s, worked with a pocket calculator."""
    force = 2.2 * 70 * 9.81
    oscillation = force * 0.0625 / (70 * np.pi**2) - 9.81 * 0.0625 / 8
    compression = 0.9 - np.sqrt(0.81 - 0.375**2) + oscillation
    found = spring(0.25, 2.2, 70, 0.9, 3.0)
    assert found == pytest.approx((oscillation, force / oscillation / 1e3, compression, force / compression / 1e3))
    assert found.leg_stiffness_knpm == pytest.approx(10.4, abs=2.3)
    with pytest.raises(ValueError, match="half path"):
        spring(0.7, 2.2, 70, 0.9, 3.0)


def test_braking_and_propulsion_cancel() -> None:
    vertical = fitted_curve_bw(0.22, 0.12, 3.5, TEMPLATE)
    level = fore_aft_curve_bw(vertical, 3.5, 12.0, TEMPLATE)
    assert np.trapezoid(level) == pytest.approx(0.0, abs=1e-9)
    assert level[:40].mean() < 0 < level[60:95].mean()
    leaning = fore_aft_curve_bw(vertical, 3.5, 12.0, TEMPLATE, net=0.02)
    assert np.trapezoid(leaning) == pytest.approx(0.02 * np.trapezoid(vertical))


def test_a_heel_strike_begins_farther_back_and_all_end_under_the_forefoot() -> None:
    heel, fore = (pressure_ahead_m(0.25, 3.5, angle, TEMPLATE) for angle in (20.0, 0.0))
    assert heel[5] < fore[5]
    assert abs(heel[70] - fore[70]) < 0.02
    assert 0.06 < heel[70] < 0.14


def test_segment_masses_make_one_body() -> None:
    for sex, total in (("male", 1.0), ("female", 0.9999)):
        rows = [row for row in body_segments() if row.sex == sex]
        assert sum(row.mass_ratio * row.pairs for row in rows) == pytest.approx(total, abs=1e-9)
        assert len(rows) == 8


def test_standing_on_the_ball_the_calf_holds_weight_times_lever() -> None:
    leg = leg_segments(70, "male")
    weight = np.tile([0.0, 70 * GRAVITY], (N, 1))
    joints = inverse_dynamics(standing(), weight, np.tile([0.12, 0.0], (N, 1)), leg)
    heel_to_com = -0.05 + 0.25 * leg.foot.com_ratio
    foot = leg.foot.mass_kg * GRAVITY * heel_to_com
    assert joints.ankle_moment == pytest.approx(70 * GRAVITY * 0.12 - foot)
    rest = (leg.foot.mass_kg * heel_to_com) * GRAVITY
    assert joints.knee_moment == pytest.approx(rest - 70 * GRAVITY * 0.12)
    assert joints.ankle_power == pytest.approx(0.0, abs=1e-9)


def test_knee_ahead_of_the_force_needs_the_extensors() -> None:
    leg = leg_segments(70, "male")
    joints = inverse_dynamics(standing(0.1), np.tile([0.0, 700.0], (N, 1)), np.tile([0.05, 0.0], (N, 1)), leg)
    shank = leg.shank.mass_kg * GRAVITY * 0.1 * leg.shank.com_ratio
    foot = leg.foot.mass_kg * GRAVITY * (0.1 + 0.05 - 0.25 * leg.foot.com_ratio)
    assert joints.knee_moment == pytest.approx(700 * 0.05 - shank - foot)


def test_nothing_acts_on_a_leg_in_free_fall() -> None:
    nothing = np.zeros((N, 2))
    joints = inverse_dynamics(standing(0.1, (0.0, -GRAVITY)), nothing, nothing, leg_segments(70, None))
    for values in vars(joints).values():
        assert values == pytest.approx(0.0, abs=1e-6)


def test_a_leg_that_swings_as_one_bar_needs_inertia_times_angular_acceleration() -> None:
    """Straight leg about a fixed hip, no gravity felt (the frame falls): hip moment = I·α."""
    time = np.arange(N) * 0.005
    angle = 0.5 * 3.0 * time**2
    fall = np.stack([np.zeros(N), -0.5 * GRAVITY * time**2], axis=1)
    leg = leg_segments(70, "male")

    def at(along: float, across: float = 0.0) -> np.ndarray:
        down = np.stack([np.sin(angle), -np.cos(angle)], axis=1)
        ahead = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        return fall + along * down + across * ahead

    motion = LegMotion(0.005, at(0), at(0.4), at(0.8), at(0.85), at(0.85, 0.2), np.zeros(N))
    joints = inverse_dynamics(motion, np.zeros((N, 2)), np.zeros((N, 2)), leg)
    inertia = sum(
        s.mass_kg * ((s.radius_ratio * length) ** 2 + middle**2)
        for s, length, middle in (
            (leg.thigh, 0.4, 0.4 * leg.thigh.com_ratio),
            (leg.shank, 0.4, 0.4 + 0.4 * leg.shank.com_ratio),
            (leg.foot, 0.2, np.hypot(0.85, 0.2 * leg.foot.com_ratio)),
        )
    )
    assert -joints.hip_moment[5:-5] == pytest.approx(inertia * 3.0, rel=1e-3)
    assert joints.hip_power[50] == pytest.approx(inertia * 3.0 * 3.0 * time[50], rel=1e-3)


def test_shares_of_known_powers() -> None:
    ones = np.ones(11)
    down, up = np.where(np.arange(11) <= 5, -1.0, 0.0), np.where(np.arange(11) >= 5, 1.0, 0.0)
    loads = JointLoads(ones, ones, ones, 2 * down + 3 * up, 5 * down, 3 * down + up)
    shares = work_shares(loads, 0.01, 5)
    assert (shares.hip, shares.knee, shares.ankle) == pytest.approx((0.3, 0.5, 0.2), abs=0.04)
    assert shares.ankle_push_off == pytest.approx(0.75, abs=0.05)


def test_achilles_force_is_moment_by_arm() -> None:
    angles = np.array([-30.0, -10.0, 5.0, 20.0, 30.0])
    arm = achilles_arm_m(angles, TENDON)
    assert arm == pytest.approx([0.0381, 0.0381, 0.0369, 0.0357, 0.0357])
    assert achilles_force_n(np.array([100.0, 100, 100, 100, -5]), angles, TENDON) == pytest.approx(
        np.append(100 / arm[:4], 0.0)
    )


def test_the_published_torque_gives_the_published_force() -> None:
    """3.68 N·m/kg at 4.47 m/s and 10.1 BW by tensiometry (PMC11096059) agree with the arm within 8 %."""
    force = achilles_force_n(np.array([3.68]), np.array([10.0]), TENDON)[0] / GRAVITY
    assert force == pytest.approx(10.1, rel=0.08)


def test_soleus_lengthens_by_arm_times_angle() -> None:
    change = soleus_length_change(np.array([-10.0, 0.0, 20.0]), 0.43, TENDON)
    length = TENDON.soleus_length_ratio * 0.43
    assert change[1] == pytest.approx(0.0, abs=1e-12)
    assert change[2] == pytest.approx(np.radians(20) * 0.0365 / length, rel=0.01)
    assert change[0] == pytest.approx(-np.radians(10) * 0.0377 / length, rel=0.01)


@pytest.mark.parametrize(("exponent", "damage"), [(1, 1.10), (4, 1.46), (9, 2.36)])
def test_ten_per_cent_more_load(exponent: float, damage: float) -> None:
    assert damage_ratio(1.1, 1.0, exponent) == pytest.approx(damage, abs=0.005)


@pytest.mark.parametrize(
    ("steps", "exponent", "fall_pct"),
    [(1.05, 1, 4.8), (1.05, 4, 1.2), (1.05, 9, 0.54), (1.10, 1, 9.1), (1.10, 4, 2.35), (1.10, 9, 1.05)],
)
def test_break_even(steps: float, exponent: float, fall_pct: float) -> None:
    ratio = break_even_force_ratio(steps, exponent)
    assert 100 * (1 - ratio) == pytest.approx(fall_pct, abs=0.05)
    assert damage_ratio(ratio, steps, exponent) == pytest.approx(1.0)


def test_steps_and_impulse_of_a_kilometre() -> None:
    assert steps_per_km(180, 3.0) == pytest.approx(1000.0)
    assert impulse_per_km(np.full(101, 4.0), 0.002, 180, 3.0) == pytest.approx(4.0 * 0.2 * 500)


def test_a_session_counts_steps_at_the_reference_force() -> None:
    easy, fast = Stretch(8.0, 500, 6.0), Stretch(2.0, 400, 9.0)
    assert session_damage([easy], 6.0, 9) == pytest.approx(4000)
    assert session_damage([easy, fast], 6.0, 4) == pytest.approx(4000 + 800 * 1.5**4)
    assert residual_damage([1.0, 1.0, 0.0], [0, 2, 4], 2.0) == pytest.approx([1.0, 1.5, 0.75])


@pytest.mark.parametrize(
    ("distance", "level", "hazard"),
    [
        (11.0, "none", None),
        (12.0, "small", 1.64),
        (13.1, "moderate", 1.52),
        (20.0, "moderate", 1.52),
        (21, "large", 2.28),
    ],
)
def test_session_spike_against_the_longest_of_30_days(distance: float, level: str, hazard: float | None) -> None:
    spike = session_spike(distance, 10.0)
    assert (spike.level, spike.hazard) == (level, hazard)


@pytest.mark.parametrize("drop", [0.0, 4.0, GRAVITY])
def test_a_body_that_falls_weighs_less_and_one_in_free_fall_nothing(drop: float) -> None:
    leg = standing(0.02, accelerate=(0.0, -drop))
    force = body_force_npkg((leg, leg), leg_segments(1.0, "female"))
    assert force == pytest.approx(GRAVITY - drop, abs=1e-6)


def test_the_shape_follows_the_motion_and_the_impulse_the_times() -> None:
    s = np.linspace(0, 1, 101)
    early, late = (np.sin(np.pi * s**power) for power in (0.8, 1.2))
    forces = [seen_curve_bw(0.24, 0.11, 3.2, body, TEMPLATE.shape) for body in (early, late)]
    centres = [float((s * force).sum() / force.sum()) for force in forces]
    assert centres[0] < centres[1]
    for force in forces:
        assert np.trapezoid(force, dx=0.24 / 100) == pytest.approx(0.35)
        assert (force >= 0).all()
    assert seen_curve_bw(0.24, 0.11, 3.2, 7 * early, TEMPLATE.shape) == pytest.approx(forces[0])


def test_a_low_pass_keeps_the_impulse_and_takes_the_impact() -> None:
    s = np.linspace(0, 1, 101)
    push = np.stack([np.zeros(101), np.sin(np.pi * s)], axis=1)
    impact = np.stack([np.zeros(101), np.exp(-(((s - 0.1) / 0.02) ** 2))], axis=1)
    assert low_passed(push, 0.25, 12.0, 60).sum(axis=0) == pytest.approx(push.sum(axis=0), rel=0.01)
    assert low_passed(impact, 0.25, 12.0, 20).max() < 0.5 * impact.max()
    assert low_passed(push, 0.25, 12.0, 20).shape == (141, 2)
