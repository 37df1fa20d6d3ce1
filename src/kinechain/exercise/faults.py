"""The value behind each fault, for one repetition or hold. Thresholds and cues stand in `exercise_checks.toml`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from kinechain.exercise.cycle import Repetition
from kinechain.exercise.kinds import DEFAULT_KINDS, direction
from kinechain.exercise.posture import Posture, exchanged
from kinechain.model.skeleton import SIDES, Side, other


@dataclass(frozen=True)
class Seen:
    """A value that a fault is judged by: side (None for the whole body) and the frame that shows it."""

    id: str
    value: float
    side: Side | None
    frame: int


@dataclass(frozen=True)
class Done:
    """One repetition with its rest and its farthest posture."""

    repetition: Repetition
    rest: Posture
    far: Posture

    def at_rest(self, side: Side) -> Side:
        """Return the leg that is called `side` at the farthest point by its name at rest, which is the surer one."""
        return other(side) if exchanged(self.rest, self.far) else side


@dataclass(frozen=True)
class Held:
    """One hold with its postures."""

    side: Side
    seconds: float
    postures: Sequence[Posture]


def _knee_bends(done: Done) -> tuple[float, Side | None]:
    front, named = done.far.front, done.at_rest(done.far.front)
    return done.far.knee_deg[front] - done.rest.knee_deg[named], named


def _hips_sink(done: Done) -> tuple[float, Side | None]:
    return done.rest.hip_height - done.far.hip_height, None


def _line_broken(done: Done) -> tuple[float, Side | None]:
    turned = done.far.neck_deg - done.rest.neck_deg
    return abs((turned + 180.0) % 360.0 - 180.0), None


def _rear_heel_down(done: Done) -> tuple[float, Side | None]:
    """Return how much higher the rear heel stands than the front one; NaN where no foot is behind the other."""
    far = done.far
    if far.feet_apart < DEFAULT_KINDS.split_stance:
        return float("nan"), done.at_rest(far.rear)
    return far.heel_height[far.rear] - far.heel_height[far.front], done.at_rest(far.rear)


def _stance_not_split(done: Done) -> tuple[float, Side | None]:
    return done.far.feet_apart, None


def _bouncing(done: Done) -> tuple[float, Side | None]:
    return float(done.repetition.bounces), None


def _out_of_line(done: Done) -> tuple[float, Side | None]:
    """Return how far the front knee stands off the line hip–toe, sideways."""
    side, p = done.far.front, done.far.points
    hip, knee, toe = (p[f"{side}_{joint}"] for joint in ("hip", "knee", "toe"))
    return abs(_off_line(hip, knee, toe)), done.at_rest(side)


def _off_line(upper: np.ndarray, middle: np.ndarray, lower: np.ndarray) -> float:
    """Return how far `middle` lies to the right of the line from `upper` to `lower`, horizontally."""
    height = float(lower[1] - upper[1])
    share = float(middle[1] - upper[1]) / height if height else float("nan")
    return float(middle[0] - (upper[0] + share * (lower[0] - upper[0])))


def _unequal_height(done: Done) -> tuple[float, Side | None]:
    """Return by which share the lower heel rises less than the other.

    Both rises are taken in the picture, whose camera stands: from behind the toes are hidden and their points move.
    """
    rise = {side: float((done.rest.points[f"{side}_heel"] - done.far.points[f"{side}_heel"])[1]) for side in SIDES}
    lower: Side = "left" if rise["left"] < rise["right"] else "right"
    most = rise[other(lower)]
    return (most - rise[lower]) / most if most > 0 else float("nan"), lower


def _ankles_roll_out(done: Done) -> tuple[float, Side | None]:
    """Return how far an ankle moves outwards off the line knee–toe, that of the side with more of it."""
    moved: dict[Side, float] = {}
    for side in SIDES:
        outwards = np.sign(done.rest.points[f"{side}_ankle"][0] - done.rest.points[f"{other(side)}_ankle"][0])
        off = [_off_line(*(q.points[f"{side}_{j}"] for j in ("knee", "ankle", "toe"))) for q in (done.rest, done.far)]
        moved[side] = float((off[1] - off[0]) * outwards)
    worst: Side = "left" if moved["left"] > moved["right"] else "right"
    return moved[worst], worst


def _knees_bend(done: Done) -> tuple[float, Side | None]:
    return done.far.knee_mean_deg - done.rest.knee_mean_deg, None


def _too_fast(done: Done) -> tuple[float, Side | None]:
    return done.repetition.end_s - done.repetition.held_to_s, None


_Of = Callable[[Done], tuple[float, "Side | None"]]
OF_REPETITION: dict[str, dict[str, _Of]] = {
    "hip_hinge": {
        "out_of_line": _out_of_line,
        "hips_sink": _hips_sink,
        "knee_bends": _knee_bends,
        "line_broken": _line_broken,
        "rear_heel_down": _rear_heel_down,
        "stance_not_split": _stance_not_split,
        "bouncing": _bouncing,
    },
    "ball_calf_raise": {
        "ankles_roll_out": _ankles_roll_out,
        "unequal_height": _unequal_height,
        "knees_bend": _knees_bend,
        "too_fast": _too_fast,
    },
}


def seen_in_repetition(exercise: str, done: Done) -> tuple[Seen, ...]:
    """Return every value that could be taken of a repetition."""
    values = ((name, value(done)) for name, value in OF_REPETITION.get(exercise, {}).items())
    return tuple(Seen(name, v, side, done.far.frame) for name, (v, side) in values if np.isfinite(v))


def seen_in_hold(held: Held) -> tuple[Seen, ...]:
    """Return the values of a glute stretch that was held: its time, how far the trunk tips, how far the hand reaches.

    The trunk stands for the pelvis, whose tilt no two points show.
    """
    tips = [q.trunk_deg * _towards(q, held.side) for q in held.postures]
    reaches = [_reach(q, held.side) for q in held.postures]
    frame = held.postures[len(held.postures) // 2].frame
    values = {
        "short_hold": (held.seconds, held.side),
        "pelvis_not_tipped": (_median(tips), held.side),
        "hand_not_reached": (_median(reaches), other(held.side)),
    }
    return tuple(Seen(name, v, side, frame) for name, (v, side) in values.items() if np.isfinite(v))


def _towards(posture: Posture, bent: Side) -> float:
    """Return +1 where the trunk tips over the bent leg, −1 where it leans away from it."""
    p = posture.points
    ahead = float(p["left_shoulder"][0] + p["right_shoulder"][0] - p["left_hip"][0] - p["right_hip"][0])
    return 1.0 if ahead * direction(posture, bent) >= 0 else -1.0


def _reach(posture: Posture, bent: Side) -> float:
    """Return how far the hand opposite to the bent leg is ahead of its shoulder."""
    hand = other(bent)
    ahead = posture.points[f"{hand}_wrist"][0] - posture.points[f"{hand}_shoulder"][0]
    return float(ahead * direction(posture, bent))


def _median(values: Sequence[float]) -> float:
    known = [value for value in values if np.isfinite(value)]
    return float(np.median(known)) if known else float("nan")
