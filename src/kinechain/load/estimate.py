"""The front door of the room: one leg's stances in, its loads out, each with the interval of all known errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kinechain.knowledge.load_tables import ForceTemplate, load_errors
from kinechain.load.accumulate import impulse_per_km
from kinechain.load.dynamics import JointLoads, LegMotion, inverse_dynamics, work_shares
from kinechain.load.ground_force import (
    GRAVITY,
    POINTS,
    fitted_curve_bw,
    fore_aft_curve_bw,
    low_passed,
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
    paths_hz
        Low-pass of the leg's path: that with which the models were fitted and checked. The angles of gait are read off
        a livelier path, whose second derivative would be noise here [Hz].
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
    shortest_contact_s, longest_contact_s, least_duty
        Mean contact time and share of a stride on the ground beyond which no runner is taken to be seen, but events
        that were found wrongly (ours: sprinters touch for about 0.1 s, joggers for up to 0.4 s).
    tendon : moment arm and shares
    """

    paths_hz: float = 12.0
    draws: int = 120
    seed: int = 1
    point_sd_m: float = 0.01
    video_share_sd: float = 0.1
    leg_length_ratio: float = 0.53
    mid_stance_end: float = 0.7
    shortest_contact_s: float = 0.1
    longest_contact_s: float = 0.45
    least_duty: float = 0.18
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


def plausible_contact(stances: LegStances, parameters: LoadParameters) -> bool:
    """Return whether the mean contact and flight times can be those of a runner."""
    contact, flight = float(stances.contact_s.mean()), float(stances.flight_s.mean())
    duty = contact / (2 * (contact + flight))
    return parameters.shortest_contact_s <= contact <= parameters.longest_contact_s and duty >= parameters.least_duty


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
    rng = np.random.default_rng(parameters.seed)
    draws = [_Draw.as_measured(n, parameters), *(_drawn(n, about, parameters, rng) for _ in range(parameters.draws))]
    rows = _loads(stances, about, template, parameters, draws)
    return [_with_interval(name, of[0], of[1:]) for name, of in rows.items() if np.isfinite(of[0])]


def _with_interval(name: str, value: float, draws: Array) -> LoadEstimate:
    value = float(value)
    low, high = np.nanquantile(draws, [0.025, 0.975])
    return LoadEstimate(name, value, float(min(low, value)), float(max(high, value)), MODELS[name])


@dataclass(frozen=True)
class _Draw:
    """One possible truth: how often each stride counts, and every error at its value."""

    weights: Array
    contact_s: float
    scale: float
    points: Array
    arm: float
    soleus_share: float
    models: dict[str, float]

    @classmethod
    def as_measured(cls, n: int, parameters: LoadParameters) -> _Draw:
        """Return the draw without any error."""
        models = dict.fromkeys(load_errors(), 0.0)
        return cls(np.full(n, 1 / n), 0.0, 1.0, np.zeros((5, 2)), 1.0, parameters.tendon.soleus_share, models)


def _drawn(n: int, about: About, parameters: LoadParameters, rng: np.random.Generator) -> _Draw:
    tendon = parameters.tendon
    return _Draw(
        np.bincount(rng.integers(0, n, n), minlength=n) / n,
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
    stances: LegStances, about: About, template: ForceTemplate, parameters: LoadParameters, draws: Sequence[_Draw]
) -> dict[str, Array]:
    """Return every load that can be told, draw by draw, shape (d,)."""
    weights = np.stack([draw.weights for draw in draws])
    shift = np.array([draw.contact_s for draw in draws]) - about.contact_bias_s
    scale = np.array([draw.scale for draw in draws])
    contact = weights @ stances.contact_s + shift
    flight = np.maximum(weights @ stances.flight_s - shift, 0.0)
    speed = None if about.speed_mps is None else about.speed_mps * scale
    speeds = [None] * len(draws) if speed is None else list(speed)
    unbiased = np.stack([fitted_curve_bw(*times, template) for times in zip(contact, flight, speeds, strict=True)])
    peak = (unbiased * _errors(draws, "peak_vgrf_bw", 1.0)[:, None]).max(axis=1)
    loads = {"peak_vgrf_bw": peak}
    if speed is None:
        return loads
    if about.mass_kg is not None and about.height_m is not None:
        leg = parameters.leg_length_ratio * about.height_m
        steps = zip(contact, peak, speed, strict=True)
        loads["leg_stiffness_knpm"] = np.array([_stiffness(c, p, about.mass_kg, leg, v) for c, p, v in steps])
    if stances.points is None or stances.trunk_rad is None:
        return loads
    points = np.tensordot(weights, stances.points, 1) * scale[:, None, None, None]
    points += np.stack([draw.points for draw in draws])[:, None]
    hip, knee, ankle, heel, toe = np.moveaxis(points, 2, 0)
    path = LegMotion(contact / (POINTS - 1), hip, knee, ankle, heel, toe, weights @ stances.trunk_rad)
    return loads | _leg_loads(path, _Steps(unbiased, contact, flight, speed), about, template, parameters, draws)


@dataclass(frozen=True)
class _Steps:
    """The steps that the draws stand for; vertical force of shape (d, 101), the rest (d,)."""

    vertical_bw: Array
    contact_s: Array
    flight_s: Array
    speed_mps: Array


def _errors(draws: Sequence[_Draw], name: str, of: float = 0.0) -> Array:
    """Return `of` + the error of a model, draw by draw, shape (d,)."""
    return of + np.array([draw.models[name] for draw in draws])


def _stiffness(contact_s: float, peak_bw: float, mass_kg: float, leg_m: float, speed_mps: float) -> float:
    try:
        return spring(contact_s, peak_bw, mass_kg, leg_m, speed_mps).leg_stiffness_knpm
    except ValueError:
        return float("nan")


def _leg_loads(
    leg: LegMotion,
    steps: _Steps,
    about: About,
    template: ForceTemplate,
    parameters: LoadParameters,
    draws: Sequence[_Draw],
) -> dict[str, Array]:
    """Return the loads that need the leg's path, for a runner of 1 kg: per kilogram and in body weights."""
    foot = FootAngles.of(leg)
    joints = _joints(leg, foot, steps, about, template, parameters.paths_hz)
    tendon = parameters.tendon
    arm = np.array([draw.arm for draw in draws])[:, None]
    moment = joints.ankle_moment * _errors(draws, "ankle_moment_peak_nmpkg", 1.0)[:, None]
    dorsiflexion = foot.dorsiflexion_deg[:, PAD:-PAD]
    achilles = achilles_force_n(moment, dorsiflexion, tendon) / GRAVITY / arm
    soleus = np.array([draw.soleus_share for draw in draws])
    angles = np.stack([foot.dorsiflexion_deg, *knee_and_hip_flexion_deg(leg)], axis=-1)[:, PAD:-PAD]
    knee = joints.knee_moment * _errors(draws, "knee_moment_peak_nmpkg", 1.0)[:, None]
    moments = np.stack([moment, knee, joints.hip_moment], axis=-1)
    vasti = muscle_forces_bw(moments.reshape(-1, 3), angles.reshape(-1, 3))["vasti"].reshape(moment.shape)
    stretch = soleus_length_change(dorsiflexion, foot.shank_m[:, None], tendon) * arm
    cadence = 60 / (steps.contact_s + steps.flight_s)
    per_km = zip(achilles, steps.contact_s / (POINTS - 1), cadence, steps.speed_mps, strict=True)
    shares = _shares(joints, leg, parameters.mid_stance_end)
    return {
        "ankle_moment_peak_nmpkg": moment.max(axis=1),
        "achilles_force_peak_bw": achilles.max(axis=1),
        "soleus_force_peak_bw": achilles.max(axis=1) * soleus,
        "gastrocnemius_force_peak_bw": achilles.max(axis=1) * (1 - soleus),
        "vasti_force_peak_bw": vasti.max(axis=1),
        **{name: np.clip(share + _errors(draws, name), 0.0, 1.0) for name, share in shares.items()},
        "soleus_length_change_ratio": stretch.max(axis=1),
        "achilles_load_per_km": np.array([impulse_per_km(*of_draw) for of_draw in per_km]),
    }


def _joints(
    leg: LegMotion, foot: FootAngles, steps: _Steps, about: About, template: ForceTemplate, cutoff_hz: float
) -> JointLoads:
    """Return moments and powers from contact to toe-off under the modelled force, each of shape (d, 101)."""
    each = list(zip(steps.speed_mps, foot.inclination_ic_deg, strict=True))
    ahead = np.stack([pressure_ahead_m(m, v, up, template) for m, (v, up) in zip(foot.length_m, each, strict=True)])
    level = np.stack(
        [fore_aft_curve_bw(f, v, up, template) for f, (v, up) in zip(steps.vertical_bw, each, strict=True)]
    )
    forces = zip(np.stack([level, steps.vertical_bw], axis=-1), steps.contact_s, strict=True)
    force = np.stack([low_passed(of_draw, contact, cutoff_hz, PAD) for of_draw, contact in forces]) * GRAVITY
    at = np.clip(np.arange(POINTS + 2 * PAD) - PAD, 0, POINTS - 1)
    under = leg.ankle[..., 0] + ahead[:, at]
    pressure = np.stack([under, np.broadcast_to(foot.ground_m[:, None], under.shape)], axis=-1)
    joints = inverse_dynamics(leg, force, pressure, leg_segments(1.0, about.sex))
    return JointLoads(**{name: values[:, PAD:-PAD] for name, values in vars(joints).items()})


def _shares(joints: JointLoads, leg: LegMotion, mid_stance_end: float) -> dict[str, Array]:
    """Return the shares of work, draw by draw; the time between two points cancels."""
    rows = [
        work_shares(JointLoads(**{name: values[i] for name, values in vars(joints).items()}), 1.0, int(mid))
        for i, mid in enumerate(mid_stance_index(leg, mid_stance_end))
    ]
    return {
        "hip_absorption_share": np.array([row.hip for row in rows]),
        "knee_absorption_share": np.array([row.knee for row in rows]),
        "ankle_absorption_share": np.array([row.ankle for row in rows]),
        "ankle_push_off_share": np.array([row.ankle_push_off for row in rows]),
    }


@dataclass(frozen=True)
class FootAngles:
    """Angles of foot and ankle read off paths; `dorsiflexion_deg` over the whole path, the rest one value a path."""

    inclination_ic_deg: Array
    dorsiflexion_deg: Array
    length_m: Array
    shank_m: Array
    ground_m: Array

    @classmethod
    def of(cls, leg: LegMotion) -> FootAngles:
        """Read paths; the foot is flat over 25–50 % of stance, where its lower point lies on the ground."""
        sole = leg.toe - leg.heel
        shin = leg.knee - leg.ankle
        flat = slice(PAD + 25, PAD + 51)

        def typical(values: Array) -> Array:
            return np.asarray(np.median(values[..., flat], axis=-1))

        angle = np.degrees(np.arctan2(sole[..., 1], sole[..., 0]))
        inclination = angle - typical(angle)[..., None]
        return cls(
            inclination[..., PAD + 2],
            np.degrees(np.arctan2(shin[..., 0], shin[..., 1])) + inclination,
            typical(np.hypot(sole[..., 0], sole[..., 1])),
            typical(np.hypot(shin[..., 0], shin[..., 1])),
            np.minimum(typical(leg.heel[..., 1]), typical(leg.toe[..., 1])),
        )


def knee_and_hip_flexion_deg(leg: LegMotion) -> tuple[Array, Array]:
    """Return knee flexion (thigh + shank) and hip flexion (thigh against trunk) over paths [deg]."""
    thigh, shin = leg.knee - leg.hip, leg.knee - leg.ankle
    forward = np.degrees(np.arctan2(thigh[..., 0], -thigh[..., 1]))
    shank = np.degrees(np.arctan2(shin[..., 0], shin[..., 1]))
    return forward + shank, forward - np.degrees(leg.trunk_rad)


def mid_stance_index(leg: LegMotion, end: float) -> NDArray[np.intp]:
    """Return the index after contact of the largest knee flexion in the first part of stance, one a path."""
    stance = slice(PAD, PAD + int(end * (POINTS - 1)) + 1)
    thigh, shin = (leg.hip - leg.knee)[..., stance, :], (leg.ankle - leg.knee)[..., stance, :]
    lengths = np.hypot(thigh[..., 0], thigh[..., 1]) * np.hypot(shin[..., 0], shin[..., 1])
    return np.asarray(np.argmax((thigh * shin).sum(axis=-1) / lengths, axis=-1))
