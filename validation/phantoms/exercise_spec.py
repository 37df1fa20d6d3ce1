"""What one phantom of an exercise is: who does what, how often, how fast, with which faults, seen from where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from phantoms.spec import Body, Camera, Picture, Scene

ExerciseName = Literal["hip_hinge", "ball_calf_raise", "glute_stretch"]

#: Faults of each exercise, and what their grade is.
GRADES: dict[str, dict[str, str]] = {
    "hip_hinge": {
        "out_of_line": "front knee moved inwards [m]",
        "hips_sink": "knee bent more, the shank leaning forwards by a third of it [deg]",
        "knee_bends": "front knee bent more, the shank staying upright [deg]",
        "line_broken": "head dropped (+) or lifted (−) against the trunk [deg]",
        "rear_heel_down": "share of the rear heel's height that is lost",
        "stance_not_split": "share of the stance that is lost",
        "bouncing": "size of the turn on the way back, before the way back is taken off it",
    },
    "ball_calf_raise": {
        "ankles_roll_out": "feet tipped onto the outer edge [deg]",
        "unequal_height": "share of the rise that one side lacks",
        "knees_bend": "knees bent at the top [deg]",
        "too_fast": "time for the whole way down [s]",
    },
    "glute_stretch": {
        "pelvis_not_tipped": "share of the trunk's tip that is lost",
        "hand_not_reached": "share of the reach that is lost",
    },
}


@dataclass(frozen=True)
class Wrong:
    """One fault: its name and how much of it, in the unit of `GRADES`."""

    name: str
    grade: float


@dataclass(frozen=True)
class Movement:
    """When and how far; angles [deg], times [s], lengths ÷ body height.

    Parameters
    ----------
    times : repetitions
    out_s, held_s, back_s, rest_s, lead_s : of a repetition: there, held, back, rest; and rest before the first
    hold_s : of the stretch, between the middles of moving in and out
    far_deg : tip of the trunk, or pitch of the feet, at the farthest point
    knee_deg : bend of the front knee at rest
    stance : between the ankles, along the floor
    side : front or bent leg
    rear_lift : the rear leg rises behind by this share of the trunk's tip; 1 is a hinge on one leg
    """

    times: int = 2
    out_s: float = 1.0
    held_s: float = 0.3
    back_s: float = 1.7
    rest_s: float = 0.4
    lead_s: float = 0.8
    hold_s: float = 5.0
    far_deg: float = 55.0
    knee_deg: float = 18.0
    stance: float = 0.22
    side: str = "right"
    rear_lift: float = 0.0


@dataclass(frozen=True)
class ExerciseSpec:
    """One phantom clip of an exercise.

    Parameters
    ----------
    name : of the files
    half : "tuning" or "report"
    seed : of small sway, noise and scenery
    shows : what is in the clip instead of the exercise, as the check names it; empty where it is the exercise
    """

    name: str
    half: str
    exercise: str
    seed: int = 0
    movement: Movement = field(default_factory=Movement)
    body: Body = field(default_factory=Body)
    camera: Camera = field(default_factory=Camera)
    picture: Picture = field(default_factory=Picture)
    scene: Scene = field(default_factory=Scene)
    faults: tuple[Wrong, ...] = ()
    shows: str = ""

    def __post_init__(self) -> None:
        """Refuse a fault that the exercise does not have."""
        for wrong in self.faults:
            if wrong.name not in GRADES[self.exercise]:
                raise ValueError(f"{self.exercise} has no fault {wrong.name!r}")

    def grade(self, fault: str) -> float:
        """Return how much of a fault there is, 0 where there is none."""
        return sum(wrong.grade for wrong in self.faults if wrong.name == fault)
