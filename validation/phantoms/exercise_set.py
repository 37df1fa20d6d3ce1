"""How a planned phantom of an exercise is drawn: bodies of its half, tempo, stance and camera anew for each clip."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from phantoms.exercise_plans import FIRST, ROUNDS, Plan, Round
from phantoms.exercise_spec import ExerciseSpec, Movement, Wrong
from phantoms.sampler import draw
from phantoms.spec import Camera, ClipSpec, Picture

MOST_S = 10.0
#: On the first report clips of these two defects of the check were found (decision 0029). They were
#: drawn anew, with other bodies and cameras, before the check was measured again.
REDRAWN = ("glute_stretch", "line_broken")
#: Of a movement that is not the exercise: tip of the trunk [deg], stance ÷ body height, share of the tip by which the
#: rear leg rises. A squatter's trunk leans as the shins do; in a lunge it stays upright and the feet are far apart.
OTHERS: dict[str, tuple[tuple[float, float], tuple[float, float], float]] = {
    "squat": ((25.0, 48.0), (0.18, 0.26), 0.0),
    "lunge": ((6.0, 22.0), (0.26, 0.29), 0.0),
    "single_leg_hinge": ((55.0, 75.0), (0.18, 0.26), 1.0),
}


def specifications(half: str) -> list[ExerciseSpec]:
    """Return the clips of one half; always the same ones."""
    return [spec for one in ROUNDS for spec in _of_round(one, half)]


def _of_round(one: Round, half: str) -> list[ExerciseSpec]:
    plans = list(one.plans(half))
    first, again = (draw(len(plans), one.seed + more + (half == "report"), half) for more in (0, 50))
    specs = []
    for number, (plan, spec, other) in enumerate(zip(plans, first, again, strict=True), start=one.first):
        names = {plan.exercise, *(wrong.name for wrong in plan.faults)}
        anew = one is FIRST and half == "report" and not names.isdisjoint(REDRAWN)
        specs.append(_clip(half, number + 50 * anew, plan, other if anew else spec, one.seed))
    return specs


def _clip(half: str, number: int, plan: Plan, drawn: ClipSpec, seed: int) -> ExerciseSpec:
    exercise, view, faults = plan.exercise, plan.view, plan.faults
    random = np.random.default_rng([seed, number, half == "report"])
    movement = _movement(exercise, faults, random)
    camera = _camera(exercise, view, movement.side, drawn.camera, random)
    if plan.shows:
        movement = _astray(movement, plan.shows, random)
    faulty = plan.shows or "_".join(wrong.name for wrong in faults) or "good"
    return ExerciseSpec(
        name=f"{half}_{number:02d}_{exercise}_{view}_{faulty}",
        half=half,
        exercise=exercise,
        seed=drawn.seed,
        movement=movement,
        body=drawn.body,
        camera=camera,
        picture=_picture(exercise, movement, drawn.picture),
        scene=replace(drawn.scene, background=str(random.choice(["plain", "grass"]))),
        faults=faults,
        shows=plan.shows,
    )


def _astray(movement: Movement, shows: str, random: np.random.Generator) -> Movement:
    """Return the movement of something that is not the exercise."""
    tip, stance, lift = OTHERS[shows]
    return replace(
        movement,
        far_deg=round(float(random.uniform(*tip)), 1),
        stance=round(float(random.uniform(*stance)), 3),
        rear_lift=lift,
    )


def _movement(exercise: str, faults: tuple[Wrong, ...], random: np.random.Generator) -> Movement:
    side = str(random.choice(["left", "right"]))
    fast = next((wrong.grade for wrong in faults if wrong.name == "too_fast"), None)
    slow, quick = (0.7, 1.0), (0.6, 0.85)  # the raise lowers slowly, so it has to rise sooner to fit in
    back = (1.75, 2.1) if exercise == "ball_calf_raise" else (1.0, 1.7)
    spans = {
        "out_s": quick if exercise == "ball_calf_raise" else slow,
        "held_s": (0.2, 0.5),
        "back_s": back if fast is None else (fast, fast),
        "rest_s": (0.3, 0.5),
        "lead_s": (0.6, 1.0),
    }
    drawn = {name: round(float(random.uniform(*span)), 2) for name, span in spans.items()}
    cycle = drawn["out_s"] + drawn["held_s"] + drawn["back_s"] + drawn["rest_s"]
    times = int(min(4, (MOST_S - 0.2 - drawn["lead_s"]) // cycle))
    far = {"hip_hinge": (48.0, 68.0), "ball_calf_raise": (30.0, 40.0), "glute_stretch": (46.0, 60.0)}[exercise]
    return Movement(
        times=times,
        **drawn,
        hold_s=round(float(random.uniform(3.5, 7.0)), 2),
        far_deg=round(float(random.uniform(*far)), 1),
        knee_deg=round(float(random.uniform(12.0, 20.0)), 1),
        stance=round(float(random.uniform(0.18, 0.26)), 3),
        side=side,
    )


def _camera(exercise: str, view: str, side: str, drawn: Camera, random: np.random.Generator) -> Camera:
    """Return a camera as the exercise's instructions have it, up to 10° and a hand's breadth off."""
    low, aim, room = {
        "hip_hinge": (0.95, 0.88, 2.25),
        "ball_calf_raise": (0.55, 0.95, 2.3),
        "glute_stretch": (0.5, 0.55, 1.95),
    }[exercise]
    near = f"side_{side}" if view == "side" else view
    if exercise != "glute_stretch" and view == "side":
        near = str(random.choice(["side_left", "side_right"]))
    distance = room / (2 * np.tan(np.radians(drawn.fov_deg) / 2)) * float(random.uniform(1.0, 1.2))
    return replace(
        drawn,
        view=near,
        distance_m=round(distance, 3),
        height_m=round(low + float(random.uniform(-0.12, 0.2)), 3),
        yaw_deg=round(drawn.yaw_deg * 2 / 3, 2),
        roll_deg=round(drawn.roll_deg * 2 / 3, 2),
        aim_height_m=aim,
    )


def _picture(exercise: str, m: Movement, drawn: Picture) -> Picture:
    cycle = m.out_s + m.held_s + m.back_s + m.rest_s
    lasts = m.lead_s + m.hold_s + 1.0 if exercise == "glute_stretch" else m.lead_s + m.times * cycle + 0.2
    width, height = (720, 540) if exercise == "glute_stretch" else (540, 720)
    return replace(
        drawn,
        fps=30.0,
        duration_s=round(lasts, 2),
        width=width,
        height=height,
        shutter_s=min(drawn.shutter_s, 0.01),
        blur_samples=1,
    )
