"""The names that other programs give to the points of the body."""

from __future__ import annotations

import re

from kinechain.model.skeleton import EXTRA_POINTS, KEYPOINTS, LEG, SIDES

#: What a side view cannot be measured without.
NEEDED: tuple[str, ...] = tuple(f"{side}_{point}" for side in SIDES for point in LEG)

_PARTS: dict[str, str] = {
    "hip": "hip",
    "hipj": "hip",
    "knee": "knee",
    "ankle": "ankle",
    "heel": "heel",
    "toe": "toe",
    "footindex": "toe",
    "bigtoe": "big_toe",
    "smalltoe": "small_toe",
    "littletoe": "small_toe",
    "shoulder": "shoulder",
    "elbow": "elbow",
    "wrist": "wrist",
    "eyeinner": "eye_inner",
    "eye": "eye",
    "eyeouter": "eye_outer",
    "ear": "ear",
    "pinky": "pinky",
    "index": "index",
    "thumb": "thumb",
}


def _known() -> dict[str, str]:
    names = {re.sub("[^a-z]", "", name): name for name in (*KEYPOINTS, *EXTRA_POINTS)}
    for side in SIDES:
        for part, ours in _PARTS.items():
            names |= {f"{prefix}{part}": f"{side}_{ours}" for prefix in (side, side[0])}
        names |= {f"{prefix}mouth": f"mouth_{side}" for prefix in (side, side[0])}
    return names


_NAMES = _known()


def our_name(name: str) -> str | None:
    """Return our name of a point, or None where it is none of ours.

    `LBigToe`, `left_big_toe`, `LEFT_FOOT_INDEX`, `subject:RKnee`: case, separators and what stands before a colon do
    not matter.
    """
    return _NAMES.get(re.sub("[^a-z]", "", name.rsplit(":", 1)[-1].lower()))


def _order(names: str) -> tuple[str, ...]:
    return tuple(names.split())


#: Orders of the numbers in files that name no points. COCO-17; Halpe-26 (Fang et al. 2022, doi
#: 10.1109/TPAMI.2022.3222784, as RTMPose and Pose2Sim write it); BODY_25 and COCO-18 of OpenPose (its doc/02_output).
_COCO_17 = _order(
    "nose left_eye right_eye left_ear right_ear left_shoulder right_shoulder left_elbow right_elbow left_wrist "
    "right_wrist left_hip right_hip left_knee right_knee left_ankle right_ankle"
)
HALPE_26: tuple[str, ...] = _COCO_17 + _order(
    "head neck hip left_big_toe right_big_toe left_small_toe right_small_toe left_heel right_heel"
)
BODY_25: tuple[str, ...] = _order(
    "nose neck right_shoulder right_elbow right_wrist left_shoulder left_elbow left_wrist mid_hip right_hip "
    "right_knee right_ankle left_hip left_knee left_ankle right_eye left_eye right_ear left_ear left_big_toe "
    "left_small_toe left_heel right_big_toe right_small_toe right_heel"
)
_COCO_18 = _order(
    "nose neck right_shoulder right_elbow right_wrist left_shoulder left_elbow left_wrist right_hip right_knee "
    "right_ankle left_hip left_knee left_ankle right_eye left_eye right_ear left_ear"
)
ORDERS: dict[int, tuple[str, ...]] = {len(order): order for order in (BODY_25, HALPE_26, _COCO_18, _COCO_17)}
