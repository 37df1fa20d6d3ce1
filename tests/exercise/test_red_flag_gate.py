"""Every red flag, one at a time, stops the plan at the right urgency; so does every open question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plan_intakes import CALF, NO_RED_FLAG, NOTHING, RED_FLAGS, hypothesis

from kinechain.exercise.plan import make_plan
from kinechain.knowledge.intake import questions
from kinechain.knowledge.red_flags import URGENCIES, gates, parse_red_flags, red_flags
from kinechain.knowledge.toml_rows import knowledge_text

RISKS = [
    "rf_long_travel",
    "rf_immobilised_or_surgery",
    "rf_cancer",
    "rf_previous_clot",
    "rf_hormones_or_pregnancy",
]
#: Gates, most urgent first, of one positive answer; written from the published signs, not from the rows.
ALONE: dict[str, list[tuple[str, str]]] = {
    "rf_chest_pain_or_breathless": [("clot", "now")],
    "rf_one_sided_swelling": [("clot", "same_day")],
    "rf_warm_red_calf": [("clot", "same_day")],
    "rf_night_or_rest_pain": [("clot", "same_day"), ("bone", "days")],
    "rf_pop_or_hit": [("achilles", "same_day")],
    "rf_cannot_heel_raise": [("achilles", "same_day")],
    "rf_severe_rising_pain": [("acute_compartment", "now")],
    "rf_hard_numb_leg": [("acute_compartment", "now")],
    "rf_fixed_time_tightness": [("exertional", "days")],
    "rf_numb_cold_or_dropping_foot": [("exertional", "days")],
    "rf_tender_bone_spot": [("bone", "days")],
    "rf_first_step_pain_worsening": [("bone", "days")],
    "rf_hop_pain": [("bone", "days")],
    "rf_low_energy": [("bone", "days")],
    "rf_back_to_calf_pain": [("nerve", "days")],
    "rf_pins_or_weakness": [("nerve", "days")],
    "rf_saddle_bladder_bowel": [("nerve", "now")],
    "rf_sudden_shot": [("calf_tear", "days")],
    "rf_bruise": [("calf_tear", "days")],
    "rf_limp": [("not_settling", "days")],
    "rf_fever_or_unwell": [("infection", "now")],
    "rf_red_streak": [("infection", "now")],
    "rf_dark_urine": [("infection", "now")],
    "rf_two_weeks_no_change": [("not_settling", "days")],
    "rf_pain_above_5": [("not_settling", "days")],
    "rf_worse_every_week": [("not_settling", "days")],
}
WORDS = {
    "now": ("今すぐ", " now "),
    "same_day": ("本日中に", " today "),
    "days": ("数日以内に", " within days "),
}
DISEASES = (
    *("血栓", "塞栓", "断裂", "骨折", "肉離れ", "感染", "コンパートメント"),
    *("clot", "thromb", "embol", "rupture", "fracture", "tear", "infection", "compartment"),
)
STRONG = (hypothesis("C2_right", 0.95, 0.6), hypothesis("C5_right", 0.9, 0.3))


def found(intake):
    return [(gate.id, gate.urgency) for gate in gates(intake)]


def assert_stopped(intake, *ids):
    plan = make_plan(STRONG, NOTHING, intake)
    assert plan.stop
    assert plan.gates == ids
    assert plan.exercises == ()
    assert plan.running == {}
    assert plan.retest_in_days is None


def test_every_red_flag_question_is_covered_here():
    assert {*ALONE, *RISKS, "rf_deep_calf_tenderness"} == set(RED_FLAGS)


@pytest.mark.parametrize("yes", [True, "yes"])
@pytest.mark.parametrize("key", ALONE)
def test_one_positive_answer_stops_the_plan(key, yes):
    intake = {**CALF, key: yes}
    assert found(intake) == ALONE[key]
    assert all(gate.questions == (key,) for gate in gates(intake))
    assert_stopped(intake, *(name for name, _ in ALONE[key]))


@pytest.mark.parametrize("key", ALONE)
def test_the_message_says_how_soon_and_names_no_disease(key):
    for gate in gates({**CALF, key: True}):
        ja, en = WORDS[gate.urgency]
        assert ja in gate.message.ja
        assert en in gate.message.en
        assert "診断ではありません" in gate.message.ja
        assert "not a diagnosis" in gate.message.en
        assert "{" not in gate.message.ja + gate.message.en
        assert not [word for word in DISEASES if word in (gate.message.ja + gate.message.en).lower()]


@pytest.mark.parametrize("key", [*RISKS, "rf_deep_calf_tenderness"])
def test_a_risk_or_a_tender_calf_alone_is_looked_at_within_days(key):
    assert found({**CALF, key: True}) == [("clot", "days")]
    assert_stopped({**CALF, key: True}, "clot")


@pytest.mark.parametrize("risk", RISKS)
def test_a_risk_counts_together_with_a_sign(risk):
    (gate,) = gates({**CALF, "rf_one_sided_swelling": True, risk: True})
    assert (gate.id, gate.urgency, gate.questions) == ("clot", "same_day", ("rf_one_sided_swelling", risk))
    assert found({**CALF, "rf_deep_calf_tenderness": True, risk: True}) == [("clot", "same_day")]


@pytest.mark.parametrize("sign", ["rf_bruise", "rf_limp", "rf_cannot_heel_raise"])
@pytest.mark.parametrize("start", [{"onset": "sudden"}, {"rf_sudden_shot": True}])
def test_a_sudden_start_with_a_sign_of_damage_is_for_today(start, sign):
    assert ("calf_tear", "same_day") in found({**CALF, **start, sign: True})


def test_a_sudden_start_alone_stops_the_plan():
    assert found({**CALF, "onset": "sudden"}) == [("calf_tear", "days")]
    assert_stopped({**CALF, "onset": "sudden"}, "calf_tear")


@pytest.mark.parametrize("key", RED_FLAGS)
@pytest.mark.parametrize("answer", [None, "", "maybe", 0, 1])
def test_every_open_question_stops_the_plan(key, answer):
    intake = {**CALF, key: answer}
    (gate,) = gates(intake)
    assert (gate.id, gate.urgency, gate.questions) == ("unanswered", None, (key,))
    assert gate.message.ja
    assert gate.message.en
    assert_stopped(intake, "unanswered")


def test_without_any_answer_every_question_is_open():
    (gate,) = gates({})
    assert gate.questions == RED_FLAGS


@pytest.mark.parametrize("key", ALONE)
def test_a_positive_answer_wins_over_open_questions(key):
    assert found({key: True}) == ALONE[key]


def test_the_most_urgent_comes_first():
    intake = {**NO_RED_FLAG, "rf_limp": True, "rf_pop_or_hit": True, "rf_dark_urine": True}
    assert [urgency for _, urgency in found(intake)] == ["now", "same_day", "days"]


def test_no_red_flag_no_gate():
    assert gates(CALF) == ()
    assert gates({**CALF, **dict.fromkeys(RED_FLAGS, "no")}) == ()


ANSWERS = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(RED_FLAGS, st.sampled_from([True, False, False, False, "yes", "no", None, "?"]))
    | {"onset": st.sampled_from(["gradual", "sudden"]), "place": st.sampled_from(["soleus", "other"])},
)


@given(ANSWERS)
def test_no_answers_give_exercises_while_a_gate_is_there(given_answers):
    for intake in (given_answers, {**NO_RED_FLAG, **given_answers}):
        plan = make_plan(STRONG, NOTHING, intake)
        assert plan.stop == bool(gates(intake))
        assert not (plan.stop and (plan.exercises or plan.running))
        urgencies = [URGENCIES.index(gate.urgency) for gate in gates(intake) if gate.urgency]
        assert urgencies == sorted(urgencies)


@given(ANSWERS, st.sampled_from(sorted(ALONE)))
def test_one_more_positive_answer_never_calms(given_answers, key):
    def rank(intake):
        return min((URGENCIES.index(gate.urgency) for gate in gates(intake) if gate.urgency), default=9)

    before = {**NO_RED_FLAG, **given_answers}
    assert rank({**before, key: True}) <= rank(before)


@pytest.mark.parametrize("row", red_flags().gates.values(), ids=lambda row: row.id)
def test_every_gate_has_its_source(row):
    assert row.source


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"rf_dark_urine"', '"rf_dark"', r"line \d+: gate\.infection\.triggers: 'rf_dark' is no answer"),
        (', "rf_dark_urine"', "", r"line \d+: gate: no gate uses rf_dark_urine"),
        ('"onset=sudden"', '"onset=suden"', r"line \d+: gate\.calf_tear\.triggers: 'onset=suden'"),
        ('source = "recall"', "", r"line \d+: gate\.nerve\.source: Field required"),
        ('urgency = "now"', 'urgency = "soon"', r"line \d+: gate\.clot\.triggers"),
        ('now = { ja = "今すぐ", en = "now" }', "", r"line \d+: urgency: needs exactly"),
        ("[unanswered]", "[open]", r"line \d+: message: needs exactly"),
        ('any = ["rf_pop_or_hit", "rf_cannot_heel_raise"]', "any = []", r"line \d+: gate\.achilles\.triggers"),
    ],
)
def test_a_wrong_row_names_file_and_line(old, new, says):
    text = knowledge_text("red_flags.toml")
    assert old in text
    with pytest.raises(ValueError, match=r"knowledge/red_flags\.toml, " + says):
        parse_red_flags(text.replace(old, new, 1), questions())
