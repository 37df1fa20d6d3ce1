"""The plan over weeks: what the diary moves forward, holds, takes back and stops."""

from __future__ import annotations

import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plan_intakes import CALF

from kinechain.exercise.progress import DAYS, dates_of, training_plan
from kinechain.knowledge.exercises import exercises
from kinechain.knowledge.progress import progress_rules
from kinechain.model.assessment import Plan
from kinechain.model.diary import Diary, DiaryEntry
from kinechain.model.training_plan import TrainingPlan

START = datetime.date(2026, 5, 4)
STRAINED = {**CALF, "previous_calf_strain": True}


def a_plan(*names: str) -> Plan:
    return Plan(
        stop=False,
        exercises=tuple(exercises()[name].prescribed("C2_right") for name in names),
        retest_in_days=28,
    )


def a_week(name: str = "hip_hinge", week: int = 1, *, share: float = 1.0, **noted: object) -> list[DiaryEntry]:
    row = exercises()[name]
    dates = dates_of(row.dose.days_per_week, START + datetime.timedelta(days=7 * (week - 1)))
    fields = {"pain_before": 1, "pain_during": 2, "pain_after": 2, "pain_next_morning": 1, **noted}
    return [
        DiaryEntry(date=date, exercise=name, sets=row.dose.sets if n < share * len(dates) else 0, **fields)
        for n, date in enumerate(dates)
    ]


def after(done: list[DiaryEntry], weeks: int = 1, intake=CALF, names=("hip_hinge",)) -> TrainingPlan:
    today = START + datetime.timedelta(days=7 * weeks)
    return training_plan(a_plan(*names), intake, Diary(tuple(done)), START, today)


def only(plan: TrainingPlan):
    (exercise,) = plan.exercises
    return exercise


def test_the_first_week_starts_at_the_first_level():
    exercise = only(after([], weeks=0))
    assert (exercise.level, exercise.move) == (0, "start")
    assert exercise.how == exercises()["hip_hinge"].progression[0]
    assert exercise.dates == tuple(START + datetime.timedelta(days=day) for day in (0, 2, 4))


@pytest.mark.parametrize(
    ("done", "intake", "move", "level", "says"),
    [
        (a_week(), CALF, "forward", 1, "6 of 6 sets"),
        (a_week(share=2 / 3), CALF, "forward", 1, "4 of 6 sets"),
        (a_week(share=1 / 3), CALF, "hold", 0, "2 of 6 sets"),
        ([], CALF, "hold", 0, "Nothing was noted"),
        (a_week(pain_during=3), CALF, "forward", 1, "limit of 3"),
        (a_week(pain_during=4), CALF, "hold", 0, "Pain was 4"),
        (a_week(pain_during=5, pain_next_morning=1), CALF, "hold", 0, "Pain was 5"),
        (a_week(pain_next_morning=2), CALF, "back", -1, "next morning"),
        (a_week(pain_next_morning=None), CALF, "hold", 0, "not noted"),
        (a_week(pain_during=None, pain_after=None), CALF, "hold", 0, "not noted"),
        (a_week(pain_during=3), STRAINED, "back", -1, "limit of 2"),
        (a_week(pain_during=2), STRAINED, "forward", 1, "limit of 2"),
    ],
)
def test_a_week_moves_by_its_log(done, intake, move, level, says):
    exercise = only(after(done, intake=intake))
    assert (exercise.move, exercise.level) == (move, level)
    assert says in exercise.because.en
    assert "{" not in exercise.because.ja + exercise.because.en


def test_amber_that_rises_from_week_to_week_goes_back():
    exercise = only(after([*a_week(pain_during=4), *a_week(week=2, pain_during=5)], weeks=2))
    assert [one.move for one in exercise.history] == ["hold", "back"]
    assert "more than the week before" in exercise.because.en


@pytest.mark.parametrize(
    ("done", "weeks"),
    [
        (a_week(pain_during=6), 1),
        (a_week(pain_next_morning=6), 0),
        (a_week(limp=True), 1),
        ([*a_week(), *a_week(week=2, pain_during=3), *a_week(week=3, pain_during=4)], 3),
    ],
)
def test_red_pain_a_limp_and_pain_that_rises_every_week_stop_the_plan_by_the_gate(done, weeks):
    plan = after(done, weeks=weeks)
    assert plan.stop
    assert plan.gates
    assert plan.messages
    assert plan.exercises == ()


def test_pain_that_rises_once_or_stays_within_the_limit_does_not_stop_it():
    assert not after([*a_week(pain_during=3), *a_week(week=2, pain_during=4)], weeks=2).stop
    small = [*a_week(pain_during=1, pain_after=1), *a_week(week=2), *a_week(week=3, pain_during=3)]
    assert not after(small, weeks=3).stop
    assert only(after(small, weeks=3)).move == "hold"


def test_pain_of_a_run_stops_the_exercises_too_and_a_stop_lasts_until_a_new_assessment():
    run = DiaryEntry(date=START, distance_km=8, pain_during=7)
    for weeks in (0, 3):
        assert after([run, *a_week()], weeks=weeks).stop


def test_a_morning_noted_once_counts_for_everything_of_the_day():
    for morning, move in ((1, "forward"), (3, "back")):
        done = a_week(pain_next_morning=None)
        mornings = [DiaryEntry(date=one.date, pain_next_morning=morning) for one in done]
        assert only(after([*done, *mornings])).move == move


def test_pain_that_stays_above_the_limit_for_two_weeks_stops_the_plan():
    weeks = [one for week in (1, 2, 3) for one in a_week(week=week, pain_during=4)]
    assert not after(weeks, weeks=1).stop
    assert after(weeks, weeks=3).stop


def test_a_plan_that_is_stopped_stays_stopped():
    stopped = Plan(stop=True, gates=("unanswered",))
    plan = training_plan(stopped, CALF, Diary(), START, START)
    assert (plan.stop, plan.gates) == (True, ("unanswered",))


def test_behind_the_last_level_comes_the_harder_exercise_and_it_is_named():
    done = [one for week in (1, 2, 3) for one in a_week(week=week)]
    exercise = only(after(done, weeks=3))
    assert (exercise.id, exercise.instead_of, exercise.level) == ("step_down", "hip_hinge", 0)


def test_below_the_easiest_form_comes_the_easier_exercise():
    done = [one for week in (1, 2) for one in a_week(week=week, pain_next_morning=3)]
    exercise = only(after(done, weeks=2))
    assert (exercise.id, exercise.instead_of) == ("single_leg_bridge", "hip_hinge")


def test_an_exercise_that_is_planned_already_is_not_taken_twice():
    names = ("hip_hinge", "step_down")
    done = [one for week in (1, 2, 3) for name in names for one in a_week(name, week)]
    plan = after(done, weeks=3, names=names)
    assert [one.id for one in plan.exercises] == ["hip_hinge", "step_down"]
    assert "last step" in plan.exercises[0].because.en


def test_at_the_last_level_of_all_it_stays():
    done = [one for week in range(1, 12) for one in a_week("bent_knee_calf_raise", week)]
    exercise = only(after(done, weeks=11, names=("bent_knee_calf_raise",)))
    assert exercise.level == len(exercises()["bent_knee_calf_raise"].progression) - 1
    assert exercise.move == "hold"


def test_when_its_weeks_are_over_an_exercise_is_no_longer_planned():
    assert after([], weeks=4).exercises == ()
    assert after([], weeks=4).week == 5


@pytest.mark.parametrize("days", DAYS)
def test_the_days_of_a_week_are_as_many_as_planned_and_apart(days):
    dates = dates_of(days, START)
    assert len(set(dates)) == days
    assert all(0 <= (date - START).days < 7 for date in dates)
    if days <= 3:
        assert all((b - a).days >= 2 for a, b in pairwise(dates))
        assert 7 - (dates[-1] - dates[0]).days >= 2


def test_every_rule_is_used_and_says_where_it_is_from():
    text = " ".join(rule.text.en for rule in progress_rules().values())
    assert "{seen}" in text
    moves = {rule.move for rule in progress_rules().values()}
    assert moves == {"start", "forward", "hold", "back"}
    for rule in progress_rules().values():
        assert rule.source
        assert set(rule.text.ja) & set("。")


PAIN = st.none() | st.integers(0, 5)


@given(
    st.lists(
        st.builds(
            DiaryEntry,
            date=st.integers(0, 40).map(lambda day: START + datetime.timedelta(days=day)),
            exercise=st.sampled_from(["hip_hinge", "ball_calf_raise", "bent_knee_calf_raise", "step_down"]),
            sets=st.integers(0, 3),
            pain_before=PAIN,
            pain_during=PAIN,
            pain_after=PAIN,
            pain_next_morning=PAIN,
        ),
        max_size=30,
    ),
    st.integers(0, 60),
    st.booleans(),
)
def test_any_diary_gives_at_most_three_exercises_at_levels_that_exist(done, days, strained):
    names = ("hip_hinge", "ball_calf_raise", "bent_knee_calf_raise")
    today = START + datetime.timedelta(days=days)
    diary = Diary(tuple(done))
    intake = STRAINED if strained else CALF
    plan = training_plan(a_plan(*names), intake, diary, START, today)
    assert plan == training_plan(a_plan(*names), intake, Diary(tuple(reversed(done))), START, today)
    assert TrainingPlan.model_validate_json(plan.to_json()) == plan
    assert len({one.id for one in plan.exercises}) == len(plan.exercises) <= 3
    for one in plan.exercises:
        row = exercises()[one.id]
        assert -len(row.regression) <= one.level < len(row.progression)
        assert one.because.ja


def test_more_pain_never_moves_further():
    order = {"back": 0, "hold": 1, "forward": 2}
    for intake in (CALF, STRAINED):
        moves = [order[only(after(a_week(pain_during=pain), intake=intake)).move] for pain in range(6)]
        assert moves == sorted(moves, reverse=True)
