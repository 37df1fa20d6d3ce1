"""The three exercises as motion: times of the repetitions, then each exercise posed from its specification."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from kinechain.model.skeleton import SIDES, Side, other
from phantoms.body import frame
from phantoms.exercise_body import (
    OUTWARDS,
    Build,
    ExerciseBody,
    make_leg,
    middle_joint,
    put_together,
    standing_foot,
)
from phantoms.exercise_spec import ExerciseSpec, Movement

Array = NDArray[np.float64]
X, Y, Z = np.eye(3)

GRID_HZ = 90.0
#: Time to get into and out of the stretch [s].
MOVING_S = 1.0
#: Pitch of the rear foot in a split stance [deg]; rise of the front knee's bend on the way down where it is good [deg].
REAR_PITCH_DEG, KNEE_MORE_DEG = 32.0, 6.0
#: Half the distance between feet that hold a tennis ball (33 mm) plus half a shoe; of feet apart at the hips ÷ height.
BALL_HALF_M, FEET_HALF = 0.082, 0.055


@dataclass(frozen=True)
class Exercising:
    """A moving body that exercises; `share` is how far out the movement is, `hold` the stretch's true times."""

    body: ExerciseBody
    height_m: float
    share: Array
    hold: tuple[float, float] | None = None
    speed_mps: float = 0.0


def make_exercising(spec: ExerciseSpec) -> Exercising:
    """Return the moving body of a clip."""
    time_s = np.arange(-0.2, spec.picture.duration_s + 0.2, 1 / GRID_HZ)
    make = {"hip_hinge": _hinge, "ball_calf_raise": _raise, "glute_stretch": _stretch}[spec.exercise]
    return make(spec, Build(spec.body.height_m), time_s)


def share_of(time_s: Array, m: Movement, bounce: float, random: np.random.Generator) -> Array:
    """Return how far out the movement is, 0 … 1; every repetition goes a little less far than the farthest."""
    cycle = m.out_s + m.held_s + m.back_s + m.rest_s
    number = np.floor((time_s - m.lead_s) / cycle)
    t = (time_s - m.lead_s) % cycle
    out = 0.5 - 0.5 * np.cos(np.pi * np.clip(t / m.out_s, 0, 1))
    back = np.clip((t - m.out_s - m.held_s) / m.back_s, 0, 1)
    way = 0.5 + 0.5 * np.cos(np.pi * back) + bounce * np.sin(np.pi * np.clip((back - 0.45) / 0.45, 0, 1)) ** 2
    far = 1 - 0.08 * random.random(m.times)
    inside = (number >= 0) & (number < m.times)
    size = far[np.clip(number, 0, m.times - 1).astype(int)]
    return np.asarray(np.where(inside, size * np.where(t <= m.out_s + m.held_s, out, way), 0.0))


def _sway(time_s: Array, random: np.random.Generator, size: float) -> Array:
    """Return the slow unrest of somebody who stands."""
    phase = random.uniform(0, 2 * np.pi, 3)
    return np.asarray(
        size * sum(np.sin(2 * np.pi * f * time_s + p) for f, p in zip((0.23, 0.41, 0.7), phase, strict=True))
    )


def _tip(angle_deg: Array) -> Rotation:
    """Return the rotation that tips something upright forwards."""
    return Rotation.from_euler("z", -np.asarray(angle_deg)[:, None], degrees=True)


def _up(angle_deg: Array) -> Array:
    a = np.radians(angle_deg)
    return np.stack([np.sin(a), np.cos(a), np.zeros_like(a)], axis=-1)


def _hanging(n: int, ahead: float) -> dict[Side, Array]:
    return {s: np.tile([ahead, -0.93, 0.14 * OUTWARDS[s]], (n, 1)) for s in SIDES}


def _hinge(spec: ExerciseSpec, build: Build, time_s: Array) -> Exercising:
    m, n, random = spec.movement, len(time_s), np.random.default_rng(spec.seed)
    s = share_of(time_s, m, spec.grade("bouncing"), random)
    front: Side = "left" if m.side == "left" else "right"
    rear, zero = other(front), np.zeros(n)
    sinks, bends = spec.grade("hips_sink"), spec.grade("knee_bends")
    shank_deg = 3.0 + (1.0 + sinks / 3) * s
    knee_deg = m.knee_deg + (KNEE_MORE_DEG + sinks + bends) * s
    aside = np.arcsin(spec.grade("out_of_line") * s / build.shank)
    half = FEET_HALF * build.height_m
    bend_x = build.shoe(front).bend_x
    ankle, foot = standing_foot(build, front, np.array([bend_x, 0.0, OUTWARDS[front] * half]), zero, zero)
    inwards = (-OUTWARDS[front] * np.sin(aside))[:, None] * Z
    knee = ankle + build.shank * (np.cos(aside)[:, None] * _up(shank_deg) + inwards)
    share = build.shank / build.thigh
    outwards = np.arcsin(np.clip(share * np.sin(aside), -1, 1))
    hip = knee + build.thigh * (np.cos(outwards)[:, None] * _up(shank_deg - knee_deg) - share * inwards)
    legs = {front: make_leg(build, front, (hip, knee, ankle), (X + inwards,) * 2, foot, zero)}
    pitch = np.full(n, REAR_PITCH_DEG * (1 - spec.grade("rear_heel_down")))
    stance = m.stance * build.height_m * (1 - spec.grade("stance_not_split"))
    ball = np.array([bend_x - stance, 0.0, OUTWARDS[rear] * half])
    ankle, foot = standing_foot(build, rear, ball, pitch, zero)
    hip = hip - build.hip_offset(front) + build.hip_offset(rear)
    tip = 4.0 + (m.far_deg - 4.0) * s + _sway(time_s, random, 0.4)
    lift = _tip(m.rear_lift * np.maximum(tip - 4.0, 0.0))
    ankle, foot = hip + lift.apply(ankle - hip), lift * foot
    knee = middle_joint(hip, ankle, np.tile(X, (n, 1)), build.thigh, build.shank)
    legs[rear] = make_leg(build, rear, (hip, knee, ankle), (np.tile(X, (n, 1)),) * 2, foot, pitch)
    head = _tip(tip * 0.9 + spec.grade("line_broken") * s)
    body = put_together(time_s, _tip(tip * 0.92), _tip(tip), legs, _hanging(n, 0.06), head)
    return Exercising(body, build.height_m, s)


def _raise(spec: ExerciseSpec, build: Build, time_s: Array) -> Exercising:
    m, n, random = spec.movement, len(time_s), np.random.default_rng(spec.seed)
    s = share_of(time_s, m, 0.0, random)
    bend_x = build.shoe("right").bend_x
    feet = {}
    for side in SIDES:
        less = spec.grade("unequal_height") if side == m.side else 0.0
        pitch = m.far_deg * (1 - less) * s
        place = np.array([bend_x, 0.0, OUTWARDS[side] * BALL_HALF_M])
        feet[side] = (*standing_foot(build, side, place, pitch, spec.grade("ankles_roll_out") * s), pitch)
    ahead = (0.02 + (0.6 * bend_x - 0.02) * s)[:, None] * X + feet["right"][0][0, 0] * X
    knee = np.radians(3.0 + spec.grade("knees_bend") * s)
    length = np.sqrt(build.thigh**2 + build.shank**2 + 2 * build.thigh * build.shank * np.cos(knee))
    high = {}
    for side in SIDES:
        flat = ahead + build.hip_offset(side) - feet[side][0]
        high[side] = feet[side][0][:, 1] + np.sqrt(length**2 - flat[:, 0] ** 2 - flat[:, 2] ** 2)
    low = np.minimum(high["left"], high["right"])
    legs, hips = {}, {}
    for side in SIDES:
        hips[side] = ahead + build.hip_offset(side) + ((low + high[side]) / 2)[:, None] * Y
        ankle, foot, pitch = feet[side]
        joint = middle_joint(hips[side], ankle, np.tile(X, (n, 1)), build.thigh, build.shank)
        legs[side] = make_leg(build, side, (hips[side], joint, ankle), (np.tile(X, (n, 1)),) * 2, foot, pitch)
    lists = np.arctan2((hips["right"] - hips["left"])[:, 1], 2 * build.hip_offset("right")[2])
    pelvis = Rotation.from_euler("x", -lists[:, None])
    trunk = Rotation.from_euler("x", -0.3 * lists[:, None]) * _tip(2.0 + _sway(time_s, random, 0.4))
    body = put_together(time_s, pelvis, trunk, legs, _hanging(n, 0.03), _tip(np.zeros(n)))
    return Exercising(body, build.height_m, s)


def _stretch(spec: ExerciseSpec, build: Build, time_s: Array) -> Exercising:
    m, n = spec.movement, len(time_s)
    random = np.random.default_rng(spec.seed)
    begin, end = m.lead_s, m.lead_s + m.hold_s
    into, out = (0.5 + (time_s - t) / MOVING_S for t in (begin, end))
    smooth = [0.5 - 0.5 * np.cos(np.pi * np.clip(way, 0, 1)) for way in (into, out)]
    s = (smooth[0] - smooth[1])[:, None]
    bent: Side = "left" if m.side == "left" else "right"
    long, out_z = other(bent), OUTWARDS[bent] * Z
    h = build.height_m
    hip = h * ((1 - s) * np.array([0.0, 0.285, 0.0]) + s * np.array([0.0, 0.082, 0.0]))

    def joint(kneeling: tuple[float, ...], held: tuple[float, ...]) -> Array:
        way = [h * (place[0] * X + place[1] * Y + place[2] * out_z) for place in (kneeling, held)]
        return np.asarray((1 - s) * way[0] + s * way[1])

    aims = {  # where knee and ankle want to be ÷ height: forwards, up, outwards of the bent side
        bent: (joint((0.02, 0.045, 0.05), (0.235, 0.045, 0.075)), joint((-0.22, 0.035, 0.05), (0.075, 0.04, -0.13))),
        long: (joint((0.02, 0.045, -0.05), (-0.235, 0.045, -0.06)), joint((-0.22, 0.035, -0.05), (-0.48, 0.04, -0.06))),
    }
    legs = {}
    for side in SIDES:
        knee, ankle = aims[side]
        start = hip + build.hip_offset(side)
        knee = start + build.thigh * _unit(knee - start)
        ankle = knee + build.shank * _unit(ankle - knee)
        ahead = _kneecap_and_shin(knee - start, ankle - knee, 0.0 if side == bent else 0.15)
        foot = Rotation.from_matrix(frame(ahead[1], _unit(ankle - knee)))
        legs[side] = make_leg(build, side, (start, knee, ankle), ahead, foot, np.zeros(n))
    tip = 5.0 * (1 - s[:, 0]) + m.far_deg * (1 - spec.grade("pelvis_not_tipped")) * s[:, 0] + _sway(time_s, random, 0.3)
    reach = 1 - spec.grade("hand_not_reached")
    floor = _hand(tip, s)
    arms = {bent: floor, long: (1 - s) * np.array([0.05, -0.93, 0.0]) + s * _reach(tip, reach)}
    body = put_together(time_s, _tip(tip * 0.85), _tip(tip), legs, arms, _tip(tip * 0.85))
    return Exercising(body, h, s[:, 0], hold=(begin, end))


def _unit(v: Array) -> Array:
    return np.asarray(v / np.linalg.norm(v, axis=1, keepdims=True))


def _kneecap_and_shin(thigh: Array, shank: Array, down: float) -> tuple[Array, Array]:
    """Return where kneecap and shin look: away from where the leg folds; `down` decides for a straight leg."""
    t, s = _unit(thigh), _unit(shank)
    across = [-(s - np.sum(s * t, axis=1, keepdims=True) * t), t - np.sum(s * t, axis=1, keepdims=True) * s]
    return _unit(across[0] - down * Y), _unit(across[1] - down * Y)


def _hand(tip: Array, s: Array) -> Array:
    """Return the hand of the bent side: hanging, then propped on the floor under the shoulder."""
    high = np.clip(0.30 * np.cos(np.radians(tip)) + 0.09, 0.0, 0.30) / 0.32  # shoulder's height ÷ length of the arm
    down = np.stack([np.full(len(tip), 0.12), -np.minimum(high, 0.95), np.zeros(len(tip))], axis=1)
    return np.asarray((1 - s) * np.array([0.05, -0.93, 0.0]) + s * down)


def _reach(tip: Array, reach: float) -> Array:
    """Return the hand of the other side: forwards and down to the floor, or back beside the hip."""
    high = np.clip(0.30 * np.cos(np.radians(tip)) + 0.07, 0.0, 0.30) / 0.32
    ahead = 0.05 + (np.sqrt(np.maximum(0.95**2 - np.minimum(high, 0.6) ** 2, 0.1)) - 0.05) * reach
    down = np.sqrt(np.maximum(0.95**2 - ahead**2, 0.0))
    return np.stack([ahead, -np.minimum(down, high), np.zeros(len(tip))], axis=1)
