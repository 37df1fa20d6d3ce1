"""What a change of running would do to the loads of this runner: ratios with bands, and what each rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from kinechain.knowledge.load_tables import ForceTemplate, SpeedRow
from kinechain.load.accumulate import EXPONENTS, damage_ratio
from kinechain.load.ground_force import fitted_curve_bw, pressure_ahead_m
from kinechain.load.tendon import TendonParameters, soleus_length_change

RestsOn = Literal["data", "model"]
ChangeKind = Literal["step_rate", "speed", "foot_inclination", "trunk_lean", "shank"]


@dataclass(frozen=True)
class LoadChange:
    """A load after ÷ before.

    Parameters
    ----------
    name : quantity of the glossary; or `achilles_damage_b4`, `_b9`: damage over a kilometre where peaks count with this
        exponent
    ratio, low, high : after ÷ before; the band is that of the models or of the data, not of the runner's own value
    rests_on : "data" where the size was measured on runners, "model" where it follows from the model alone
    source : of the size
    """

    name: str
    ratio: float
    low: float
    high: float
    rests_on: RestsOn
    source: str


def step_rate(change: float) -> list[LoadChange]:
    """Return the change of loads with the step rate at the same speed.

    Two ends: flight gives way and contact stays (the peak falls as steps rise), or both shrink alike (the peak stays).
    In both, force over time for a kilometre stays: the ground carries the body as long as before. That +5 % lowers the
    Achilles peak was measured (Lyght et al. 2016, doi 10.1123/jab.2015-0183, 19 women); the size here is the model's.

    Parameters
    ----------
    change : +0.05 for five per cent more steps a minute
    """
    steps = 1 + change
    ends = (1 / steps, 1.0)
    source = "ground force from contact and flight; direction: Lyght 2016, 10.1123/jab.2015-0183"
    rows = [
        _between(name, ends, "model", source)
        for name in ("peak_vgrf_bw", "ankle_moment_peak_nmpkg", "achilles_force_peak_bw", "soleus_force_peak_bw")
    ]
    rows.append(LoadChange("achilles_load_per_km", 1.0, 1.0, 1.0, "model", source))
    for exponent in EXPONENTS[1:]:
        damage = tuple(
            damage_ratio(force, steps * time, exponent) for force, time in ((ends[0], 1.0), (1.0, 1 / steps))
        )
        rows.append(_between(f"achilles_damage_b{exponent:.0f}", (damage[0], damage[1]), "model", source))
    return rows


def _between(name: str, ends: tuple[float, float], rests_on: RestsOn, source: str) -> LoadChange:
    low, high = sorted(ends)
    return LoadChange(name, (low + high) / 2, low, high, rests_on, source)


def speed(from_mps: float, to_mps: float, rows: Sequence[SpeedRow]) -> list[LoadChange]:
    """Return the change of loads with speed, as six men on a treadmill changed theirs; 95 % of runners.

    Raises
    ------
    ValueError
        Outside of the measured speeds: nothing is extrapolated.
    """
    out = []
    for name in dict.fromkeys(row.name for row in rows):
        own = [row for row in rows if row.name == name]
        at = [row.speed_mps for row in own]
        if not (at[0] <= from_mps <= at[-1] and at[0] <= to_mps <= at[-1]):
            raise ValueError(f"speeds {from_mps} and {to_mps} are not both within {at[0]}–{at[-1]} m/s")
        logs = [row.log_ratio for row in own]
        change = float(np.interp(to_mps, at, logs) - np.interp(from_mps, at, logs))
        spread = own[0].log_sd_per_mps * abs(to_mps - from_mps)
        ends = np.exp([change - 1.96 * spread, change + 1.96 * spread])
        out.append(LoadChange(name, float(np.exp(change)), float(ends[0]), float(ends[1]), "data", own[0].source))
    return out


def foot_inclination(from_deg: float, to_deg: float, template: ForceTemplate, lever_sd: float) -> list[LoadChange]:
    """Return the change of the ankle's load with the foot's inclination at contact (heel, midfoot or forefoot strike).

    From where the pressure begins under the foot: read off runners who strike differently, not off runners who changed.

    Parameters
    ----------
    lever_sd : relative error of the peak moment by the template, one SD
    """
    vertical = fitted_curve_bw(0.22, 0.13, None, template)
    before, after = (
        float((vertical * pressure_ahead_m(1.0, template.speed_mps, angle, template)).max())
        for angle in (from_deg, to_deg)
    )
    ratio = after / before
    moved = min(abs(to_deg - from_deg) / (template.most_deg - template.least_deg), 1.0)
    half = 1.96 * lever_sd * moved
    source = "pressure template, doi 10.7717/peerj.3298; direction: Lyght 2016, 10.1123/jab.2015-0183"
    return [
        LoadChange(name, ratio, ratio - half, ratio + half, "model", source)
        for name in ("ankle_moment_peak_nmpkg", "achilles_force_peak_bw", "soleus_force_peak_bw")
    ]


def trunk_lean(change_deg: float) -> list[LoadChange]:
    """Return the change of loads with forward lean of the trunk.

    Teng & Powers 2015, doi 10.1249/MSS.0000000000000436: groups of 3.6 and 10.8° absorbed 0.74 and 0.60 J/kg at the
    knee; the ankle did not differ. Groups, not runners who changed: the band runs from no effect to twice the effect.
    The work at the knee stands for its share.
    """
    source = "Teng & Powers 2015, 10.1249/MSS.0000000000000436 (groups of runners)"
    knee = (0.60 / 0.74) ** (change_deg / 7.2)
    return [
        LoadChange("knee_absorption_share", knee, min(1.0, knee**2), max(1.0, knee**2), "data", source),
        LoadChange("ankle_moment_peak_nmpkg", 1.0, 0.95, 1.05, "data", source),
    ]


def shank(before_stretch: float, dorsiflexion_deg: float, change_deg: float, shank_m: float) -> list[LoadChange]:
    """Return the change of the soleus' stretch with less or more forward shank over a flat foot (geometry alone).

    Parameters
    ----------
    before_stretch : soleus length change as it is
    dorsiflexion_deg : peak dorsiflexion as it is
    change_deg : + further forwards
    shank_m : knee to ankle
    """
    tendon = TendonParameters()
    at = np.array([dorsiflexion_deg, dorsiflexion_deg + change_deg])
    step = float(np.diff(soleus_length_change(at, shank_m, tendon))[0])
    ends = [
        1 + step * factor / before_stretch
        for factor in (1 - 2 * tendon.arm_relative_sd, 1 + 2 * tendon.arm_relative_sd)
    ]
    return [
        LoadChange(
            "soleus_length_change_ratio",
            1 + step / before_stretch,
            min(ends),
            max(ends),
            "model",
            "moment arm, Manal et al. 2013, 10.1002/phy2.139; muscle and tendon together",
        )
    ]
