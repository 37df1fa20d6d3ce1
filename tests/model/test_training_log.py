"""The training log: TOML and JSON say the same, and what is wrong is named."""

from __future__ import annotations

import datetime
import json

import pytest

from kinechain.errors import TrainingLogInvalid
from kinechain.model.training_log import Done, TrainingLog, read_training_log

TOML = """
[[note]]
text = "other tables of a diary are not read"

[[done]]
date = 2026-05-04
exercise = "hip_hinge"
sets = 2
pain_before = 1
pain_during = 2.5
pain_next_morning = 1
"""
ROW = Done(
    date=datetime.date(2026, 5, 4), exercise="hip_hinge", sets=2, pain_before=1, pain_during=2.5, pain_next_morning=1
)


def test_toml_and_json_are_read_alike(tmp_path):
    (tmp_path / "log.toml").write_text(TOML, encoding="utf-8")
    (tmp_path / "log.json").write_text(TrainingLog(done=(ROW,)).model_dump_json(), encoding="utf-8")
    assert read_training_log(tmp_path / "log.toml") == read_training_log(tmp_path / "log.json")
    assert read_training_log(tmp_path / "log.toml").done == (ROW,)
    (tmp_path / "empty.toml").write_text("", encoding="utf-8")
    assert read_training_log(tmp_path / "empty.toml").first_day is None


def test_what_was_not_noted_is_none_and_not_zero():
    bare = Done(date=datetime.date(2026, 5, 4), exercise="hip_hinge", sets=2)
    assert (bare.peak, bare.worse_next_morning) == (None, None)
    assert (ROW.peak, ROW.worse_next_morning) == (2.5, False)
    assert ROW.model_copy(update={"pain_next_morning": 2}).worse_next_morning is True


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.toml", TOML.replace("2.5", "11"), "done.1.pain_during"),
        ("a.toml", TOML.replace("sets = 2", "sets = -1"), "done.1.sets"),
        ("a.toml", TOML.replace("2026-05-04", '"yesterday"'), "done.1.date"),
        ("a.toml", TOML + "pain_at_night = 1\n", "done.1.pain_at_night"),
        ("a.toml", TOML + "nan = nan\n", "done.1.nan"),
        ("a.toml", "[[done", "end of an array"),
        ("a.json", "{", "line 1"),
        ("a.json", json.dumps([1]), "file"),
    ],
)
def test_a_wrong_log_names_what_is_wrong(tmp_path, name, content, says):
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(TrainingLogInvalid, match=says):
        read_training_log(tmp_path / name)


def test_a_log_that_is_missing_or_no_text_is_named(tmp_path):
    with pytest.raises(TrainingLogInvalid, match=r"none\.toml"):
        read_training_log(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TrainingLogInvalid, match=r"bytes\.toml"):
        read_training_log(tmp_path / "bytes.toml")


def test_a_week_is_found_in_order_of_its_days():
    days = [datetime.date(2026, 5, day) for day in (10, 4, 11, 3)]
    log = TrainingLog(done=tuple(ROW.model_copy(update={"date": day}) for day in days))
    assert [row.date.day for row in log.of("hip_hinge", datetime.date(2026, 5, 4), 7)] == [4, 10]
    assert log.of("step_down", datetime.date(2026, 5, 4), 7) == ()
    assert log.first_day == datetime.date(2026, 5, 3)
