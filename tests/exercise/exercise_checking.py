"""Feed an analytic exerciser to the stream, and read the verdict."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from kinechain.exercise.kinds import ExerciseId
from kinechain.exercise.stream import ExerciseStream, Now, Outcome
from kinechain.exercise.verdict import verdict
from kinechain.knowledge.exercise_checks import exercise_checks
from kinechain.model.exercise_check import ExerciseCheck
from kinechain.model.skeleton import Side

Array = NDArray[np.float64]
TEXTS, ROWS = exercise_checks()


def watch(
    exercise: ExerciseId, time_s: Array, seen: Mapping[str, Array], side: Side | None = None
) -> tuple[list[Now], Outcome]:
    stream = ExerciseStream(exercise, ROWS[exercise].fault, side=side)
    now = [
        stream.feed(float(t), frame, {name: place[frame] for name, place in seen.items()})
        for frame, t in enumerate(time_s)
    ]
    return now, stream.finish()


def check(exercise: ExerciseId, time_s: Array, seen: Mapping[str, Array], side: Side | None = None) -> ExerciseCheck:
    return verdict(exercise, watch(exercise, time_s, seen, side)[1], ROWS[exercise], TEXTS)


def fault_ids(result: ExerciseCheck) -> list[str]:
    return [fault.id for fault in result.faults]
