"""A page of several clips: which of them a sentence or a difference is about."""

from __future__ import annotations

import pytest
from report_samples import assessment, clip, contrast, usual_measurements

from kinechain.model.assessment import Assessment, Caution, Plan, Segment
from kinechain.report.clip_names import clip_names, told_cautions
from kinechain.report.page import report_body
from kinechain.report.words import words_in
from kinechain.text import Language, Text

LANGUAGES: tuple[Language, ...] = ("ja", "en")
PARTS = tuple(
    clip(f"clip{n}", "five.mp4").model_copy(update={"part": Segment(start_s=2.0 * n, end_s=2.0 * n + 1.5)})
    for n in (1, 2, 3)
)


def caution(identity: str | None, code: str = "low_rate") -> Caution:
    return Caution(code=code, clip=identity, message=Text(ja=f"注意 {code}。", en=f"Beware {code}."))


def test_clips_are_called_by_their_file_and_parts_of_one_by_their_place_in_it() -> None:
    assert clip_names([clip("a", "left.mp4"), clip("b", "right.mp4")]) == {"a": "left.mp4", "b": "right.mp4"}
    assert clip_names(PARTS) == {f"clip{n}": f"five.mp4 {2 * n}.0–{2 * n + 1}.5 s" for n in (1, 2, 3)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_caution_stands_once_with_the_clips_it_is_about(language: Language) -> None:
    names, words = clip_names(PARTS), words_in(language)
    told = [caution("clip1"), caution("clip2"), caution("clip3"), caution("clip2", "moves"), caution("clip3", "moves")]
    every, some, none = told_cautions([*told, caution(None, "men")], names, language, words)
    assert every.endswith(words["cautions"]["every_clip"])
    assert names["clip1"] not in some
    assert all(names[one] in some for one in ("clip2", "clip3"))
    assert none == caution(None, "men").message[language]


def session(**changes: object) -> Assessment:
    measured = tuple(m for part in PARTS for m in usual_measurements(part.id))
    return assessment(clips=PARTS, measurements=measured, curves=(), **changes)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_difference_of_pace_says_between_which_clips_and_what_others_do(language: Language, tmp_path) -> None:
    changed = contrast(
        "pace", "cadence_spm", 12.0, clips=("clip1", "clip3"), sdc=9.0, verdict="none", reference_change=18.0
    )
    words = words_in(language)
    page = str(report_body(session(contrasts=(changed,)), tmp_path, language))
    assert "five.mp4 2.0–3.5 s → five.mp4 6.0–7.5 s" in page
    assert words["difference"]["usual_change"] in page
    assert words["difference_verdict"]["none"] not in page
    assert words["difference"]["reference_change"].partition("{")[0] in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_questions_of_a_session_are_answered_in_its_file(language: Language, tmp_path) -> None:
    stopped = Plan(stop=True, gates=("unanswered",))
    assert "kinechain assess SESSION.toml" in str(report_body(session(plan=stopped), tmp_path, language))
    assert "kinechain assess run.mp4 --intake" in str(report_body(assessment(plan=stopped), tmp_path, language))
