"""An analytic exerciser: the three exercises and their rivals as points over time, with known answers.

Body frame: metres, x forwards, y up, z to the person's right; the ground at y = 0. `film` makes pixels of it, from the
side, the rear or the front. Counts, times, ranges and faults follow from the arguments, and share no code with
`kinechain.exercise`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Points = dict[str, Array]
SHANK, THIGH, TRUNK, HEAD, ARM = 0.42, 0.41, 0.50, 0.22, 0.30
LEG = SHANK + THIGH
TOE, HEEL, ANKLE_Y = 0.16, -0.06, 0.08
HALF_WIDTH = {"shoulder": 0.18, "ear": 0.07, "hip": 0.09, "knee": 0.10, "ankle": 0.10, "heel": 0.10, "toe": 0.11}
SIGN = {"left": -1.0, "right": 1.0}
View = Literal["side_right", "side_left", "rear", "front"]


@dataclass(frozen=True)
class Times:
    """When the movement happens: `n` times out, held, and back, between rests [s]."""

    n: int = 4
    out_s: float = 1.5
    held_s: float = 0.6
    back_s: float = 1.8
    rest_s: float = 1.0
    lead_s: float = 1.5
    fps: float = 30.0

    @property
    def cycle_s(self) -> float:
        return self.out_s + self.held_s + self.back_s + self.rest_s

    @property
    def time_s(self) -> Array:
        return np.arange(0.0, self.lead_s + self.n * self.cycle_s, 1 / self.fps)

    def share(self, bounce: float = 0.0) -> Array:
        """How far out the movement is, 0…1, shape (n,); on the way back it may turn round by `bounce`."""
        t = (self.time_s - self.lead_s) % self.cycle_s
        out = 0.5 - 0.5 * np.cos(np.pi * np.clip(t / self.out_s, 0, 1))
        back = np.clip((t - self.out_s - self.held_s) / self.back_s, 0, 1)
        way = 0.5 + 0.5 * np.cos(np.pi * back) + bounce * np.sin(np.pi * np.clip((back - 0.3) / 0.5, 0, 1)) ** 2
        return np.where(self.time_s < self.lead_s, 0.0, np.where(t <= self.out_s + self.held_s, out, way))


def _up(angle_deg: Array) -> Array:
    """Unit vector that leans forwards by an angle off the vertical, shape (n, 3)."""
    a = np.radians(angle_deg)
    return np.stack([np.sin(a), np.cos(a), np.zeros_like(a)], axis=-1)


def _at(x: Array | float, y: Array | float, n: int) -> Array:
    return np.stack([np.broadcast_to(x, n), np.broadcast_to(y, n), np.zeros(n)], axis=-1).astype(float)


def _body(hip: Array, trunk_deg: Array, neck_deg: Array, legs: dict[str, dict[str, Array]]) -> Points:
    """Put trunk, head and arms (hanging) on the hips, and everything at its width."""
    shoulder = hip + TRUNK * _up(trunk_deg)
    ear = shoulder + HEAD * _up(trunk_deg + neck_deg)
    down = np.array([0.0, -1.0, 0.0])
    middle = {"shoulder": shoulder, "ear": ear, "elbow": shoulder + ARM * down, "wrist": shoulder + 2 * ARM * down}
    points: Points = {"nose": ear + 0.1 * _up(trunk_deg + 90.0)}
    for side, sign in SIGN.items():
        for name, place in {**middle, "hip": hip, **legs[side]}.items():
            width = HALF_WIDTH.get(name, 0.2)
            points[f"{side}_{name}"] = place + np.array([0.0, 0.0, sign * width])
    return points


def _knee(hip: Array, ankle: Array) -> Array:
    """Place of a knee ahead of the line from hip to ankle; on it where the leg is too short."""
    line = ankle - hip
    far = np.linalg.norm(line, axis=1)
    along = (THIGH**2 - SHANK**2 + far**2) / (2 * far)
    off = np.sqrt(np.clip(THIGH**2 - along**2, 0.0, None))
    unit = line / far[:, None]
    ahead = np.stack([-unit[:, 1], unit[:, 0], np.zeros(len(far))], axis=1)
    return hip + along[:, None] * unit + off[:, None] * ahead


def hinge(
    times: Times,
    *,
    front: str = "right",
    trunk_deg: float = 60.0,
    stance: float = 0.35,
    knee_rest_deg: float = 15.0,
    knee_more_deg: float = 8.0,
    shank_deg: float = 2.0,
    neck_more_deg: float = 0.0,
    rear_heel: float = 0.09,
    knee_aside: float = 0.0,
    foot_lift: float = 0.0,
    bounce: float = 0.0,
) -> Points:
    """A hinge (or, with much `knee_more_deg` and `shank_deg`, a squat): trunk from 3° to `trunk_deg`."""
    s = times.share(bounce)
    n = len(s)
    lean, knee_deg = shank_deg * (0.5 + s), knee_rest_deg + knee_more_deg * s
    ankle = _at(0.0, ANKLE_Y, n)
    knee = ankle + SHANK * _up(lean)
    hip = knee + THIGH * _up(lean - knee_deg)
    knee = knee + np.stack([np.zeros(n), np.zeros(n), knee_aside * s], axis=1)
    ahead = {"knee": knee, "ankle": ankle, "heel": _at(HEEL, 0.02, n), "toe": _at(TOE, 0.02, n)}
    lift = foot_lift * s
    back = {
        "ankle": _at(-stance - lift, ANKLE_Y + 0.8 * rear_heel + lift, n),
        "heel": _at(-stance + HEEL - lift, 0.02 + rear_heel + lift, n),
        "toe": _at(-stance + TOE - lift, 0.02 + lift, n),
    }
    back["knee"] = _knee(hip, back["ankle"])
    rear = "left" if front == "right" else "right"
    return _body(hip, 3 + (trunk_deg - 3) * s, neck_more_deg * s, {front: ahead, rear: back})


def heel_raise(
    times: Times,
    *,
    rise: float = 0.09,
    left_share: float = 1.0,
    knee_more_deg: float = 0.0,
    roll_out: float = 0.0,
) -> Points:
    """A two-leg heel raise: heels `rise` [m] above the floor, the left one by `left_share` of it."""
    s = times.share()
    n = len(s)
    legs: dict[str, dict[str, Array]] = {}
    lift = 0.75 * rise * s * (1 + left_share) / 2
    half = 0.5 * knee_more_deg * s
    hip = _at(0.0, ANKLE_Y + lift, n) + SHANK * _up(half) + THIGH * _up(-half)
    for side, sign in SIGN.items():
        up = rise * s * (left_share if side == "left" else 1.0)
        out = np.stack([np.zeros(n), np.zeros(n), sign * roll_out * s], axis=1)
        ankle = _at(0.0, ANKLE_Y + 0.75 * up, n)
        legs[side] = {
            "ankle": ankle + out,
            "heel": _at(HEEL, 0.02 + up, n) + out,
            "toe": _at(TOE, 0.02, n),
            "knee": _knee(hip, ankle),
        }
    return _body(hip, np.full(n, 1.0), np.zeros(n), legs)


def floor_stretch(
    hold_s: float, *, bent: str = "right", tip_deg: float = 50.0, reach: float = 0.5, fps: float = 30.0
) -> tuple[Array, Points]:
    """A glute stretch on the floor: two seconds kneeling, the hold, two seconds kneeling. Return times and points."""
    time_s = np.arange(0.0, hold_s + 4.0, 1 / fps)
    n = len(time_s)
    held = ((time_s >= 2.0) & (time_s < 2.0 + hold_s))[:, None]
    low, high = _at(0.0, 0.12, n), _at(0.0, 0.50, n)
    hip = np.where(held, low, high)
    front = {
        "knee": np.where(held, _at(0.36, 0.08, n), _at(0.05, 0.10, n)),
        "ankle": np.where(held, _at(0.12, 0.05, n), _at(-0.36, 0.06, n)),
    }
    rear = {
        "knee": np.where(held, _at(-0.40, 0.08, n), _at(0.03, 0.10, n)),
        "ankle": np.where(held, _at(-0.81, 0.06, n), _at(-0.38, 0.06, n)),
    }
    for leg in (front, rear):
        leg["heel"] = leg["ankle"] + np.array([-0.04, 0.02, 0.0])
        leg["toe"] = leg["ankle"] + np.array([0.15, -0.04, 0.0])
    other = "left" if bent == "right" else "right"
    points = _body(hip, np.where(held[:, 0], tip_deg, 5.0), np.zeros(n), {bent: front, other: rear})
    ahead = np.array([reach, 0.0, 0.0])
    points[f"{other}_wrist"] = np.where(held, points[f"{other}_shoulder"] + ahead, points[f"{other}_wrist"])
    return time_s, points


def walk(duration_s: float = 6.0, fps: float = 30.0) -> tuple[Array, Points]:
    """Walking on the spot of a belt: the feet pass one another, twice a stride of 1.1 s."""
    time_s = np.arange(0.0, duration_s, 1 / fps)
    n = len(time_s)
    hip = _at(0.0, LEG + ANKLE_Y - 0.03, n)
    legs = {}
    for side, sign in SIGN.items():
        phase = 2 * np.pi * time_s / 1.1 + (np.pi if sign > 0 else 0.0)
        ankle = _at(0.3 * np.cos(phase), ANKLE_Y + 0.06 * np.clip(np.sin(phase), 0, None), n)
        legs[side] = {
            "ankle": ankle,
            "knee": _knee(hip, ankle),
            "heel": ankle + np.array([HEEL, -0.06, 0.0]),
            "toe": ankle + np.array([TOE, -0.06, 0.0]),
        }
    return time_s, _body(hip, np.full(n, 3.0), np.zeros(n), legs)


def film(
    points: Points,
    view: View = "side_right",
    *,
    px_per_m: float = 500.0,
    noise_px: float = 0.0,
    turned_deg: float = 0.0,
    down_deg: float = 0.0,
) -> Points:
    """Project points to pixels, x right and y down, with noise of a fixed seed; the camera may stand askew.

    `down_deg` is how steeply it looks down on the floor, so that what is nearer stands lower in the picture.
    """
    rng = np.random.default_rng(7)
    axis, sign = {"side_right": (0, 1), "side_left": (0, -1), "rear": (2, 1), "front": (2, -1)}[view]
    turn = np.radians(turned_deg)
    seen = {}
    for name, place in points.items():
        across = np.cos(turn) * place[:, axis] + np.sin(turn) * place[:, 2 - axis]
        nearer = {"side_right": 1, "side_left": -1, "rear": -1, "front": 1}[view] * place[:, 2 - axis]
        high = place[:, 1] - np.tan(np.radians(down_deg)) * nearer
        flat = np.stack([900 + sign * px_per_m * across, 1200 - px_per_m * high], axis=1)
        seen[name] = flat + noise_px * rng.standard_normal(flat.shape)
    return seen


def legs_exchanged(seen: Points, where: Array) -> Points:
    """The same film with the points of the legs exchanged in some frames, as estimators do where one leg is hidden."""
    legs = ("hip", "knee", "ankle", "heel", "toe")
    changed = dict(seen)
    for joint in legs:
        left, right = seen[f"left_{joint}"], seen[f"right_{joint}"]
        changed[f"left_{joint}"] = np.where(where[:, None], right, left)
        changed[f"right_{joint}"] = np.where(where[:, None], left, right)
    return changed


def mirrored(seen: Points) -> Points:
    """The same film with left and right exchanged, as a mirror shows it."""
    swap = {"left": "right", "right": "left"}
    names = {name: "_".join(swap.get(part, part) for part in name.split("_")) for name in seen}
    return {names[name]: np.array([2000.0, 0.0]) + np.array([-1.0, 1.0]) * place for name, place in seen.items()}
