"""Which phantoms of exercises there are: exercise, view and faults of every clip of both halves, in two rounds.

A later round never changes an earlier one, so that clips that are there stay those that were asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from phantoms.exercise_spec import Wrong


@dataclass(frozen=True)
class Plan:
    """One clip to be drawn.

    Parameters
    ----------
    faults : grades from just beyond the threshold to plain; two faults in a clip do not touch one another
    shows : what is in the clip instead of the exercise; empty where it is the exercise
    """

    exercise: str
    view: str
    faults: tuple[Wrong, ...] = ()
    shows: str = ""


@dataclass(frozen=True)
class Round:
    """Clips that were planned together.

    Parameters
    ----------
    first : number of the first clip
    seed : of bodies and cameras
    good : exercise, view and how many, by half
    faulty : exercise, view, and faults with the grades of the tuning half and of the report half
    others : what is shown instead of a hinge, view, and how many in the tuning half and in the report half
    """

    first: int
    seed: int
    good: dict[str, list[tuple[str, str, int]]]
    faulty: tuple[tuple[str, str, dict[str, tuple[tuple[float, ...], tuple[float, ...]]]], ...]
    others: tuple[tuple[str, str, tuple[int, int]], ...] = ()

    def plans(self, half: str) -> Iterator[Plan]:
        """Yield the clips of one half, good ones first."""
        report = half == "report"
        for exercise, view, count in self.good[half]:
            yield from (Plan(exercise, view) for _ in range(count))
        for exercise, view, faults in self.faulty:
            grades = {name: both[report] for name, both in faults.items()}
            for i in range(len(next(iter(grades.values())))):
                yield Plan(exercise, view, tuple(Wrong(name, sizes[i]) for name, sizes in grades.items()))
        for shows, view, counts in self.others:
            yield from (Plan("hip_hinge", view, LIKE_A_HINGE[shows], shows) for _ in range(counts[report]))


#: Movements that are drawn as a hinge gone far astray; how deep, how far tipped and how split, is drawn for each clip.
LIKE_A_HINGE: dict[str, tuple[Wrong, ...]] = {
    "squat": (Wrong("hips_sink", 80.0), Wrong("stance_not_split", 0.95), Wrong("rear_heel_down", 1.0)),
    "lunge": (Wrong("hips_sink", 70.0),),
    "single_leg_hinge": (Wrong("stance_not_split", 0.95), Wrong("rear_heel_down", 1.0)),
}
FIRST = Round(
    first=0,
    seed=11,
    good={
        "tuning": [
            ("hip_hinge", "side", 1),
            ("hip_hinge", "front", 1),
            ("ball_calf_raise", "rear", 1),
            ("ball_calf_raise", "side", 1),
            ("glute_stretch", "side", 1),
        ],
        "report": [
            ("hip_hinge", "side", 2),
            ("hip_hinge", "front", 1),
            ("ball_calf_raise", "rear", 2),
            ("ball_calf_raise", "side", 2),
            ("glute_stretch", "side", 1),
        ],
    },
    faulty=(
        ("hip_hinge", "side", {"knee_bends": ((32.0,), (28.0, 45.0)), "line_broken": ((65.0,), (75.0, -80.0))}),
        ("hip_hinge", "side", {"hips_sink": ((50.0,), (45.0, 65.0))}),
        ("hip_hinge", "side", {"rear_heel_down": ((1.0,), (1.0, 0.8)), "bouncing": ((0.6,), (0.7, 0.55))}),
        ("hip_hinge", "side", {"stance_not_split": ((0.9,), (1.0, 0.7))}),
        ("hip_hinge", "front", {"out_of_line": ((0.11,), (0.10, 0.14))}),
        ("ball_calf_raise", "rear", {"unequal_height": ((0.5,), (0.45, 0.6))}),
        ("ball_calf_raise", "rear", {"ankles_roll_out": ((28.0,), (26.0, 34.0))}),
        ("ball_calf_raise", "side", {"knees_bend": ((36.0,), (32.0, 45.0)), "too_fast": ((0.8,), (0.9, 0.6))}),
        (
            "glute_stretch",
            "side",
            {"pelvis_not_tipped": ((0.75,), (0.65, 0.85)), "hand_not_reached": ((0.8,), (0.7, 1.0))},
        ),
    ),
)
#: More of everything, with other bodies and cameras, and movements that a hinge must not be taken for (decision 0044).
SECOND = Round(
    first=100,
    seed=211,
    good={
        "tuning": [
            ("hip_hinge", "side", 2),
            ("hip_hinge", "front", 2),
            ("ball_calf_raise", "rear", 2),
            ("ball_calf_raise", "side", 1),
            ("glute_stretch", "side", 2),
        ],
        "report": [
            ("hip_hinge", "side", 3),
            ("hip_hinge", "front", 2),
            ("ball_calf_raise", "rear", 3),
            ("ball_calf_raise", "side", 2),
            ("glute_stretch", "side", 3),
        ],
    },
    faulty=(
        (
            "hip_hinge",
            "side",
            {
                "knee_bends": ((30.0, 45.0, 55.0), (36.0, 45.0, 55.0)),
                "line_broken": ((-75.0, 70.0, -85.0), (70.0, -80.0, 75.0)),
            },
        ),
        ("hip_hinge", "side", {"hips_sink": ((40.0, 55.0, 65.0, 75.0, 85.0), (45.0, 55.0, 65.0, 72.0, 80.0))}),
        ("hip_hinge", "front", {"hips_sink": ((50.0, 65.0, 80.0), (55.0, 70.0))}),
        ("hip_hinge", "side", {"rear_heel_down": ((), (1.0, 0.85)), "bouncing": ((), (0.65, 0.55))}),
        ("hip_hinge", "side", {"stance_not_split": ((), (0.9, 0.75))}),
        ("hip_hinge", "front", {"out_of_line": ((), (0.11, 0.13))}),
        ("ball_calf_raise", "rear", {"unequal_height": ((), (0.5, 0.6))}),
        ("ball_calf_raise", "rear", {"ankles_roll_out": ((), (28.0, 32.0))}),
        ("ball_calf_raise", "side", {"knees_bend": ((), (34.0, 40.0)), "too_fast": ((), (0.85, 0.7))}),
        ("glute_stretch", "side", {"pelvis_not_tipped": ((), (0.7, 0.8)), "hand_not_reached": ((), (0.75, 0.9))}),
    ),
    others=(
        ("squat", "side", (4, 3)),
        ("squat", "front", (2, 2)),
        ("lunge", "side", (3, 2)),
        ("single_leg_hinge", "side", (3, 2)),
    ),
)
ROUNDS = (FIRST, SECOND)
