"""Clips that are not as they should be: a clear answer, and never a count that is made up."""

from __future__ import annotations

import numpy as np
import pytest
from exercise_checking import check, fault_ids

from analytic_exerciser import Times, film, floor_stretch, heel_raise, hinge, walk
from kinechain.errors import BodyOutOfPicture
from kinechain.knowledge.exercise_checks import exercise_checks
from kinechain.model.pose import make_pose
from kinechain.model.skeleton import KEYPOINTS
from kinechain.pipeline.exercise_check import check_pose, lines_of

TIMES = Times(n=3)
EXERCISES = {"hip_hinge": hinge(TIMES), "ball_calf_raise": heel_raise(TIMES)}
NOISE_PX = 2.0


def pose_of(time_s, seen, size=(2000, 1300)):
    missing = np.full((len(time_s), 2), np.nan)
    position = np.stack([seen.get(name, missing) for name in KEYPOINTS], axis=1)
    confidence = np.isfinite(position).all(axis=2).astype(float)
    return make_pose(time_s, KEYPOINTS, position, confidence, image_size=size, source="analytic")


def shifted(seen, by_px):
    return {name: place + np.array([by_px, 0.0]) for name, place in seen.items()}


def joined(first, then, at):
    """One clip whose points go over from one person to another at a frame."""
    return {name: np.concatenate([first[name][:at], then[name][at:]]) for name in first}


@pytest.mark.parametrize("view", ["side_right", "front"])
@pytest.mark.parametrize("begin", [0.0, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 1.0])
@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_clip_that_starts_anywhere_in_a_repetition_counts_only_those_that_are_whole(exercise, begin, view):
    moving_s = TIMES.out_s + TIMES.held_s + TIMES.back_s
    kept = TIMES.lead_s + begin * moving_s <= TIMES.time_s
    seen = {name: place[kept] for name, place in film(EXERCISES[exercise], view, noise_px=NOISE_PX).items()}
    result = check(exercise, TIMES.time_s[kept], seen)
    # a sixth of the way out cannot be told from a movement that begins with the clip
    least, most = TIMES.n - (begin > 0.0), TIMES.n - (begin > 0.1)
    assert least <= result.repetitions <= most
    assert result.repetitions + result.partial_repetitions <= TIMES.n
    assert {one.partial for one in result.each} <= {None, "began_inside"}


@pytest.mark.parametrize("end", [0.1, 0.25, 0.4, 0.6])
@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_clip_that_ends_anywhere_in_a_repetition_does_not_count_it(exercise, end):
    moving_s = TIMES.out_s + TIMES.held_s + TIMES.back_s
    kept = TIMES.lead_s + 2 * TIMES.cycle_s + end * moving_s > TIMES.time_s
    seen = {name: place[kept] for name, place in film(EXERCISES[exercise], noise_px=NOISE_PX).items()}
    result = check(exercise, TIMES.time_s[kept], seen)
    assert result.repetitions == 2
    assert [one.partial for one in result.each][2:] in ([], ["cut_off"])


@pytest.mark.parametrize("exercise", EXERCISES)
@pytest.mark.parametrize("at", [0.8, 1.15, 1.3, 1.5])
def test_points_that_go_over_to_somebody_who_stands_count_nothing_that_did_not_happen(exercise, at):
    frame = int((TIMES.lead_s + at * TIMES.cycle_s) * TIMES.fps)
    standing = film(heel_raise(TIMES, rise=0.0), noise_px=NOISE_PX)
    seen = joined(film(EXERCISES[exercise], noise_px=NOISE_PX), shifted(standing, 700.0), frame)
    result = check(exercise, TIMES.time_s, seen)
    moving = (TIMES.out_s + TIMES.held_s + 0.75 * TIMES.back_s) / TIMES.cycle_s
    done = int(at) + (at % 1 >= moving)
    assert result.repetitions == done


def test_points_that_went_over_to_another_person_are_told():
    seen = joined(film(hinge(TIMES)), shifted(film(hinge(TIMES)), 700.0), len(TIMES.time_s) // 2)
    result = check_pose(pose_of(TIMES.time_s, seen, size=(3000, 1300)), "hip_hinge")
    assert "exercise_person_changed" in [caution.code for caution in result.cautions]
    assert result.repetitions <= TIMES.n


@pytest.mark.parametrize("exercise", EXERCISES)
def test_somebody_who_is_followed_steadily_did_not_change(exercise):
    for view in ("side_right", "rear"):
        result = check_pose(pose_of(TIMES.time_s, film(EXERCISES[exercise], view, noise_px=3.0)), exercise)
        assert "exercise_person_changed" not in [caution.code for caution in result.cautions]


@pytest.mark.parametrize("turned_deg", [32.0, -35.0])
@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_camera_at_an_angle_counts_and_judges_nothing_that_needs_a_straight_view(exercise, turned_deg):
    seen = film(EXERCISES[exercise], "side_right", noise_px=NOISE_PX, turned_deg=turned_deg)
    result = check_pose(pose_of(TIMES.time_s, seen), exercise)
    assert "exercise_oblique_view" in [caution.code for caution in result.cautions]
    assert result.repetitions == TIMES.n
    rules = exercise_checks()[1][exercise].fault
    assert {rules[name].view for name in fault_ids(result)} <= {"any"}
    asked = {one.id: one for one in result.not_observable}
    for name, rule in rules.items():
        if rule.view != "any":
            assert "angle" in asked[name].reason.en


@pytest.mark.parametrize("exercise", EXERCISES)
@pytest.mark.parametrize("view", ["side_right", "rear"])
def test_a_camera_ten_degrees_off_is_straight_enough(exercise, view):
    for turned_deg in (-10.0, 10.0):
        result = check_pose(pose_of(TIMES.time_s, film(EXERCISES[exercise], view, turned_deg=turned_deg)), exercise)
        assert "exercise_oblique_view" not in [caution.code for caution in result.cautions]


@pytest.mark.parametrize("view", ["rear", "front"])
def test_a_floor_stretch_from_the_wrong_side_is_not_timed(view):
    time_s, points = floor_stretch(24.0)
    result = check("glute_stretch", time_s, film(points, view, noise_px=NOISE_PX))
    assert not result.recognised
    assert result.holds == ()


@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_body_that_leaves_the_picture_half_way_is_counted_as_far_as_it_was_seen(exercise):
    seen = film(EXERCISES[exercise], noise_px=NOISE_PX)
    gone = TIMES.lead_s + 1.4 * TIMES.cycle_s <= TIMES.time_s
    seen = {
        name: np.where((gone & name.endswith(("toe", "heel", "ankle", "knee")))[:, None], np.nan, place)
        for name, place in seen.items()
    }
    result = check(exercise, TIMES.time_s, seen)
    assert result.repetitions == 1


@pytest.mark.parametrize("exercise", ["hip_hinge", "ball_calf_raise", "glute_stretch"])
@pytest.mark.parametrize("height_px", [1000, 800])
def test_half_a_body_is_refused_and_not_counted(exercise, height_px):
    with pytest.raises(BodyOutOfPicture) as caught:
        check_pose(pose_of(TIMES.time_s, film(hinge(TIMES)), size=(2000, height_px)), exercise)
    assert caught.value.exit_status == 20


def shown(name):
    """Times and film of a movement."""
    if name in EXERCISES:
        return TIMES.time_s, film(EXERCISES[name])
    time_s, points = walk() if name == "walk" else floor_stretch(9.0)
    return time_s, film(points)


@pytest.mark.parametrize(
    ("exercise", "other"),
    [
        ("ball_calf_raise", "hip_hinge"),
        ("hip_hinge", "ball_calf_raise"),
        ("hip_hinge", "glute_stretch"),
        ("ball_calf_raise", "walk"),
        ("glute_stretch", "hip_hinge"),
    ],
)
def test_the_wrong_exercise_says_what_it_looks_like_and_nothing_else(exercise, other):
    result = check(exercise, *shown(other))
    assert (result.recognised, result.repetitions, result.faults) == (False, 0, ())
    for language in ("ja", "en"):
        assert lines_of(result, language)[0] == result.looks_like_text[language]
        assert not any(char.isdigit() for line in lines_of(result, language)[:1] for char in line)
