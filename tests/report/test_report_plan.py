"""Answer, chain, evidence and plan: true to the assessment, never more certain than it, silent when stopped."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import pytest
from report_samples import Page, full_plan, hypothesis, of_every_plan, prescribed, reasoned, with_pictures

from kinechain.knowledge.exercises import exercises as exercise_rows
from kinechain.knowledge.intake import questions
from kinechain.model.assessment import Hypothesis, Plan
from kinechain.report import write_reports
from kinechain.report.chain_diagram import fit
from kinechain.report.drawing import drawing
from kinechain.report.evidence import about
from kinechain.report.knowledge_texts import gate_message, node_label
from kinechain.report.numbers import NBSP
from kinechain.report.states import LINKS, state_of
from kinechain.text import LANGUAGES, Language, Text

EXERCISES = list(exercise_rows())


def page(kind: str, folder: Path, language: Language = "en") -> str:
    write_reports(of_every_plan()[kind], folder)
    return (folder / f"report.{language}.html").read_text(encoding="utf-8")


def words(html: str) -> str:
    return Page(html).words().replace(NBSP, " ")


@pytest.mark.parametrize("kind", ["unanswered", "clot"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_of_an_exercise_stands_on_a_stopped_page(kind: str, language: Language, tmp_path: Path) -> None:
    html = page(kind, tmp_path, language)
    text = words(html)
    for name in EXERCISES:
        row = exercise_rows()[name]
        told = [row.name, row.set_up, row.right_when, row.dose.text, *row.steps]
        assert not any(each[language] in text for each in told)
        assert name not in html
    assert 'class="sketch"' not in html
    assert not re.search(r"\d+ ?(回|times) ?×|(回|times) × \d", text)


def test_open_questions_are_printed_with_the_command_that_answers_them(tmp_path: Path) -> None:
    html = page("unanswered", tmp_path)
    flags = [q for q in questions().values() if q.group == "red_flag"]
    assert flags
    assert all(flag.label.en in words(html) for flag in flags)
    assert "kinechain assess run.mp4 --intake FILE.toml --out DIR" in html


def test_a_question_that_is_answered_is_not_asked_again(tmp_path: Path) -> None:
    key, other = [q.id for q in questions().values() if q.group == "red_flag"][:2]
    made = reasoned(Plan(stop=True, gates=("unanswered",)), intake={key: False})
    text = write_reports(made, tmp_path)[1].read_text(encoding="utf-8").replace("<wbr>", "")
    assert f">{key}<" not in text
    assert f">{other}<" in text


def test_a_gate_says_how_soon_and_shows_the_answer_behind_it(tmp_path: Path) -> None:
    text = words(page("clot", tmp_path))
    assert "checked by a doctor today" in text
    assert questions()["rf_warm_red_calf"].label.en in text
    assert "--intake" not in text


def test_a_gate_is_as_urgent_as_its_answers_and_most_urgent_without_them() -> None:
    assert "doctor today" in str(gate_message("clot", {"rf_warm_red_calf": True}, "en"))
    assert "doctor now" in str(gate_message("clot", {"rf_chest_pain_or_breathless": "yes"}, "en"))
    assert "doctor now" in str(gate_message("clot", {}, "en"))
    assert gate_message("no_such_gate", {}, "en") is None


def test_a_whole_plan_tells_how_much_why_and_when_to_stop(tmp_path: Path) -> None:
    text = words(page("full plan", tmp_path, "ja"))
    for said in (
        "10回 × 2セット（左右それぞれ）",
        "「膝が前に抜ける（右）」への手入れです。",
        "13.2 km",
        "28 日後",
        "クロスサポート",
    ):
        assert said in text
    html = page("full plan", tmp_path)
    assert html.count('class="sketch"') == len(full_plan().exercises)


def test_another_dose_than_the_usual_one_is_written_as_it_is(tmp_path: Path) -> None:
    plan = Plan(stop=False, exercises=(prescribed("glute_stretch", reps=None, hold_s=25.0, sets=3, days_per_week=7),))
    ja, en = (path.read_text(encoding="utf-8") for path in write_reports(reasoned(plan), tmp_path))
    assert "25秒 × 3セット・左右それぞれ" in words(ja)
    assert "25 s × 3 sets, each side" in words(en)
    assert "every day for 4 weeks" in words(en)


def test_the_answer_is_the_primary_link_and_the_next_step(tmp_path: Path) -> None:
    text = words(page("full plan", tmp_path))
    assert text.index("C3 on the right may deviate.") < text.index("Film from straight behind next.")


def test_the_answer_is_that_it_cannot_be_told(tmp_path: Path) -> None:
    html = page("cannot tell", tmp_path)
    lead = words(html[html.index('class="lead"') - 3 : html.index("</main>")].split("</p>")[0] + "</p>")
    assert lead == "From what was recorded so far, it cannot be told yet where the load piles up."


def test_the_picture_of_the_answer_is_the_strongest_measurement(tmp_path: Path) -> None:
    html = page("full plan", with_pictures(tmp_path))
    figure = html[html.index('<figure class="overlay') :].split("</figure>")[0]
    assert "Right 25 ± 1°" in words(figure + "</figure>")


def test_the_chain_leads_to_its_evidence(tmp_path: Path) -> None:
    html = page("full plan", tmp_path)
    svg = html[html.index('<svg class="chain"') :].split("</svg>")[0]
    ids = {a["id"] for _, a in Page(html).elements if "id" in a}
    targets = re.findall(r'<a href="#([^"]+)"', svg)
    assert set(targets) == {"link-C3-right", "link-C5-right"}
    assert set(targets) <= ids
    for state, count in (("marked", 1), ("watch", 1)):
        assert svg.count(f'<rect class="{state}"') == count
    assert svg.count('<rect class="unclear"') == 3, "C2, C7 and C9 on the right"
    assert 'stroke-dasharray="6 4"' in svg, "C8 has grade X"


def test_evidence_is_told_by_labels_never_by_ids(tmp_path: Path) -> None:
    for language in LANGUAGES:
        html = page("full plan", tmp_path, language)
        text = words(html[html.index('<section id="evidence"') : html.index('<section id="measured"')])
        assert not re.search(r"finding\.|intake\.|test\.|clip1|rival_|_deg|_cm|nonsense", text)
        assert text.count({"ja": "そのほかの手がかり", "en": "another clue"}[language]) == 1


@pytest.mark.parametrize(
    ("posterior", "state"),
    [(0.0, "within"), (0.349, "within"), (0.35, "unclear"), (0.499, "unclear"), (0.5, "watch"), (0.75, "marked")],
)
def test_states_begin_where_they_are_said_to(posterior: float, state: str) -> None:
    assert state_of(link(posterior, against=("finding.x",))) == state


def test_a_link_that_nothing_speaks_against_is_not_called_within() -> None:
    assert state_of(link(0.1)) == "unclear"


def link(posterior: float, against: tuple[str, ...] = ()) -> Hypothesis:
    text = Text(ja="文", en="text")
    return Hypothesis(id="C3_left", link="C3", posterior=posterior, grade="C", against=against, text=text)


@pytest.mark.parametrize(("posterior", "shown"), [(0.001, "5"), (0.799, "75"), (0.8, "80"), (0.9999, "95")])
def test_no_more_certainty_is_shown_than_there_is(posterior: float, shown: str) -> None:
    assert about(posterior) == shown


def test_hostile_words_are_escaped(tmp_path: Path) -> None:
    nasty = "<script>alert(1)</script>"
    made = reasoned(full_plan(), intake={"side": nasty})
    bad = hypothesis("C3_right", 0.9, missing=(nasty,)).model_copy(update={"text": Text(ja=nasty, en=nasty)})
    plan = Plan(stop=False, exercises=(prescribed(f"../{nasty}"),))
    changed = made.model_copy(update={"hypotheses": (bad,), "plan": plan})
    for path in write_reports(changed, tmp_path):
        html = path.read_text(encoding="utf-8")
        assert "<script" not in html
        Page(html)


@pytest.mark.parametrize("name", EXERCISES)
def test_every_exercise_has_its_drawing_of_lines_only(name: str) -> None:
    svg = drawing(name)
    assert svg is not None
    assert {tag for tag, _ in Page(svg).elements} <= {"svg", "path", "circle", "rect"}
    assert "#CC79A7" in svg, "the working muscle"
    assert "id=" not in svg
    assert "http" not in svg


def test_no_drawing_is_left_over() -> None:
    files = {path.name for path in resources.files("kinechain.report").joinpath("drawings").iterdir() if path.is_file()}
    assert files == {f"{name}.svg" for name in EXERCISES}


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_of_links_fit_their_boxes(link: str, language: Language) -> None:
    label = node_label(link, language)
    assert label is not None
    lines = fit(label, link)
    assert 1 <= len(lines) <= 2
    assert "".join(lines).replace(" ", "") == label.replace(" ", "")


def test_open_questions_are_one_tap_away_on_a_phone(tmp_path: Path) -> None:
    pages = [Page(path.read_text("utf-8")) for path in write_reports(of_every_plan()["unanswered"], tmp_path)]
    flags = [q for q in questions().values() if q.group == "red_flag"]
    for page in pages:
        (asked,) = [element for element in page.all("ol") if element.get("class") == "questions"]
        assert f"#{asked['id']}" in [element.get("href") for element in page.all("a")]
        assert str(len(flags)) in page.words()
