"""The diary: what it takes and refuses, that writers do not hurt one another, what it says of the next step."""

from __future__ import annotations

import datetime as dt
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kinechain.chain.monitoring import monitored
from kinechain.cli import app
from kinechain.errors import DiaryInvalid
from kinechain.knowledge.test_plan import plan_rows
from kinechain.model.diary import Diary, DiaryEntry, read_diary
from kinechain.pipeline.diary import add_entry

DAY = dt.date(2026, 3, 31)


def day(ago: int, **said: object) -> DiaryEntry:
    return DiaryEntry.model_validate({"date": DAY - dt.timedelta(days=ago), **said})


def held(*entries: DiaryEntry, strained: bool = False) -> set[str]:
    return set(monitored(Diary(tuple(sorted(entries, key=lambda e: e.date))), strained=strained))


def test_what_is_added_is_read_back_and_the_rest_stays(tmp_path: Path) -> None:
    file = tmp_path / "diary.toml"
    file.write_text("# mine\n[[entry]]\ndate = 2026-03-01\npain = 1", encoding="utf-8")
    old = file.read_text(encoding="utf-8")
    entry = day(0, pain=2.5, limp=False, note='ふくらはぎ "張り" \\', exercises=("hip_hinge",))
    assert add_entry(file, entry).entries[-1] == entry
    assert read_diary(file).entries[-1] == entry
    assert file.read_text(encoding="utf-8").startswith(old)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[entry]]\ndate = 2026-03-01\npain = 11\n", "line 1: pain"),
        ("[[entry]]\ndate = 2026-03-01\npain = 1\n\n[[entry]]\ndate = 2026-03-02\npian = 1\n", "line 5: pian"),
        ("[[entry]]\ndate = 2026-03-01\n", "line 1"),
        ("[[day]]\n", "day"),
        ("entry = 3\n", "entry"),
        ("\0", ""),
    ],
)
def test_a_wrong_diary_is_named_and_left_as_it_is(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "diary.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DiaryInvalid) as refused:
        add_entry(file, day(0, pain=1))
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
        ((day(0, pain=2),), False, "forward"),
        ((day(0, pain=4),), False, "hold"),
        ((day(0, pain=4),), True, "back"),
        ((day(0, pain=6),), False, "stop"),
        ((day(0, pain=1, limp=True),), False, "stop"),
        ((day(9, pain=6), day(0, pain=2)), False, "forward"),
        ((day(0, distance_km=5),), False, "hold"),
        ((day(8, pain=1, pain_next_morning=0), day(0, pain=1, pain_next_morning=3)), False, "back"),
        ((day(14, pain=1), day(7, pain=2), day(0, pain=3)), False, "stop"),
        ((day(14, pain=5), day(7, pain=4), day(0, pain=5)), False, "stop"),
        ((day(9, distance_km=10), day(0, pain=1, distance_km=11.5)), False, "back"),
        ((day(9, distance_km=10), day(0, pain=1, distance_km=11)), False, "forward"),
        ((day(40, distance_km=10), day(0, pain=1, distance_km=20)), False, "forward"),
    ],
)
def test_the_next_step_of_a_diary(entries: tuple[DiaryEntry, ...], strained: bool, step: str) -> None:
    order = ("stop", "back", "hold", "forward")
    steps = {plan_rows().advice[name].step for name in held(*entries, strained=strained)}
    assert min(steps, key=order.index) == step


def test_an_empty_diary_says_nothing() -> None:
    assert held() == set()


def test_the_commands(tmp_path: Path) -> None:
    file, run = tmp_path / "diary.toml", CliRunner().invoke
    assert run(app, ["diary", "add", str(file), "--pain", "2", "--km", "8", "--date", "2026-03-31"]).exit_code == 0
    shown = run(app, ["diary", "show", str(file), "--json", "-"])
    assert json.loads(shown.stdout)["entries"] == [{"date": "2026-03-31", "pain": 2.0, "distance_km": 8.0}]
    for wrong in (["--pain", "11"], ["--date", "tomorrow", "--pain", "1"], ["--date", "2999-01-01", "--pain", "1"], []):
        assert run(app, ["diary", "add", str(file), *wrong]).exit_code == 41
    assert run(app, ["diary", "add", str(file), "--exercise", "jumping"]).exit_code == 46
    assert run(app, ["diary", "show", str(tmp_path / "no.toml")]).exit_code == 46
    assert len(read_diary(file).entries) == 1
