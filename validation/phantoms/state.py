"""The moving body between measurement and picture: joint centres and orientations, leg by leg, on an even time grid."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.spatial.transform import Rotation, Slerp

from kinechain.model.skeleton import SIDES, Side
from phantoms.lab import Trial, flat_phase
from phantoms.shoe import Shoe, bend, make_shoe

Array = NDArray[np.float64]

#: Length of the shoe ÷ body height.
SHOE_LENGTH_RATIO = 0.163
#: How far the shoe reaches behind the heel marker [m].
BEHIND_HEEL_M = 0.003
X, Y, Z = np.eye(3)


@dataclass(frozen=True)
class LegState:
    """One leg over time; positions shape (n, 3) [m], angles shape (n,).

    Parameters
    ----------
    hip, knee, ankle : joint centres
    femur, tibia : orientation of the model's segments
    foot : orientation of the shoe, whose own frame is that of `shoe`
    toe_bend_deg : of the shoe at the ball of the foot
    eversion_deg : by which the shoe's back leans inwards on top of its orientation
    shoe : at rest
    ankle_in_shoe : ankle in the shoe's frame [m]
    inwards : sign of z towards the midline, −1 for the right leg
    """

    hip: Array
    knee: Array
    ankle: Array
    femur: Rotation
    tibia: Rotation
    foot: Rotation
    toe_bend_deg: Array
    eversion_deg: Array
    shoe: Shoe
    ankle_in_shoe: Array
    inwards: float

    def shoe_points(self, points: NDArray[np.intp] | None = None) -> Array:
        """Return points of the shoe in the laboratory, shape (n, m, 3) [m]."""
        local = bend(self.shoe, self.toe_bend_deg, points)
        lean = np.tan(np.radians(self.eversion_deg))[:, None] * (local[..., 1] - self.ankle_in_shoe[1])
        fade = 1 - np.clip(local[..., 0] / self.shoe.bend_x, 0, 1) ** 2
        local[..., 2] += self.inwards * lean * fade
        local -= self.ankle_in_shoe
        return self.ankle[:, None] + np.einsum("tij,tnj->tni", self.foot.as_matrix(), local)

    def lowest(self) -> Array:
        """Return the height of the sole's lowest point, shape (n,) [m]."""
        return np.asarray(self.shoe_points(self.shoe.sole)[..., 1].min(axis=1))

    def landmark(self, name: str) -> Array:
        """Return the middle of a landmark of the shoe, shape (n, 3) [m]."""
        return np.asarray(self.shoe_points(self.shoe.landmarks[name]).mean(axis=1))


@dataclass(frozen=True)
class BodyState:
    """The whole body; `origin` is the model's pelvis origin, `trunk` the orientation of the rib cage."""

    time_s: Array
    origin: Array
    pelvis: Rotation
    trunk: Rotation
    legs: dict[Side, LegState]
    scale: float = 1.0

    def with_leg(self, side: Side, leg: LegState) -> BodyState:
        """Return the body with one leg changed."""
        return replace(self, legs=self.legs | {side: leg})

    def at(self, time_s: Array) -> BodyState:
        """Return the body at other times within the grid."""

        def place(values: Array) -> Array:
            return np.asarray(CubicSpline(self.time_s, values)(time_s))

        def turn(values: Rotation) -> Rotation:
            return Slerp(self.time_s, values)(time_s)

        def linear(values: Array) -> Array:
            return np.asarray(np.interp(time_s, self.time_s, values))

        legs: dict[Side, LegState] = {}
        for side, leg in self.legs.items():
            legs[side] = replace(
                leg,
                hip=place(leg.hip),
                knee=place(leg.knee),
                ankle=place(leg.ankle),
                femur=turn(leg.femur),
                tibia=turn(leg.tibia),
                foot=turn(leg.foot),
                toe_bend_deg=linear(leg.toe_bend_deg),
                eversion_deg=linear(leg.eversion_deg),
            )
        return replace(
            self, time_s=time_s, origin=place(self.origin), pelvis=turn(self.pelvis), trunk=turn(self.trunk), legs=legs
        )


def swing_twist_free(before: Array, after: Array) -> Rotation:
    """Return the smallest rotations that turn vectors into others, both shape (n, 3)."""
    a = before / np.linalg.norm(before, axis=1, keepdims=True)
    b = after / np.linalg.norm(after, axis=1, keepdims=True)
    axis = np.cross(a, b)
    sine = np.linalg.norm(axis, axis=1, keepdims=True)
    angle = np.arctan2(sine[:, 0], np.sum(a * b, axis=1))
    unit = np.divide(axis, sine, out=np.zeros_like(axis), where=sine > 1e-12)
    return Rotation.from_rotvec(unit * angle[:, None])


def move_leg(leg: LegState, hip: Array, ankle: Array, foot: Rotation | None = None) -> LegState:
    """Return the leg between a new hip and a new ankle: lengths and the plane of the knee are kept.

    Where the leg is too short to reach, the ankle stays on the line from the hip at 99.8 % of the leg's length.
    """
    thigh = np.linalg.norm(leg.knee - leg.hip, axis=1)
    shank = np.linalg.norm(leg.ankle - leg.knee, axis=1)
    line = ankle - hip
    distance = np.linalg.norm(line, axis=1)
    reach = np.clip(distance, np.abs(thigh - shank) * 1.02, 0.998 * (thigh + shank))
    unit = line / distance[:, None]
    ankle = hip + reach[:, None] * unit
    old_line = leg.ankle - leg.hip
    turned = swing_twist_free(old_line, line)
    side = turned.apply(leg.knee - leg.hip)
    side -= np.sum(side * unit, axis=1, keepdims=True) * unit
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    along = (thigh**2 + reach**2 - shank**2) / (2 * reach)
    out = np.sqrt(np.maximum(thigh**2 - along**2, 0))
    knee = hip + along[:, None] * unit + out[:, None] * side
    # the rotation of the whole leg plane comes first, so that no twist is lost
    femur, tibia = turned * leg.femur, turned * leg.tibia
    femur = swing_twist_free(turned.apply(leg.knee - leg.hip), knee - hip) * femur
    tibia = swing_twist_free(turned.apply(leg.ankle - leg.knee), ankle - knee) * tibia
    return replace(
        leg, hip=hip, knee=knee, ankle=ankle, femur=femur, tibia=tibia, foot=leg.foot if foot is None else foot
    )


def body_state(trial: Trial, time_s: Array, trunk: Rotation) -> BodyState:
    """Return the measured body at the times of a grid, with shoes whose flat sole lies flat in mid stance."""
    measured = trial.segments(time_s)
    whole = trial.segments(trial.time_s)
    height = trial.runner.height_m
    legs: dict[Side, LegState] = {}
    for side in SIDES:
        one, all_of_it, model = measured.legs[side], whole.legs[side], trial.legs[side]
        flat = flat_phase(trial.time_s, trial.contacts, side)
        up = all_of_it.foot[flat].inv().apply(Y).mean(axis=0)
        level = swing_twist_free(Y[None], up[None])[0]
        ankle_height = float(np.median(all_of_it.ankle[flat, 1]))
        heel = -height * (model.talus_calcaneus + model.heel)[0] + BEHIND_HEEL_M
        legs[side] = LegState(
            one.hip,
            one.knee,
            one.ankle,
            one.femur,
            one.tibia,
            one.foot * level,
            np.zeros(len(time_s)),
            np.zeros(len(time_s)),
            make_shoe(SHOE_LENGTH_RATIO * height, right=side == "right"),
            np.array([heel, ankle_height, 0.0]),
            -1.0 if side == "right" else 1.0,
        )
    return BodyState(time_s, measured.origin, measured.pelvis, trunk, legs)
