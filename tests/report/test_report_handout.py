"""The handout: answer, plan and chain come first, folded on the screen and whole on paper."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import pytest
from report_samples import (
    Page,
    assessment,
    clip,
    contrast,
    curve,
    finding,
    full_plan,
    hypothesis,
    load,
    measurement,
    prescribed,
    reasoned,
    with_pictures,
)

from kinechain.knowledge.exercises import exercises as exercise_rows
from kinechain.model.assessment import Assessment, Plan
from kinechain.report import write_reports
from kinechain.report.numbers import NBSP
from kinechain.text import LANGUAGES, Language

STYLE = resources.files("kinechain.report").joinpath("templates", "style.css").read_text(encoding="utf-8")
PAPER = STYLE[STYLE.index("@media print") :]


def page(made: Assessment, folder: Path, language: Language = "en") -> str:
    write_reports(made, folder)
    return (folder / f"report.{language}.html").read_text(encoding="utf-8")


def words(html: str) -> str:
    return Page(html).words().replace(NBSP, " ")


def part(html: str, section: str) -> str:
    return html[html.index(f'<section id="{section}"') :].split("</section>", maxsplit=1)[0] + "</section>"


def cards(html: str) -> list[str]:
    return re.findall(r'<article class="exercise".*?</article>', html, flags=re.DOTALL)


@pytest.mark.parametrize("language", LANGUAGES)
def test_answer_plan_and_chain_are_the_handout_and_nothing_else_is(language: Language, tmp_path: Path) -> None:
    html = page(reasoned(full_plan()), with_pictures(tmp_path), language)
    handout = html[html.index('<div class="handout sheet">') : html.index('<section id="cautions"')]
    assert re.findall(r'<section id="([^"]+)"', handout) == ["headline", "plan", "chain"]
    assert ".handout.sheet { break-after: page; }" in PAPER


def test_a_page_without_plan_and_chain_is_not_torn_in_two(tmp_path: Path) -> None:
    assert "handout sheet" not in page(assessment(), tmp_path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_exercise_is_short_until_it_is_unfolded(language: Language, tmp_path: Path) -> None:
    html = page(reasoned(full_plan()), tmp_path, language)
    assert not any("open" in attributes for attributes in Page(html).all("details"))
    for card, prescription in zip(cards(html), full_plan().exercises, strict=True):
        row = exercise_rows()[prescription.id]
        folded = card[card.index("<details") : card.index("</details>") + 10]
        shown = words(card.replace(folded, "").split('<div class="paper">')[0] + "</article>")
        assert row.name[language] in shown
        assert row.dose.text[language] in shown
        assert row.right_when[language] in shown
        assert "<svg" in card.replace(folded, "")
        for told in (row.set_up, *row.steps, *(fault.text for fault in row.faults), *row.progression):
            assert told[language] in words(folded)
            assert told[language] not in shown
        assert row.purpose[language] in words(folded)
        assert row.evidence[language] in words(folded)
        assert row.source in words(folded)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_folded_on_the_screen_stands_on_paper(language: Language, tmp_path: Path) -> None:
    html = page(reasoned(full_plan()), tmp_path, language)
    assert ".paper { display: none; }" in STYLE
    assert ".how { display: none; }" in PAPER
    assert ".paper { display: block; }" in PAPER
    for card, prescription in zip(cards(html), full_plan().exercises, strict=True):
        row = exercise_rows()[prescription.id]
        paper = words(card[card.index('<div class="paper">') :].replace("</article>", ""))
        for told in (row.set_up, *row.steps, *(fault.text for fault in row.faults), *row.progression):
            assert told[language] in paper


def test_the_reason_of_an_exercise_is_told_as_a_link_a_rival_or_the_complaint(tmp_path: Path) -> None:
    because = ("C3_right", "rival_capacity", "place")
    plan = Plan(stop=False, exercises=tuple(prescribed("hip_hinge", because=b) for b in because))
    link, rival, complaint = cards(page(reasoned(plan), tmp_path))
    assert "It works on “The knee travels forward (Right)”." in words(link)
    assert "Chosen with “Capacity of the calf” in mind." in words(rival)
    assert "To raise the load that the calf can take." in words(complaint)


def test_another_explanation_applies_and_does_not_deviate(tmp_path: Path) -> None:
    html = page(reasoned(full_plan()), tmp_path)
    rival = next(
        a for a in re.findall(r"<article.*?</article>", html, flags=re.DOTALL) if 'id="link-rival-capacity"' in a
    )
    assert "Probability that this applies: about 60 %" in words(rival)
    assert "deviates" not in words(rival)


def test_a_doctor_comes_before_the_picture(tmp_path: Path) -> None:
    made = reasoned(Plan(stop=True, gates=("clot",)), intake={"rf_warm_red_calf": True})
    html = page(made, with_pictures(tmp_path))
    assert html.index('<section id="plan"') < html.index('<figure class="overlay')
    assert made.conclusion.next_step.en not in words(html), "no test and no filming before a doctor has looked"


def test_without_picture_and_overlay_nothing_stands_in_their_place(tmp_path: Path) -> None:
    assert '<figure class="overlay' not in page(reasoned(full_plan()), tmp_path)


def test_differences_and_loads_are_left_out_where_there_are_none(tmp_path: Path) -> None:
    html = page(reasoned(full_plan()), tmp_path)
    assert 'id="contrasts"' not in html
    assert 'id="loads"' not in html


def test_a_difference_stands_with_its_error_its_limit_and_its_verdict(tmp_path: Path) -> None:
    contrasts = (
        contrast("side", "knee_flexion_peak_deg", 6.0, sdc=5.5, verdict="real"),
        contrast("side", "trunk_lean_deg", -3.0, sdc=4.0, verdict="none"),
        contrast("pace", "shank_angle_ms_deg", None, side="right"),
    )
    made = assessment(contrasts=contrasts)
    english = words(part(page(made, tmp_path), "contrasts"))
    for said in (
        "+6 ± 2°", "20 → 26°", "5.5°", "a real difference", "−3 ± 1°", "no difference seen", "right − left",
        "fast − slow", "(Right)", "not measured", "cannot be told yet", "unknown",
    ):  # fmt: skip
        assert said in english
    japanese = words(part(page(made, tmp_path, "ja"), "contrasts"))
    for said in ("誤差を超える差", "差は見られない", "まだ判断できない", "右 − 左", "最小検出変化量：5.5°"):
        assert said in japanese


def test_a_difference_in_another_unit_keeps_its_small_limit(tmp_path: Path) -> None:
    small = contrast("pace", "vertical_oscillation_m", -0.009, a=0.1, b=0.091, sdc=0.005, verdict="real")
    text = words(part(page(assessment(contrasts=(small,)), tmp_path), "contrasts"))
    assert "−0.9 ± 0.3 cm" in text
    assert "10.0 → 9.1 cm" in text
    assert "0.5 cm" in text


def test_a_load_stands_under_its_leg_with_its_model(tmp_path: Path) -> None:
    loads = (load("peak_vgrf_bw", "right", 2.45), load("achilles_force_peak_bw", "left", None))
    html = part(page(assessment(loads=loads), tmp_path), "loads")
    rows = re.findall(r"<tr>(.*?)</tr>", html[html.index("<tbody>") :], flags=re.DOTALL)
    cells = [[words(f"<p>{c}</p>") for c in re.findall(r"<td[^>]*>(.*?)</td>", row)] for row in rows]
    assert cells == [["not estimated", "2.4 ± 0.2 BW"], ["not estimated", "not estimated"]]
    assert html.count("sine of contact and flight time") == 2
    assert "力を直接測ったものではなく" in words(page(assessment(loads=loads), tmp_path, "ja"))


def two_clips() -> Assessment:
    files = {"a": "easy.mp4", "b": "fast.mp4"}
    measured = [measurement("shank_angle_ms_deg", "right", 24.0 + i, 1.0, clip=c) for i, c in enumerate(files)]
    rear = (measurement("pelvic_drop_peak_deg", "right", 7.5, 0.9, clip="c"),)
    findings = tuple(finding(m, 2.6, "marked", 14.0, 21.0) for m in measured)
    behind = clip("c", "rear.mp4").model_copy(update={"view": "rear"})
    return assessment(
        clips=(*(clip(c, file) for c, file in files.items()), behind),
        measurements=(*measured, *rear),
        curves=tuple(curve("shank_angle_deg", "right", clip=c, reference=True) for c in files),
        cautions=(),
        findings=findings,
        hypotheses=(hypothesis("C3_right", 0.8, evidence_for=tuple(f.id for f in findings)),),
        loads=(load("peak_vgrf_bw", "right", 2.4, clip="a"), load("peak_vgrf_bw", "right", 2.6, clip="b")),
    )


def test_the_same_clue_of_two_clips_is_told_apart(tmp_path: Path) -> None:
    html = page(two_clips(), tmp_path)
    text = words(part(html, "evidence"))
    for file in ("easy.mp4", "fast.mp4"):
        assert f"Shank angle at mid stance ({file})" in text
        assert f"{file} (from the right side)" in words(part(html, "loads"))
    ids = [attributes["id"] for _, attributes in Page(html).elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_a_rear_clip_is_not_blamed_for_what_only_the_side_shows(tmp_path: Path) -> None:
    html = page(two_clips(), tmp_path)
    rear = html[html.index("Clip rear.mp4") : html.index('<section id="curves"')]
    assert "Seen from the rear or front" in rear
    assert "Push-off" not in rear


def test_a_right_leg_alone_stands_in_the_right_column(tmp_path: Path) -> None:
    table = part(page(two_clips(), tmp_path), "table")
    assert len(re.findall(r"<td></td>\s*<td>", table)) == 3
