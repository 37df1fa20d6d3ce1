"""Ten runners: the test plan that a reader of the evidence would choose for each of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kinechain.cli import app
from kinechain.knowledge.intake import questions
from kinechain.knowledge.test_plan import parse_test_plan, plan_rows
from kinechain.knowledge.toml_rows import knowledge_text
from kinechain.model.session_plan import Place, SessionPlan
from kinechain.pipeline.test_plan import plan_lines, plan_session

HEALTHY: dict[str, object] = {key: False for key, question in questions().items() if question.group == "red_flag"}


def planned(where: Place = "studio", minutes: int | None = None, **answers: object) -> SessionPlan:
    return plan_session({**HEALTHY, **answers}, where, minutes)


def ids(plan: SessionPlan) -> list[str]:
    return [step.id for step in plan.steps]


def core(plan: SessionPlan) -> set[str]:
    return {step.id for step in plan.steps if step.core}


CASES: dict[str, tuple[dict[str, object], set[str], set[str], set[str]]] = {
    # answers; the core; what must be there too; what must not be there
    "right calf only when faster": (
        {"side": "right", "place": "soleus", "trigger": "pace", "trigger_pace": "4:30/km"},
        {"side_near_easy", "side_near_provoking"},
        {"side_far_easy", "side_far_provoking", "rear_easy", "knee_to_wall_cm", "heel_raises", "heel_raises_bent"},
        {"side_near_tired", "side_near_other_shoe"},
    ),
    "late in long runs": (
        {"side": "left", "trigger": "distance", "cramps_late": True},
        {"side_near_easy", "side_near_tired", "heel_raises"},
        {"rear_easy"},
        {"side_near_provoking"},
    ),
    "shin, prospective evidence is seen from behind": (
        {"side": "left", "place": "shin", "trigger": "always"},
        {"side_near_easy", "rear_easy", "feet_rear"},
        {"arch_drop_mm", "rolloff_class"},
        {"side_near_provoking", "side_near_tired"},
    ),
    "inner knee pain in the past": (
        {"side": "right", "place": "gastrocnemius", "trigger": "pace", "inner_knee_pain_past": True},
        {"side_near_easy", "side_near_provoking", "rear_easy"},
        {"single_leg_squat"},
        {"side_near_tired"},
    ),
    "Achilles tendon": (
        {"side": "right", "place": "achilles", "trigger": "after"},
        {"side_near_easy", "knee_to_wall_cm", "heel_raises"},
        {"heel_raises_bent", "side_near_tired"},
        {"side_near_provoking"},
    ),
    "new shoes": (
        {"side": "right", "trigger": "always", "recent_change": "shoes"},
        {"side_near_easy", "side_near_other_shoe"},
        {"rear_easy"},
        {"side_near_provoking", "side_near_tired"},
    ),
    "calf strained before": (
        {"side": "left", "trigger": "pace", "previous_calf_strain": True, "keeps_coming_back": True},
        {"side_near_easy", "side_near_provoking", "heel_raises"},
        {"knee_to_wall_cm", "side_far_easy"},
        {"side_near_tired"},
    ),
    "distance has just risen": (
        {"side": "left", "trigger": "distance", "longest_run_30d_km": 10.0, "last_run_km": 18.0},
        {"side_near_easy", "heel_raises"},
        {"rear_easy"},
        {"side_near_tired"},
    ),
    "both legs": (
        {"side": "both", "trigger": "pace"},
        {"side_near_easy", "side_far_easy", "side_near_provoking"},
        {"rear_easy"},
        {"side_near_tired"},
    ),
    "no complaint": (
        {},
        {"side_near_easy", "side_far_easy"},
        {"rear_easy", "knee_to_wall_cm", "heel_raises"},
        {"side_near_provoking", "side_near_tired", "hip_strength_nmpkg"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_plan_that_a_reader_would_choose(case: str) -> None:
    answers, least, also, never = CASES[case]
    plan = planned(**answers)
    assert core(plan) == least
    assert also <= set(ids(plan))
    assert not never & set(ids(plan))
    assert all(step.because for step in plan.steps)
    assert sum(step.minutes for step in plan.steps) <= 70


@pytest.mark.parametrize("case", CASES)
def test_alone_the_core_fits_or_what_does_not_is_named(case: str) -> None:
    answers, least, _, _ = CASES[case]
    plan = planned("alone", **answers)
    assert core(plan) <= least
    assert least <= set(ids(plan)) | {left.id for left in plan.left_out}
    assert "side_near_easy" in ids(plan)
    assert sum(step.minutes for step in plan.steps) <= 15
    assert not {"hip_strength_nmpkg", "foot_posture_index"} & set(ids(plan))


@pytest.mark.parametrize("case", CASES)
def test_nothing_that_tires_comes_before_what_has_to_be_fresh(case: str) -> None:
    plan = planned(**CASES[case][0])
    order = [2 if step.condition == "tired" else int(plan_rows().items[step.id].tiring) for step in plan.steps]
    assert order == sorted(order)
    fresh = [step.core for step, phase in zip(plan.steps, order, strict=True) if phase == 0]
    assert fresh == sorted(fresh, reverse=True)


def test_the_near_side_is_that_of_the_complaint() -> None:
    for side, other in (("left", "right"), ("right", "left")):
        views = {step.id: step.view for step in planned(side=side, trigger="pace").steps}
        assert views["side_near_provoking"] == f"side_{side}"
        assert views["side_far_easy"] == f"side_{other}"
        assert views["rear_easy"] == "rear"


def test_the_provoking_pace_is_that_of_the_answers() -> None:
    plan = planned(side="right", trigger="pace", trigger_pace="4:10/km")
    speeds = {step.id: step.speed_mps for step in plan.steps}
    assert speeds["side_near_provoking"] == pytest.approx(4.0)
    assert speeds["side_near_easy"] is None


def test_more_time_takes_nothing_away() -> None:
    answers = CASES["right calf only when faster"][0]
    plans = [set(ids(planned(minutes=minutes, **answers))) for minutes in (10, 40, 120)]
    assert plans[0] < plans[2]
    assert core(planned(minutes=20, **answers)) == CASES["right calf only when faster"][1]


def test_a_health_answer_stops_the_plan_as_it_stops_training() -> None:
    stopped = planned(side="right", trigger="pace", rf_one_sided_swelling=True)
    assert stopped.stop
    assert not stopped.steps
    assert stopped.gates == ("clot",)
    assert stopped.messages
    assert planned(side="left", onset="sudden").stop
    open_ = plan_session({"side": "right"}, "studio")
    assert (open_.stop, open_.gates, open_.steps) == (True, ("unanswered",), ())
    assert set(open_.questions) == set(HEALTHY)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_lines_name_every_step_and_reason(language: str) -> None:
    plan = planned(**CASES["right calf only when faster"][0])
    for chosen in ("ja", "en"):
        if chosen == language:
            text = "\n".join(plan_lines(plan, "ja" if chosen == "ja" else "en"))
            assert all(step.label.model_dump()[language] in text for step in plan.steps)
            assert all(reason.model_dump()[language] in text for step in plan.steps for reason in step.because)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [('item = "rear_easy"', 'item = "roof_easy"', "roof_easy"), ('"trigger=pace"', '"trigger=wind"', "trigger=wind")],
)
def test_a_wrong_row_is_named_with_its_line(old: str, new: str, line: str) -> None:
    text = knowledge_text("test_plan.toml").replace(old, new, 1)
    with pytest.raises(ValueError, match=rf"knowledge/test_plan.toml, line \d+: rule: '{line}'"):
        parse_test_plan(text)


def test_the_command(tmp_path: Path) -> None:
    file = tmp_path / "intake.toml"
    answers = "\n".join(f"{key} = false" for key in HEALTHY)
    file.write_text(f'[intake]\nside = "right"\ntrigger = "pace"\n{answers}\n', encoding="utf-8")
    done = CliRunner().invoke(app, ["plan-session", str(file), "--place", "alone", "--json", "-"])
    assert done.exit_code == 0
    document = json.loads(done.stdout)
    assert document["schema"] == "kinechain.session_plan/1"
    assert document["minutes"] == 20
    assert CliRunner().invoke(app, ["plan-session", str(tmp_path / "no.toml")]).exit_code == 43
