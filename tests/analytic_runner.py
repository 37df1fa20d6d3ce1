"""An analytic runner: the tests' truth, in closed form, at any frame rate.

The model is designed foot first. In stance the sole is rigidly tied to the ground (the belt): it pivots about the heel
while the toes are up, lies flat, then pivots about the toe, which stays down until toe-off. In swing the toe and the
inclination of the foot follow cubic splines whose end positions and speeds are those of the stance, so that everything
is smooth except at initial contact, where the foot still moves over the ground with `Leg.landing_mps` (the impact). The
hip rides on a cosine; the knee follows from hip and ankle with constant thigh and shank (inverse kinematics), so its
angle is computed and not prescribed.

Swing and landing are shaped after heel and toe markers of six real runners at 2.5–4.5 m/s (Fukuchi, Fukuchi & Duarte
2017, 10.7717/peerj.3298, CC BY 4.0): the slower end of the foot moves over the ground with 1.2, 0.85 and 0.5 times the
running speed 40, 20 and 0 ms before contact, as theirs does on average. Contact rules on the foot's speed live on this.

`analytic_camera` films it. `truth` evaluates the same closed form densely with the definitions of the glossary; it
shares no code with `kinechain.gait`.

    runner = running(3.5, right=running_leg(3.5, knee_deg=54.0))
    points(runner, time_s)["right_knee"]
    truth(runner)["knee_flexion_peak_deg"]["right"]

Model frame: metres, x in the direction of running, y up, ground at y = 0, the hip at x = 0 (a treadmill). Angles have
the signs of the contract.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from kinechain.model.skeleton import SIDES, Side, other

Array = NDArray[np.float64]
Points = dict[str, Array]

#: Rigid foot of a runner 1.75 m tall [m]: x from the heel's ground point, y above the sole. The shoe's tip, about
#: which it rolls off, lies ahead of the toe.
FOOT = {"ground_toe": (0.22, 0.0), "ankle": (0.045, 0.085), "heel": (0.0, 0.03), "toe": (0.2, 0.02)}
THIGH, SHANK, TRUNK = 0.2425, 0.2493, 0.2961  # ÷ body height (de Leva 1996)


@dataclass(frozen=True)
class Swing:
    """Key points of the toe's swing, between toe-off (share 0) and the next initial contact (share 1).

    `forward` is the way from toe-off to contact done so far, `toe_m` the height of the toe, `foot_deg` the inclination.
    """

    share: tuple[float, ...]
    forward: tuple[float, ...]
    toe_m: tuple[float, ...]
    foot_deg: tuple[float, ...]


RUNNING = Swing(
    share=(0.185, 0.37, 0.555, 0.74, 0.9),
    forward=(-0.19, -0.11, 0.24, 0.73, 1.01),
    toe_m=(0.14, 0.25, 0.17, 0.1, 0.105),
    foot_deg=(-86.0, -100.0, -70.0, -12.0, 20.0),
)
WALKING = Swing(
    share=(0.2, 0.4, 0.6, 0.8, 0.93),
    forward=(0.05, 0.33, 0.65, 0.95, 1.04),
    toe_m=(0.03, 0.04, 0.04, 0.06, 0.09),
    foot_deg=(-56.0, -25.0, -2.0, 14.0, 20.0),
)


@dataclass(frozen=True)
class Leg:
    """What one leg does; shares are of stance unless marked.

    Parameters
    ----------
    contact_s : contact time [s]
    landing_deg, push_deg : inclination of the foot at initial contact and at toe-off [deg]
    landing_mps : forward and upward speed of the foot over the ground just before contact [m/s]
    flat_share, heel_off_share : when the sole lies flat, when the heel leaves the ground
    ahead_share : how far the ankle lands ahead of the hip ÷ way of the belt during contact
    knee_deg : knee flexion at 45 % of stance; sets the height of this hip [deg]
    late_share : delay of the recovery, share of swing
    """

    contact_s: float = 0.24
    landing_deg: float = 12.0
    push_deg: float = -56.0
    landing_mps: tuple[float, float] = (1.6, -0.5)
    flat_share: float = 0.25
    heel_off_share: float = 0.4
    ahead_share: float = 0.28
    knee_deg: float = 46.0
    late_share: float = 0.0
    swing: Swing = RUNNING


@dataclass(frozen=True)
class Runner:
    """A body and its gait.

    Parameters
    ----------
    speed_mps, stride_s : running speed [m/s], time between two contacts of the same foot [s]
    left, right : the legs
    step_share : the right foot lands this share of the stride after the left one
    start_s : a contact of the left foot [s]
    hip_rise_m : amplitude of the hip's height (half its range) [m]
    lean_deg, sway_deg : mean trunk lean, and the amplitude of its swing within each step [deg]
    """

    speed_mps: float = 3.5
    stride_s: float = 0.73
    left: Leg = field(default_factory=Leg)
    right: Leg = field(default_factory=Leg)
    height_m: float = 1.75
    step_share: float = 0.5
    start_s: float = 0.137
    hip_rise_m: float = 0.024
    lean_deg: float = 6.0
    sway_deg: float = 1.5

    def leg(self, side: Side) -> Leg:
        return self.left if side == "left" else self.right

    def contact_at_s(self, side: Side) -> float:
        """Return one initial contact of `side` [s]; the others are whole strides away."""
        return self.start_s + (0.0 if side == "left" else self.step_share * self.stride_s)


def running_leg(speed_mps: float = 3.5, **changes: float) -> Leg:
    """Return a plausible leg at 2.5–5 m/s: contact 0.28–0.18 s."""
    faster = speed_mps - 2.5
    leg = Leg(
        contact_s=0.28 - 0.04 * faster,
        ahead_share=0.28 + 0.012 * faster,
        knee_deg=45.0 + faster,
        landing_mps=(0.45 * speed_mps, -0.5),
    )
    return replace(leg, **changes)  # type: ignore[arg-type]


def running(speed_mps: float = 3.5, *, left: Leg | None = None, right: Leg | None = None, **changes: float) -> Runner:
    """Return a plausible runner at 2.5–5 m/s: cadence 157–181 spm; legs not given are alike."""
    leg = running_leg(speed_mps)
    runner = Runner(speed_mps, 120.0 / (157.0 + 9.5 * (speed_mps - 2.5)), left or leg, right or leg)
    return replace(runner, **changes)  # type: ignore[arg-type]


def walking() -> Runner:
    """Return a walker: contact lasts 60 % of the stride."""
    leg = Leg(0.66, 18.0, -58.0, (0.2, -0.1), 0.15, 0.5, 0.34, 22.0, 0.0, WALKING)
    return Runner(1.3, 1.1, leg, leg, hip_rise_m=-0.018)


# --- the closed form -------------------------------------------------------------------------------------------------


def rotated(xy: tuple[float, float], angle_deg: Array) -> Array:
    """Return a vector turned counter-clockwise by each angle, shape (n, 2)."""
    c, s = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    return np.stack([xy[0] * c - xy[1] * s, xy[0] * s + xy[1] * c], axis=1)


def _stance_inclination(leg: Leg, t: Array) -> Array:
    landing = leg.landing_deg * (1 - np.clip(t / (leg.flat_share * leg.contact_s), 0, 1)) ** 3
    rise_s = leg.heel_off_share * leg.contact_s
    u = np.clip((t - rise_s) / (leg.contact_s - rise_s), 0, None)
    return np.asarray(landing + leg.push_deg * (2.1 * u**3 - 1.1 * u**4))


def _foot(runner: Runner, side: Side, t: Array) -> tuple[Array, Array]:
    """Return the toe's ground point (n, 2) and the inclination (n,) at times `t` after contact, 0 ≤ t < stride."""
    leg, size = runner.leg(side), runner.height_m / 1.75
    length = FOOT["ground_toe"][0] * size

    def stance(at: Array) -> tuple[Array, Array]:
        angle = _stance_inclination(leg, at)
        flat_toe = np.stack([toe_x - runner.speed_mps * at, 0 * at], axis=1)
        up = np.maximum(angle, 0.0)  # toes up: the heel stays on its spot of the ground
        return flat_toe + rotated((length, 0.0), up) - [length, 0.0], angle

    landing_ankle = rotated(FOOT["ankle"], np.array([leg.landing_deg]))[0, 0] * size
    lifted = length * (np.cos(np.radians(leg.landing_deg)) - 1) if leg.landing_deg < 0 else 0.0
    toe_x = leg.ahead_share * runner.speed_mps * leg.contact_s + length + lifted - landing_ankle
    off, h = np.array([leg.contact_s]), 1e-5
    ends = [stance(off - h), stance(off), stance(np.zeros(1)), stance(np.array([h]))]
    start, start_rate = np.append(*ends[1]), (np.append(*ends[1]) - np.append(*ends[0])) / h
    end, end_rate = np.append(*ends[2]), (np.append(*ends[3]) - np.append(*ends[2])) / h
    end_rate[:2] += leg.landing_mps
    swing_s = runner.stride_s - leg.contact_s
    keys = np.array(leg.swing.share)
    keys = keys + leg.late_share * np.sin(np.pi * keys)
    inner = [start[0] + (end[0] - start[0]) * np.array(leg.swing.forward), leg.swing.toe_m, leg.swing.foot_deg]
    spline = CubicSpline(
        leg.contact_s + swing_s * np.concatenate([[0], keys, [1]]),
        np.vstack([start, np.transpose(inner), end]),
        bc_type=((1, start_rate), (1, end_rate)),
    )
    down = t <= leg.contact_s
    toe, angle = stance(t)
    flown = spline(t)
    return np.where(down[:, None], toe, flown[:, :2]), np.where(down, angle, flown[:, 2])


def _hip_height(runner: Runner, side: Side, t: Array) -> Array:
    def rise(at: Array) -> Array:
        lowest = runner.start_s + 0.5 * runner.left.contact_s
        return np.asarray(-runner.hip_rise_m * np.cos(4 * np.pi * (at - lowest) / runner.stride_s))

    leg = runner.leg(side)
    middle = np.array([0.45 * leg.contact_s])
    ankle = _foot_points(runner, side, middle)["ankle"][0]
    a, b = THIGH * runner.height_m, SHANK * runner.height_m
    reach2 = a * a + b * b + 2 * a * b * np.cos(np.radians(leg.knee_deg))
    needed = ankle[1] + np.sqrt(reach2 - ankle[0] ** 2)
    return np.asarray(needed - rise(runner.contact_at_s(side) + middle) + rise(t))


def _foot_points(runner: Runner, side: Side, t: Array) -> Points:
    toe, angle = _foot(runner, side, t)
    size = runner.height_m / 1.75
    heel = toe - rotated(FOOT["ground_toe"], angle) * size
    return {name: heel + rotated(FOOT[name], angle) * size for name in ("ankle", "heel", "toe")}


def knee_between(hip: Array, ankle: Array, thigh: float, shank: float) -> Array:
    """Return the knee, bent forwards, shape (n, 2); ValueError where the leg cannot reach."""
    line = ankle - hip
    reach = np.linalg.norm(line, axis=1)
    if (reach > thigh + shank).any():
        raise ValueError(f"analytic runner: the leg is {reach.max() - thigh - shank:.3f} m too short for this gait")
    along = (thigh**2 - shank**2 + reach**2) / (2 * reach)
    unit = line / reach[:, None]
    ahead = np.stack([-unit[:, 1], unit[:, 0]], axis=1)
    return np.asarray(hip + along[:, None] * unit + np.sqrt(thigh**2 - along**2)[:, None] * ahead)


def points(runner: Runner, time_s: Array) -> Points:
    """Return hip, knee, ankle, heel, toe of both legs and the shoulders at `time_s`, each (n, 2) [m]."""
    found: Points = {}
    for side in SIDES:
        phase = np.mod(time_s - runner.contact_at_s(side), runner.stride_s)
        foot = _foot_points(runner, side, phase)
        hip = np.stack([np.zeros_like(time_s), _hip_height(runner, side, time_s)], axis=1)
        knee = knee_between(hip, foot["ankle"], THIGH * runner.height_m, SHANK * runner.height_m)
        found |= {f"{side}_{name}": xy for name, xy in {"hip": hip, "knee": knee, **foot}.items()}
    lean = runner.lean_deg + runner.sway_deg * np.cos(4 * np.pi * (time_s - runner.start_s) / runner.stride_s)
    shoulder = (found["left_hip"] + found["right_hip"]) / 2 + rotated((0.0, TRUNK * runner.height_m), -lean)
    return found | {"left_shoulder": shoulder, "right_shoulder": shoulder}


# --- truth -----------------------------------------------------------------------------------------------------------


def events_s(runner: Runner, kind: str, side: Side, start_s: float, end_s: float) -> Array:
    """Return the instants of "initial_contact" or "toe_off" of one foot in [start_s, end_s)."""
    first = runner.contact_at_s(side) + (runner.leg(side).contact_s if kind == "toe_off" else 0.0)
    strides = np.arange(np.ceil((start_s - first) / runner.stride_s), (end_s - first) / runner.stride_s)
    return np.asarray(first + strides * runner.stride_s)


def angles(runner: Runner, side: Side, time_s: Array) -> dict[str, Array]:
    """Return the angles of one leg and of the trunk with the signs of the contract [deg]."""
    p = points(runner, time_s)
    hip, knee, ankle = (p[f"{side}_{name}"] for name in ("hip", "knee", "ankle"))
    trunk = p["left_shoulder"] - (p["left_hip"] + p["right_hip"]) / 2
    thigh = np.degrees(np.arctan2(knee[:, 0] - hip[:, 0], hip[:, 1] - knee[:, 1]))
    shank = np.degrees(np.arctan2(knee[:, 0] - ankle[:, 0], knee[:, 1] - ankle[:, 1]))
    lean = np.degrees(np.arctan2(trunk[:, 0], trunk[:, 1]))
    foot = _foot(runner, side, np.mod(time_s - runner.contact_at_s(side), runner.stride_s))[1]
    return {
        "thigh": thigh,
        "shank": shank,
        "knee": thigh + shank,
        "foot": foot,
        "ankle": shank + foot,
        "lean": lean,
        "hip": thigh + lean,
    }


def truth(runner: Runner) -> dict[str, dict[str, float | str]]:
    """Return every side-view and time-and-space measurement by name and side, from one densely evaluated stride."""
    rows: dict[str, dict[str, float | str]] = {
        "cadence_spm": {"both": 120.0 / runner.stride_s},
        "speed_mps": {"both": runner.speed_mps},
        "vertical_oscillation_m": {"both": float(np.mean([_oscillation(runner, side) for side in SIDES]))},
    }
    per_side = {side: _leg_truth(runner, side) for side in SIDES}
    rows["trunk_lean_deg"] = {"both": float(np.mean([per_side[side].pop("trunk_lean_deg") for side in SIDES]))}
    return rows | {name: {side: per_side[side][name] for side in SIDES} for name in per_side["left"]}


def _oscillation(runner: Runner, side: Side) -> float:
    start = runner.contact_at_s(side)
    end = start + np.mod(runner.contact_at_s(other(side)) - start, runner.stride_s)
    p = points(runner, np.linspace(start, end, 4000))
    return float(np.ptp(sum(p[f"{s}_{name}"][:, 1] for s in SIDES for name in ("hip", "shoulder")) / 4))


def _leg_truth(runner: Runner, side: Side) -> dict[str, float | str]:
    leg, start = runner.leg(side), runner.contact_at_s(side)
    length = (THIGH + SHANK) * runner.height_m
    t = np.linspace(0.0, runner.stride_s, 20001)
    a, p = angles(runner, side, start + t), points(runner, start + t)
    hip, knee, ankle, toe = (p[f"{side}_{name}"] for name in ("hip", "knee", "ankle", "toe"))
    to = int(np.searchsorted(t, leg.contact_s))
    ms = int(np.argmax(a["knee"][: int(0.7 * to) + 1]))
    other_s = float(np.mod(runner.contact_at_s(other(side)) - start, runner.stride_s))
    oc = int(np.searchsorted(t, other_s))
    drift = to + int(np.argmax((hip - ankle)[to : to + (len(t) - to) // 2, 0]))
    up = int(leg.flat_share * to)  # the heel is off once it stands 2 % of leg length above the flat foot's
    heel_down = FOOT["heel"][1] * runner.height_m / 1.75
    strike = "rearfoot" if leg.landing_deg > 8 else "forefoot" if leg.landing_deg < -1.6 else "midfoot"
    return {
        "contact_time_s": leg.contact_s,
        "flight_time_s": other_s - leg.contact_s,
        "duty_factor_ratio": leg.contact_s / runner.stride_s,
        "stride_length_m": runner.speed_mps * runner.stride_s,
        "foot_inclination_ic_deg": leg.landing_deg,
        "strike_class": strike,
        "overstride_ic_ratio": float(ankle[0, 0] - hip[0, 0]) / length,
        "shank_angle_ic_deg": float(a["shank"][0]),
        "shank_angle_ms_deg": float(a["shank"][ms]),
        "knee_flexion_ic_deg": float(a["knee"][0]),
        "knee_flexion_peak_deg": float(a["knee"][ms]),
        "knee_over_toe_ms_ratio": float(knee[ms, 0] - toe[ms, 0]) / length,
        "ankle_dorsiflexion_peak_deg": float(a["ankle"][: to + 1].max()),
        "hip_flexion_ic_deg": float(a["hip"][0]),
        "hip_flexion_excursion_deg": float(a["hip"][ms] - a["hip"][0]),
        "trunk_lean_deg": float(a["lean"][: to + 1].mean()),
        "thigh_angle_to_deg": float(a["thigh"][to]),
        "trailing_limb_angle_to_deg": float(np.degrees(np.arctan2(*(hip[to] - toe[to])))),
        "rearward_drift_ratio": float(hip[drift, 0] - ankle[drift, 0]) / length,
        "recovery_lag_ratio": float(p[f"{other(side)}_knee"][oc, 0] - knee[oc, 0]) / length,
        "recovery_time_s": float(t[drift] - t[to]),
        "heel_off_pct": 100.0
        * float(np.argmax(p[f"{side}_heel"][up : to + 1, 1] > heel_down + 0.02 * length) + up)
        / to,
    }
