"""A body whose every angle is known in advance: it stands, steps on the spot, or holds its legs at given angles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.transform import Rotation

from phantoms.lab import Contact
from phantoms.shoe import make_shoe
from phantoms.state import BodyState, LegState

if TYPE_CHECKING:
    from kinechain.model.skeleton import Side

THIGH, SHANK, ANKLE, SHOE = 0.45, 0.44, 0.07, 0.28
TIME_S = np.arange(0, 2, 1 / 200)
CONTACTS = tuple(
    Contact(side, start, start + 0.25)
    for start, side in ((0.1, "right"), (0.45, "left"), (0.8, "right"), (1.15, "left"), (1.5, "right"))
)


def along(angle_deg: np.ndarray) -> np.ndarray:
    """Unit vectors that point down at 0 and forwards at 90°."""
    a = np.radians(angle_deg)
    return np.stack([np.sin(a), -np.cos(a), np.zeros_like(a)], axis=1)


def leg(side: Side, thigh_deg: np.ndarray, shank_deg: np.ndarray, hip: np.ndarray, foot_deg: np.ndarray) -> LegState:
    """A leg in its sagittal plane; angles have the contract's signs, shape (n,)."""
    knee = hip + THIGH * along(thigh_deg)
    ankle = knee + SHANK * along(-shank_deg)
    femur = Rotation.from_euler("z", thigh_deg[:, None], degrees=True)
    tibia = Rotation.from_euler("z", -shank_deg[:, None], degrees=True)
    foot = Rotation.from_euler("z", foot_deg[:, None], degrees=True)
    zero = np.zeros(len(thigh_deg))
    shoe = make_shoe(SHOE, right=side == "right")
    return LegState(
        hip,
        knee,
        ankle,
        femur,
        tibia,
        foot,
        zero,
        zero,
        shoe,
        np.array([0.08, ANKLE, 0.0]),
        -1.0 if side == "right" else 1.0,
    )


def body(
    thigh_deg: float = 20.0, shank_deg: float = 25.0, foot_deg: float = 0.0, drop_right_m: float = 0.0
) -> BodyState:
    """Both legs held at the same angles, ankles at standing height; the right hip lower by `drop_right_m`."""
    n = len(TIME_S)
    whole = np.ones(n)
    legs = {}
    for side, z in (("left", -0.08), ("right", 0.08)):
        high = ANKLE + SHANK * np.cos(np.radians(shank_deg)) + THIGH * np.cos(np.radians(thigh_deg))
        hip = np.tile([0.0, high - (drop_right_m if side == "right" else 0.0), z], (n, 1))
        legs[side] = leg(side, thigh_deg * whole, shank_deg * whole, hip, foot_deg * whole)
    still = Rotation.identity(n)
    return BodyState(TIME_S, (legs["left"].hip + legs["right"].hip) / 2, still, still, legs)
