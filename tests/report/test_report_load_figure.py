"""The figure of loads: right ÷ left, bars from zero, reasons in the table, one warning on the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from report_samples import Page, assessment, contrast, hypothesis, load

from kinechain.knowledge.cautions import caution, caution_texts
from kinechain.model.assessment import Assessment, Caution, Load
from kinechain.report import write_reports
from kinechain.report.load_figure import FORCES, SHARES, load_bars, ratio_of, top_of
from kinechain.report.marks import Dot
from kinechain.text import Language

ACHILLES = "achilles_force_peak_bw"


def page(made: Assessment, folder: Path, language: Language = "en") -> str:
    write_reports(made, folder)
    return (folder / f"report.{language}.html").read_text(encoding="utf-8")


def words(html: str) -> str:
    return Page(html).words()


def part(html: str, section: str) -> str:
    return html[html.index(f'<section id="{section}"') :].split("</section>", maxsplit=1)[0] + "</section>"


def both(name: str, left: float | None, right: float | None, half: float = 0.25) -> tuple[Load, Load]:
    return load(name, "left", left, half), load(name, "right", right, half)


def test_a_ratio_holds_the_errors_of_both_legs() -> None:
    ratio = ratio_of(*both(ACHILLES, 5.0, 6.0, 0.5))
    assert ratio is not None
    assert ratio.value == pytest.approx(1.2)
    assert 6.0 / 5.5 > ratio.low > 5.5 / 5.5 - 0.01
    assert ratio.told
    unclear = ratio_of(*both(ACHILLES, 5.0, 6.0, 1.0))
    assert unclear is not None
    assert not unclear.told


def test_swapped_legs_turn_the_ratio_over() -> None:
    one, other = ratio_of(*both(ACHILLES, 5.0, 6.0, 1.0)), ratio_of(*both(ACHILLES, 6.0, 5.0, 1.0))
    assert one is not None
    assert other is not None
    assert (one.value, one.low, one.high) == pytest.approx((1 / other.value, 1 / other.high, 1 / other.low))


@pytest.mark.parametrize("pair", [(None, 5.0), (5.0, None), (0.2, 5.0)])
def test_no_ratio_where_a_leg_is_missing_or_reaches_zero(pair: tuple[float | None, float | None]) -> None:
    assert ratio_of(*both(ACHILLES, *pair)) is None


def test_bars_begin_at_zero_and_their_lengths_are_in_proportion() -> None:
    dots = (Dot("left", 2.0, 1.5, 2.5), Dot("right", 4.0, 3.0, 5.0))
    svg = load_bars(dots, top_of([dots]), "BW")
    bars = [(float(x), float(w)) for x, w in re.findall(r'<rect x="([\d.]+)" y="[^"]+" width="([\d.]+)"', svg)]
    assert bars[0][0] == bars[1][0]
    assert bars[1][1] == pytest.approx(2 * bars[0][1], abs=0.2)
    assert re.findall(r">([LR])<", svg) == ["L", "R"]
    ends = [float(x) for x in re.findall(r"M[\d.]+ [\d.]+H([\d.]+)", svg)]
    assert max(ends) < 300


def _page(folder: Path, language: Language, cautions: tuple[Caution, ...] = ()) -> str:
    loads = tuple(row for name in (*FORCES, *SHARES) for row in both(name, 0.3 if name in SHARES else 5.0, 0.4, 0.05))
    return page(assessment(loads=loads, cautions=cautions), folder, language)


@pytest.mark.parametrize(("language", "ratio"), [("en", "right ÷ left 0.1"), ("ja", "右は左の 0.1 倍")])
def test_forces_have_ratios_and_shares_have_bars(tmp_path: Path, language: Language, ratio: str) -> None:
    html = part(_page(tmp_path, language), "loads")
    assert html.count("<svg") == len(FORCES) + len(SHARES)
    assert words(html).count(ratio) == len(FORCES)


def test_the_warning_stands_once_beside_the_loads(tmp_path: Path) -> None:
    told = (caution("loads_compare_only", "clip1"), caution("method_error_unknown", "clip1", unknown=3, measured=9))
    html = _page(tmp_path, "en", told)
    assert words(html).count("differs about threefold") == 1
    assert "differs about threefold" in words(part(html, "loads"))
    assert "scatter over strides" in words(part(html, "cautions"))


def test_without_loads_nothing_is_drawn_and_the_reason_stands_once(tmp_path: Path) -> None:
    because = caution_texts()["load_missing_speed"]
    missing = tuple(
        row.model_copy(update={"missing_because": because, "model": ""}) for row in both(ACHILLES, None, None)
    )
    html = part(page(assessment(loads=missing), tmp_path), "loads")
    assert "<svg" not in html
    assert words(html).count("Neither running speed nor body height is known.") == 1
    assert "Model:" not in words(html)


# --- beside the evidence of a link -----------------------------------------------------------------------------------


def _with_ratio(verdict: str = "real") -> Assessment:
    right = load(ACHILLES, "right", 6.0, 0.6)
    about = {"a": 5.0, "b": 6.0, "low": 0.2, "high": 1.8, "sdc": 0.8, "verdict": verdict, "clips": ("clip1",)}
    one = contrast("side", ACHILLES, 1.0, **about)
    link = hypothesis("C5_right", 0.7, evidence_for=(one.id,))
    return assessment(loads=(load(ACHILLES, "left", 5.0, 0.5), right), contrasts=(one,), hypotheses=(link,))


@pytest.mark.parametrize(
    ("language", "value", "ratio"),
    [
        ("en", "Right 6.0 ± 0.6 BW (no reference)", "right ÷ left 1.20 (1.04 to 1.36)"),
        ("ja", "右 6.0 ± 0.6 体重比（参考範囲なし）", "右は左の 1.20 倍（1.04〜1.36）"),
    ],
)
def test_the_loads_of_a_link_stand_beside_its_evidence(
    tmp_path: Path, language: Language, value: str, ratio: str
) -> None:
    told = words(part(page(_with_ratio(), tmp_path, language), "evidence"))
    assert value in told
    assert ratio in told
    assert "Left 5.0" not in told


def test_the_figure_shows_the_measured_error_of_a_ratio(tmp_path: Path) -> None:
    told = words(part(page(_with_ratio(), tmp_path), "loads"))
    assert "right ÷ left 1.2 (1.0 to 1.4)" in told or "right ÷ left 1.20 (1.04 to 1.36)" in told
    assert "no difference beyond the error" not in told


@pytest.mark.parametrize(
    ("verdict", "end"),
    [("real", "a larger change than other runners show"), ("none", "not told apart from other runners")],
)
def test_slow_against_fast_stands_beside_the_evidence(tmp_path: Path, verdict: str, end: str) -> None:
    about = {"a": 5.0, "b": 6.0, "low": 0.2, "high": 1.8, "sdc": 0.8, "verdict": verdict, "clips": ("clip1", "clip2")}
    made = _with_ratio().model_copy(update={"contrasts": (contrast("pace", ACHILLES, 1.0, side="right", **about),)})
    told = words(part(page(made, tmp_path), "evidence"))
    assert f"fast ÷ slow 1.20 (1.04 to 1.36): {end}" in told


def test_a_link_without_loads_has_no_such_part(tmp_path: Path) -> None:
    bare = assessment(hypotheses=(hypothesis("C5_right", 0.7),))
    assert "Estimated loads" not in words(page(bare, tmp_path))
