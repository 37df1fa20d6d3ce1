"""Checks of exercises whose truth is known, as a job leaves them."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np

from analytic_exerciser import Times, film, heel_raise, hinge
from kinechain.exercise.kinds import ExerciseId
from kinechain.model.pose import make_pose
from kinechain.model.skeleton import KEYPOINTS
from kinechain.pipeline.exercise_check import check_pose

TIMES = Times(n=2)
_POINTS = {"hip_hinge": lambda: hinge(TIMES), "ball_calf_raise": lambda: heel_raise(TIMES)}


def check_of(shown: str, asked: ExerciseId) -> dict[str, Any]:
    """Return the check of a clip that shows two repetitions of one exercise, asked for another or the same."""
    document: dict[str, Any] = json.loads(_checked(shown, asked))
    return document


@cache
def _checked(shown: str, asked: ExerciseId) -> str:
    seen, n = film(_POINTS[shown](), "side_right"), len(TIMES.time_s)
    position = np.stack([seen.get(name, np.full((n, 2), np.nan)) for name in KEYPOINTS], axis=1)
    confidence = np.isfinite(position).all(axis=2).astype(float)
    pose = make_pose(TIMES.time_s, KEYPOINTS, position, confidence, image_size=(2000, 1300), source="analytic")
    return check_pose(pose, asked).to_json()
