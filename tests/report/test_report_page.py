"""The page: complete in both languages, safe, in order, and true to the assessment."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from report_samples import (
    PICTURE,
    TOO_FEW,
    Page,
    assessment,
    clip,
    curve,
    measurement,
    of_every_plan,
    usual_measurements,
    with_pictures,
)

from kinechain import glossary
from kinechain.errors import OutputNotWritable
from kinechain.model.assessment import Assessment, Caution, Conclusion, Plan
from kinechain.model.athlete import Athlete
from kinechain.report import write_reports
from kinechain.report.numbers import NBSP
from kinechain.text import LANGUAGES, Language, Text

EveryPage = dict[str, dict[Language, str]]
ORDER = [
    "headline", "plan", "chain", "cautions", "evidence", "measured", "curves", "contrasts", "tests", "loads",
    "not-judged", "table", "protocol", "method",
]  # fmt: skip
SOMETIMES = {"plan", "tests", "cautions", "chain", "evidence", "contrasts", "loads"}
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


def pages(made: Assessment, folder: Path) -> dict[Language, str]:
    paths = write_reports(made, folder)
    return {language: path.read_text(encoding="utf-8") for language, path in zip(LANGUAGES, paths, strict=True)}


def words(html: str) -> str:
    return Page(html).words().replace(NBSP, " ")


def of_every_kind() -> dict[str, Assessment]:
    missing = tuple(measurement(m.name, m.side, None, because=TOO_FEW) for m in usual_measurements())
    second = (*usual_measurements(), *usual_measurements("clip2"))
    rear = (measurement("pelvic_drop_peak_deg", "left", 5.5, 0.7), measurement("rolloff_class", "left", "big_toe"))
    return {
        "usual": assessment(),
        "nothing measured": assessment(
            measurements=missing, curves=(), cautions=(), athlete=Athlete(), clips=(clip(known_height=False),)
        ),
        "no measurements at all": assessment(measurements=(), curves=()),
        "one leg": assessment(
            measurements=(
                measurement("contact_time_s", "left", 0.216, 0.002),
                measurement("contact_time_s", "right", None, because=TOO_FEW),
            ),
            curves=(curve("knee_flexion_deg", "left", reference=True),),
        ),
        "two clips": assessment(clips=(clip(), clip("clip2", "later.mp4")), measurements=second),
        "rear": assessment(measurements=rear),
        "without an interval": assessment(measurements=(measurement("trunk_lean_deg", "both", 5.6),)),
        "another gate": assessment(plan=Plan(stop=True, gates=("calf_swelling",))),
        "free to train": assessment(plan=Plan(stop=False)),
        **of_every_plan(),
    }


@pytest.fixture(scope="module")
def every_page(tmp_path_factory: pytest.TempPathFactory) -> EveryPage:
    return {
        kind: pages(made, with_pictures(tmp_path_factory.mktemp("report"))) for kind, made in of_every_kind().items()
    }


@pytest.mark.parametrize("kind", of_every_kind())
def test_every_page_is_whole_html_and_stands_alone(kind: str, every_page: EveryPage) -> None:
    for language, html in every_page[kind].items():
        page = Page(html)
        assert page.all("html") == [{"lang": language}]
        ids = [a["id"] for _, a in page.elements if "id" in a]
        assert len(ids) == len(set(ids))
        targets = [a[key] for _, a in page.elements for key in ("src", "href") if key in a]
        assert all(
            t.startswith(("data:image/", "#", "report.", "runner.", "taping.", "overlay.mp4")) for t in targets
        ), targets
        assert not page.all("script")
        assert not page.all("link")
        assert "http" not in html
        assert "@import" not in html
        assert not re.search(r"url\((?!#)", html)
        assert not re.search(r"\{[\w|}]|None\b(?! of these)|\bnan\b|Undefined", page.words()), "nothing left unfilled"


@pytest.mark.parametrize("kind", of_every_kind())
def test_sections_stand_in_the_order_of_the_look(kind: str, every_page: EveryPage) -> None:
    for html in every_page[kind].values():
        found = [a["id"] for a in Page(html).all("section") if "id" in a]
        assert found == [name for name in ORDER if name in found]
        assert set(ORDER) - SOMETIMES <= set(found)
        assert len(Page(html).all("h1")) == 1


@pytest.mark.parametrize("kind", of_every_kind())
def test_each_page_speaks_one_language(kind: str, every_page: EveryPage) -> None:
    html = every_page[kind]
    english = [t for t, _, lang in Page(html["en"]).texts if lang == "en" and JAPANESE.search(t)]
    assert english == []
    for element, attributes in Page(html["en"]).elements:
        spoken = [attributes.get(key, "") for key in ("alt", "aria-label", "title")]
        assert not any(JAPANESE.search(text) for text in spoken), element
    japanese = Page(html["ja"]).words(language="ja")
    assert not re.search(r"(?:[A-Za-z]{2,} ){3}[A-Za-z]{2,}", japanese)


def test_the_headline_says_what_was_measured(tmp_path: Path) -> None:
    html = pages(assessment(), tmp_path)
    for sentence in (
        "ピッチは 173.1 ± 0.5 歩/分、接地時間は左 216 ± 2 ms、右 231 ± 4 ms です。",
        "ランナー（男性、身長 188.6 cm、体重 72 kg、34 歳）の走りを右横から撮った動画で、左足 9・右足 8 ストライド",
        "後ろからも撮ってください。",
    ):
        assert sentence in words(html["ja"])
    for sentence in (
        "Cadence is 173.1 ± 0.5 steps/min, contact time is 216 ± 2 ms on the left and 231 ± 4 ms on the right.",
        "The runner (male, 188.6 cm tall, 72 kg, 34 years) was filmed from the right side; 9 strides of the left foot "
        "and 8 of the right",
        "Film from the rear as well.",
    ):
        assert sentence in words(html["en"])


def test_numbers_stand_with_their_error_and_never_with_three_decimals(tmp_path: Path) -> None:
    text = words(pages(assessment(), tmp_path)["ja"])
    for value in ("37 ± 2°", "41 ± 2°", "10.0 ± 0.7 cm", "2.5 ± 0.1 m", "踵から", "前足部から", "5.6 ± 0.2°"):
        assert value in text
    assert "この方法のずれ：−8 ± 3°" in text
    assert not re.search(r"\d\.\d{3}", text)


def test_a_value_inside_its_error_is_written_as_such(tmp_path: Path) -> None:
    html = pages(assessment(), tmp_path)
    assert words(html["ja"]).count("誤差の範囲内") == 1, "the right knee over toe, in the table"
    assert "within its error" in words(html["en"])


def test_a_value_without_an_interval_says_so(tmp_path: Path) -> None:
    text = words(pages(of_every_kind()["without an interval"], tmp_path)["en"])
    assert "error unknown" in text
    assert "6°" in text
    assert "±" not in re.sub(r"(?s)mean ± half|Value ± half|mean ± spread", "", text)


def test_one_leg_is_shown_and_the_other_has_its_reason(tmp_path: Path) -> None:
    text = words(pages(of_every_kind()["one leg"], tmp_path)["ja"])
    assert "接地時間は左 216 ± 2 ms、右 計測できず です。" in text
    assert "ピッチは計測できず" in text
    assert "接地時間（右）" in text
    assert TOO_FEW.ja in text
    assert "左 n = 9、右 n = 0" in text
    assert "灰色の帯は参考範囲です。" in text


def test_reasons_are_gathered_not_repeated(tmp_path: Path) -> None:
    html = pages(assessment(), tmp_path)["en"]
    assert html.count("Needs a clip from the rear.") == 1
    assert "Pelvic drop, Step width" in words(html)
    assert "Stride length (Left)" in words(html)


def test_nothing_measured_still_makes_a_page_that_says_what_to_do(tmp_path: Path) -> None:
    text = words(pages(of_every_kind()["nothing measured"], tmp_path)["en"])
    assert "Neither cadence nor contact time could be measured" in text
    assert "Nothing could be measured." in text
    assert "Film from the rear as well." in text
    assert "±" not in text.replace("mean ± half", "").replace("Value ± half", "")


def test_everything_measured_has_no_reasons_left(tmp_path: Path) -> None:
    made = assessment(measurements=(measurement("cadence_spm", "both", 173.0, 1.0),))
    assert "Everything that was planned could be measured." in words(pages(made, tmp_path)["en"])


def test_advice_waits_for_its_gates(tmp_path: Path) -> None:
    made = of_every_kind()
    assert "安全のための質問にまだ答えがありません" in words(pages(made["usual"], tmp_path)["ja"])
    unknown = words(pages(made["another gate"], tmp_path)["en"])
    assert "calf_swelling" not in unknown, "a reader sees sentences, never ids"
    assert "see a doctor" in unknown
    assert 'id="plan"' not in pages(made["free to train"], tmp_path)["en"]


def test_the_intended_use_stands_at_the_top_and_at_the_end(tmp_path: Path) -> None:
    html = pages(assessment(), tmp_path)
    assert words(html["ja"]).count("トレーニングの参考のためのもので、医療機器ではありません。診断は行いません。") == 2
    assert words(html["en"]).count("For training. Not a medical device; it makes no diagnosis.") == 2


def test_nothing_is_diagnosed_or_promised(tmp_path: Path) -> None:
    for html in pages(assessment(), tmp_path).values():
        assert not re.search(r"診断します|治る|治り|原因は", words(html))
        assert not re.search(r"(?i)\bcures?\b|caused by", words(html))


def test_hostile_names_are_text_not_markup(tmp_path: Path) -> None:
    evil = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>.mp4"
    made = assessment(
        clips=(clip(file=evil), clip("clip2", evil)),
        conclusion=Conclusion(primary=None, cannot_tell=False, next_step=Text(ja=evil, en=evil)),
        cautions=(Caution(code="c", clip="clip2", message=Text(ja=evil, en=evil)),),
        plan=Plan(stop=True, gates=(evil,)),
        measurements=(measurement("shank_angle_ms_deg", "left", 26.0, 1.0, frame=evil),),
    )
    for html in pages(made, tmp_path).values():
        page = Page(html)
        assert not page.all("script")
        assert not page.all("img")
        assert not any(key.startswith("on") for _, attributes in page.elements for key in attributes)
        assert evil in page.words()


def test_pictures_are_embedded_side_by_side(tmp_path: Path) -> None:
    for html in pages(assessment(), with_pictures(tmp_path)).values():
        pictures = Page(html).all("img")
        assert len(pictures) == 3, "left, right, and the one that stands for the video on paper"
        assert all(p["src"].startswith("data:image/jpeg;base64,") and p["alt"] for p in pictures)


def test_missing_pictures_are_left_out_with_a_caption(tmp_path: Path) -> None:
    html = pages(assessment(), tmp_path)
    assert not Page(html["ja"]).all("img")
    assert "左：写真はありません" in words(html["ja"])
    assert "Right: no picture" in words(html["en"])


@pytest.mark.parametrize("frame", ["../secret.jpg", "/etc/hostname", "frames", "frames/notes.txt", ""])
def test_nothing_but_pictures_of_the_folder_is_embedded(frame: str, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    (folder / "frames").mkdir(parents=True)
    (tmp_path / "secret.jpg").write_bytes(PICTURE)
    (folder / "frames" / "notes.txt").write_text("notes")
    made = assessment(measurements=(measurement("shank_angle_ms_deg", "left", 26.0, 1.0, frame=frame),))
    assert "data:" not in pages(made, folder)["en"]


def test_the_overlay_is_played_where_it_is_there(tmp_path: Path) -> None:
    assert not Page(pages(assessment(), tmp_path)["ja"]).all("video")
    (tmp_path / "overlay.mp4").write_bytes(b"video")
    video = Page(pages(assessment(), tmp_path)["ja"]).all("video")
    assert [v["src"] for v in video] == ["overlay.mp4"]
    assert "controls" in video[0]


def test_the_pages_lead_to_each_other(tmp_path: Path) -> None:
    html = pages(assessment(), tmp_path)
    for language, other in (("ja", "en"), ("en", "ja")):
        link = next(a for a in Page(html[language]).all("a") if "hreflang" in a)
        assert link["href"] == f"report.{other}.html"
        assert link["lang"] == link["hreflang"] == other


def test_two_clips_are_told_apart(tmp_path: Path) -> None:
    text = words(pages(of_every_kind()["two clips"], tmp_path)["en"])
    assert text.count("Clip later.mp4 (from the right side)") == 5


def test_the_table_holds_every_measured_quantity(tmp_path: Path) -> None:
    html = pages(assessment(), tmp_path)["en"]
    table = html[html.index("<table") : html.index("</table>")].replace("<wbr>", "")
    measured = {m.name for m in usual_measurements() if m.value is not None}
    assert {name for name in glossary.quantities() if f">{name}<" in table} == measured


def test_same_assessment_same_pages(tmp_path: Path) -> None:
    assert pages(assessment(), tmp_path) == pages(assessment(), tmp_path)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(OutputNotWritable):
        write_reports(assessment(), tmp_path / "absent")
