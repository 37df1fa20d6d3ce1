"""The live core on an exerciser whose repetitions, times and faults are known."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from exercise_checking import ROWS, check, fault_ids, watch
from hypothesis import given, settings
from hypothesis import strategies as st

from analytic_exerciser import Times, film, floor_stretch, heel_raise, hinge, legs_exchanged, mirrored, walk
from kinechain.exercise.cycle import Cycle, CycleParameters
from kinechain.exercise.stream import ExerciseStream

TIMES = Times(n=3)
NOISE_PX = 2.0  # about 4 mm


@pytest.mark.parametrize("view", ["side_right", "side_left", "rear", "front"])
@pytest.mark.parametrize(("exercise", "points"), [("hip_hinge", hinge(TIMES)), ("ball_calf_raise", heel_raise(TIMES))])
def test_good_form_is_counted_and_not_corrected(exercise, points, view):
    result = check(exercise, TIMES.time_s, film(points, view, noise_px=NOISE_PX))
    assert result.recognised
    assert (result.repetitions, result.partial_repetitions) == (TIMES.n, 0)
    assert fault_ids(result) == []
    assert result.view == ("side" if view.startswith("side") else "rear_or_front")


def test_tempo_and_range_are_those_of_the_movement():
    hinged = check("hip_hinge", TIMES.time_s, film(hinge(TIMES, trunk_deg=60), noise_px=NOISE_PX))
    assert hinged.range.unit == "deg"
    assert hinged.range.value == pytest.approx(57, abs=2)
    assert hinged.tempo.cycle_s == pytest.approx(TIMES.cycle_s, abs=0.15)
    raised = check("ball_calf_raise", TIMES.time_s, film(heel_raise(TIMES, rise=0.09), noise_px=NOISE_PX))
    assert raised.range.unit == "leg"
    assert raised.range.value == pytest.approx(0.09 / 0.83, abs=0.01)
    # 15 % and 70 % of a cosine: the way back from the held level to 30 % of the range takes 0.378 of it
    assert raised.tempo.returning_s == pytest.approx(0.378 * TIMES.back_s, abs=0.2)


@pytest.mark.parametrize(
    ("fault", "shape", "view", "side"),
    [
        ("knee_bends", {"knee_more_deg": 40.0}, "side_right", "right"),
        ("hips_sink", {"knee_more_deg": 45.0}, "side_left", None),
        ("line_broken", {"neck_more_deg": 40.0}, "side_right", None),
        ("rear_heel_down", {"rear_heel": 0.0}, "side_right", "left"),
        ("stance_not_split", {"stance": 0.05}, "side_right", None),
        ("bouncing", {"bounce": 0.6}, "side_right", None),
        ("out_of_line", {"knee_aside": 0.12}, "front", "right"),
        ("out_of_line", {"knee_aside": -0.12}, "rear", "right"),
    ],
)
def test_a_fault_of_the_hinge_is_found_and_its_frame_lies_in_a_repetition(fault, shape, view, side):
    result = check("hip_hinge", TIMES.time_s, film(hinge(TIMES, **shape), view, noise_px=NOISE_PX))
    assert result.repetitions == TIMES.n
    seen = next(one for one in result.faults if one.id == fault)
    assert seen.side == side
    assert any(one.start_s <= TIMES.time_s[seen.frame] <= one.end_s for one in result.each)


@pytest.mark.parametrize(
    ("fault", "shape", "view", "side"),
    [
        ("unequal_height", {"left_share": 0.6}, "rear", "left"),
        ("ankles_roll_out", {"roll_out": 0.06}, "rear", None),
        ("knees_bend", {"knee_more_deg": 35.0}, "side_right", None),
    ],
)
def test_a_fault_of_the_raise_is_found_alone(fault, shape, view, side):
    result = check("ball_calf_raise", TIMES.time_s, film(heel_raise(TIMES, **shape), view, noise_px=NOISE_PX))
    assert result.repetitions == TIMES.n
    assert fault_ids(result) == [fault]
    assert side in (None, result.faults[0].side)


def test_lowering_fast_is_told():
    times = Times(out_s=0.8, back_s=0.7)
    result = check("ball_calf_raise", times.time_s, film(heel_raise(times), noise_px=NOISE_PX))
    assert fault_ids(result) == ["too_fast"]
    assert result.repetitions == times.n


@pytest.mark.parametrize("bent", ["left", "right"])
@pytest.mark.parametrize("hold_s", [9.0, 24.0])
def test_the_stretch_is_timed_on_its_side(bent, hold_s):
    time_s, points = floor_stretch(hold_s, bent=bent)
    result = check("glute_stretch", time_s, film(points, noise_px=NOISE_PX))
    assert [(hold.side, round(hold.seconds)) for hold in result.holds] == [(bent, hold_s)]
    assert result.holds[0].start_s == pytest.approx(2.0, abs=0.2)
    assert fault_ids(result) == (["short_hold"] if hold_s < 20 else [])


@pytest.mark.parametrize(
    ("fault", "shape"), [("pelvis_not_tipped", {"tip_deg": 12.0}), ("hand_not_reached", {"reach": 0.1})]
)
def test_a_fault_of_the_stretch_is_found_alone(fault, shape):
    time_s, points = floor_stretch(24.0, **shape)
    assert fault_ids(check("glute_stretch", time_s, film(points, noise_px=NOISE_PX))) == [fault]


def test_the_stretch_of_the_other_side_is_not_taken():
    time_s, points = floor_stretch(24.0, bent="left")
    result = check("glute_stretch", time_s, film(points), side="right")
    assert not result.recognised
    assert result.holds == ()


SQUAT = {"knee_more_deg": 90.0, "shank_deg": 30.0, "trunk_deg": 35.0, "stance": 0.0, "rear_heel": 0.0}


@pytest.mark.parametrize(
    ("shape", "looks_like"),
    [(SQUAT, "squat"), ({"foot_lift": 0.4}, "single_leg_hinge"), ({**SQUAT, "stance": 0.5}, "lunge")],
)
@pytest.mark.parametrize("exercise", ["hip_hinge", "ball_calf_raise", "glute_stretch"])
def test_another_movement_is_named_and_not_counted(exercise, shape, looks_like):
    result = check(exercise, TIMES.time_s, film(hinge(TIMES, **shape), noise_px=NOISE_PX))
    assert (result.recognised, result.looks_like) == (False, looks_like)
    assert (result.repetitions, result.faults, result.not_observable) == (0, (), ())


@pytest.mark.parametrize("view", ["side_right", "side_left", "front"])
@pytest.mark.parametrize("knee_more_deg", [55.0, 65.0, 75.0, 90.0])
def test_hips_that_sink_in_a_split_stance_are_a_fault_and_no_squat(knee_more_deg, view):
    points = hinge(TIMES, knee_more_deg=knee_more_deg, shank_deg=knee_more_deg / 3, trunk_deg=45.0)
    result = check("hip_hinge", TIMES.time_s, film(points, view, noise_px=NOISE_PX, down_deg=12.0))
    assert (result.looks_like, result.repetitions) == ("split_hinge", TIMES.n)
    found = fault_ids(result)
    assert "hips_sink" in found
    assert ("knee_bends" in found) == (view != "front")


@pytest.mark.parametrize("view", ["side_left", "front"])
@pytest.mark.parametrize("depth_deg", [70.0, 90.0, 110.0])
def test_a_squat_is_no_hinge_however_far_its_trunk_leans(depth_deg, view):
    points = hinge(TIMES, **{**SQUAT, "knee_more_deg": depth_deg, "shank_deg": depth_deg / 3, "trunk_deg": 48.0})
    result = check("hip_hinge", TIMES.time_s, film(points, view, noise_px=NOISE_PX, down_deg=12.0))
    assert (result.recognised, result.looks_like, result.repetitions) == (False, "squat", 0)


@pytest.mark.parametrize("shape", [{}, {"knee_more_deg": 60.0, "shank_deg": 20.0}])
@pytest.mark.parametrize("down_deg", [0.0, 25.0])
def test_legs_that_the_estimator_exchanges_at_the_lowest_point_change_nothing(shape, down_deg):
    plain = film(hinge(TIMES, front="left", **shape), noise_px=NOISE_PX, down_deg=down_deg)
    expected = check("hip_hinge", TIMES.time_s, plain)
    for deep in (0.6, 0.9):
        result = check("hip_hinge", TIMES.time_s, legs_exchanged(plain, TIMES.share() > deep))
        assert (result.looks_like, result.repetitions) == ("split_hinge", TIMES.n)
        assert [(f.id, f.side) for f in result.faults] == [(f.id, f.side) for f in expected.faults]


def test_one_leg_is_told_even_where_the_estimator_exchanges_them():
    seen = film(hinge(TIMES, foot_lift=0.4), noise_px=NOISE_PX)
    result = check("hip_hinge", TIMES.time_s, legs_exchanged(seen, TIMES.share() > 0.7))
    assert (result.recognised, result.looks_like) == (False, "single_leg_hinge")


@pytest.mark.parametrize("view", ["side_right", "rear"])
@pytest.mark.parametrize("exercise", ["hip_hinge", "ball_calf_raise", "glute_stretch"])
def test_walking_is_none_of_them(exercise, view):
    time_s, points = walk()
    result = check(exercise, time_s, film(points, view, noise_px=NOISE_PX))
    assert not result.recognised
    assert result.looks_like in ("walking", "other")


def test_each_exercise_is_not_the_others():
    stretch_s, stretch = floor_stretch(24.0)
    clips = {
        "hip_hinge": (TIMES.time_s, film(hinge(TIMES))),
        "ball_calf_raise": (TIMES.time_s, film(heel_raise(TIMES))),
        "glute_stretch": (stretch_s, film(stretch)),
    }
    for shown, clip in clips.items():
        for asked in clips:
            assert check(asked, *clip).recognised == (asked == shown), (asked, shown)


def test_standing_still_is_nothing():
    still = Times(n=0, lead_s=6.0)
    for exercise in ROWS:
        result = check(exercise, still.time_s, film(hinge(still), noise_px=NOISE_PX))
        assert (result.recognised, result.looks_like, result.repetitions) == (False, "other", 0)


def _cut(from_s: float, to_s: float, points):
    within = (TIMES.time_s >= from_s) & (TIMES.time_s < to_s)
    return TIMES.time_s[within], {name: place[within] for name, place in film(points, noise_px=NOISE_PX).items()}


@pytest.mark.parametrize(("exercise", "points"), [("hip_hinge", hinge(TIMES)), ("ball_calf_raise", heel_raise(TIMES))])
def test_a_clip_that_begins_and_ends_inside_of_a_repetition(exercise, points):
    top_s = TIMES.lead_s + TIMES.out_s + 0.3
    result = check(exercise, *_cut(top_s, top_s + 2 * TIMES.cycle_s - 0.3, points))
    assert [one.partial for one in result.each] == ["began_inside", None, "cut_off"]
    assert (result.repetitions, result.partial_repetitions) == (1, 2)


def test_of_partial_repetitions_only_the_stance_is_judged():
    top_s = TIMES.lead_s + TIMES.out_s + 0.3
    result = check("hip_hinge", *_cut(top_s, top_s + 2.3, hinge(TIMES, stance=0.05, knee_more_deg=45.0)))
    assert (result.repetitions, result.partial_repetitions) == (0, 1)
    assert fault_ids(result) == ["stance_not_split"]
    asked = {one.id: one for one in result.not_observable}
    assert {"knee_bends", "hips_sink", "line_broken", "rounded_back", "out_of_line"} <= set(asked)
    assert "beginning to end" in asked["knee_bends"].reason.en


def test_what_a_view_does_not_show_is_asked_and_not_judged():
    side = check("ball_calf_raise", TIMES.time_s, film(heel_raise(TIMES, left_share=0.5)))
    assert "unequal_height" not in fault_ids(side)
    asked = {one.id: one for one in side.not_observable}
    assert "rear or front" in asked["unequal_height"].reason.en
    assert {"ball_dropped", "little_toe_side"} <= set(asked)
    rear = check("ball_calf_raise", TIMES.time_s, film(heel_raise(TIMES, knee_more_deg=35.0), "rear"))
    assert "knees_bend" in {one.id for one in rear.not_observable}
    for one in asked.values():
        assert "{" not in one.reason.ja + one.reason.en + one.question.ja + one.question.en


@given(
    n=st.integers(1, 3),
    out_s=st.floats(0.8, 3.0),
    held_s=st.floats(0.0, 2.0),
    back_s=st.floats(0.8, 3.0),
    rest_s=st.floats(0.3, 2.0),
    fps=st.sampled_from([15.0, 30.0]),
    view=st.sampled_from(["side_right", "side_left", "rear", "front"]),
    px_per_m=st.floats(150.0, 1000.0),
)
@settings(max_examples=8)
def test_the_count_is_exact_at_any_tempo_frame_rate_view_and_size(
    n, out_s, held_s, back_s, rest_s, fps, view, px_per_m
):
    times = Times(n, out_s, held_s, back_s, rest_s, fps=fps)
    for exercise, points in (("hip_hinge", hinge(times)), ("ball_calf_raise", heel_raise(times))):
        result = check(exercise, times.time_s, film(points, view, px_per_m=px_per_m, noise_px=px_per_m * 0.004))
        assert (result.repetitions, result.partial_repetitions) == (n, 0), exercise


def test_a_mirror_exchanges_the_sides_and_nothing_else():
    seen = film(hinge(TIMES, rear_heel=0.0, knee_more_deg=40.0), noise_px=NOISE_PX)
    plain, turned = check("hip_hinge", TIMES.time_s, seen), check("hip_hinge", TIMES.time_s, mirrored(seen))
    swap = {"left": "right", "right": "left", None: None}
    assert [(one.id, swap[one.side], one.frame) for one in plain.faults] == [
        (one.id, one.side, one.frame) for one in turned.faults
    ]
    assert plain.tempo == turned.tempo


def test_time_and_place_in_the_picture_do_not_matter():
    seen = film(heel_raise(TIMES), noise_px=NOISE_PX)
    moved = {name: 3.0 * place - 200.0 for name, place in seen.items()}
    plain, later = check("ball_calf_raise", TIMES.time_s, seen), check("ball_calf_raise", TIMES.time_s + 100.0, moved)
    assert later.repetitions == plain.repetitions
    assert later.range.value == pytest.approx(plain.range.value, abs=0.002)
    assert later.tempo.cycle_s == pytest.approx(plain.tempo.cycle_s, abs=0.02)


def test_the_stream_knows_nothing_of_the_future():
    seen = film(hinge(TIMES, knee_more_deg=40.0), noise_px=NOISE_PX)
    whole, _ = watch("hip_hinge", TIMES.time_s, seen)
    half = len(TIMES.time_s) // 2
    part, _ = watch("hip_hinge", TIMES.time_s[:half], {name: place[:half] for name, place in seen.items()})
    assert part == whole[:half]


def test_live_the_state_goes_round_the_count_rises_and_cues_come_with_a_repetition():
    now, outcome = watch("hip_hinge", TIMES.time_s, film(hinge(TIMES, knee_more_deg=40.0), noise_px=NOISE_PX))
    states = [one.state for one in now]
    changes = [after for before, after in pairwise(states) if after != before]
    assert {"going", "held", "returning", "rest"} <= set(states)
    assert changes.count("rest") == TIMES.n
    counts = [one.repetitions for one in now]
    assert counts == sorted(counts)
    assert counts[-1] == sum(one.whole for one in outcome.counted) == TIMES.n
    cued = [frame for frame, one in enumerate(now) if "knee_bends" in one.cues]
    assert cued == [frame for frame in range(1, len(now)) if counts[frame] > counts[frame - 1]]


def test_live_a_hold_is_timed_while_it_lasts():
    time_s, points = floor_stretch(24.0)
    now, _ = watch("glute_stretch", time_s, film(points))
    middle = now[np.searchsorted(time_s, 14.0)]
    assert middle.state == "held"
    assert middle.holding_s == pytest.approx(12.0, abs=0.3)
    assert now[-1].holds == 1


def test_points_lost_for_a_moment_do_not_cost_a_repetition():
    seen = film(heel_raise(TIMES), noise_px=NOISE_PX)
    lost = (TIMES.time_s % 1.0) < 0.3
    gappy = {name: np.where(lost[:, None], np.nan, place) for name, place in seen.items()}
    assert check("ball_calf_raise", TIMES.time_s, gappy).repetitions == TIMES.n


def test_a_stream_without_a_body_ends_with_nothing():
    stream = ExerciseStream("hip_hinge", ROWS["hip_hinge"].fault)
    for frame in range(30):
        stream.feed(frame / 30, frame, {})
    outcome = stream.finish()
    assert (outcome.recognised, outcome.looks_like, outcome.counted) == (False, "other", ())


def test_a_movement_too_small_is_partial_or_nothing():
    small, smaller = CycleParameters(least_range=10.0), 0.5 - 0.5 * np.cos(np.linspace(0, 2 * np.pi, 60))
    for height, why in ((12.0, "whole"), (8.5, "shallow"), (5.0, None)):
        cycle = Cycle(small)
        values = np.concatenate([np.zeros(30), height * smaller, np.zeros(30)])
        done = [cycle.feed(i / 30, i, float(v)) for i, v in enumerate(values)]
        assert [one.why for one in done if one is not None] == ([] if why is None else [why])
        assert cycle.finish() is None
