"""Names of the points of the body that a pose holds, and the links drawn between them."""

from __future__ import annotations

from typing import Literal, get_args

Side = Literal["left", "right"]
SIDES: tuple[Side, ...] = get_args(Side)


def other(side: Side) -> Side:
    """Return the other side of the body."""
    return "right" if side == "left" else "left"


#: The 33 points of BlazePose in the order of the model's output (docs: MediaPipe pose landmarker).
KEYPOINTS: tuple[str, ...] = (
    "nose",
    "left_eye_inner",
    "left_eye",
    "left_eye_outer",
    "right_eye_inner",
    "right_eye",
    "right_eye_outer",
    "left_ear",
    "right_ear",
    "mouth_left",
    "mouth_right",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_pinky",
    "right_pinky",
    "left_index",
    "right_index",
    "left_thumb",
    "right_thumb",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
    "left_heel",
    "right_heel",
    "left_toe",
    "right_toe",
)

#: Points of one leg, from the trunk down; full names are "left_hip", "right_toe" …
LEG: tuple[str, ...] = ("hip", "knee", "ankle", "heel", "toe")

#: The two toes of a foot that some estimators and importers tell apart: not every pose holds them.
TOES: tuple[str, ...] = ("big_toe", "small_toe")
EXTRA_POINTS: tuple[str, ...] = tuple(f"{side}_{toe}" for side in SIDES for toe in TOES)

#: Links across the body.
TRUNK_LINKS: tuple[tuple[str, str], ...] = (("left_shoulder", "right_shoulder"), ("left_hip", "right_hip"))
