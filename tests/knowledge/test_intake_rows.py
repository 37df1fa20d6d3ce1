"""The questions of the intake are complete in both languages, and wrong answers are refused by name."""

from __future__ import annotations

import re

import pytest

from kinechain.knowledge.intake import check_intake, parse_questions, questions
from kinechain.knowledge.toml_rows import knowledge_text, line_of

JAPANESE = re.compile(r"[぀-ヿ一-鿿]")
KEYS = {
    "complaint": (
        "side place onset trigger trigger_pace trigger_distance_km one_side_only keeps_coming_back stretching_helps "
        "running_less_helps cramps_late"
    ),
    "history": "previous_calf_strain inner_knee_pain_past achilles_past",
    "training": "longest_run_30d_km last_run_km weekly_km recent_change",
}
CHOICES = {
    "side": "left right both",
    "place": "soleus gastrocnemius achilles shin inner_knee other",
    "onset": "gradual sudden",
    "trigger": "pace distance always after",
    "running_less_helps": "no for_a_while yes",
    "recent_change": "none distance pace shoes surface",
}

every = pytest.mark.parametrize("row", questions().values(), ids=lambda row: row.id)


@pytest.mark.parametrize("group", KEYS)
def test_the_keys_of_a_group(group):
    assert [q.id for q in questions().values() if q.group == group] == KEYS[group].split()


def test_the_choices():
    assert {q.id: list(q.choices) for q in questions().values() if q.choices} == {
        key: names.split() for key, names in CHOICES.items()
    }


@every
def test_every_question_is_asked_in_both_languages_with_its_source(row):
    assert row.label.ja.endswith("か。") or row.label.ja.endswith("）。")
    assert JAPANESE.search(row.label.ja)
    assert row.label.en.endswith("?")
    assert not JAPANESE.search(row.label.en)
    assert row.source
    for label in (row.choices or {}).values():
        assert JAPANESE.search(label.ja)
        assert label.en
        assert not JAPANESE.search(label.en)


@every
def test_red_flag_questions_are_required_and_no_others(row):
    assert row.required == row.id.startswith("rf_") == (row.group == "red_flag")


def test_good_answers_come_back_in_one_form():
    given = {"side": "right", "longest_run_30d_km": 18, "trigger_pace": "4:30/km", "rf_limp": "no", "cramps_late": True}
    checked = check_intake(given)
    assert checked == {**given, "rf_limp": False}
    assert isinstance(checked["longest_run_30d_km"], float)
    assert check_intake(checked) == checked


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("sied", "left", "'side'"),
        ("rf_lmip", True, "'rf_limp'"),
        ("qqqq", 1, "known keys: side, place"),
        ("side", "rihgt", "did you mean 'right'"),
        ("side", "middle", "one of left, right, both"),
        ("side", True, "one of left, right, both"),
        ("place", ["soleus"], "one of soleus"),
        ("weekly_km", "40", "a number from 0 to 400 (km)"),
        ("weekly_km", -1, "a number from 0 to 400 (km)"),
        ("weekly_km", 401, "a number from 0 to 400 (km)"),
        ("weekly_km", float("nan"), "a number"),
        ("weekly_km", float("inf"), "a number"),
        ("weekly_km", True, "a number"),
        ("rf_limp", 1, "true or false"),
        ("rf_limp", "maybe", "true or false"),
        ("rf_limp", None, "true or false"),
        ("trigger_pace", "4:70/km", "4:30/km"),
        ("trigger_pace", "0:30/km", "4:30/km"),
        ("trigger_pace", 4.5, "4:30/km"),
    ],
)
def test_a_wrong_answer_is_refused_by_its_key(key, value, says):
    with pytest.raises(ValueError, match=re.escape(key)) as refused:
        check_intake({"onset": "gradual", key: value})
    assert says in str(refused.value)


ROW = '[weekly_km]\nkind = "number"\ngroup = "training"\nlabel = {{ ja = "?", en = "?" }}\n{rest}'


@pytest.mark.parametrize(
    ("rest", "says"),
    [
        ('lowest = 0\nhighest = 9\nunit = "km"\n', r"intake\.toml, line 1: weekly_km\.source: Field required"),
        ('source = ""\n', r"line 5: weekly_km\.source"),
        ('source = "ours"\nlowest = "x"\n', r"line 6: weekly_km\.lowest"),
        ('source = "ours"\n', r"line 1: weekly_km: .*has lowest, highest and unit"),
        ('source = "ours"\ncolour = 1\n', r"line 6: weekly_km\.colour"),
        (
            'source = "ours"\n[weekly_km.choices]\na = { ja = "あ" }\n',
            r"line 7: weekly_km\.choices\.a\.en: Field required",
        ),
        ("source = \n", r"intake\.toml: .*line 5"),
    ],
)
def test_a_wrong_row_names_file_line_and_field(rest, says):
    with pytest.raises(ValueError, match=says):
        parse_questions(ROW.format(rest=rest))


def test_a_red_flag_question_cannot_be_optional():
    text = knowledge_text("intake.toml").replace("required = true\n", "", 1)
    with pytest.raises(ValueError, match=r"line \d+: rf_chest_pain_or_breathless: .*required"):
        parse_questions(text)


def test_the_line_is_that_of_the_closest_key():
    text = "[a]\nx = 1\n[a.b]\ny = 2\n\n[c]\ny = 3\n"
    assert line_of(text, ("a", "b", "y")) == 4
    assert line_of(text, ("a", "b", "z")) == 3
    assert line_of(text, ("c", "y")) == 7
    assert line_of(text, ("d",)) == 1


def test_the_line_in_an_array_of_tables_is_that_of_its_row():
    text = "[[a]]\nx = 1\n[[a]]\nx = 1\ny = [\n  { x = 2 },\n]\n[b.c]\nx = 1\n"
    assert [line_of(text, ("a", n)) for n in (0, 1)] == [1, 3]
    assert line_of(text, ("a", 1, "x")) == 4
    assert line_of(text, ("a", 1, "y", 0, "x")) == 5
    assert line_of(text, ("a", 0, "y")) == 1
    assert line_of(text, ("b", "c", "x")) == 9
