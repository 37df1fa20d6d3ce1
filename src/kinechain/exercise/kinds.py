"""What a movement is: each kind by its definition in leg lengths and degrees, none fitted to a clip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kinechain.exercise.posture import Posture, exchanged
from kinechain.model.skeleton import SIDES, Side, other

ExerciseId = Literal["glute_stretch", "hip_hinge", "ball_calf_raise"]
Kind = Literal[
    "heel_raise",
    "split_hinge",
    "parallel_hinge",
    "single_leg_hinge",
    "squat",
    "lunge",
    "floor_glute_stretch",
    "lying_figure_four",
    "walking",
    "other",
]
#: What counts as the exercise; with feet side by side a hinge is one, with a fault.
KINDS: dict[ExerciseId, frozenset[Kind]] = {
    "glute_stretch": frozenset({"floor_glute_stretch"}),
    "hip_hinge": frozenset({"split_hinge", "parallel_hinge"}),
    "ball_calf_raise": frozenset({"heel_raise"}),
}


@dataclass(frozen=True)
class KindParameters:
    """Definitions of the movements (ours). Lengths in leg lengths: 0.1 is about 8 cm.

    Parameters
    ----------
    standing_hips : hips at least so high above the feet: standing, bowing or squatting
    foot_off_floor : one ankle rises so much over the other from rest on: on one leg. Only the change counts, since of
        two feet on the floor the one farther away is higher in the picture
    split_stance : ankles at least so far apart along the floor: one foot in front of the other. A shoe is about 0.3
        long, so less than that is a foot beside the other, placed a little askew
    split_level : the same seen from the front, where one foot stands so much lower in the picture: 0.2 apart, by a
        camera at hip height about 4 m away
    lunge_stance : ankles at least so far apart, the knees bent and the trunk hardly tipped: a lunge
    sinks_share, sinks_trunk_deg : in a split stance it is a hinge whose hips sink where the trunk tips by at least this
        share of what the front knee bends; from the front, where it does not show, by so much. The feet of a squat
        stand side by side
    squat_margin_deg : the knees bend more than the trunk tips by this: a squat, not a hinge
    squat_drop : seen from the front, hips so much lower: a squat, unless the stance is split and the trunk tipped
    sink_drop : bent knees lower the hips at least so much; else the heels rise as well
    bow_drop : seen from the rear or front, a bow lowers the shoulders at least so much; else the trunk looks shorter
        for another reason
    heel_rise : the heels rise at least so much above the toes in a heel raise
    raise_drop : and the shoulders do not come down by so much, as they do in a squat on the toes
    raise_knee_deg : the knees are straighter than this before a heel raise
    toes_stay : and the toes stay where they are, within this
    bent_knee_deg : front knee of the floor stretch bent at least so much, a triangle
    long_knee_deg : rear knee at most
    floor_hips : hips of the floor stretch at most so high
    crossed, crossed_kept : ankle to the other knee at most so far, to begin and to keep a figure-four
    drawn_deg, drawn_kept_deg : hip flexion of the leg beneath, a right angle, to begin and to keep it
    """

    standing_hips: float = 0.4
    foot_off_floor: float = 0.2
    split_stance: float = 0.2
    split_level: float = 0.06
    lunge_stance: float = 0.35
    sinks_share: float = 0.4
    sinks_trunk_deg: float = 40.0
    squat_margin_deg: float = 10.0
    squat_drop: float = 0.2
    sink_drop: float = 0.05
    bow_drop: float = 0.05
    heel_rise: float = 0.025
    raise_drop: float = 0.03
    raise_knee_deg: float = 40.0
    toes_stay: float = 0.15
    bent_knee_deg: float = 60.0
    long_knee_deg: float = 60.0
    floor_hips: float = 0.45
    crossed: float = 0.30
    crossed_kept: float = 0.45
    drawn_deg: float = 90.0
    drawn_kept_deg: float = 80.0


DEFAULT_KINDS = KindParameters()


def is_standing(posture: Posture, parameters: KindParameters = DEFAULT_KINDS) -> bool:
    """Whether somebody is on the feet, however bowed."""
    return posture.hip_height >= parameters.standing_hips and not posture.supine


def bow_kind(rest: Posture, far: Posture, parameters: KindParameters = DEFAULT_KINDS) -> Kind:
    """Return what a movement is that tips the trunk or bends the knees, from its rest and its farthest posture."""
    p = parameters
    level = -far.feet_level if exchanged(rest, far) else far.feet_level
    if abs(level - rest.feet_level) >= p.foot_off_floor:
        return "single_leg_hinge"
    drop = rest.hip_height - far.hip_height
    if far.frontal:
        if rest.body_height - far.body_height < p.bow_drop:
            return "other"
        sinks = abs(rest.feet_level) >= p.split_level and far.trunk_deg >= p.sinks_trunk_deg
        return "squat" if drop >= p.squat_drop and not sinks else "split_hinge"
    apart = max(rest.feet_apart, far.feet_apart)
    if min(far.knee_deg.values()) > far.trunk_deg + p.squat_margin_deg:
        return _with_bent_knees(apart, far.trunk_deg / far.knee_deg[far.front], drop, p)
    return "split_hinge" if apart >= p.split_stance else "parallel_hinge"


def _with_bent_knees(apart: float, share: float, drop: float, p: KindParameters) -> Kind:
    """Return what a movement is whose knees bend more than its trunk tips; `share`: trunk ÷ front knee."""
    if drop < p.sink_drop:
        return "other"
    if apart >= p.split_stance and share >= p.sinks_share:
        return "split_hinge"
    return "lunge" if apart >= p.lunge_stance else "squat"


def raise_kind(rest: Posture, far: Posture, parameters: KindParameters = DEFAULT_KINDS) -> Kind:
    """Return whether a movement that lifts the body is a heel raise."""
    p = parameters
    toes = [abs(far.points[f"{s}_toe"] - rest.points[f"{s}_toe"]).max() for s in SIDES]
    rises = far.heel_mean - rest.heel_mean >= p.heel_rise and rest.body_height - far.body_height < p.raise_drop
    straight = rest.knee_mean_deg < p.raise_knee_deg
    return "heel_raise" if rises and straight and max(toes) <= p.toes_stay else "other"


def floor_stretch_side(posture: Posture, parameters: KindParameters = DEFAULT_KINDS) -> Side | None:
    """Return the side of the bent leg of a glute stretch on the floor; None for any other posture."""
    p = parameters
    if posture.supine or not posture.hip_height < p.floor_hips:
        return None
    for side in SIDES:
        bent, long = posture.knee_deg[side], posture.knee_deg[other(side)]
        if bent >= p.bent_knee_deg and long <= p.long_knee_deg and direction(posture, side) != 0:
            return side
    return None


def direction(posture: Posture, bent: Side) -> int:
    """Return where the front of the floor stretch is in the picture, +1 right; 0 where the legs are not split."""
    q = posture.points
    hip = (q["left_hip"][0] + q["right_hip"][0]) / 2
    ahead, behind = float(q[f"{bent}_knee"][0] - hip), float(hip - q[f"{other(bent)}_ankle"][0])
    return (1 if ahead > 0 else -1) if ahead * behind > 0 else 0


def figure_four_side(posture: Posture, kept: Side | None, parameters: KindParameters = DEFAULT_KINDS) -> Side | None:
    """Return the side of the crossed leg of a figure-four lying on the back, the leg beneath drawn to the chest."""
    p = parameters
    if not posture.supine:
        return None
    for side in SIDES:
        q, keeps = posture.points, side == kept
        gap = float(((q[f"{side}_ankle"] - q[f"{other(side)}_knee"]) ** 2).sum() ** 0.5)
        drawn = posture.hip_deg[other(side)] >= (p.drawn_kept_deg if keeps else p.drawn_deg)
        if gap <= (p.crossed_kept if keeps else p.crossed) and drawn:
            return side
    return None


class StepCounter:
    """Counts how often the feet pass one another, which they do in walking and in none of the exercises."""

    def __init__(self, clear: float = 0.25) -> None:
        self._clear = clear
        self._ahead = 0
        self.passes = 0

    def feed(self, posture: Posture) -> None:
        """Take the next posture."""
        apart = float(posture.points["left_ankle"][0] - posture.points["right_ankle"][0])
        if posture.frontal:
            apart = posture.feet_level
        ahead = int(apart > self._clear) - int(apart < -self._clear)
        if ahead == 0:
            return
        self.passes += int(self._ahead not in (0, ahead))
        self._ahead = ahead
