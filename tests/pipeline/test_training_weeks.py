"""`plan week`, `plan calendar` and `plan metronome`, as a user calls them."""

from __future__ import annotations

import datetime
import json
import wave
from pathlib import Path

import icalendar
import pytest
from typer.testing import CliRunner

from kinechain.cli import app
from kinechain.knowledge.exercises import exercises
from kinechain.knowledge.intake import questions
from kinechain.model.assessment import Assessment, Plan
from kinechain.model.training_plan import TrainingPlan

RUNNER = CliRunner()
HEALTHY = {key: False for key, question in questions().items() if question.group == "red_flag"}
DIARY = """
[[entry]]
date = 2026-05-04
exercise = "hip_hinge"
sets = 2
pain_before = 0
pain_during = 2
pain_next_morning = 0

[[entry]]
date = 2026-05-06
exercise = "hip_hinge"
sets = 2
pain_before = 0
pain_during = 1
pain_next_morning = 0
"""
DAYS = ["--start", "2026-05-04", "--today", "2026-05-11"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An assessment whose plan has two exercises."""
    names = ("hip_hinge", "bent_knee_calf_raise")
    plan = Plan(
        stop=False,
        exercises=tuple(exercises()[name].prescribed("C2_right") for name in names),
        retest_in_days=28,
    )
    return written(tmp_path, plan)


def written(folder: Path, plan: Plan, **intake: object) -> Path:
    document = {
        "schema": "kinechain.assessment/1",
        "athlete": {},
        "intake": {**HEALTHY, **intake},
        "clips": [],
        "events": [],
        "measurements": [],
        "conclusion": {"primary": None, "cannot_tell": True, "next_step": {"ja": "次", "en": "next"}},
        "plan": plan.model_dump(mode="json"),
        "cautions": [],
        "provenance": {
            "versions": {},
            "estimator": "none",
            "model_sha256": {},
            "protocol": {},
            "knowledge_version": "1",
            "seconds": {},
        },
    }
    path = folder / "assessment.json"
    path.write_text(Assessment.model_validate(document).to_json(), encoding="utf-8")
    return path


def run(*arguments: object):
    return RUNNER.invoke(app, ["plan", *map(str, arguments), "--lang", "en"])


def test_the_week_says_what_moved_and_why(file, tmp_path):
    (tmp_path / "diary.toml").write_text(DIARY, encoding="utf-8")
    result = run("week", file, "--diary", tmp_path / "diary.toml", *DAYS, "--json", tmp_path / "week.json")
    assert result.exit_code == 0
    assert "[forward] 4 of 6 sets" in result.output
    assert "[hold] Nothing was noted" in result.output
    assert "Re-test: 2026-06-01" in result.output
    plan = TrainingPlan.model_validate_json((tmp_path / "week.json").read_bytes())
    assert (plan.week, [one.level for one in plan.exercises]) == (2, [1, 0])
    assert json.loads((tmp_path / "week.json").read_text())["schema"] == "kinechain.training_plan/1"
    assert plan.exercises[0].dates[0] == datetime.date(2026, 5, 11)


def test_every_line_is_there_in_japanese_too(file):
    result = RUNNER.invoke(app, ["plan", "week", str(file), *DAYS, "--lang", "ja"])
    assert "第2週" in result.output
    assert "[そのまま]" in result.output


def test_the_calendar_holds_every_day_to_come_and_the_retest(file, tmp_path):
    out = tmp_path / "plan.ics"
    assert run("calendar", file, *DAYS, "--out", out).exit_code == 0
    events = icalendar.Calendar.from_ical(out.read_bytes()).walk("VEVENT")
    hinge = [event for event in events if event["uid"].endswith("hip_hinge@kinechain")]
    assert len(hinge) == 3 * 3  # three weeks of four are left
    assert min(event["dtstart"].dt for event in hinge) == datetime.date(2026, 5, 11)
    assert len({event["uid"] for event in events}) == len(events)
    (retest,) = [event for event in events if "retest" in event["uid"]]
    assert retest["dtstart"].dt == datetime.date(2026, 6, 1)
    for event in events:
        assert event["dtend"].dt - event["dtstart"].dt == datetime.timedelta(days=1)
        assert event["summary"]


def test_the_same_day_gives_the_same_calendar(file, tmp_path):
    for name in ("a.ics", "b.ics"):
        run("calendar", file, *DAYS, "--out", tmp_path / name)
    assert (tmp_path / "a.ics").read_bytes() == (tmp_path / "b.ics").read_bytes()


def test_a_stopped_plan_has_questions_and_no_calendar(tmp_path):
    file = written(tmp_path, Plan(stop=True, gates=("unanswered",)), rf_limp=None)
    assert "plan" in run("week", file).output or run("week", file).exit_code == 0
    result = run("calendar", file, "--out", tmp_path / "plan.ics")
    assert result.exit_code == 49
    assert "[plan_stopped]" in result.output
    assert not (tmp_path / "plan.ics").exists()


def test_pain_above_five_in_the_diary_stops_the_plan_with_the_doctors_words(file, tmp_path):
    (tmp_path / "diary.toml").write_text(DIARY.replace("pain_during = 2", "pain_during = 7"), encoding="utf-8")
    result = run("week", file, "--diary", tmp_path / "diary.toml", *DAYS)
    assert result.exit_code == 0
    assert "doctor" in result.output
    assert "sets" not in result.output


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (("--start", "04.05.2026"), 41, "option_invalid"),
        (("--today", "2026-13-01"), 41, "option_invalid"),
        (("--diary", "/nowhere/diary.toml"), 46, "diary_invalid"),
    ],
)
def test_wrong_use_is_named_and_nothing_is_left(file, tmp_path, arguments, status, code):
    before = sorted(tmp_path.iterdir())
    result = run("calendar", file, "--out", tmp_path / "plan.ics", *arguments)
    assert (result.exit_code, f"[{code}]" in result.output) == (status, True)
    assert sorted(tmp_path.iterdir()) == before


def test_a_folder_that_is_not_there_cannot_be_written(file, tmp_path):
    result = run("calendar", file, "--out", tmp_path / "none" / "plan.ics", *DAYS)
    assert "[output_not_writable]" in result.output


def test_the_metronome_lasts_as_long_as_asked(tmp_path):
    out = tmp_path / "beat.wav"
    assert run("metronome", "--step-rate", "180", "--out", out, "--seconds", "10").exit_code == 0
    with wave.open(str(out)) as file:
        assert file.getnframes() / file.getframerate() == pytest.approx(10, abs=0.01)
    assert run("metronome", "--step-rate", "20", "--out", tmp_path / "no.wav").exit_code == 41
    assert not (tmp_path / "no.wav").exists()
