"""The front door of the room: one leg's stances in, its loads out, each with the interval of all known errors."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kinechain.knowledge.load_tables import ForceTemplate, load_errors
from kinechain.load.accumulate import impulse_per_km
from kinechain.load.dynamics import LegMotion, inverse_dynamics, work_shares
from kinechain.load.ground_force import (
    GRAVITY,
    POINTS,
    fitted_curve_bw,
    fore_aft_curve_bw,
    pressure_ahead_m,
    spring,
)
from kinechain.load.muscle import muscle_forces_bw
from kinechain.load.segments import leg_segments
from kinechain.load.tendon import TendonParameters, achilles_force_n, soleus_length_change
from kinechain.model.athlete import Sex

Array = NDArray[np.float64]

#: Points of a path before contact and after toe-off.
PAD = 20

#: Where each load comes from.
MODELS: dict[str, str] = {
    "peak_vgrf_bw": "force shape fitted on plates (doi 10.7717/peerj.3298), impulse from contact and flight time",
    "leg_stiffness_knpm": "spring-mass, Morin et al. 2005, J Appl Biomech 21:167, with the fitted peak force",
    "ankle_moment_peak_nmpkg": "planar inverse dynamics, modelled force, de Leva 1996 (10.1016/0021-9290(95)00178-6)",
    "achilles_force_peak_bw": "ankle moment ÷ moment arm, Manal et al. 2013 (doi 10.1002/phy2.139)",
    "soleus_force_peak_bw": "Achilles force × share 0.56–0.71, Fukunaga et al. 1992 (J Orthop Res)",
    "gastrocnemius_force_peak_bw": "Achilles force × share 0.29–0.44, Fukunaga et al. 1992 (J Orthop Res)",
    "vasti_force_peak_bw": "planar static optimisation, Rajagopal et al. 2016 (doi 10.1109/TBME.2016.2586891)",
    "hip_absorption_share": "planar inverse dynamics; hip in the sagittal plane only",
    "knee_absorption_share": "planar inverse dynamics; hip in the sagittal plane only",
    "ankle_absorption_share": "planar inverse dynamics; hip in the sagittal plane only",
    "ankle_push_off_share": "planar inverse dynamics, modelled force",
    "soleus_length_change_ratio": "moment arm over the ankle angle, Manal et al. 2013 (doi 10.1002/phy2.139)",
    "achilles_load_per_km": "Achilles impulse × steps, Firminger et al. 2020 (doi 10.1249/MSS.0000000000002287)",
}


@dataclass(frozen=True)
class LoadParameters:
    """How loads are estimated.

    Parameters
    ----------
    draws, seed : of the Monte Carlo behind the intervals
    point_sd_m
        Error of a joint or foot point of the pose in the plane of running, constant over a clip, one SD (ours,
        provisional).
    video_share_sd
        Error of a share of work that comes from the pose, one SD (ours, provisional: the size of the differences
        between video and plate on the clip that ships).
    leg_length_ratio
        Hip to ground ÷ body height (Morin et al. 2005, J Appl Biomech 21:167, bias 1.94 ± 1.51 %).
    mid_stance_end : mid stance lies in this first part of stance
    tendon : moment arm and shares
    """

    draws: int = 120
    seed: int = 1
    point_sd_m: float = 0.01
    video_share_sd: float = 0.1
    leg_length_ratio: float = 0.53
    mid_stance_end: float = 0.7
    tendon: TendonParameters = field(default_factory=TendonParameters)


@dataclass(frozen=True)
class LegStances:
    """The stances of one leg; paths reach `PAD` points beyond contact and toe-off, in a frame that moves steadily.

    Parameters
    ----------
    contact_s, flight_s : shape (k,) [s]; flight is the mean of the flights before and after
    points : hip, knee, ankle, heel, toe; shape (k, 101 + 2·PAD, 5, 2), x forwards, y up [m]; None without a scale
    trunk_rad : angle of the trunk in the plane, + leaning backwards, shape (k, 101 + 2·PAD)
    """

    contact_s: Array
    flight_s: Array
    points: Array | None
    trunk_rad: Array | None


@dataclass(frozen=True)
class About:
    """What is known about runner and clip; None where it is not.

    Parameters
    ----------
    speed_mps, speed_relative_sd : running speed and its error, one SD ÷ speed (that of the scale as well)
    contact_bias_s, contact_sd_s : known error of the measured contact time: bias is taken off, SD goes into intervals
    """

    mass_kg: float | None
    height_m: float | None
    sex: Sex | None
    speed_mps: float | None
    speed_relative_sd: float = 0.0
    contact_bias_s: float = 0.0
    contact_sd_s: float = 0.0


@dataclass(frozen=True)
class LoadEstimate:
    """A load with its 95 % interval and the model behind it."""

    name: str
    value: float
    low: float
    high: float
    model: str


def estimate(
    stances: LegStances, about: About, template: ForceTemplate, parameters: LoadParameters
) -> list[LoadEstimate]:
    """Return every load that can be told.

    Without mass everything is told in body weights and per kilogram (stiffness is not); without a speed only the
    vertical force. Intervals join, by Monte Carlo, the scatter of strides, the error of the times, of the points, of
    the scale, of moment arm and shares, and the error of the models on runners not used for fitting.

    Raises
    ------
    ValueError
        With fewer than two stances: there is no scatter to read.
    """
    n = len(stances.contact_s)
    if n < 2:
        raise ValueError(f"needs two stances at least, not {n}")
    best = _loads(stances, about, template, parameters, _Draw(np.arange(n)))
    rng = np.random.default_rng(parameters.seed)
    sampled: dict[str, list[float]] = {name: [] for name in best}
    for _ in range(parameters.draws):
        drawn = _loads(stances, about, template, parameters, _drawn(n, about, parameters, rng))
        for name, value in drawn.items():
            sampled[name].append(value)
    return [_with_interval(name, value, np.array(sampled[name])) for name, value in best.items() if np.isfinite(value)]


def _with_interval(name: str, value: float, draws: Array) -> LoadEstimate:
    low, high = np.nanquantile(draws, [0.025, 0.975])
    return LoadEstimate(name, value, float(min(low, value)), float(max(high, value)), MODELS[name])


@dataclass(frozen=True)
class _Draw:
    """One possible truth: which strides, and every error at its value; as measured by default."""

    strides: NDArray[np.intp]
    contact_s: float = 0.0
    scale: float = 1.0
    points: Array | None = None
    arm: float = 1.0
    soleus_share: float | None = None
    models: dict[str, float] = field(default_factory=dict)


def _drawn(n: int, about: About, parameters: LoadParameters, rng: np.random.Generator) -> _Draw:
    tendon = parameters.tendon
    return _Draw(
        rng.integers(0, n, n),
        float(rng.normal(0.0, about.contact_sd_s)),
        float(rng.normal(1.0, about.speed_relative_sd)),
        rng.normal(0.0, parameters.point_sd_m, (5, 2)),
        float(rng.normal(1.0, tendon.arm_relative_sd)),
        float(rng.uniform(tendon.soleus_share_low, tendon.soleus_share_high)),
        {name: float(rng.normal(0.0, _model_sd(name, row.sd, parameters))) for name, row in load_errors().items()},
    )


def _model_sd(name: str, sd: float, parameters: LoadParameters) -> float:
    return float(np.hypot(sd, parameters.video_share_sd)) if name.endswith("_share") else sd


def _loads(
    stances: LegStances, about: About, template: ForceTemplate, parameters: LoadParameters, draw: _Draw
) -> dict[str, float]:
    contact = float(stances.contact_s[draw.strides].mean()) - about.contact_bias_s + draw.contact_s
    flight = max(float(stances.flight_s[draw.strides].mean()) + about.contact_bias_s - draw.contact_s, 0.0)
    speed = None if about.speed_mps is None else about.speed_mps * draw.scale
    vertical = fitted_curve_bw(contact, flight, speed, template) * (1 + draw.models.get("peak_vgrf_bw", 0.0))
    loads = {"peak_vgrf_bw": float(vertical.max())}
    if speed is None:
        return loads
    if about.mass_kg is not None and about.height_m is not None:
        leg = parameters.leg_length_ratio * about.height_m
        loads["leg_stiffness_knpm"] = _stiffness(contact, float(vertical.max()), about.mass_kg, leg, speed)
    if stances.points is None or stances.trunk_rad is None:
        return loads
    points = stances.points[draw.strides].mean(axis=0) * draw.scale
    points = points if draw.points is None else points + draw.points
    hip, knee, ankle, heel, toe = np.moveaxis(points, 1, 0)
    trunk_rad = stances.trunk_rad[draw.strides].mean(axis=0)
    leg_path = LegMotion(contact / (POINTS - 1), hip, knee, ankle, heel, toe, trunk_rad)
    unbiased = vertical / (1 + draw.models.get("peak_vgrf_bw", 0.0))
    return loads | _leg_loads(leg_path, unbiased, contact, flight, speed, about, template, parameters, draw)


def _stiffness(contact_s: float, peak_bw: float, mass_kg: float, leg_m: float, speed_mps: float) -> float:
    try:
        return spring(contact_s, peak_bw, mass_kg, leg_m, speed_mps).leg_stiffness_knpm
    except ValueError:
        return float("nan")


def _leg_loads(
    leg: LegMotion,
    vertical_bw: Array,
    contact_s: float,
    flight_s: float,
    speed_mps: float,
    about: About,
    template: ForceTemplate,
    parameters: LoadParameters,
    draw: _Draw,
) -> dict[str, float]:
    """Return the loads that need the leg's path, for a runner of 1 kg: per kilogram and in body weights."""
    inside = slice(PAD, -PAD)
    foot = FootAngles.of(leg)
    ahead = pressure_ahead_m(foot.length_m, speed_mps, foot.inclination_ic_deg, template)
    level = fore_aft_curve_bw(vertical_bw, speed_mps, foot.inclination_ic_deg, template)
    force = np.pad(np.stack([level, vertical_bw], axis=1), ((PAD, PAD), (0, 0))) * GRAVITY
    at = np.clip(np.arange(POINTS + 2 * PAD) - PAD, 0, POINTS - 1)
    pressure = np.stack([leg.ankle[:, 0] + ahead[at], np.full(len(at), foot.ground_m)], axis=1)
    joints = inverse_dynamics(leg, force, pressure, leg_segments(1.0, about.sex))
    stance = type(joints)(**{name: values[inside] for name, values in vars(joints).items()})
    shares = work_shares(stance, leg.interval_s, mid_stance_index(leg, parameters.mid_stance_end))

    def off(name: str) -> float:
        return draw.models.get(name, 0.0)

    tendon = parameters.tendon
    moment = stance.ankle_moment * (1 + off("ankle_moment_peak_nmpkg"))
    achilles = achilles_force_n(moment, foot.dorsiflexion_deg[inside], tendon) / GRAVITY / draw.arm
    soleus = tendon.soleus_share if draw.soleus_share is None else draw.soleus_share
    angles = np.stack([foot.dorsiflexion_deg, *knee_and_hip_flexion_deg(leg)], axis=1)[inside]
    knee = stance.knee_moment * (1 + off("knee_moment_peak_nmpkg"))
    muscles = muscle_forces_bw(np.stack([moment, knee, stance.hip_moment], axis=1), angles)
    stretch = soleus_length_change(foot.dorsiflexion_deg[inside], foot.shank_m, tendon) * draw.arm
    cadence = 60 / (contact_s + flight_s)
    return {
        "ankle_moment_peak_nmpkg": float(moment.max()),
        "achilles_force_peak_bw": float(achilles.max()),
        "soleus_force_peak_bw": float(achilles.max() * soleus),
        "gastrocnemius_force_peak_bw": float(achilles.max() * (1 - soleus)),
        "vasti_force_peak_bw": float(muscles["vasti"].max()),
        "hip_absorption_share": _share(shares.hip + off("hip_absorption_share")),
        "knee_absorption_share": _share(shares.knee + off("knee_absorption_share")),
        "ankle_absorption_share": _share(shares.ankle + off("ankle_absorption_share")),
        "ankle_push_off_share": _share(shares.ankle_push_off + off("ankle_push_off_share")),
        "soleus_length_change_ratio": float(stretch.max()),
        "achilles_load_per_km": impulse_per_km(achilles, leg.interval_s, cadence, speed_mps),
    }


def _share(value: float) -> float:
    return min(max(value, 0.0), 1.0)


@dataclass(frozen=True)
class FootAngles:
    """Angles of foot and ankle read off a path; `dorsiflexion_deg` over the whole path, the rest single values."""

    inclination_ic_deg: float
    dorsiflexion_deg: Array
    length_m: float
    shank_m: float
    ground_m: float

    @classmethod
    def of(cls, leg: LegMotion) -> FootAngles:
        """Read a path; the foot is flat over 25–50 % of stance, where its lower point lies on the ground."""
        sole = leg.toe - leg.heel
        shin = leg.knee - leg.ankle
        flat = slice(PAD + 25, PAD + 51)
        angle = np.degrees(np.arctan2(sole[:, 1], sole[:, 0]))
        inclination = angle - float(np.median(angle[flat]))
        return cls(
            float(inclination[PAD + 2]),
            np.degrees(np.arctan2(shin[:, 0], shin[:, 1])) + inclination,
            float(np.median(np.linalg.norm(sole[flat], axis=1))),
            float(np.median(np.linalg.norm(shin[flat], axis=1))),
            float(min(np.median(leg.heel[flat, 1]), np.median(leg.toe[flat, 1]))),
        )


def knee_and_hip_flexion_deg(leg: LegMotion) -> tuple[Array, Array]:
    """Return knee flexion (thigh + shank) and hip flexion (thigh against trunk) over a path [deg]."""
    thigh, shin = leg.knee - leg.hip, leg.knee - leg.ankle
    forward = np.degrees(np.arctan2(thigh[:, 0], -thigh[:, 1]))
    shank = np.degrees(np.arctan2(shin[:, 0], shin[:, 1]))
    return forward + shank, forward - np.degrees(leg.trunk_rad)


def mid_stance_index(leg: LegMotion, end: float) -> int:
    """Return the index after contact of the largest knee flexion in the first part of stance."""
    stance = slice(PAD, PAD + int(end * (POINTS - 1)) + 1)
    thigh, shin = (leg.hip - leg.knee)[stance], (leg.ankle - leg.knee)[stance]
    cosine = (thigh * shin).sum(axis=1) / np.linalg.norm(thigh, axis=1) / np.linalg.norm(shin, axis=1)
    return int(np.argmax(cosine))
