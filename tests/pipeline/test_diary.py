"""The diary: what it takes and refuses, that writers do not hurt one another, what it says of the next step."""

from __future__ import annotations

import datetime as dt
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kinechain.cli import app
from kinechain.errors import DiaryInvalid, DiaryOldForm
from kinechain.knowledge.monitoring import monitored, monitoring
from kinechain.model.comparison import CAREFUL
from kinechain.model.diary import Diary, DiaryEntry, read_diary
from kinechain.pipeline.diary import add_entry

DAY = dt.date(2026, 3, 31)


def day(ago: int, **said: object) -> DiaryEntry:
    return DiaryEntry.model_validate({"date": DAY - dt.timedelta(days=ago), **said})


def held(*entries: DiaryEntry, strained: bool = False) -> set[str]:
    return {one.rule.id for one in monitored(Diary(entries), DAY, strained=strained)}


def test_what_is_added_is_read_back_and_the_rest_stays(tmp_path: Path) -> None:
    file = tmp_path / "diary.toml"
    file.write_text("# mine\n[[entry]]\ndate = 2026-03-01\npain_during = 1", encoding="utf-8")
    old = file.read_text(encoding="utf-8")
    entry = day(0, pain_during=2.5, limp=False, note='ふくらはぎ "張り" \\', exercise="hip_hinge", sets=2)
    assert add_entry(file, entry).entries[-1] == entry
    assert read_diary(file).entries[-1] == entry
    assert file.read_text(encoding="utf-8").startswith(old)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[entry]]\ndate = 2026-03-01\npain_after = 11\n", "line 1: pain_after"),
        ("[[entry]]\ndate = 2026-03-01\nlimp = true\n\n[[entry]]\ndate = 2026-03-02\npian = 1\n", "line 5: pian"),
        ("[[entry]]\ndate = 2026-03-01\n", "line 1"),
        ('[[entry]]\ndate = 2026-03-01\nexercise = "hip_hinge"\n', "line 1: entry: Value error, an exercise"),
        ('[[entry]]\ndate = 2026-03-01\nexercise = "hip_hinge"\nsets = 1\nminutes = 9\n', "two entries"),
        ("[[day]]\n", "day"),
        ("entry = 3\n", "entry"),
        ("\0", ""),
    ],
)
def test_a_wrong_diary_is_named_and_left_as_it_is(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "diary.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DiaryInvalid) as refused:
        add_entry(file, day(0, pain_during=1))
    assert said in refused.value.message.en
    assert file.read_text(encoding="utf-8") == text


def test_many_writers_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "diary.toml"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: add_entry(file, day(n, distance_km=float(n + 1))), range(24)))
    assert {e.distance_km for e in read_diary(file).entries} == {float(n + 1) for n in range(24)}


@pytest.mark.parametrize(
    ("entries", "strained", "step"),
    [
        ((day(0, pain_during=2),), False, "forward"),
        ((day(0, pain_during=4),), False, "hold"),
        ((day(0, pain_during=4),), True, "back"),
        ((day(0, pain_during=6),), False, "stop"),
        ((day(0, pain_during=1, limp=True),), False, "stop"),
        ((day(9, pain_during=6), day(0, pain_during=2)), False, "forward"),
        ((day(0, distance_km=5),), False, "hold"),
        ((day(8, pain_during=1, pain_next_morning=0), day(0, pain_during=1, pain_next_morning=3)), False, "back"),
        ((day(0, pain_before=2, pain_during=2, pain_next_morning=2),), False, "forward"),
        ((day(0, pain_before=1, pain_during=2), day(0, pain_next_morning=2)), False, "back"),
        ((day(1, distance_km=5, pain_during=1),), False, "hold"),
        ((day(1, distance_km=5, pain_before=1, pain_during=1), day(1, pain_next_morning=1)), False, "forward"),
        ((day(7, pain_during=4), day(0, pain_during=5)), False, "back"),
        ((day(0, pain_during=3),), True, "back"),
        ((day(14, pain_during=0), day(0, pain_during=4)), False, "hold"),
        ((day(14, pain_during=4), day(7, pain_during=2), day(0, pain_during=4)), False, "back"),
        ((day(14, pain_during=5), day(7, pain_during=5), day(0, pain_during=4)), False, "hold"),
        ((day(14, pain_during=1), day(7, pain_during=2), day(0, pain_during=3)), False, "hold"),
        ((day(14, pain_during=2), day(7, pain_during=3), day(0, pain_during=4)), False, "stop"),
        ((day(14, pain_during=5), day(7, pain_during=4), day(0, pain_during=5)), False, "stop"),
        ((day(9, distance_km=10), day(0, pain_during=1, distance_km=11.5)), False, "back"),
        ((day(9, distance_km=10), day(0, pain_during=1, distance_km=11)), False, "forward"),
        ((day(40, distance_km=10), day(0, pain_during=1, distance_km=20)), False, "forward"),
    ],
)
def test_the_next_step_of_a_diary(entries: tuple[DiaryEntry, ...], strained: bool, step: str) -> None:
    steps = {monitoring().rules[name].step for name in held(*entries, strained=strained)}
    assert min(steps, key=CAREFUL.index) == step


def test_an_empty_diary_says_nothing() -> None:
    assert held() == set()


def test_the_commands(tmp_path: Path) -> None:
    file, run = tmp_path / "diary.toml", CliRunner().invoke
    assert run(app, ["diary", "add", str(file), "--during", "2", "--km", "8", "--date", "2026-03-31"]).exit_code == 0
    shown = run(app, ["diary", "show", str(file), "--json", "-"])
    assert json.loads(shown.stdout)["entries"] == [{"date": "2026-03-31", "distance_km": 8.0, "pain_during": 2.0}]
    for wrong in (["--during", "11"], ["--date", "tomorrow", "--limp"], ["--date", "2999-01-01", "--limp"], []):
        assert run(app, ["diary", "add", str(file), *wrong]).exit_code == 41
    assert run(app, ["diary", "add", str(file), "--exercise", "jumping", "--sets", "2"]).exit_code == 46
    assert run(app, ["diary", "show", str(tmp_path / "no.toml")]).exit_code == 46
    assert len(read_diary(file).entries) == 1


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("diary.toml", "[[entry]]\ndate = 2026-03-01\nlimp = true\n[[entry]]\ndate = 2026-03-02\npain = 2\n", "line 4"),
        ("diary.toml", '[[entry]]\ndate = 2026-03-01\nexercises = ["hip_hinge"]\n', "exercises"),
        ("log.toml", '[[done]]\ndate = 2026-05-04\nexercise = "hip_hinge"\nsets = 2\n', "[[done]]"),
        ("log.json", '{"done": []}', "JSON"),
        ("log", '  {"done": []}', "JSON"),
    ],
)
def test_a_file_of_an_earlier_form_is_named_and_left_as_it_is(tmp_path: Path, name: str, text: str, what: str) -> None:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DiaryOldForm) as refused:
        add_entry(file, day(0, pain_during=1))
    assert what in refused.value.message.en
    assert file.read_text(encoding="utf-8") == text


def test_every_rule_and_limit_has_its_source_and_a_stop_the_words_of_its_gate() -> None:
    for rule in monitoring().rules.values():
        assert rule.source
        assert ("{pain}" in rule.text.ja) == ("{pain}" in rule.text.en)
    (red,) = monitored(Diary((day(0, pain_during=7),)), DAY, strained=False)[:1]
    assert "7" in red.texts[0].en
    assert "doctor" in red.texts[1].en
    assert "not a diagnosis" in red.texts[1].en


def test_more_pain_is_never_a_step_further() -> None:
    for strained in (False, True):
        steps = []
        for pain in range(11):
            found = held(day(0, pain_during=pain), strained=strained)
            steps.append(min(CAREFUL.index(monitoring().rules[name].step) for name in found))
        assert steps == sorted(steps, reverse=True)
