"""One frame's points → the angles and lengths that an exercise is read from, in leg lengths and degrees.

Points come in px of the upright picture (x right, y down) and only their ratios count, so neither the size of the
picture nor the distance of the camera matters. A value whose points are missing is NaN.
"""

from __future__ import annotations

import bisect
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kinechain.model.skeleton import KEYPOINTS, SIDES, Side, other

Array = NDArray[np.float64]
Points = Mapping[str, Array]
_DOWN = np.array([0.0, 1.0])
_NONE = np.full(2, np.nan)


@dataclass(frozen=True)
class PostureParameters:
    """Parameters of `PostureReader`.

    Parameters
    ----------
    window_s : median of the points over so long a time, to take jitter out [s]; answers lag by half of it
    scale_quantile : of the leg lengths seen so far this quantile is the unit of length
    frontal_from : shoulder width ÷ trunk length from which the view is one from the rear or front
    """

    window_s: float = 0.17
    scale_quantile: float = 0.75
    frontal_from: float = 0.42


DEFAULT_POSTURE = PostureParameters()


@dataclass(frozen=True)
class Posture:
    """What one frame shows. Lengths in leg lengths, angles in degrees, NaN where points are missing.

    Parameters
    ----------
    time_s, frame : when
    leg_px : the unit of length [px]
    points : smoothed points ÷ leg length, x right, y down
    frontal : seen from the rear or front (else from a side)
    facing : +1 the toes point right in the picture, −1 left, 0 unknown
    trunk_deg : hip–shoulder line off the vertical, unsigned; from the rear or front from its foreshortening
    trunk_height : shoulders above the hips
    knee_deg : knee flexion by side
    hip_deg : hip flexion by side (angle of trunk and thigh, 0 standing upright)
    heel_height : heel above the toe, by side
    hip_height : hips above the lowest point of the feet
    body_height : shoulders above the toes
    feet_apart : horizontal distance of the ankles
    feet_level : how much lower the left ankle is in the picture than the right one
    neck_deg : head off the line from hip to shoulder, 0 in one line, + clockwise in the picture
    supine : knees above the hips while the trunk lies
    """

    time_s: float
    frame: int
    leg_px: float
    points: Points
    frontal: bool
    facing: int
    trunk_deg: float
    trunk_height: float
    knee_deg: Mapping[Side, float]
    hip_deg: Mapping[Side, float]
    heel_height: Mapping[Side, float]
    hip_height: float
    body_height: float
    feet_apart: float
    feet_level: float
    neck_deg: float
    supine: bool

    @property
    def stance(self) -> Array:
        """From the right ankle to the left one, shape (2,)."""
        return np.asarray(self.points["left_ankle"] - self.points["right_ankle"])

    @property
    def front(self) -> Side:
        """Side of the foot that is ahead of the other; from the rear or front the one lower in the picture."""
        left, right = self.points["left_ankle"], self.points["right_ankle"]
        if self.frontal:
            return "left" if left[1] > right[1] else "right"
        return "left" if (left[0] - right[0]) * (self.facing or 1) > 0 else "right"

    @property
    def rear(self) -> Side:
        """The other one."""
        return other(self.front)

    @property
    def knee_mean_deg(self) -> float:
        """Mean knee flexion of both legs."""
        return (self.knee_deg["left"] + self.knee_deg["right"]) / 2

    @property
    def heel_mean(self) -> float:
        """Mean height of both heels above the toes."""
        return (self.heel_height["left"] + self.heel_height["right"]) / 2


#: Of two feet that stay on the floor one moves against the other by less than this [leg lengths].
STANCE_KEPT = 0.15


def stance_kept(rest: Posture, later: Posture) -> bool:
    """Whether the feet stand as they stood at rest, whichever of the two is called the left one."""
    moved = (np.linalg.norm(later.stance - rest.stance), np.linalg.norm(later.stance + rest.stance))
    return bool(min(moved) < STANCE_KEPT)


def exchanged(rest: Posture, later: Posture) -> bool:
    """Whether the points of left and right leg have changed over since rest.

    Somebody who bows deep seen from the side hides one leg behind the other, and estimators then exchange the two. The
    feet have not moved, so each of them stands where the other one stood.
    """
    same, crossed = (float(np.linalg.norm(later.stance + sign * rest.stance)) for sign in (-1, 1))
    return crossed < min(same, STANCE_KEPT)


def angle_deg(a: Array, b: Array) -> float:
    """Return the angle between two vectors, 0…180 [deg]; NaN where one is missing or has no length."""
    size = float(np.linalg.norm(a) * np.linalg.norm(b))
    if not size > 0:
        return float("nan")
    return float(np.degrees(np.arccos(np.clip(float(a @ b) / size, -1.0, 1.0))))


def _turn_deg(a: Array, b: Array) -> float:
    """Return by how much `b` is turned against `a`, + clockwise in the picture, −180…180 [deg]."""
    return float(np.degrees(np.arctan2(a[0] * b[1] - a[1] * b[0], float(a @ b))))


class PostureReader:
    """Turns points, frame by frame, into postures; remembers the scale of the body and nothing else."""

    def __init__(self, parameters: PostureParameters = DEFAULT_POSTURE) -> None:
        self._parameters = parameters
        self._recent: deque[tuple[float, int, Array]] = deque()
        self._legs: list[float] = []
        self._breadths: list[float] = []
        self._trunk_px = 0.0

    @property
    def breadth(self) -> float:
        """Shoulder width ÷ trunk length, median over the upright frames so far; NaN where there was none."""
        return self._breadths[len(self._breadths) // 2] if self._breadths else float("nan")

    def read(self, time_s: float, frame: int, points: Points) -> Posture:
        """Return the posture at the middle of the last moments.

        Parameters
        ----------
        time_s : of the frame, rising from call to call [s]
        frame : its index in the clip
        points : position by name of `skeleton.KEYPOINTS`, shape (2,) each [px]; missing ones NaN or left out
        """
        row = np.array([points.get(name, _NONE) for name in KEYPOINTS], dtype=np.float64)
        self._recent.append((time_s, frame, row))
        while time_s - self._recent[0][0] > self._parameters.window_s:
            self._recent.popleft()
        middle = self._recent[len(self._recent) // 2]
        return self._posture(middle[0], middle[1], _median([row for _, _, row in self._recent]))

    def _posture(self, time_s: float, frame: int, rows: Array) -> Posture:
        raw = dict(zip(KEYPOINTS, rows, strict=True))
        leg = self._leg(raw)
        p = {name: point / leg for name, point in raw.items()}
        hips, shoulders = _mid(p, "hip"), _mid(p, "shoulder")
        trunk = shoulders - hips
        feet = np.array([p[f"{side}_{part}"][1] for side in SIDES for part in ("ankle", "heel", "toe")])
        frontal = self._frontal(p, trunk)
        ankles = p["left_ankle"] - p["right_ankle"]
        lean = angle_deg(trunk, -_DOWN)
        knees_up = max((hips[1] - p[f"{side}_knee"][1] for side in SIDES), default=np.nan)
        return Posture(
            time_s=time_s,
            frame=frame,
            leg_px=leg,
            points=p,
            frontal=frontal,
            facing=_facing(p),
            trunk_deg=self._bow(trunk * leg, lean) if frontal else lean,
            trunk_height=float(-trunk[1]),
            knee_deg={s: 180.0 - angle_deg(_link(p, s, "knee", "hip"), _link(p, s, "knee", "ankle")) for s in SIDES},
            hip_deg={s: 180.0 - angle_deg(trunk, _link(p, s, "hip", "knee")) for s in SIDES},
            heel_height={s: float(_link(p, s, "heel", "toe")[1]) for s in SIDES},
            hip_height=float(np.max(feet) - hips[1]),
            body_height=float((p["left_toe"][1] + p["right_toe"][1]) / 2 - shoulders[1]),
            feet_apart=abs(float(ankles[0])),
            feet_level=float(ankles[1]),
            neck_deg=_turn_deg(trunk, _mid(p, "ear") - shoulders),
            supine=bool(lean > 50.0 and knees_up > 0.15),
        )

    def _leg(self, p: Points) -> float:
        """Return the unit of length [px]: both legs' hip–knee plus knee–ankle, a quantile of what was seen so far."""
        links = [_link(p, s, a, b) for s in SIDES for a, b in (("hip", "knee"), ("knee", "ankle"))]
        length = sum(float(np.linalg.norm(link)) for link in links) / 2
        if np.isfinite(length) and length > 0:
            bisect.insort(self._legs, length)
        if not self._legs:
            return float("nan")
        return self._legs[min(len(self._legs) - 1, int(self._parameters.scale_quantile * len(self._legs)))]

    def _frontal(self, p: Points, trunk: Array) -> bool:
        breadth = abs(float(p["left_shoulder"][0] - p["right_shoulder"][0])) / float(np.linalg.norm(trunk) or np.nan)
        upright = angle_deg(trunk, -_DOWN) < 30.0
        if np.isfinite(breadth) and upright:
            bisect.insort(self._breadths, breadth)
        return self.breadth >= self._parameters.frontal_from

    def _bow(self, trunk_px: Array, lean: float) -> float:
        """Return how far a trunk seen from the rear or front is bowed: by how much it looks shorter than upright."""
        length = float(-trunk_px[1])
        if not np.isfinite(length):
            return float("nan")
        self._trunk_px = max(self._trunk_px, length)
        if not self._trunk_px > 0:
            return lean
        return float(np.degrees(np.arccos(np.clip(length / self._trunk_px, -1.0, 1.0))))


def _median(rows: list[Array]) -> Array:
    """Return the median of each coordinate over the rows in which it is known."""
    stack = np.stack(rows)
    if np.isfinite(stack).all():
        return np.asarray(np.median(stack, axis=0))
    known = np.isfinite(stack).any(axis=0)
    return np.where(known, np.nanmedian(np.where(known, stack, 0.0), axis=0), np.nan)


def _mid(p: Points, joint: str) -> Array:
    return (p[f"left_{joint}"] + p[f"right_{joint}"]) / 2


def _link(p: Points, side: Side, start: str, end: str) -> Array:
    return p[f"{side}_{end}"] - p[f"{side}_{start}"]


def _facing(p: Points) -> int:
    along = sum(float(_link(p, side, "heel", "toe")[0]) for side in SIDES)
    return int(np.sign(along)) if np.isfinite(along) else 0
