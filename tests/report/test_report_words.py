"""The words of the page: both languages, each used, none forbidden."""

from __future__ import annotations

import re
from importlib import resources
from typing import get_args

import pytest

from kinechain import glossary
from kinechain.knowledge.chain import chain_graph
from kinechain.knowledge.field_tests import Standing
from kinechain.model.assessment import Condition, Contrast, Finding, Grade, SideOrBoth, Surface, View
from kinechain.model.comparison import StepKind
from kinechain.model.session_plan import Place
from kinechain.report.numbers import display_of
from kinechain.report.rows import GROUPS
from kinechain.report.states import State
from kinechain.report.words import all_words, words_in

ROOM = resources.files("kinechain.report")
SOURCES = [path for path in ROOM.iterdir() if path.name.endswith(".py")]
TEMPLATES = [path for folder in ("templates", "templates/sections") for path in ROOM.joinpath(folder).iterdir()]
CODE = "\n".join(path.read_text(encoding="utf-8") for path in [*SOURCES, *TEMPLATES] if path.is_file())

#: Sections whose keys come from the assessment, and the keys that it may ask for.
FROM_DATA = {
    "view": set(get_args(View)),
    "side": set(get_args(SideOrBoth)),
    "unit": {display_of(name).unit for name in glossary.quantities()},
    "group": set(GROUPS),
    "answered": {"yes", "no"},
    "verdict": set(get_args(Finding.model_fields["verdict"].annotation)),
    "contrast": set(get_args(Contrast.model_fields["kind"].annotation)),
    "difference_of": set(get_args(Contrast.model_fields["kind"].annotation)),
    "difference_verdict": set(get_args(Contrast.model_fields["verdict"].annotation)),
    "rival": {"likely", *get_args(State)},
    "grade": set(get_args(Grade)),
    "place": set(get_args(Place)),
    "condition": set(get_args(Condition)),
    "surface": set(get_args(Surface)),
    "step_pace": {"easy", "provoking"},
    "test_standing": set(get_args(Standing)),
    "test_difference": {"within", "beyond", "unclear"},
    "clip_to_film": {name for name, action in chain_graph().actions.items() if action.kind == "clip"},
    "course_step": set(get_args(StepKind)),
    "course_verdict": set(get_args(Contrast.model_fields["verdict"].annotation)),
    "running": {"longest_next_run_km", "pace_advice", "step_rate_change_pct", "pain_limit_nrs", "rest_day_between"},
    "chain": {"heading", "explain", "alt", "complaint", "contradicted", "chip_left", "chip_right"}
    | {prefix + state for state in get_args(State) for prefix in ("", "chip_")},
    "dose": {"reps", "hold", "hold_reps", "sets", "per_side", "often", "daily"},
    "scale": {"athlete_height", "stated_speed", "points_file", "none"},
    "basis": {"leg", "stride", "stance"},
    "runner": {"female", "male", "height", "mass", "age", "plain", "described"},
}
PAIRS = [(section, key) for section, rows in all_words().items() for key in rows]


@pytest.mark.parametrize(("section", "key"), PAIRS)
def test_both_languages_are_there_with_the_same_gaps(section: str, key: str) -> None:
    text = all_words()[section][key]
    assert text.ja.strip()
    assert text.en.strip()
    assert set(re.findall(r"\{(\w+)\}", text.ja)) == set(re.findall(r"\{(\w+)\}", text.en))


@pytest.mark.parametrize(("section", "key"), PAIRS)
def test_every_word_is_used(section: str, key: str) -> None:
    if section in FROM_DATA:
        # units that no quantity is shown in yet are kept for all units of the contract
        assert key in FROM_DATA[section] | ({"hz", "px", "mm"} if section == "unit" else set())
    else:
        ways = (rf"\bw\.{section}\.{key}\b", rf'words\["{section}"\]\["{key}"\]', rf'\b(?:words|head)\["{key}"\]')
        assert any(re.search(way, CODE) for way in ways), "not used anywhere"


@pytest.mark.parametrize("section", sorted(FROM_DATA))
def test_every_word_that_data_may_ask_for_is_there(section: str) -> None:
    assert FROM_DATA[section] <= set(all_words()[section])


def test_no_japanese_in_english_and_no_english_sentence_in_japanese() -> None:
    for section, key in PAIRS:
        text = all_words()[section][key]
        if (section, key) == ("page", "other_language"):
            continue
        assert not re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", text.en), (section, key)
        assert not re.search(r"(?:[A-Za-z]{2,} ){2}[A-Za-z]{2,}", text.ja), (section, key)


def test_nothing_is_diagnosed_or_promised() -> None:
    for section, key in PAIRS:
        text = all_words()[section][key]
        assert not re.search(r"診断(?!は行いません)|治[りるす]|原因は|危険|怖", text.ja), (section, key)
        assert not re.search(r"\bcure|caused by|\bdanger|diagnos(?!is\.)", text.en.lower()), (section, key)


def test_keys_do_not_hide_behind_the_methods_of_a_dict() -> None:
    names = set(dir(dict))
    assert not names & set(all_words())
    assert not any(names & set(rows) for rows in all_words().values())


def test_words_in_gives_the_language_asked_for() -> None:
    assert words_in("ja")["side"]["left"] == "左"
    assert words_in("en")["side"]["left"] == "Left"
