"""The plan: exact doses, at most three exercises, each for the link that asks for it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plan_intakes import CALF, NO_RED_FLAG, NOTHING, hypothesis

from kinechain.exercise.plan import make_plan
from kinechain.knowledge.exercises import exercises, parse_exercises
from kinechain.knowledge.toml_rows import knowledge_text
from kinechain.model.assessment import Conclusion, Plan
from kinechain.text import Text

JAPANESE = re.compile(r"[぀-ヿ一-鿿]")
LINKS = [f"C{number}" for number in range(2, 11)]
IDS = [
    "glute_stretch",
    "hip_hinge",
    "ball_calf_raise",
    "bent_knee_calf_raise",
    "knee_to_wall",
    "straight_knee_calf_raise",
    "single_leg_bridge",
    "step_down",
    "walk_run",
    "step_rate_practice",
]


def texts(part):
    """Every Text inside of a row."""
    if isinstance(part, Text):
        yield part
    elif isinstance(part, list | tuple):
        for item in part:
            yield from texts(item)
    elif hasattr(part, "__pydantic_fields__"):
        for name in type(part).model_fields:
            yield from texts(getattr(part, name))


def planned(plan: Plan):
    return [(exercise.id, exercise.because) for exercise in plan.exercises]


def test_the_exercises():
    assert list(exercises()) == IDS
    assert [row.drawing for row in exercises().values()] == [f"{name}.svg" for name in IDS]


@pytest.mark.parametrize(
    ("name", "sets", "reps", "hold_s", "per_side"),
    [
        ("glute_stretch", 2, None, (20, 30), True),
        ("hip_hinge", 2, 10, None, True),
        ("ball_calf_raise", 2, 10, None, False),
    ],
)
def test_the_studios_dose_is_exact(name, sets, reps, hold_s, per_side):
    dose = exercises()[name].dose
    assert (dose.sets, dose.reps, dose.hold_s, dose.per_side) == (sets, reps, hold_s, per_side)
    assert dose.source.startswith("studio")
    item = exercises()[name].prescribed("C2_left")
    assert (item.sets, item.reps, item.per_side, item.because) == (sets, reps, per_side, "C2_left")
    assert item.hold_s == (None if hold_s is None else 30)
    numbers = [str(sets), *(str(part) for part in hold_s or (reps,))]
    assert all(number in text for number in numbers for text in (dose.text.ja, dose.text.en))


@pytest.mark.parametrize("row", exercises().values(), ids=lambda row: row.id)
def test_every_row_is_whole_in_both_languages(row):
    every = list(texts(row))
    assert len(every) >= 12
    for text in every:
        assert JAPANESE.search(text.ja)
        assert re.search("[a-z]", text.en)
        assert not JAPANESE.search(text.en)
    assert row.source
    assert len(row.stop_rules) == 3


@pytest.mark.parametrize("row", exercises().values(), ids=lambda row: row.id)
def test_no_row_asks_for_a_forefoot_strike_or_claims_a_cure(row):
    words = " ".join(text.ja + text.en for text in texts(row)).lower()
    for word in (
        "フォアフット",
        "前足部で着地",
        "forefoot strik",
        "land on the forefoot",
        "治り",
        "cure",
        "必ず",
        "診断",
    ):
        assert word not in words


def test_the_faults_that_the_studio_names():
    named = {(row.id, fault.id) for row in exercises().values() for fault in row.faults if fault.by == "studio"}
    assert named == {("hip_hinge", "out_of_line"), ("hip_hinge", "hips_sink"), ("hip_hinge", "knee_bends")}
    asked = {fault.id for fault in exercises()["ball_calf_raise"].faults if not fault.seen}
    assert asked == {"little_toe_side", "ball_dropped"}


def test_the_cross_support_is_explained_with_the_ball_raise():
    explains = exercises()["ball_calf_raise"].explains
    assert explains is not None
    assert "後脛骨筋" in explains.ja
    assert "長腓骨筋" in explains.ja
    assert "Tibialis posterior" in explains.en


@pytest.mark.parametrize("link", [*LINKS, "C11"])
def test_every_link_is_trained(link):
    plan = make_plan((hypothesis(f"{link}_right", 0.8),), NOTHING, NO_RED_FLAG)
    assert plan.exercises
    assert all(link in exercises()[item.id].serves for item in plan.exercises)
    assert {item.because for item in plan.exercises} == {f"{link}_right"}


@pytest.mark.parametrize("name", IDS)
def test_every_exercise_is_reachable(name):
    reached = {
        item.id
        for link in exercises()[name].serves
        for item in make_plan((hypothesis(link, 0.8),), NOTHING, CALF).exercises
    }
    ladder = {key for row in exercises().values() for key in (row.harder, row.easier)}
    assert name in reached | ladder


def test_what_is_third_choice_only_comes_in_place_of_another():
    for row in exercises().values():
        chosen = {
            item.id
            for link, choice in row.serves.items()
            if choice == 3
            for item in make_plan((hypothesis(link, 0.8),), NOTHING, CALF).exercises
        }
        assert row.id not in chosen


def test_every_ladder_leads_up_and_down_again():
    for row in exercises().values():
        if row.harder is not None:
            assert exercises()[row.harder].easier == row.id


def test_step_rate_practice_comes_with_the_advice_and_not_without():
    judged = (hypothesis("rival_step_rate", 0.8),)
    assert "step_rate_practice" in {item.id for item in make_plan(judged, NOTHING, CALF).exercises}
    shin = make_plan(judged, NOTHING, {**CALF, "place": "shin"})
    assert "step_rate_practice" not in {item.id for item in shin.exercises}
    assert shin.running["step_rate_change_pct"] is None


def test_first_choices_of_the_heaviest_links_come_first():
    judged = (hypothesis("C2_right", 0.6, 0.5), hypothesis("C7_right", 0.9, 0.2), hypothesis("C10_right", 0.9, 0.1))
    plan = make_plan(judged, NOTHING, NO_RED_FLAG)
    assert planned(plan) == [
        ("hip_hinge", "C2_right"),
        ("ball_calf_raise", "C7_right"),
        ("knee_to_wall", "C10_right"),
    ]


def test_the_posterior_counts_where_there_is_no_contribution():
    judged = (hypothesis("C7_right", 0.6), hypothesis("C10_left", 0.9))
    assert [item.id for item in make_plan(judged, NOTHING, NO_RED_FLAG).exercises] == [
        "knee_to_wall",
        "ball_calf_raise",
    ]


def test_a_link_that_hardly_deviates_is_not_trained():
    assert make_plan((hypothesis("C2_right", 0.49, 0.9),), NOTHING, NO_RED_FLAG).exercises == ()


def test_nothing_to_train_without_deviation_and_complaint():
    plan = make_plan((hypothesis("rival_capacity", 0.8), hypothesis("C5_left", 0.2)), NOTHING, NO_RED_FLAG)
    assert not plan.stop
    assert plan.exercises == ()


@pytest.mark.parametrize("place", ["soleus", "gastrocnemius", "achilles"])
def test_a_calf_complaint_gets_soleus_loading_last_of_three(place):
    judged = tuple(
        hypothesis(link, 0.9, 0.3 - 0.01 * n) for n, link in enumerate(["C2_right", "C7_right", "C10_right"])
    )
    judged += (hypothesis("rival_capacity", 0.4, 0.1),)
    plan = make_plan(judged, NOTHING, {**CALF, "place": place})
    assert planned(plan) == [
        ("hip_hinge", "C2_right"),
        ("ball_calf_raise", "C7_right"),
        ("bent_knee_calf_raise", "rival_capacity"),
    ]


def test_soleus_loading_comes_without_any_judged_link():
    assert planned(make_plan((), NOTHING, CALF)) == [("bent_knee_calf_raise", "place")]


@pytest.mark.parametrize("place", ["shin", "inner_knee", "other"])
def test_other_complaints_get_no_soleus_loading_by_themselves(place):
    assert make_plan((), NOTHING, {**CALF, "place": place}).exercises == ()


@pytest.mark.parametrize(
    ("longest", "next_run"),
    [(20, 22.0), (10.0, 11.0), (7, 7.7), (21.1, 23.2), (0, None), (None, None), ("20", None), (float("nan"), None)],
)
def test_the_next_run_grows_by_a_tenth_at_most(longest, next_run):
    running = make_plan((), NOTHING, {**CALF, "longest_run_30d_km": longest}).running
    assert running["longest_next_run_km"] == next_run


@given(st.floats(0.2, 170))
def test_the_next_run_never_exceeds_the_limit(longest):
    advised = make_plan((), NOTHING, {**CALF, "longest_run_30d_km": longest}).running["longest_next_run_km"]
    assert isinstance(advised, float)
    assert 1.10 * longest - 0.1 - 1e-6 <= advised <= 1.10 * longest + 1e-6


@pytest.mark.parametrize(
    ("judged", "intake", "change"),
    [
        (("C3_right",), CALF, 5),
        (("C5_right",), CALF, 5),
        (("rival_step_rate",), CALF, 5),
        (("C2_right", "rival_step_rate"), CALF, 5),
        (("C2_right",), CALF, None),
        (("C2_right", "C5_right"), CALF, None),
        (("C5_right",), {**CALF, "place": "shin"}, None),
        ((), CALF, None),
    ],
)
def test_a_higher_step_rate_only_where_it_is_part_of_the_answer(judged, intake, change):
    links = tuple(hypothesis(name, 0.9, 0.5 - 0.1 * n) for n, name in enumerate(judged))
    assert make_plan(links, NOTHING, intake).running["step_rate_change_pct"] == change


def test_the_rest_of_the_running_advice():
    plan = make_plan((), NOTHING, CALF)
    assert plan.running["pace_advice"] == "add_pace_last"
    assert plan.running["rest_day_between"] == "yes"
    assert plan.running["pain_limit_nrs"] == 3
    assert plan.retest_in_days == 28
    assert make_plan((), NOTHING, {**CALF, "previous_calf_strain": True}).running["pain_limit_nrs"] == 2


@given(
    st.lists(
        st.tuples(
            st.sampled_from([f"{link}_{side}" for link in [*LINKS, "C11"] for side in ("left", "right")]),
            st.floats(0, 1),
            st.none() | st.floats(0, 1),
        ),
        unique_by=lambda row: row[0],
        max_size=8,
    ),
    st.permutations(range(8)),
    st.booleans(),
)
def test_never_more_than_three_and_the_order_of_input_is_nothing(rows, order, calf):
    judged = tuple(hypothesis(*row) for row in rows)
    shuffled = tuple(judged[n] for n in order if n < len(judged))
    conclusion = Conclusion(
        primary=judged[0].id if judged else None, cannot_tell=not judged, next_step=Text(ja="次", en="next")
    )
    intake = CALF if calf else NO_RED_FLAG
    plan = make_plan(judged, conclusion, intake)
    assert plan == make_plan(shuffled, conclusion, intake)
    assert len(plan.exercises) <= 3
    assert len({item.id for item in plan.exercises}) == len(plan.exercises)
    assert ("bent_knee_calf_raise" in {item.id for item in plan.exercises}) >= calf
    assert Plan.model_validate_json(plan.model_dump_json()) == plan


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('source = "studio (10 × 2); days and weeks: ours"', "", r"line \d+: ball_calf_raise\.dose\.source: Field"),
        ("C10 = 1", "C13 = 1", r"line \d+: knee_to_wall\.serves\.C13"),
        ("hold_s = [20, 30]", "hold_s = [30, 20]", r"line \d+: glute_stretch\.dose: .*shortest"),
        ("hold_s = [20, 30]", "", r"line \d+: glute_stretch\.dose: .*either reps, hold_s or minutes"),
        ('harder = "step_down"', 'harder = "step_up"', r"line \d+: hip_hinge\.harder: there is no exercise 'step_up'"),
        ("sets = 3", "sets = 0", r"line \d+: bent_knee_calf_raise\.dose\.sets"),
        ("stop_rules = [", "stop_rule = [", r"line \d+: common: needs stop_rules"),
    ],
)
def test_a_wrong_row_names_file_line_and_field(old, new, says):
    text = knowledge_text("exercises.toml")
    assert old in text
    with pytest.raises(ValueError, match=r"knowledge/exercises\.toml, " + says):
        parse_exercises(text.replace(old, new, 1))
