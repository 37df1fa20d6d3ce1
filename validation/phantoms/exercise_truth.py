"""What is true of a phantom of an exercise: repetitions or hold, and the size of every fault, from its joints."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kinechain.model.skeleton import SIDES, Side, other
from phantoms.exercise_body import OUTWARDS, Build, ExerciseFigure
from phantoms.exercise_motion import Exercising
from phantoms.exercise_spec import ExerciseSpec

Array = NDArray[np.float64]

#: Part of a smooth way back between 85 % and 30 % of the excursion.
LOWERING_SHARE = float((np.arccos(2 * 0.30 - 1) - np.arccos(2 * 0.85 - 1)) / np.pi)


def truth_of(spec: ExerciseSpec, moving: Exercising, figure: ExerciseFigure) -> dict[str, Any]:
    """Return the truth of a clip, ready for JSON.

    `faults` holds the size of every fault of the exercise, as the exercise's definitions have it (lengths in leg
    lengths), from joints in three dimensions and not from the picture: at rest, and at the median of the farthest
    points of the repetitions. Of a clip that shows something else, the truth is what it `shows`.
    """
    points = _points(moving, figure)
    truth: dict[str, Any] = {"exercise": spec.exercise, "half": spec.half, "view": spec.camera.view}
    if spec.exercise == "glute_stretch":
        held = moving.share >= 0.99
        begin, end = moving.hold or (0.0, 0.0)
        return truth | {
            "repetitions": 0,
            "holds": [{"side": spec.movement.side, "seconds": end - begin}],
            "faults": _stretch(points, held, spec),
        }
    if spec.shows:
        return truth | {"repetitions": 0, "holds": [], "faults": {}, "shows": spec.shows}
    rest, far = int(np.argmax(moving.body.time_s >= 0.0)), _far(moving)
    faults = (_hinge if spec.exercise == "hip_hinge" else _raise)(points, rest, far, spec)
    return truth | {"repetitions": spec.movement.times, "holds": [], "faults": faults}


def _points(moving: Exercising, figure: ExerciseFigure) -> dict[str, Array]:
    placements = figure.placements(moving.body)
    found = figure.joints(placements)
    found["ear"] = placements["head"].apply(figure.ear_rest)
    for side in SIDES:
        leg = moving.body.legs[side]
        found |= {f"{side}_{name}": getattr(leg, name) for name in ("hip", "knee", "ankle")}
        found |= {f"{side}_{name}": leg.landmark(name) for name in ("heel", "toe")}
    for name in ("hip", "shoulder"):
        found[name] = (found[f"left_{name}"] + found[f"right_{name}"]) / 2
    return found


def _far(moving: Exercising) -> int:
    """Return the instant of the farthest point of the median repetition."""
    inside = moving.share > 0.5
    starts = np.flatnonzero(np.diff(inside.astype(int), prepend=0) == 1)
    ends = np.flatnonzero(np.diff(inside.astype(int), append=0) == -1)
    tops = [int(a + np.argmax(moving.share[a : b + 1])) for a, b in zip(starts, ends, strict=True)]
    return sorted(tops, key=lambda top: moving.share[top])[len(tops) // 2]


def _angle(a: Array, b: Array) -> float:
    return float(np.degrees(np.arccos(np.clip(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)), -1, 1))))


def _knee_deg(p: dict[str, Array], side: Side, i: int) -> float:
    knee = p[f"{side}_knee"][i]
    return 180.0 - _angle(p[f"{side}_hip"][i] - knee, p[f"{side}_ankle"][i] - knee)


def _off_line(upper: Array, middle: Array, lower: Array) -> float:
    """Return how far a point stands to the right of the line between two others, seen from the front or rear."""
    share = (middle[1] - upper[1]) / (lower[1] - upper[1])
    return float(middle[2] - (upper[2] + share * (lower[2] - upper[2])))


def _hinge(p: dict[str, Array], rest: int, far: int, spec: ExerciseSpec) -> dict[str, float]:
    leg = Build(spec.body.height_m).leg
    front: Side = "left" if spec.movement.side == "left" else "right"
    rear = other(front)

    def neck(i: int) -> float:
        """Return how far the head is off the line of the trunk, + ahead, seen from the side."""
        line, head = p["shoulder"][i] - p["hip"][i], p["ear"][i] - p["shoulder"][i]
        return float(np.degrees(np.arctan2(line[1] * head[0] - line[0] * head[1], line[:2] @ head[:2])))

    def heel(side: Side) -> float:
        return float(p[f"{side}_heel"][far][1] - p[f"{side}_toe"][far][1])

    line = [p[f"{front}_{joint}"][far] for joint in ("hip", "knee", "toe")]
    return {
        "out_of_line": abs(_off_line(*line)) / leg,
        "hips_sink": float(p["hip"][rest][1] - p["hip"][far][1]) / leg,
        "knee_bends": _knee_deg(p, front, far) - _knee_deg(p, front, rest),
        "line_broken": abs(neck(far) - neck(rest)),
        "rear_heel_down": (heel(rear) - heel(front)) / leg,
        "stance_not_split": abs(float(p["left_ankle"][far][0] - p["right_ankle"][far][0])) / leg,
        "bouncing": float(spec.grade("bouncing") > 0),
    }


def _raise(p: dict[str, Array], rest: int, far: int, spec: ExerciseSpec) -> dict[str, float]:
    leg = Build(spec.body.height_m).leg
    rise = [float(p[f"{s}_heel"][far][1] - p[f"{s}_toe"][far][1] - p[f"{s}_heel"][rest][1] + p[f"{s}_toe"][rest][1])
            for s in SIDES]  # fmt: skip
    moved = []
    for side in SIDES:
        off = [_off_line(*(p[f"{side}_{j}"][i] for j in ("knee", "ankle", "toe"))) for i in (rest, far)]
        moved.append((off[1] - off[0]) * OUTWARDS[side])
    knees = [np.mean([_knee_deg(p, side, i) for side in SIDES]) for i in (rest, far)]
    return {
        "ankles_roll_out": max(moved) / leg,
        "unequal_height": (max(rise) - min(rise)) / max(rise),
        "knees_bend": float(knees[1] - knees[0]),
        "too_fast": LOWERING_SHARE * spec.movement.back_s,
    }


def _stretch(p: dict[str, Array], held: NDArray[np.bool_], spec: ExerciseSpec) -> dict[str, float]:
    leg = Build(spec.body.height_m).leg
    hand = "left" if spec.movement.side == "right" else "right"
    trunk = (p["shoulder"] - p["hip"])[held]
    ahead = (p[f"{hand}_wrist"] - p[f"{hand}_shoulder"])[held, 0]
    return {
        "pelvis_not_tipped": float(np.median(np.degrees(np.arctan2(trunk[:, 0], trunk[:, 1])))),
        "hand_not_reached": float(np.median(ahead)) / leg,
    }
