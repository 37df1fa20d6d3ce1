"""Phantoms of the exercises: joints that hold together, faults that do what they say, halves that stay apart."""

from __future__ import annotations

import numpy as np
import pytest

from accuracy.exercises import BEGIN, END, write_section
from kinechain.knowledge.exercise_checks import exercise_checks
from kinechain.model.skeleton import SIDES
from phantoms.exercise_body import Build, middle_joint
from phantoms.exercise_motion import make_exercising
from phantoms.exercise_plans import FIRST
from phantoms.exercise_set import specifications
from phantoms.exercise_spec import GRADES, ExerciseSpec, Movement, Wrong
from phantoms.spec import Body as Look
from phantoms.spec import Picture


def made(exercise: str, *wrong: Wrong, **movement: object):
    spec = ExerciseSpec(
        "one",
        "tuning",
        exercise,
        movement=Movement(**movement),
        body=Look(height_m=1.7),
        picture=Picture(fps=30.0, duration_s=7.0),
        faults=wrong,
    )
    return make_exercising(spec)


def far(moving) -> int:
    return int(np.argmax(moving.share))


def test_every_fault_that_is_checked_can_be_made():
    for exercise, row in exercise_checks()[1].items():
        assert set(GRADES[exercise]) == set(row.fault) - {"short_hold"}
    with pytest.raises(ValueError, match="no fault"):
        ExerciseSpec("one", "tuning", "hip_hinge", faults=(Wrong("too_fast", 1.0),))


@pytest.mark.parametrize("half", ["tuning", "report"])
def test_every_clip_is_short_moves_in_its_time_and_keeps_its_bones(half):
    assert len({spec.name for spec in specifications(half)}) == len(specifications(half))
    for spec in specifications(half)[::3]:
        assert spec.picture.duration_s <= 10.0
        moving, build = make_exercising(spec), Build(spec.body.height_m)
        for leg in moving.body.legs.values():
            thigh, shank = (np.linalg.norm(b - a, axis=1) for a, b in ((leg.hip, leg.knee), (leg.knee, leg.ankle)))
            assert thigh == pytest.approx(np.full(len(thigh), build.thigh), rel=0.07)
            assert shank == pytest.approx(np.full(len(shank), build.shank), rel=0.1)  # a flat rear foot stretches
            assert leg.lowest().min() > -1e-6
        if spec.exercise != "glute_stretch":
            ends = moving.share[(moving.share > 0.9) | (moving.share < 0.5)] > 0.9  # a bounce does not come back so far
            assert np.sum(np.diff(ends.astype(int)) == 1) == spec.movement.times


def test_the_halves_share_no_body_and_a_later_round_leaves_the_first_as_it_was():
    looks = {half: {(s.body.height_m, s.body.weight, s.camera.yaw_deg) for s in specifications(half)} for half in
             ("tuning", "report")}  # fmt: skip
    assert not looks["tuning"] & looks["report"]
    assert specifications("report") == specifications("report")
    assert [len(list(FIRST.plans(half))) for half in ("tuning", "report")] == [14, 26]
    assert specifications("tuning")[6].name == "tuning_06_hip_hinge_side_hips_sink"
    assert specifications("tuning")[6].movement.far_deg == 51.8


def test_what_is_not_a_hinge_says_so_and_has_the_feet_of_what_it_is():
    others = {spec.shows: spec for half in ("tuning", "report") for spec in specifications(half) if spec.shows}
    assert set(others) == {"squat", "lunge", "single_leg_hinge"}
    for shows, spec in others.items():
        moving, leg = make_exercising(spec), Build(spec.body.height_m).leg
        end = far(moving)
        left, right = (moving.body.legs[side].ankle[end] / leg for side in SIDES)
        assert (abs(left[0] - right[0]) < 0.1) == (shows == "squat")
        assert (abs(left[1] - right[1]) > 0.25) == (shows == "single_leg_hinge")


def test_the_shape_of_a_fault_is_in_the_joints():
    plain, leg = made("hip_hinge"), Build(1.7).leg
    sinking, aside = made("hip_hinge", Wrong("hips_sink", 50.0)), made("hip_hinge", Wrong("out_of_line", 0.10))
    end = far(plain)

    def hips(moving):
        return np.mean([moving.body.legs[side].hip[end, 1] for side in SIDES])

    assert hips(plain) - hips(sinking) > 0.12 * leg
    knee = aside.body.legs["right"].knee[end] - plain.body.legs["right"].knee[end]
    assert knee[2] == pytest.approx(-0.10, abs=0.01)
    flat = made("hip_hinge", Wrong("rear_heel_down", 1.0))
    assert flat.body.legs["left"].landmark("heel")[end, 1] < plain.body.legs["left"].landmark("heel")[end, 1] - 0.05


def test_a_raise_lifts_the_heels_and_keeps_the_balls_of_the_feet():
    moving = made("ball_calf_raise", far_deg=35.0)
    for leg in moving.body.legs.values():
        heel, lowest = leg.landmark("heel")[:, 1], leg.lowest()
        assert np.ptp(heel) == pytest.approx(0.7 * leg.shoe.length_m * np.sin(np.radians(35.0)), rel=0.25)
        assert np.abs(lowest).max() < 0.01
    less = made("ball_calf_raise", Wrong("unequal_height", 0.5), far_deg=35.0)
    rises = {side: np.ptp(less.body.legs[side].landmark("heel")[:, 1]) for side in SIDES}
    assert rises["right"] < 0.65 * rises["left"]


def test_the_stretch_is_held_as_long_as_it_says():
    moving = made("glute_stretch", hold_s=4.0)
    begin, end = moving.hold
    assert end - begin == 4.0
    inside = (moving.body.time_s > begin + 0.6) & (moving.body.time_s < end - 0.6)
    assert moving.share[inside] == pytest.approx(np.ones(inside.sum()))
    bent, long = (moving.body.legs[side] for side in ("right", "left"))
    middle = int(np.argmax(moving.share))
    assert bent.knee[middle, 0] > bent.hip[middle, 0] + 0.2
    assert long.ankle[middle, 0] < long.hip[middle, 0] - 0.6


def test_a_middle_joint_keeps_the_lengths_and_bends_the_way_it_is_told():
    start, end = np.zeros((1, 3)), np.array([[0.0, -0.7, 0.0]])
    joint = middle_joint(start, end, np.array([[1.0, 0.0, 0.0]]), 0.4, 0.42)
    assert np.linalg.norm(joint - start) == pytest.approx(0.4)
    assert np.linalg.norm(end - joint) == pytest.approx(0.42)
    assert joint[0, 0] > 0.1


def test_the_section_is_written_between_its_marks_alone(tmp_path):
    import pandas as pd

    facts = {
        "clip": "a",
        "half": "report",
        "exercise": "hip_hinge",
        "view": "side_left",
        "looks_like": "split_hinge",
        "shows": None,
    }
    refused = {"good": True, "kind": "refused", "truth": 0, "value": 0}
    squat = {"shows": "squat", "looks_like": "squat", "name": "hip_hinge"}
    rows = [
        {**facts, **refused, "name": "ball_calf_raise", "found": True},
        {**facts, **refused, **squat, "found": True},
        {**facts, **refused, **squat, "looks_like": "split_hinge", "value": 2, "found": False},
        {**facts, "good": True, "kind": "count", "name": "repetitions", "truth": 3, "value": 3, "found": True},
        {**facts, "good": True, "kind": "fault", "name": "knee_bends", "truth": 6, "value": 5, "found": False},
        {**facts, "good": False, "kind": "fault", "name": "knee_bends", "truth": 40, "value": 36, "found": True},
    ]
    page = tmp_path / "page.md"
    page.write_text(f"above\n{BEGIN}old\n{END}below\n", encoding="utf-8")
    section = write_section(pd.DataFrame(rows), page)
    text = page.read_text(encoding="utf-8")
    assert text == f"above\n{BEGIN}\n{section}{END}below\n"
    assert "1 of 1 (21–100 %)" in section
    assert "| `knee_bends` | ≥ 25 deg | 40–40 | -2.5 ± 2.1 (2) | 1 of 1 | 0 of 1 |" in section
    assert "2 of 3 (21–94 %)" in section
    assert "| `hip_hinge` | `ball_calf_raise` | 1 | 1 | 1 |" in section
    assert "| `squat` | `hip_hinge` | 2 | 1 | 1 |" in section
