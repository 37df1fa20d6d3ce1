"""The page for the runner, taping, the field tests of the report, and its protocol."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from report_samples import Page, assessment, clip, full_plan, measurement, of_every_plan, reasoned, with_pictures

from kinechain.knowledge.exercises import exercises as exercise_rows
from kinechain.knowledge.field_tests import field_tests
from kinechain.knowledge.taping import taping
from kinechain.model.assessment import Assessment, FieldTest, Plan, SideOrBoth
from kinechain.model.athlete import Athlete
from kinechain.report import write_reports
from kinechain.report.numbers import NBSP
from kinechain.text import LANGUAGES, Language

STOPPED = ("unanswered", "clot")


def pages(made: Assessment, folder: Path, language: Language) -> dict[str, str]:
    write_reports(made, folder)
    names = ("report", "runner", "taping")
    return {name: (folder / f"{name}.{language}.html").read_text(encoding="utf-8") for name in names}


def words(html: str) -> str:
    return Page(html).words().replace(NBSP, " ")


def part(html: str, section: str) -> str:
    return html[html.index(f'<section id="{section}"') :].split("</section>", maxsplit=1)[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_runner_reads_answer_picture_week_and_what_is_next(language: Language, tmp_path: Path) -> None:
    made = reasoned(full_plan())
    html = pages(made, with_pictures(tmp_path), language)["runner"]
    text = words(html)
    primary = next(h for h in made.hypotheses if h.id == made.conclusion.primary)
    for said in (primary.text, made.conclusion.next_step, *(exercise_rows()[e.id].name for e in made.plan.exercises)):
        assert said[language] in text
    assert html.count("<img ") == 1
    assert "28" in text
    assert f"report.{language}.html" in html
    assert f"taping.{language}.html" in html
    assert len(text) < 2200, "one sheet"


@pytest.mark.parametrize("kind", STOPPED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_stop_leaves_no_exercise_and_no_tape_anywhere(kind: str, language: Language, tmp_path: Path) -> None:
    pages(reasoned(full_plan()), tmp_path, language)  # pages of an earlier assessment are written over
    made = pages(of_every_plan()[kind], tmp_path, language)
    for html in made.values():
        assert not any(row.name[language] in words(html) for row in exercise_rows().values())
        assert not any(tape.label[language] in html for tape in taping().tapes.values())
        assert 'class="sketch"' not in html
    assert "taping." not in made["report"]
    assert "taping." not in made["runner"]
    assert taping().notes.about[language] not in made["taping"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_tape_is_an_option_with_its_grade_and_its_limits(language: Language, tmp_path: Path) -> None:
    made = pages(reasoned(full_plan()), tmp_path, language)
    text, notes = words(made["taping"]), taping().notes
    assert {"ja": "未確認", "en": "unverified"}[language] in text
    assert all(said[language] in text for said in (notes.about, notes.length, *notes.no_tape, *notes.skin, *notes.off))
    assert made["taping"].count("<svg") == 1 + len(taping().tapes)
    assert not re.search(r"診断(?!は行いません)|治り|治します|\bcure", text)
    assert f'href="taping.{language}.html"' in made["report"]


def having(*results: tuple[str, SideOrBoth, float | str], **changes: object) -> Assessment:
    tests = tuple(FieldTest(name=name, side=side, value=value) for name, side, value in results)
    return assessment(plan=Plan(stop=False, retest_in_days=28), tests=tests, **changes)


def test_results_are_held_against_norm_limit_and_the_other_leg(tmp_path: Path) -> None:
    made = having(("heel_raises", "left", 30.0), ("heel_raises", "right", 18.0))
    text = words(part(pages(made, tmp_path, "en")["report"], "tests") + "</section>")
    assert "Norm at 34 years, male: 33 raises" in text
    assert "Left: the same within error, Right: below" in text
    assert "Left: borderline, within error, Right: yes" in text
    assert "Left and right differ by 40 % (limit 10 %)" in text
    assert "more than the limit" in text
    assert "Hébert-Losier" in text
    assert "± 4 raises" in text


def test_without_age_or_a_second_leg_it_says_so(tmp_path: Path) -> None:
    made = having(("heel_raises", "right", 18.0), athlete=Athlete(height_cm=180, sex="male"))
    text = words(part(pages(made, tmp_path, "en")["report"], "tests") + "</section>")
    assert "age and sex are not both known" in text
    assert "Only one side was tested" in text
    assert "not tested" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_test_can_be_shown(language: Language, tmp_path: Path) -> None:
    results: list[tuple[str, SideOrBoth, float | str]] = [
        (row.id, side, next(iter(row.classes)) if row.classes else 5.0)
        for row in field_tests().values()
        for side in ("left", "right")
    ]
    html = part(pages(having(*results), tmp_path, language)["report"], "tests") + "</section>"
    assert html.count('<article class="result"') == len(field_tests()) == html.count('class="sketch"')
    assert all(row.about[language] in html for row in field_tests().values())
    assert {"ja": "未確認", "en": "unverified"}[language] in html


def test_the_protocol_is_in_order_with_time_pace_view_and_condition(tmp_path: Path) -> None:
    facts = {"condition": "tired", "surface": "treadmill", "shoe": "B", "filmed_at": "2026-05-04T18:31:07+09:00"}
    made = having(
        ("knee_to_wall_cm", "left", 9.0),
        clips=(clip(), clip("clip2", "late.mp4").model_copy(update=facts)),
        measurements=(measurement("speed_mps", "both", 3.7, 0.1),),
    )
    html = part(pages(made, tmp_path, "en")["report"], "protocol") + "</section>"
    rows = [words(row) for row in re.findall(r"<tr>.*?</tr>", html, flags=re.DOTALL)[1:]]
    assert len(rows) == 3
    assert "run.mp4" in rows[0]
    assert "3.7 ± 0.1 m/s, 4:23–4:38/km" in rows[0]
    assert "time not recorded" in rows[0]
    assert "2026-05-04 18:31" in rows[1]
    assert "tired, treadmill, shoes: B" in rows[1]
    assert "speed not known" in rows[1]
    assert "Left: 9 cm" in rows[2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_drawn_of_a_test_while_the_plan_stops(language: Language, tmp_path: Path) -> None:
    made = having(("heel_raises", "left", 30.0)).model_copy(update={"plan": Plan(stop=True, gates=("clot",))})
    html = pages(made, tmp_path, language)["report"]
    assert 'id="tests"' in html
    assert 'class="sketch"' not in html


@pytest.mark.parametrize("kind", of_every_plan())
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_beside_the_report_are_whole_and_stand_alone(kind: str, language: Language, tmp_path: Path) -> None:
    for name, html in pages(of_every_plan()[kind], with_pictures(tmp_path), language).items():
        page = Page(html)
        targets = [a[key] for _, a in page.elements for key in ("src", "href") if key in a]
        ours = ("data:", "#", "report.", "runner.", "taping.", "overlay.mp4")
        assert page.all("html") == [{"lang": language}]
        assert all(target.startswith(ours) for target in targets), targets
        assert not page.all("script")
        assert not re.search(r"\{[\w|}]|None\b(?! of these)|Undefined", page.words()), "nothing left unfilled"
        if language == "en" and name != "report":
            assert not re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", page.words(language="en"))
