"""The rows of the field tests: whole, at one with the chain, and honest about what is known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinechain.knowledge.chain import chain_graph
from kinechain.knowledge.field_tests import FieldTestRow, field_tests, parse_field_tests
from kinechain.knowledge.filming import filming, parse_filming
from kinechain.knowledge.taping import parse_taping, taping
from kinechain.knowledge.test_plan import plan_rows
from kinechain.knowledge.toml_rows import knowledge_text

ROWS = field_tests()
NUMBERS = [row for row in ROWS.values() if row.classes is None]


@pytest.mark.parametrize("rule", chain_graph().tests, ids=lambda rule: f"{rule.name}-{rule.node}")
def test_the_chain_and_the_forms_hold_a_result_against_the_same(rule) -> None:
    row = ROWS[rule.name]
    assert set(rule.classes or {}) == set(row.classes or {})
    if rule.cut is not None:
        side = {"-": "below", "+": "above"}[rule.direction]
        assert (side, rule.cut) in {(limit.side, limit.value) for limit in row.limits}
    if rule.asymmetry is not None:
        assert row.asymmetry is not None
        assert row.asymmetry.weighed
        assert row.asymmetry.share == rule.asymmetry
    if rule.norm is not None:
        assert row.norm == rule.norm


def test_what_is_not_weighed_says_so() -> None:
    weighed = {rule.name for rule in chain_graph().tests if rule.asymmetry is not None}
    assert {row.id for row in NUMBERS if row.asymmetry is not None and row.asymmetry.weighed} == weighed
    assert "heel_raise_height_cm" not in weighed


def test_every_test_of_the_plan_has_its_form_and_the_other_way_round() -> None:
    assert {name for name, item in plan_rows().items.items() if item.kind == "test"} == set(ROWS)


def test_limits_from_memory_are_labelled() -> None:
    recalled = [limit for row in ROWS.values() for limit in row.limits if "recall" in limit.source]
    assert recalled
    assert all(limit.unverified for limit in recalled)
    assert all(limit.unverified for row in ROWS.values() for limit in row.limits if limit.source == "ours")


def test_norm_of_heel_raises_and_where_a_result_lies() -> None:
    row = ROWS["heel_raises"]
    assert row.norm_for(34, "male") == 33
    assert row.norm_for(62, "female") == 19
    assert row.norm_for(None, "male") is None
    assert row.norm_for(34, None) is None
    assert [row.standing(value, 33) for value in (26, 27, 39, 40)] == ["below", "near", "near", "above"]
    assert ROWS["knee_to_wall_cm"].norm_for(34, "male") is None


@pytest.mark.parametrize(
    ("name", "value", "notable"),
    [
        ("knee_to_wall_cm", 5.0, True),
        ("knee_to_wall_cm", 5.5, False),
        ("heel_raises", 25.0, False),
        ("heel_raises", 24.0, True),
        ("foot_posture_index", 6.0, True),
        ("arch_drop_mm", 10.0, False),
        ("arch_drop_mm", 11.0, True),
    ],
)
def test_a_limit_counts_as_its_sentence_says(name: str, value: float, notable: bool) -> None:
    assert ROWS[name].limits[0].reached(value) is notable


def test_a_difference_of_the_legs_within_the_error_of_the_test_is_not_claimed() -> None:
    row = ROWS["heel_raises"]
    verdicts = [row.difference(30, other).verdict for other in (30, 27, 25, 24, 23)]
    assert verdicts == ["within", "within", "unclear", "unclear", "beyond"]
    assert ROWS["arch_drop_mm"].difference(5, 10) is None
    assert row.difference(0, 0) is None


@given(row=st.sampled_from([row for row in NUMBERS if row.asymmetry]), left=st.floats(0, 40), right=st.floats(0, 40))
def test_legs_may_be_exchanged(row: FieldTestRow, left: float, right: float) -> None:
    assert row.difference(left, right) == row.difference(right, left)


def test_what_a_result_can_be() -> None:
    assert ROWS["rolloff_class"].admits("centre")
    assert not ROWS["rolloff_class"].admits("heel")
    assert not ROWS["rolloff_class"].admits(1.0)
    assert ROWS["foot_posture_index"].admits(-12)
    assert not ROWS["foot_posture_index"].admits(13)
    assert not ROWS["heel_raises"].admits("many")


def test_six_scores_make_the_index() -> None:
    row = ROWS["foot_posture_index"]
    ids = [item.id for item in row.items]
    assert len(ids) == 6
    assert row.total(dict.fromkeys(ids, 2)) == row.highest
    assert row.total(dict.fromkeys(ids, -2)) == row.lowest
    assert row.total({name: number % 2 for number, name in enumerate(ids)}) == 3
    with pytest.raises(ValueError, match="scores of"):
        row.total({ids[0]: 1})
    with pytest.raises(ValueError, match=r"heel: −2…\+2"):
        row.total(dict.fromkeys(ids, 0) | {"heel": 3})


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('norm = "heel_raises"', 'norm = "leg_raises"', r"line \d+: heel_raises: .*no norm 'leg_raises'"),
        ("sdc = 1.9\n", "", r"knee_to_wall_cm: .*its source|sdc needs its source"),
        ("[rolloff_class]", "[roll]", "no row for rolloff_class"),
        ("lowest = -12\n", "", "a number has unit"),
    ],
)
def test_a_wrong_row_is_named(old: str, new: str, reason: str) -> None:
    text = knowledge_text("field_tests.toml")
    assert old in text
    with pytest.raises(ValueError, match=reason):
        parse_field_tests(text.replace(old, new, 1))


def test_filming_and_taping_rows_say_what_is_wrong_and_are_graded_as_opinion() -> None:
    with pytest.raises(ValueError, match=r"filming.toml, line \d+: side\.points"):
        parse_filming(knowledge_text("filming.toml").replace("because =", "reason =", 1))
    with pytest.raises(ValueError, match=r"taping.toml, line \d+: page\.grade"):
        parse_taping(knowledge_text("taping.toml").replace('grade = "D"', 'grade = "good"', 1))
    assert set(filming().cameras) == {"side", "rear", "feet"}
    assert taping().notes.grade == "D"
    assert taping().notes.unverified
