"""The test plan as pages: all of the plan in its order, nothing where it stops, and what is typed in is a session."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from report_samples import Page
from typer.testing import CliRunner

from kinechain.cli import app
from kinechain.knowledge.field_tests import field_tests
from kinechain.knowledge.filming import filming
from kinechain.knowledge.intake import questions
from kinechain.model.session_plan import Place, SessionPlan
from kinechain.pipeline.session import read_session
from kinechain.pipeline.test_plan import plan_session
from kinechain.report.drawing import drawing
from kinechain.report.numbers import pace_text
from kinechain.report.session_plan_page import write_session_plan
from kinechain.text import LANGUAGES, Language

HEALTHY: dict[str, object] = {key: False for key, question in questions().items() if question.group == "red_flag"}
RUNNER: dict[str, object] = {
    **HEALTHY,
    "side": "right",
    "place": "achilles",
    "trigger": "pace",
    "trigger_pace": "4:30/km",
    "previous_calf_strain": True,
    "inner_knee_pain_past": True,
}
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


def written(folder: Path, answers: dict[str, object], place: Place = "studio") -> SessionPlan:
    plan = plan_session(answers, place)
    write_session_plan(plan, folder)
    return plan


def text_of(folder: Path, name: str, language: Language) -> str:
    return (folder / f"{name}.{language}.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("place", ["studio", "alone"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_every_step_in_order_with_minutes_and_reasons(
    place: Place, language: Language, tmp_path: Path
) -> None:
    plan = written(tmp_path, RUNNER, place)
    html = text_of(tmp_path, "session_plan", language)
    words = Page(html).words()
    starts = [html.index(f"{number}. {step.label[language]}") for number, step in enumerate(plan.steps, start=1)]
    assert starts == sorted(starts)
    end = plan.set_up_minutes + sum(step.minutes for step in plan.steps)
    assert end <= plan.minutes
    assert re.search(rf"[〜–]{end} (min|分)", words)
    assert html.count('class="star"') == sum(step.core for step in plan.steps)
    for part in (*plan.steps, *plan.left_out):
        because = part.because if isinstance(part.because, tuple) else (part.because,)
        assert all(reason[language] in html for reason in because)


@pytest.mark.parametrize("language", LANGUAGES)
def test_how_to_film_is_drawn_for_what_the_plan_films_and_no_more(language: Language, tmp_path: Path) -> None:
    plan = written(tmp_path, RUNNER)
    labels = {
        row.label[language] for camera, row in filming().cameras.items() if camera in {s.camera for s in plan.steps}
    }
    html = text_of(tmp_path, "session_plan", language)
    assert set(re.findall(r'<article class="camera">\s*<h3>([^<]+)', html)) == labels
    assert "120 fps" in html
    alone = written(tmp_path, {**HEALTHY, "side": "right", "trigger": "distance", "place": "soleus"}, "alone")
    cameras = {step.camera for step in alone.steps} - {None}
    assert text_of(tmp_path, "session_plan", language).count('class="camera"') == len(cameras) < 3


@pytest.mark.parametrize("answers", [{**RUNNER, "rf_warm_red_calf": True}, {"side": "right"}], ids=["yes", "open"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_stopped_plan_shows_no_clip_no_test_and_no_drawing(
    answers: dict[str, object], language: Language, tmp_path: Path
) -> None:
    written(tmp_path, RUNNER)
    written(tmp_path, answers)  # over the pages of an earlier plan
    for name in ("session_plan", "field_tests"):
        html = text_of(tmp_path, name, language)
        assert "<svg" not in html
        assert "[[" not in html
        assert not any(row.label[language] in html for row in field_tests().values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_test_of_the_plan_has_a_form_with_blanks_for_both_legs(language: Language, tmp_path: Path) -> None:
    plan = written(tmp_path, RUNNER)
    html = text_of(tmp_path, "field_tests", language)
    forms = re.findall(r'<section class="form" id="(\w+)".*?</section>', html, flags=re.DOTALL)
    assert forms == [step.id for step in plan.steps if step.kind == "test"]
    for body in re.findall(r'<section class="form".*?</section>', html, flags=re.DOTALL):
        assert "<svg" in body
        assert len(re.findall(r'class="box"|class="choice"|class="blank"', body)) >= 2
        assert "□" in body or 'class="blank' in body or 'class="box"' in body
    if language == "en":
        assert not JAPANESE.search(Page(html).words(language="en"))


def test_what_is_to_be_typed_in_is_a_session(tmp_path: Path) -> None:
    plan = written(tmp_path, RUNNER)
    lines = []
    for name in ("session_plan", "field_tests"):
        for block in re.findall(r"<pre>(.*?)</pre>", text_of(tmp_path, name, "en"), flags=re.DOTALL):
            first = re.search(r"# (\w+) \|", block)
            value = '"5:45/km"' if "[[clip]]" in block else f'"{first[1]}"' if first else "5"
            lines.append(re.sub(r'<span class="value"></span>', value, block).replace("&#34;", '"'))
    path = tmp_path / "SESSION.toml"
    path.write_text("\n\n".join(lines), encoding="utf-8")
    session = read_session(path)
    assert not session.cautions
    assert [clip.request.path.stem for clip in session.clips] == [s.id for s in plan.steps if s.kind == "clip"]
    assert [clip.request.view for clip in session.clips] == [s.view for s in plan.steps if s.kind == "clip"]
    assert {test.name for test in session.tests} == {s.id for s in plan.steps if s.kind == "test"}
    assert all(clip.request.speed_mps for clip in session.clips)


@pytest.mark.parametrize("name", list(field_tests()))
def test_every_field_test_has_its_drawing_of_lines_only(name: str) -> None:
    svg = drawing(name, "field_tests")
    assert svg is not None
    assert {tag for tag, _ in Page(svg).elements} <= {"svg", "path", "circle", "rect"}
    assert "http" not in svg


def test_a_drawing_stands_in_its_own_folder() -> None:
    assert drawing("heel_raises") is None
    assert drawing("hip_hinge", "field_tests") is None
    assert drawing("../hip_hinge", "filming") is None


def test_a_pace_is_minutes_and_seconds() -> None:
    assert [pace_text(1000 / seconds) for seconds in (270, 299.6, 600, 61)] == ["4:30", "5:00", "10:00", "1:01"]


def test_the_command_writes_the_pages(tmp_path: Path) -> None:
    intake = tmp_path / "intake.toml"
    intake.write_text('[intake]\nside = "right"\n', encoding="utf-8")
    out = tmp_path / "plan"
    run = CliRunner().invoke(app, ["plan-session", str(intake), "--out", str(out), "--lang", "en"])
    assert run.exit_code == 0
    names = {f"{page}.{language}.html" for page in ("session_plan", "field_tests") for language in LANGUAGES}
    assert {path.name for path in out.iterdir()} == {"session_plan.json", *names}
    assert "session_plan.en.html" in run.stdout
