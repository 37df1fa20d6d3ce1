"""A body that exercises: posed from joint to joint, with hands that go somewhere and a head of its own."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.spatial.transform import Rotation, Slerp

from kinechain.model.skeleton import SIDES, Side
from phantoms.body import SEGMENTS, Figure, Placement, bone, frame
from phantoms.shoe import Shoe, make_shoe
from phantoms.spec import Body
from phantoms.state import SHOE_LENGTH_RATIO, BodyState, LegState

Array = NDArray[np.float64]

#: Lengths ÷ body height: thigh and shank of de Leva 1996 (doi 10.1016/0021-9290(95)00178-6), the rest that of the
#: runners' model.
THIGH, SHANK, HALF_HIPS = 0.2425, 0.2490, 0.050
ANKLE_AHEAD, ANKLE_UP = 0.030, 0.0367
#: Share of the head's turning that the neck takes from its root on.
NECK_SHARE = 0.85
OUTWARDS: dict[Side, float] = {"left": -1.0, "right": 1.0}


@dataclass(frozen=True)
class Build:
    """Lengths of one body [m]."""

    height_m: float

    @property
    def thigh(self) -> float:
        """Hip to knee."""
        return THIGH * self.height_m

    @property
    def shank(self) -> float:
        """Knee to ankle."""
        return SHANK * self.height_m

    @property
    def leg(self) -> float:
        """Hip to knee to ankle."""
        return self.thigh + self.shank

    @property
    def ankle(self) -> Array:
        """Ankle in the shoe's frame."""
        return self.height_m * np.array([ANKLE_AHEAD, ANKLE_UP, 0.0])

    def shoe(self, side: Side) -> Shoe:
        """Shoe of one side."""
        return make_shoe(SHOE_LENGTH_RATIO * self.height_m, right=side == "right")

    def hip_offset(self, side: Side) -> Array:
        """Hip joint from the middle of the pelvis."""
        return np.array([0.0, 0.0, OUTWARDS[side] * HALF_HIPS * self.height_m])


@dataclass(frozen=True)
class ExerciseBody(BodyState):
    """A body state with arms and head.

    Parameters
    ----------
    arms : wrist from shoulder ÷ length of the arm, shape (n, 3), by side
    head : orientation, upright at identity
    """

    arms: dict[Side, Array] = field(default_factory=dict)
    head: Rotation = field(default_factory=Rotation.identity)

    def at(self, time_s: Array) -> ExerciseBody:
        """Return the body at other times within the grid."""
        moved = super().at(time_s)
        arms = {side: np.asarray(CubicSpline(self.time_s, arm)(time_s)) for side, arm in self.arms.items()}
        return ExerciseBody(
            moved.time_s, moved.origin, moved.pelvis, moved.trunk, moved.legs,
            arms=arms, head=Slerp(self.time_s, self.head)(time_s),
        )  # fmt: skip


class ExerciseFigure(Figure):
    """A figure whose hands and head go where the exercise puts them."""

    def __init__(self, look: Body, height_m: float, state: BodyState) -> None:
        super().__init__(look, height_m, state)
        part = self.rest.weights.argmax(axis=1) == SEGMENTS.index("head")
        head = np.flatnonzero(part)
        widest = np.sort(np.abs(self.rest.points[head, 2]))[-20]
        ears = head[np.abs(self.rest.points[head, 2]) >= widest]
        self.ear_rest = self.rest.points[ears].mean(axis=0) * np.array([1.0, 1.0, 0.0])

    def _centre(self, state: BodyState) -> dict[str, Placement]:
        found = super()._centre(state)
        if not isinstance(state, ExerciseBody):
            return found
        heads, last = self.rest.heads, found["trunk"]
        between = (state.trunk.inv() * state.head).as_rotvec()
        for name, share, start in (("neck", NECK_SHARE, heads["neck01"]), ("head", 1.0, heads["head"])):
            turn = state.trunk * Rotation.from_rotvec(share * between)
            last = Placement(start, self.girth * turn.as_matrix(), last.apply(start))
            found[name] = last
        return found

    def _arm(self, state: BodyState, side: Side, trunk: Placement) -> dict[str, Placement]:
        if not isinstance(state, ExerciseBody):
            return super()._arm(state, side, trunk)
        heads, end = self.rest.heads, side[0].upper()
        shoulder, elbow, wrist = (heads[f"{name}.{end}"] for name in ("upperarm01", "lowerarm01", "wrist"))
        upper, lower = (self.girth * float(np.linalg.norm(b - a)) for a, b in ((shoulder, elbow), (elbow, wrist)))
        position = trunk.apply(shoulder)
        at_wrist = position + (upper + lower) * state.arms[side]
        pole = np.broadcast_to(np.array([-0.5, -0.2, 0.9 * OUTWARDS[side]]), position.shape)
        at_elbow = middle_joint(position, at_wrist, pole, upper, lower)
        rest_axis = np.cross(elbow - shoulder, wrist - elbow)
        axis = np.cross(at_elbow - position, at_wrist - at_elbow)
        arm = bone(shoulder, elbow, rest_axis, position, at_elbow, axis, self.girth)
        forearm = bone(elbow, wrist, rest_axis, at_elbow, at_wrist, axis, self.girth)
        return {
            f"{side}_upperarm": arm,
            f"{side}_forearm": forearm,
            f"{side}_hand": Placement(wrist, forearm.matrix, at_wrist),
        }


def middle_joint(start: Array, end: Array, towards: Array, first: float, second: float) -> Array:
    """Return the knee (or elbow) between two ends, shape (n, 3); it bends `towards`. Ends too far apart stretch it."""
    line = end - start
    distance = np.linalg.norm(line, axis=1)
    reach = np.clip(distance, 1.02 * abs(first - second), 0.999 * (first + second))
    unit = line / distance[:, None]
    side = towards - np.sum(towards * unit, axis=1, keepdims=True) * unit
    side = side / np.linalg.norm(side, axis=1, keepdims=True)
    along = (first**2 + reach**2 - second**2) / (2 * reach)
    out = np.sqrt(np.maximum(first**2 - along**2, 0.0))
    return np.asarray(start + (along * distance / reach)[:, None] * unit + out[:, None] * side)


def standing_foot(build: Build, side: Side, place: Array, pitch_deg: Array, roll_deg: Array) -> tuple[Array, Rotation]:
    """Return ankle and orientation of a foot whose ball stays on the floor.

    Parameters
    ----------
    place : where the ball of the foot is, shape (3,) [m]
    pitch_deg : heel raised, shape (n,) [deg]
    roll_deg : tipped onto the outer edge, shape (n,) [deg]
    """
    shoe = build.shoe(side)
    turn = Rotation.from_euler("zx", np.column_stack([-pitch_deg, OUTWARDS[side] * roll_deg]), degrees=True)
    from_ball = build.ankle - np.array([shoe.bend_x, 0.0, 0.0])
    return place + turn.apply(from_ball), turn


def make_leg(
    build: Build,
    side: Side,
    joints: tuple[Array, Array, Array],
    ahead: tuple[Array, Array],
    foot: Rotation,
    bend_deg: Array,
) -> LegState:
    """Return a leg from its joints (hip, knee, ankle), where kneecap and shin look, the foot and the shoe's bend."""
    hip, knee, ankle = joints
    return LegState(
        hip=hip,
        knee=knee,
        ankle=ankle,
        femur=Rotation.from_matrix(frame(hip - knee, ahead[0])),
        tibia=Rotation.from_matrix(frame(knee - ankle, ahead[1])),
        foot=foot,
        toe_bend_deg=bend_deg,
        eversion_deg=np.zeros(len(hip)),
        shoe=build.shoe(side),
        ankle_in_shoe=build.ankle,
        inwards=-OUTWARDS[side],
    )


def put_together(
    time_s: Array,
    pelvis: Rotation,
    trunk: Rotation,
    legs: dict[Side, LegState],
    arms: dict[Side, Array],
    head: Rotation,
) -> ExerciseBody:
    """Return the body; a sole that is under the floor lifts the whole of it."""
    origin = np.mean([legs[side].hip for side in SIDES], axis=0)
    body = ExerciseBody(time_s, origin, pelvis, trunk, legs, arms=arms, head=head)
    lowest = np.minimum(*(legs[side].lowest() for side in SIDES))
    up = np.maximum(0.0, -lowest)[:, None] * np.array([0.0, 1.0, 0.0])
    lifted = {s: replace(leg, hip=leg.hip + up, knee=leg.knee + up, ankle=leg.ankle + up) for s, leg in legs.items()}
    return replace(body, origin=origin + up, legs=lifted)
