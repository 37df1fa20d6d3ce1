"""Faults on request: each changes the measured motion smoothly over its part of the stride."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from scipy.spatial.transform import Rotation

from kinechain.model.skeleton import SIDES, Side, other
from phantoms.ground import GroundParameters, stand_on_ground
from phantoms.lab import Contact
from phantoms.spec import Fault
from phantoms.state import BodyState, LegState, X, Z, move_leg

Array = NDArray[np.float64]
#: How far the heels are turned in before they land, on top of the measured orientation of the foot [deg].
NATURAL_INVERSION_DEG = 5.0

#: How fast the thigh turns backwards before toe-off, about [deg/s]: a degree less takes this much of stance.
THIGH_RATE_DPS = 320.0

Apply = Callable[[BodyState, tuple[Contact, ...], Side, float], BodyState]


def bump(time_s: Array, contacts: tuple[Contact, ...], side: Side, knots: tuple[float, float, float, float]) -> Array:
    """Return a smooth weight 0 … 1 over every stride of a leg, shape (n,).

    Parameters
    ----------
    knots : where it begins to rise, is full, begins to fall, has fallen; 0 … 1 is stance, 1 … 2 the swing after it
        (negative: the swing before, in lengths of stance)
    """
    own = [c for c in contacts if c.side == side]
    weight = np.zeros(len(time_s))
    for i, contact in enumerate(own):
        stance = contact.end_s - contact.start_s
        next_s = own[i + 1].start_s if i + 1 < len(own) else contact.end_s + 1.7 * stance
        if next_s - contact.end_s > 3.5 * stance:  # a contact between was not recorded
            next_s = contact.end_s + 1.7 * stance
        at = np.interp(knots, [-1.0, 0.0, 1.0, 2.0], [contact.start_s - stance, contact.start_s, contact.end_s, next_s])
        rise = np.clip((time_s - at[0]) / max(at[1] - at[0], 1e-9), 0, 1)
        fall = np.clip((at[3] - time_s) / max(at[3] - at[2], 1e-9), 0, 1)
        weight = np.maximum(weight, _smooth(rise) * _smooth(fall))
    return weight


def _smooth(share: Array) -> Array:
    return np.asarray(share**3 * (10 - 15 * share + 6 * share**2))


def turned_forward(vector: Array, angle_deg: Array) -> Array:
    """Return vectors turned about the sideways axis so that a lower end moves forwards (+)."""
    return np.asarray(Rotation.from_rotvec(np.radians(angle_deg)[:, None] * Z).apply(vector))


def _leg_follows(leg: LegState, shift: Array) -> LegState:
    return replace(leg, hip=leg.hip + shift, knee=leg.knee + shift, ankle=leg.ankle + shift)


def knee_forward(body: BodyState, contacts: tuple[Contact, ...], side: Side, grade: float) -> BodyState:
    """C3: shank `grade` and thigh half of it further forward around mid stance; the pelvis sinks, the foot stays."""
    leg = body.legs[side]
    weight = grade * bump(body.time_s, contacts, side, (-0.1, 0.4, 0.6, 1.1))
    knee = leg.ankle + turned_forward(leg.knee - leg.ankle, -weight)
    hip = knee + turned_forward(leg.hip - leg.knee, 0.5 * weight)
    shift = hip - leg.hip
    legs = {s: _leg_follows(one, shift) for s, one in body.legs.items()}
    legs[side] = move_leg(leg, hip, leg.ankle)
    return replace(body, origin=body.origin + shift, legs=legs)


def knee_in(body: BodyState, contacts: tuple[Contact, ...], side: Side, grade: float) -> BodyState:
    """C4: the bent leg turns inwards about the line hip–ankle until the thigh is `grade` further adducted."""
    leg = body.legs[side]
    weight = grade * bump(body.time_s, contacts, side, (-0.2, 0.3, 0.65, 1.1))
    line = leg.ankle - leg.hip
    unit = line / np.linalg.norm(line, axis=1, keepdims=True)
    thigh = leg.knee - leg.hip
    out = np.linalg.norm(thigh - np.sum(thigh * unit, axis=1, keepdims=True) * unit, axis=1)
    now = np.arctan2(np.abs(thigh[:, 2]), -thigh[:, 1])
    needed = np.linalg.norm(thigh[:, 1:], axis=1) * (np.sin(now + np.radians(weight)) - np.sin(now))
    inward = Z if side == "left" else -Z
    angle = np.arcsin(np.clip(needed / np.maximum(out, 0.02), -0.8, 0.8))
    sense = np.sign(np.sum(np.cross(unit, thigh) * inward, axis=1))
    turn = Rotation.from_rotvec((sense * gaussian_filter1d(angle, 4))[:, None] * unit)
    moved = replace(leg, knee=leg.hip + turn.apply(thigh), femur=turn * leg.femur, tibia=turn * leg.tibia)
    return body.with_leg(side, moved)


def pelvic_drop(body: BodyState, contacts: tuple[Contact, ...], side: Side, grade: float) -> BodyState:
    """C2: the pelvis sinks by `grade` on the swing side while this leg stands; its hip stays where it is."""
    weight = grade * bump(body.time_s, contacts, side, (-0.15, 0.35, 0.6, 1.15))
    sense = 1.0 if side == "left" else -1.0
    turn = Rotation.from_rotvec(np.radians(sense * weight)[:, None] * X)
    hip, swing = body.legs[side].hip, body.legs[other(side)]
    shift = hip + turn.apply(swing.hip - hip) - swing.hip
    trunk = Rotation.from_rotvec(np.radians(0.25 * sense * weight)[:, None] * X) * body.trunk
    moved = body.with_leg(other(side), _leg_follows(swing, shift))
    return replace(moved, pelvis=turn * body.pelvis, trunk=trunk, origin=hip + turn.apply(body.origin - hip))


def upright_trunk(body: BodyState, contacts: tuple[Contact, ...], side: Side, grade: float) -> BodyState:  # noqa: ARG001
    """C2: the trunk leans `grade` less all the time; it is part of the trunk's own motion."""
    return body


def heel_eversion(body: BodyState, contacts: tuple[Contact, ...], side: Side, grade: float) -> BodyState:
    """C6: the back of the shoe leans inwards by `grade` more, the ankle with it, the sole stays."""
    leg = body.legs[side]
    weight = grade * bump(body.time_s, contacts, side, (0.0, 0.4, 0.6, 1.0))
    medial = leg.inwards * np.tan(np.radians(weight)) * leg.ankle_in_shoe[1]
    moved = move_leg(leg, leg.hip, leg.ankle + medial[:, None] * Z)
    return body.with_leg(side, replace(moved, eversion_deg=leg.eversion_deg + weight))


def short_hip_extension(body: BodyState, contacts: tuple[Contact, ...], side: Side, grade: float) -> BodyState:
    """C8: the foot leaves the ground earlier, at a thigh `grade` less behind, and the thigh stays that much forward."""
    weight = grade * bump(body.time_s, contacts, side, (0.88, 1.05, 1.15, 1.6))
    early = tuple(replace(c, end_s=c.end_s - grade / THIGH_RATE_DPS) if c.side == side else c for c in contacts)
    turned = body.with_leg(side, _leg_turned(body.legs[side], weight, -weight, 0.0 * weight))
    return stand_on_ground(turned, early, GroundParameters(), (side,))


def drifting_leg(body: BodyState, contacts: tuple[Contact, ...], side: Side, grade: float) -> BodyState:
    """C9: after toe-off the thigh stays `grade` behind, longest while the other foot lands."""
    weight = grade * bump(body.time_s, contacts, side, (1.0, 1.4, 1.55, 1.98))
    return body.with_leg(side, _leg_turned(body.legs[side], -weight, 0.0 * weight, -weight))


def _leg_turned(leg: LegState, thigh_deg: Array, shank_deg: Array, foot_deg: Array) -> LegState:
    """Return the leg with thigh, (on top of it) shank, and foot (by itself) turned forward; the hip stays."""
    thigh = Rotation.from_rotvec(np.radians(thigh_deg)[:, None] * Z)
    shank = Rotation.from_rotvec(np.radians(thigh_deg + shank_deg)[:, None] * Z)
    foot = Rotation.from_rotvec(np.radians(foot_deg)[:, None] * Z)
    knee = leg.hip + thigh.apply(leg.knee - leg.hip)
    ankle = knee + shank.apply(leg.ankle - leg.knee)
    return replace(leg, knee=knee, ankle=ankle, femur=thigh * leg.femur, tibia=shank * leg.tibia, foot=foot * leg.foot)


def limited_dorsiflexion(body: BodyState, contacts: tuple[Contact, ...], side: Side, grade: float) -> BodyState:
    """C10: dorsiflexion ends `grade` before its peak of each stance; the heel rises instead, over the ball."""
    leg = body.legs[side]
    shank = np.degrees(np.arctan2(leg.knee[:, 0] - leg.ankle[:, 0], leg.knee[:, 1] - leg.ankle[:, 1]))
    forward = leg.foot.apply(X)
    bent = shank + np.degrees(np.arctan2(forward[:, 1], forward[:, 0]))
    excess = np.zeros(len(bent))
    for contact in (c for c in contacts if c.side == side):
        stance = (body.time_s >= contact.start_s) & (body.time_s <= contact.end_s)
        if stance.any():
            limit = bent[stance].max() - grade
            excess[stance] = np.maximum(bent[stance] - limit, 0)
    excess = np.minimum(gaussian_filter1d(excess, 5), 1.2 * grade)
    down = Rotation.from_rotvec(np.radians(-excess)[:, None] * Z)
    ball = leg.foot.apply(np.array([leg.shoe.bend_x, 0.0, 0.0]) - leg.ankle_in_shoe)
    # the body is lifted over the ball with the ankle, so that the shank keeps its angle
    shift = ball - down.apply(ball)
    legs = {name: _leg_follows(one, shift) for name, one in body.legs.items()}
    bend = np.maximum(leg.toe_bend_deg, np.minimum(leg.toe_bend_deg + excess, 45.0))
    legs[side] = replace(legs[side], foot=down * leg.foot, toe_bend_deg=bend)
    return replace(body, origin=body.origin + shift, legs=legs)


def natural_eversion(body: BodyState, contacts: tuple[Contact, ...], excursion_deg: float) -> BodyState:
    """Let both heels land turned in and lean inwards by `excursion_deg` until mid stance: the data's foot cannot."""
    for side in SIDES:
        body = heel_eversion(body, contacts, side, excursion_deg)
        leg = body.legs[side]
        body = body.with_leg(side, replace(leg, eversion_deg=leg.eversion_deg - NATURAL_INVERSION_DEG))
    return body


APPLY: dict[str, Apply] = {
    "knee_forward": knee_forward,
    "knee_in": knee_in,
    "pelvic_drop": pelvic_drop,
    "upright_trunk": upright_trunk,
    "heel_eversion": heel_eversion,
    "short_hip_extension": short_hip_extension,
    "drifting_leg": drifting_leg,
    "limited_dorsiflexion": limited_dorsiflexion,
}


def apply_faults(body: BodyState, contacts: tuple[Contact, ...], faults: tuple[Fault, ...]) -> BodyState:
    """Return the body with the faults put in, one after the other."""
    for fault in faults:
        sides: tuple[Side, ...] = SIDES if fault.side == "both" else (fault.side,)  # type: ignore[assignment]
        for side in sides:
            body = APPLY[fault.name](body, contacts, side, fault.grade)
    return body
