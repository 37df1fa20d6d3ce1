"""A running shoe as a closed surface: sole with rounded heel and toe spring, upper, a bend at the ball of the foot.

Its own frame: x forwards from the back of the heel, y up from the flat sole, z to the runner's right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Sections of the shoe: x ÷ length, half width ÷ length, height of the upper ÷ length, rise of the sole ÷ length,
#: shift of the middle towards the inside ÷ length.
_PROFILE = np.array(
    [
        [0.000, 0.030, 0.200, 0.060, 0.000],
        [0.015, 0.072, 0.275, 0.034, 0.000],
        [0.050, 0.105, 0.305, 0.014, 0.000],
        [0.110, 0.122, 0.300, 0.002, 0.000],
        [0.180, 0.124, 0.275, 0.000, 0.000],
        [0.280, 0.118, 0.270, 0.000, 0.000],
        [0.400, 0.120, 0.285, 0.000, 0.004],
        [0.520, 0.140, 0.245, 0.000, 0.008],
        [0.640, 0.162, 0.200, 0.000, 0.014],
        [0.720, 0.170, 0.175, 0.000, 0.018],
        [0.800, 0.166, 0.160, 0.004, 0.022],
        [0.880, 0.146, 0.145, 0.014, 0.026],
        [0.940, 0.112, 0.130, 0.027, 0.028],
        [0.980, 0.070, 0.112, 0.040, 0.028],
        [1.000, 0.025, 0.090, 0.055, 0.026],
    ]
)
#: Where the sole bends ÷ length, and over which stretch.
BEND_AT, BEND_OVER = 0.70, 0.10
_AROUND, _ALONG = 28, 44


@dataclass(frozen=True)
class Shoe:
    """A shoe at rest.

    Parameters
    ----------
    points : shape (n, 3) [m]
    faces : triangles, shape (m, 3)
    sole : indices of the points that can touch the ground
    length_m : heel to toe
    front : share of the bend each point takes, shape (n,)
    is_midsole : per triangle
    landmarks : name → indices of its points
    """

    points: Array
    faces: NDArray[np.intp]
    sole: NDArray[np.intp]
    length_m: float
    front: Array
    is_midsole: NDArray[np.bool_]
    landmarks: dict[str, NDArray[np.intp]]

    @property
    def bend_x(self) -> float:
        """Where the sole bends [m]."""
        return BEND_AT * self.length_m


def make_shoe(length_m: float, *, right: bool) -> Shoe:
    """Return a shoe of a length [m]."""
    along = (1 - np.cos(np.linspace(0, np.pi, _ALONG))) / 2
    width, top, rise, inward = (np.interp(along, _PROFILE[:, 0], _PROFILE[:, i]) for i in range(1, 5))
    angle = np.linspace(0, 2 * np.pi, _AROUND, endpoint=False)
    c, s = np.cos(angle), np.sin(angle)
    across = np.sign(c) * np.abs(c) ** 0.55
    # the bottom half is the flat sole, the top half an arch
    up = np.where(s < 0, -(np.abs(s) ** 0.25), np.abs(s) ** 0.9)
    middle = rise + np.minimum(0.35 * (top - rise), 0.09)
    y = np.where(up[:, None] < 0, middle + up[:, None] * (middle - rise), middle + up[:, None] * (top - middle))
    narrowing = np.where(up[:, None] > 0, 1 - 0.45 * up[:, None] ** 2, 1.0)
    z = across[:, None] * width * narrowing - inward
    points = length_m * np.stack([np.broadcast_to(along, y.shape), y, z], axis=-1).transpose(1, 0, 2).reshape(-1, 3)
    if not right:
        points = points * np.array([1.0, 1.0, -1.0])
    faces = _strip_faces(right)
    centres = points[faces].mean(axis=1)
    front = np.clip((points[:, 0] / length_m - BEND_AT + BEND_OVER / 2) / BEND_OVER, 0, 1)
    x, height = points[:, 0] / length_m, points[:, 1] / length_m
    flat = height <= np.interp(x, _PROFILE[:, 0], _PROFILE[:, 3]) + 0.012
    landmarks = {
        "heel": np.flatnonzero((x < 0.03) & (height > 0.05) & (height < 0.16)),
        "toe": np.flatnonzero(x > 0.985),
        "heel_top": np.flatnonzero((x < 0.06) & (height > 0.19)),
        "heel_bottom": np.flatnonzero((x < 0.06) & (height < 0.09)),
    }
    rise_at = length_m * np.interp(centres[:, 0] / length_m, _PROFILE[:, 0], _PROFILE[:, 3])
    midsole = centres[:, 1] < rise_at + 0.085 * length_m * np.interp(
        centres[:, 0] / length_m, [0, 0.7, 1], [1.1, 0.8, 0.5]
    )
    return Shoe(points, faces, np.flatnonzero(flat), length_m, front, midsole, landmarks)


def _strip_faces(right: bool) -> NDArray[np.intp]:
    faces = []
    for i in range(_ALONG - 1):
        for j in range(_AROUND):
            a, b = i * _AROUND + j, i * _AROUND + (j + 1) % _AROUND
            c, d = a + _AROUND, b + _AROUND
            faces += [[a, c, b], [b, c, d]]
    for ring, turn in ((0, -1), ((_ALONG - 1) * _AROUND, 1)):
        for j in range(1, _AROUND - 1):
            faces.append([ring, ring + j + 1, ring + j][::turn])
    found = np.array(faces, dtype=np.intp)
    return found if right else found[:, ::-1]


def bend(shoe: Shoe, angle_deg: Array, points: NDArray[np.intp] | None = None) -> Array:
    """Return the points with the front turned up at the ball, shape (t, n, 3) [m]; angles shape (t,) [deg]."""
    chosen = slice(None) if points is None else points
    rest, share = shoe.points[chosen], shoe.front[chosen]
    turn = np.radians(angle_deg)[:, None] * share[None, :]
    x, y = rest[:, 0] - shoe.bend_x, rest[:, 1]
    bent = np.empty((len(angle_deg), len(rest), 3))
    bent[..., 0] = shoe.bend_x + np.cos(turn) * x - np.sin(turn) * y
    bent[..., 1] = np.sin(turn) * x + np.cos(turn) * y
    bent[..., 2] = rest[:, 2]
    return bent
