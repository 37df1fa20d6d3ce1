"""Ten runners (docs/test_plans.toml): the test plan that a reader of the evidence would choose for each of them."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kinechain.cli import app
from kinechain.knowledge.intake import questions
from kinechain.knowledge.test_plan import parse_test_plan, plan_rows
from kinechain.knowledge.toml_rows import knowledge_text
from kinechain.model.session_plan import Place, SessionPlan
from kinechain.pipeline.test_plan import plan_lines, plan_session

DOCS = Path(__file__).parents[2] / "docs"
HEALTHY: dict[str, object] = {key: False for key, question in questions().items() if question.group == "red_flag"}


def planned(where: Place = "studio", minutes: int | None = None, **answers: object) -> SessionPlan:
    return plan_session({**HEALTHY, **answers}, where, minutes)


def ids(plan: SessionPlan) -> list[str]:
    return [step.id for step in plan.steps]


def core(plan: SessionPlan) -> set[str]:
    return {step.id for step in plan.steps if step.core}


RUNNERS = {
    runner["name"]["en"]: runner
    for runner in tomllib.loads((DOCS / "test_plans.toml").read_text(encoding="utf-8"))["runner"]
}
PACE = "right calf, only when faster"


@pytest.mark.parametrize("name", RUNNERS)
def test_the_plan_that_a_reader_would_choose(name: str) -> None:
    runner = RUNNERS[name]
    plan = planned(**runner["intake"])
    assert [step.id for step in plan.steps if step.core] == runner["core"]
    assert set(runner["also"]) <= set(ids(plan))
    assert not set(runner["never"]) & set(ids(plan))
    assert all(step.because for step in plan.steps)
    assert sum(step.minutes for step in plan.steps) <= 70


def test_there_are_ten_runners_whose_names_are_in_both_languages() -> None:
    assert len(RUNNERS) == 10
    assert all(set(runner["name"]) == set(runner["why"]) == {"ja", "en"} for runner in RUNNERS.values())


@pytest.mark.parametrize("name", RUNNERS)
def test_alone_the_core_fits_or_what_does_not_is_named(name: str) -> None:
    plan, least = planned("alone", **RUNNERS[name]["intake"]), set(RUNNERS[name]["core"])
    assert core(plan) <= least
    assert least <= set(ids(plan)) | {left.id for left in plan.left_out}
    assert "side_near_easy" in ids(plan)
    assert sum(step.minutes for step in plan.steps) <= 15
    assert not {"hip_strength_nmpkg", "foot_posture_index"} & set(ids(plan))


@pytest.mark.parametrize("minutes", [10, 20, 30, 75])
@pytest.mark.parametrize("name", RUNNERS)
def test_what_is_read_from_a_clip_comes_with_it(name: str, minutes: int) -> None:
    plan = planned(minutes=minutes, **RUNNERS[name]["intake"])
    assert ("rolloff_class" not in ids(plan)) or ("feet_rear" in ids(plan))


@pytest.mark.parametrize("name", RUNNERS)
def test_nothing_that_tires_comes_before_what_has_to_be_fresh(name: str) -> None:
    plan = planned(**RUNNERS[name]["intake"])
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
    answers = RUNNERS[PACE]["intake"]
    plans = [set(ids(planned(minutes=minutes, **answers))) for minutes in (10, 40, 120)]
    assert plans[0] < plans[2]
    assert core(planned(minutes=20, **answers)) == set(RUNNERS[PACE]["core"])


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


@pytest.mark.parametrize("flag", HEALTHY)
def test_no_health_answer_leaves_anything_to_film_or_test(flag: str) -> None:
    for runner in RUNNERS.values():
        stopped = planned(**runner["intake"], **{flag: True})
        assert stopped.stop
        assert not stopped.steps


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_lines_name_every_step_and_reason(language: str) -> None:
    plan = planned(**RUNNERS[PACE]["intake"])
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
