"""The re-test: changes against their smallest detectable change, what cannot be compared, and the next step."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from session_files import assessed, write_clip, write_session
from typer.testing import CliRunner

from analytic_runner import running, running_leg
from kinechain.cli import app
from kinechain.knowledge.intake import questions
from kinechain.model.assessment import Assessment, FieldTest
from kinechain.model.diary import Diary, DiaryEntry
from kinechain.pipeline.compare import (
    NO_VALUE,
    OTHER_CONDITION,
    OTHER_ESTIMATOR,
    OTHER_FPS,
    OTHER_SPEED,
    OTHER_VIEW,
    SPEED_UNKNOWN,
    compare,
    comparison_lines,
)

HEALTHY: dict[str, object] = {key: False for key, question in questions().items() if question.group == "red_flag"}
KNEE = "knee_flexion_peak_deg"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Assessment, Assessment]:
    """A runner before and after: the right knee bends by 8 degrees more."""
    folder = tmp_path_factory.mktemp("films")
    before = running_leg(3.0)
    found = []
    for name, knee in (("before", 0.0), ("after", 8.0)):
        runner = running(3.0, left=before, right=running_leg(3.0, knee_deg=before.knee_deg + knee))
        write_clip(folder / f"{name}.trc", runner, seed=len(found))
        session = write_session(folder, [f'path = "{name}.trc"\nview = "side_right"\nspeed_mps = 3.0'])
        found.append(with_errors(assessed(session, folder / name)))
    return found[0], found[1]


def with_errors(assessment: Assessment, sd: float = 2.0) -> Assessment:
    """Give the knee the error that a method has which was compared with truth."""
    document = assessment.model_dump(by_alias=True)
    for row in document["measurements"]:
        if row["name"] == KNEE:
            row["method_error"] = {"bias": 0.0, "sd": sd, "source": "test"}
    document["intake"] = dict(HEALTHY)
    document["plan"] = {"stop": False}
    return Assessment.model_validate(document)


def changed(assessment: Assessment, **clip: Any) -> Assessment:
    document = assessment.model_dump(by_alias=True)
    document["clips"] = [document["clips"][0] | clip]
    return Assessment.model_validate(document)


def raises(left: float | None, right: float | None) -> tuple[FieldTest, ...]:
    pairs = (("left", left), ("right", right))
    return tuple(FieldTest(name="heel_raises", side=side, value=n) for side, n in pairs if n is not None)  # type: ignore[arg-type]


def test_a_change_beyond_its_error_is_real(pair: tuple[Assessment, Assessment]) -> None:
    found = compare(*pair)
    knee = {c.side: c for c in found.changes if c.name == KNEE}
    assert (knee["right"].kind, knee["right"].verdict) == ("time", "real")
    assert knee["right"].value == pytest.approx(8.0, abs=1.0)
    assert knee["right"].sdc == pytest.approx(1.96 * 2.0 * 2**0.5, abs=0.3)
    assert knee["left"].verdict == "none"
    assert not {c.name for c in found.changes} & {"speed_mps", "strike_class"}


def test_an_unknown_error_makes_no_claim(pair: tuple[Assessment, Assessment]) -> None:
    assert {c.verdict for c in compare(*pair).changes if c.name != KNEE} == {"unclear"}


def test_the_same_assessment_twice_has_not_changed(pair: tuple[Assessment, Assessment]) -> None:
    found = compare(pair[0], pair[0])
    assert all(c.value == 0 for c in found.changes)
    assert "real" not in {c.verdict for c in found.changes}


@pytest.mark.parametrize(
    ("clip", "why"),
    [
        ({"view": "side_left"}, OTHER_VIEW),
        ({"condition": "tired"}, OTHER_CONDITION),
        ({"shoe": "B"}, OTHER_CONDITION),
        ({"fps": 60.0}, OTHER_FPS),
    ],
)
def test_what_was_filmed_otherwise_is_not_compared(
    pair: tuple[Assessment, Assessment], clip: dict[str, object], why: object
) -> None:
    found = compare(pair[0], changed(pair[1], **clip))
    assert not found.changes
    reasons = {(row.name, row.side): row.why for row in found.not_comparable}
    assert reasons[KNEE, "right"] == why
    assert all(reason in (why, NO_VALUE) for reason in reasons.values())


@pytest.mark.parametrize(("speed", "why"), [(3.3, OTHER_SPEED), (None, SPEED_UNKNOWN), (3.1, None)])
def test_speeds_must_agree_within_five_per_cent(
    pair: tuple[Assessment, Assessment], speed: float | None, why: object
) -> None:
    document = pair[1].model_dump(by_alias=True)
    for row in document["measurements"]:
        if row["name"] == "speed_mps":
            row |= {"value": speed, "missing_because": None if speed else {"ja": "不明", "en": "unknown"}}
    found = compare(pair[0], Assessment.model_validate(document))
    assert bool(found.changes) == (why is None)
    if why is not None:
        assert why in {row.why for row in found.not_comparable}


def test_another_estimator_is_not_compared(pair: tuple[Assessment, Assessment]) -> None:
    made = pair[1].provenance.model_copy(update={"estimator": "another"})
    found = compare(pair[0], pair[1].model_copy(update={"provenance": made}))
    assert {row.why for row in found.not_comparable} >= {OTHER_ESTIMATOR}


def told(before: Assessment, after: Assessment, **update: object) -> str:
    return compare(before, after.model_copy(update=update)).advice.step


def test_the_next_step_follows_the_rules(pair: tuple[Assessment, Assessment]) -> None:
    before = pair[0].model_copy(update={"tests": raises(30, 30)})
    strong: dict[str, object] = {"tests": raises(30, 29)}
    assert told(before, before, **strong) == "forward"
    assert told(before, before, tests=raises(30, None)) == "hold"
    assert told(before, before, tests=raises(30, 25)) == "hold"
    assert told(before, before, tests=raises(30, 22)) == "back"
    assert told(before, before, **strong, intake={**HEALTHY, "side": "right"}) == "hold"
    spike = {**HEALTHY, "longest_run_30d_km": 10.0, "last_run_km": 12.0}
    assert told(before, before, **strong, intake=spike) == "back"
    stopped = pair[1].plan.model_copy(update={"stop": True, "gates": ("clot",)})
    assert told(before, before, **strong, plan=stopped) == "stop"
    open_ = pair[1].plan.model_copy(update={"stop": True, "gates": ("unanswered",)})
    assert told(before, before, **strong, plan=open_) == "hold"


def test_what_stood_first_and_has_grown_is_a_step_back(pair: tuple[Assessment, Assessment]) -> None:
    document = pair[1].model_dump(by_alias=True)
    for row in document["measurements"]:
        if row["name"] == "shank_angle_ms_deg":
            row |= {
                "method_error": {"bias": 0.0, "sd": 0.2, "source": "test"},
                "value": 60.0,
                "low": 59.9,
                "high": 60.1,
            }
    after = Assessment.model_validate(document).model_copy(update={"tests": raises(30, 30)})
    before_document = pair[0].model_dump(by_alias=True)
    for row in before_document["measurements"]:
        if row["name"] == "shank_angle_ms_deg":
            row["method_error"] = {"bias": 0.0, "sd": 0.2, "source": "test"}
    before = Assessment.model_validate(before_document)
    for primary, step in (("C3_right", "back"), ("C9_right", "forward"), (None, "forward")):
        first = before.conclusion.model_copy(update={"primary": primary})
        assert compare(before.model_copy(update={"conclusion": first}), after).advice.step == step


def test_the_command(pair: tuple[Assessment, Assessment], tmp_path: Path) -> None:
    files = [tmp_path / "before.json", tmp_path / "after.json"]
    for file, assessment in zip(files, pair, strict=True):
        file.write_text(assessment.to_json(), encoding="utf-8")
    done = CliRunner().invoke(app, ["compare", *map(str, files), "--json", "-", "--lang", "ja"])
    assert done.exit_code == 0
    document = json.loads(done.stdout)
    assert document["schema"] == "kinechain.comparison/1"
    assert {"before", "after", "changes", "not_comparable", "advice"} <= set(document)
    assert CliRunner().invoke(app, ["compare", str(files[0]), str(tmp_path / "no.json")]).exit_code == 19
    for language, words in (("ja", "誤差を超える変化"), ("en", "changed beyond its error")):
        assert words in "\n".join(comparison_lines(compare(*pair), "ja" if language == "ja" else "en"))


def test_the_diary_decides_too(pair: tuple[Assessment, Assessment]) -> None:
    before, after = (one.model_copy(update={"tests": raises(30, 30)}) for one in (pair[0], pair[0]))
    for pain, step in ((2.0, "forward"), (4.0, "hold"), (6.0, "stop")):
        diary = Diary((DiaryEntry(date=dt.date(2026, 3, 31), pain_during=pain),))
        assert compare(before, after, diary).advice.step == step


def test_uneven_tests_hold_the_plan(pair: tuple[Assessment, Assessment]) -> None:
    for right, step in ((10.0, "forward"), (8.5, "hold")):
        wall = tuple(
            FieldTest(name="knee_to_wall_cm", side=side, value=cm)  # type: ignore[arg-type]
            for side, cm in (("left", 10.0), ("right", right))
        )
        assert told(pair[0], pair[0], tests=(*raises(30, 30), *wall)) == step
