"""The front door: what is told with what is known, how intervals grow, what mass and mirror change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kinechain.knowledge.load_tables import force_template, load_by_speed, load_errors
from kinechain.load import what_if
from kinechain.load.estimate import PAD, About, LegStances, LoadEstimate, LoadParameters, estimate
from kinechain.load.ground_force import POINTS

FEW = LoadParameters(draws=30)
ABOUT = About(mass_kg=70.0, height_m=1.75, sex="male", speed_mps=3.5, speed_relative_sd=0.02, contact_sd_s=0.006)


def stances(count: int = 6, scatter_m: float = 0.002) -> LegStances:
    """A leg that rolls over a flat foot: the shank turns forwards, the knee bends and straightens, the heel rises."""
    rng = np.random.default_rng(3)
    s = np.linspace(-PAD / 100, 1 + PAD / 100, POINTS + 2 * PAD)
    rise = 40 * np.clip(s - 0.5, 0, None) ** 2 / 0.25
    foot = np.radians(-rise)
    toe = np.stack([0.78 * (0.5 - s), np.zeros_like(s)], axis=1)
    heel = toe - 0.25 * np.stack([np.cos(foot), np.sin(foot)], axis=1)
    ankle = heel + 0.05 * np.stack([np.cos(foot), np.sin(foot)], axis=1)
    ankle += 0.08 * np.stack([-np.sin(foot), np.cos(foot)], axis=1)
    shank = np.radians(-5 + 50 * np.clip(s, 0, 1))
    bend = np.radians(15 + 30 * np.sin(np.pi * np.clip(s, 0, 1)))
    knee = ankle + 0.43 * np.stack([np.sin(shank), np.cos(shank)], axis=1)
    thigh = bend - shank
    hip = knee + 0.42 * np.stack([-np.sin(thigh), np.cos(thigh)], axis=1)
    leg = np.stack([hip, knee, ankle, heel, toe], axis=1)
    points = leg + scatter_m * rng.normal(size=(count, 1, 5, 2))
    contact = 0.22 + 0.003 * rng.normal(size=count)
    return LegStances(contact, 0.36 - contact, points, np.full((count, len(s)), -0.1))


def told(
    about: About = ABOUT, of: LegStances | None = None, parameters: LoadParameters = FEW
) -> dict[str, LoadEstimate]:
    rows = estimate(stances() if of is None else of, about, force_template(), parameters)
    return {row.name: row for row in rows}


def test_everything_is_told_where_all_is_known() -> None:
    rows = told()
    assert len(rows) == 13
    assert "gluteus_maximus_force_peak_bw" not in rows
    for row in rows.values():
        assert row.low <= row.value <= row.high
        assert row.model
    assert 2.2 < rows["peak_vgrf_bw"].value < 3.0
    assert 3.0 < rows["achilles_force_peak_bw"].value < 11.0


def test_parts_belong_together() -> None:
    rows = told()
    whole = rows["soleus_force_peak_bw"].value + rows["gastrocnemius_force_peak_bw"].value
    assert whole == pytest.approx(rows["achilles_force_peak_bw"].value)
    shares = sum(rows[f"{joint}_absorption_share"].value for joint in ("hip", "knee", "ankle"))
    assert shares == pytest.approx(1.0)


def test_mass_changes_stiffness_alone() -> None:
    light, heavy, unknown = (told(replace(ABOUT, mass_kg=mass)) for mass in (50.0, 100.0, None))
    assert heavy["leg_stiffness_knpm"].value == pytest.approx(2 * light["leg_stiffness_knpm"].value)
    assert "leg_stiffness_knpm" not in unknown
    for name in set(light) - {"leg_stiffness_knpm"}:
        assert light[name] == heavy[name] == unknown[name]


def test_without_speed_only_the_vertical_force_is_told() -> None:
    assert set(told(replace(ABOUT, speed_mps=None))) == {"peak_vgrf_bw"}


def test_without_the_legs_path_force_and_stiffness_are_told() -> None:
    bare = replace(stances(), points=None, trunk_rad=None)
    assert set(told(of=bare)) == {"peak_vgrf_bw", "leg_stiffness_knpm"}


def test_one_stance_is_refused() -> None:
    with pytest.raises(ValueError, match="two stances"):
        told(of=replace(stances(2), contact_s=np.array([0.2]), flight_s=np.array([0.1]), points=None, trunk_rad=None))


def test_known_bias_of_the_contact_time_is_taken_off() -> None:
    plain, corrected = told(), told(replace(ABOUT, contact_bias_s=0.01))
    assert corrected["peak_vgrf_bw"].value > 1.03 * plain["peak_vgrf_bw"].value


def test_intervals_grow_with_every_error() -> None:
    def width(name: str, about: About = ABOUT, parameters: LoadParameters = FEW) -> float:
        row = told(about, parameters=parameters)[name]
        return row.high - row.low

    assert width("peak_vgrf_bw", replace(ABOUT, contact_sd_s=0.02)) > 1.3 * width("peak_vgrf_bw")
    blurred = replace(FEW, point_sd_m=0.04)
    assert width("achilles_force_peak_bw", parameters=blurred) > 1.5 * width("achilles_force_peak_bw")


def test_the_same_input_gives_the_same_intervals() -> None:
    assert told() == told()


def test_a_frame_that_moves_steadily_changes_nothing() -> None:
    still = stances()
    assert still.points is not None
    drift = np.linspace(0, 0.9, still.points.shape[1])[None, :, None] * np.array([1.0, 0.0])[None, None]
    moved = replace(still, points=still.points + drift[:, :, None, :])
    a, b = told(), told(of=moved)
    for name in ("ankle_moment_peak_nmpkg", "knee_absorption_share", "vasti_force_peak_bw"):
        assert b[name].value == pytest.approx(a[name].value, rel=1e-6)


def test_more_steps_lower_the_peak_and_leave_the_sum() -> None:
    rows = {row.name: row for row in what_if.step_rate(0.05)}
    assert (rows["peak_vgrf_bw"].low, rows["peak_vgrf_bw"].high) == pytest.approx((1 / 1.05, 1.0))
    assert rows["achilles_load_per_km"].ratio == 1.0
    assert rows["achilles_damage_b4"].low == pytest.approx(1.05**-3)
    assert all(row.rests_on == "model" for row in rows.values())
    back = {row.name: row for row in what_if.step_rate(-0.05)}
    assert back["achilles_force_peak_bw"].high > 1.0


def test_speed_raises_the_peak_and_lowers_the_sum() -> None:
    rows = {row.name: row for row in what_if.speed(2.8, 3.4, load_by_speed())}
    assert rows["achilles_force_peak_bw"].low > 1.0
    assert rows["achilles_load_per_km"].high < 1.0
    assert {row.rests_on for row in rows.values()} == {"data"}
    there_and_back = what_if.speed(3.4, 2.8, load_by_speed())[0].ratio * rows[next(iter(rows))].ratio
    assert there_and_back == pytest.approx(1.0)
    with pytest.raises(ValueError, match="not both within"):
        what_if.speed(4.4, 5.0, load_by_speed())


def test_a_forefoot_strike_loads_the_ankle_more() -> None:
    sd = load_errors()["ankle_moment_peak_nmpkg"].sd
    rows = what_if.foot_inclination(15.0, 0.0, force_template(), sd)
    assert all(row.ratio > 1.0 for row in rows)
    nothing = what_if.foot_inclination(15.0, 15.0, force_template(), sd)[0]
    assert (nothing.ratio, nothing.low, nothing.high) == (1.0, 1.0, 1.0)


def test_lean_spares_the_knee_and_not_the_ankle() -> None:
    knee, ankle = what_if.trunk_lean(7.2)
    assert knee.ratio == pytest.approx(0.60 / 0.74)
    assert ankle.ratio == 1.0


def test_a_shank_farther_back_stretches_the_soleus_less() -> None:
    (row,) = what_if.shank(0.055, 25.0, -5.0, 0.43)
    assert row.ratio == pytest.approx(1 - np.radians(5) * 0.0357 / (0.81 * 0.43) / 0.055, rel=1e-3)
    assert row.low < row.ratio < row.high
