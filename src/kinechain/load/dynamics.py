"""Inverse dynamics of one leg in the sagittal plane: net joint moments and powers (Newton–Euler, foot upwards)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kinechain.load.ground_force import GRAVITY
from kinechain.load.segments import LegSegments, Segment

Array = NDArray[np.float64]


@dataclass(frozen=True)
class LegMotion:
    """Path of one leg in a frame that stands still or moves steadily; x forwards, y up [m]; or many paths at once.

    Parameters
    ----------
    interval_s : time between two points [s], a number or shape (...,)
    hip, knee, ankle, heel, toe : shape (..., n, 2)
    trunk_rad : angle of the trunk in the plane, + leaning backwards (counter-clockwise), shape (..., n)
    """

    interval_s: float | Array
    hip: Array
    knee: Array
    ankle: Array
    heel: Array
    toe: Array
    trunk_rad: Array


@dataclass(frozen=True)
class JointLoads:
    """Net joint moments and powers, each shape (..., n).

    Moments [N·m]: extension positive (ankle plantarflexion, knee extension, hip extension). Powers [W]: + generated,
    − absorbed.
    """

    ankle_moment: Array
    knee_moment: Array
    hip_moment: Array
    ankle_power: Array
    knee_power: Array
    hip_power: Array


def _angle(lower: Array, upper: Array) -> Array:
    d = upper - lower
    return np.unwrap(np.arctan2(d[..., 1], d[..., 0]))


def _rate(values: Array, interval_s: float | Array) -> Array:
    """Return the rate of a value at each point of time, shape (..., n)."""
    return np.asarray(np.gradient(values, axis=-1, edge_order=2) / np.asarray(interval_s)[..., None])


def _path_rate(path: Array, interval_s: float | Array) -> Array:
    """Return the rate of a path, shape (..., n, 2)."""
    return np.asarray(np.gradient(path, axis=-2, edge_order=2) / np.asarray(interval_s)[..., None, None])


def _cross(arm: Array, force: Array) -> Array:
    return np.asarray(arm[..., 0] * force[..., 1] - arm[..., 1] * force[..., 0])


@dataclass(frozen=True)
class _Moving:
    """A segment in motion: centre of mass, d'Alembert force on it, and its rotation."""

    com: Array
    inertial: Array
    spin: Array
    turning: Array


def _moving(start: Array, end: Array, segment: Segment, interval_s: float | Array) -> _Moving:
    com = start + segment.com_ratio * (end - start)
    acceleration = _path_rate(_path_rate(com, interval_s), interval_s)
    spin = _rate(_angle(start, end), interval_s)
    length = np.mean(np.hypot(*np.moveaxis(end - start, -1, 0)), axis=-1, keepdims=True)
    inertia = segment.mass_kg * (segment.radius_ratio * length) ** 2
    weight = np.array([0.0, -GRAVITY])
    return _Moving(com, segment.mass_kg * (acceleration - weight), spin, inertia * _rate(spin, interval_s))


def inverse_dynamics(motion: LegMotion, force_n: Array, pressure_m: Array, segments: LegSegments) -> JointLoads:
    """Return moments and powers of ankle, knee and hip.

    Parameters
    ----------
    force_n : on the foot, forwards and up, shape (..., n, 2) [N]
    pressure_m : where it acts, in the frame of `motion`, shape (..., n, 2) [m]; unused where there is no force
    segments : masses of the leg
    """
    dt = motion.interval_s
    foot = _moving(motion.heel, motion.toe, segments.foot, dt)
    shank = _moving(motion.knee, motion.ankle, segments.shank, dt)
    thigh = _moving(motion.hip, motion.knee, segments.thigh, dt)

    at_ankle = foot.inertial - force_n
    ankle = foot.turning - _cross(motion.ankle - foot.com, at_ankle) - _cross(pressure_m - foot.com, force_n)
    at_knee = shank.inertial + at_ankle
    knee = shank.turning + ankle - _cross(motion.knee - shank.com, at_knee)
    knee += _cross(motion.ankle - shank.com, at_ankle)
    at_hip = thigh.inertial + at_knee
    hip = thigh.turning + knee - _cross(motion.hip - thigh.com, at_hip)
    hip += _cross(motion.knee - thigh.com, at_knee)

    trunk_spin = _rate(np.unwrap(motion.trunk_rad), dt)
    return JointLoads(
        ankle_moment=-ankle,
        knee_moment=knee,
        hip_moment=-hip,
        ankle_power=ankle * (foot.spin - shank.spin),
        knee_power=knee * (shank.spin - thigh.spin),
        hip_power=hip * (thigh.spin - trunk_spin),
    )


def body_force_npkg(legs: tuple[LegMotion, LegMotion], segments: LegSegments) -> Array:
    """Return the vertical force under a body that moves like this, shape (..., n) [N/kg].

    Thighs, shanks and feet have their own paths; all the rest moves as the middle of the hips does. Trunk and arms do
    not quite: the curve is a witness of the force's shape, not the force.

    Parameters
    ----------
    legs : both, over the same time
    segments : of a runner of 1 kg
    """
    total = np.zeros(legs[0].hip.shape[:-1])
    rest = 1.0
    for leg in legs:
        parts = ((leg.hip, leg.knee, segments.thigh), (leg.knee, leg.ankle, segments.shank))
        for start, end, segment in (*parts, (leg.heel, leg.toe, segments.foot)):
            total += _moving(start, end, segment, leg.interval_s).inertial[..., 1]
            rest -= segment.mass_kg
    hips = (legs[0].hip[..., 1] + legs[1].hip[..., 1]) / 2
    dt = legs[0].interval_s
    return np.asarray(total + rest * (_rate(_rate(hips, dt), dt) + GRAVITY))


@dataclass(frozen=True)
class WorkShares:
    """How stance work is shared; NaN where there is none to share.

    `hip`, `knee`, `ankle`: shares of the work absorbed (negative power) from contact to mid stance, sum 1.
    `ankle_push_off`: the ankle's share of the work generated (positive power) from mid stance to toe-off.
    """

    hip: float
    knee: float
    ankle: float
    ankle_push_off: float


def work_shares(loads: JointLoads, interval_s: float, mid_stance: int) -> WorkShares:
    """Share the work of stance between the joints.

    Parameters
    ----------
    loads : from contact to toe-off
    mid_stance : index of maximum knee flexion
    """
    powers = np.stack([loads.hip_power, loads.knee_power, loads.ankle_power])
    absorbed = -np.trapezoid(np.minimum(powers[:, : mid_stance + 1], 0.0), dx=interval_s, axis=1)
    generated = np.trapezoid(np.maximum(powers[:, mid_stance:], 0.0), dx=interval_s, axis=1)
    with np.errstate(invalid="ignore"):
        hip, knee, ankle = absorbed / absorbed.sum()
        return WorkShares(float(hip), float(knee), float(ankle), float(generated[2] / generated.sum()))
