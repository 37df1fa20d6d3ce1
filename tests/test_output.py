"""Results appear whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kinechain.errors import OutputNotWritable
from kinechain.output import clear_away, staged


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file()
    }


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def write_and_fail(out: Path, error: BaseException) -> None:
    with staged(out) as folder:
        write(folder, one="new", frames__b="new")
        raise error


def test_files_appear_at_the_end(tmp_path: Path) -> None:
    out = tmp_path / "a" / "b" / "out"
    with staged(out) as folder:
        write(folder, one="1", frames__two="2")
        assert not out.exists()
    assert contents(out) == {"one": "1", "frames/two": "2"}
    assert list(out.parent.iterdir()) == [out]


def test_a_failure_leaves_nothing_behind_not_even_new_folders(tmp_path: Path) -> None:
    out = tmp_path / "a" / "b" / "out"
    with pytest.raises(RuntimeError):
        write_and_fail(out, RuntimeError())
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_an_earlier_result_as_it_was(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, one="old", frames__a="old", notes="mine")
    with pytest.raises(KeyboardInterrupt):
        write_and_fail(out, KeyboardInterrupt())
    assert contents(out) == {"one": "old", "frames/a": "old", "notes": "mine"}
    assert list(tmp_path.iterdir()) == [out]


def test_a_second_run_replaces_its_own_files_and_keeps_others(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, one="old", frames__a="old", notes="mine")
    with staged(out) as folder:
        write(folder, one="new", frames__b="new")
    assert contents(out) == {"one": "new", "frames/b": "new", "notes": "mine"}


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_file_in_the_way_is_refused_before_any_work(tmp_path: Path, place: str) -> None:
    write(tmp_path, file="mine")
    with pytest.raises(OutputNotWritable), staged(tmp_path / place):
        pytest.fail("the work began")
    assert contents(tmp_path) == {"file": "mine"}


_WRITER = """
import os, signal, sys
import os
import subprocess
import sys
from pathlib import Path
from kinechain.output import clear_away, staged
left = int(sys.argv[2])
def watch(event, arguments):
    global left
    if event in ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree"):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
with staged(Path(sys.argv[1]), seal="one") as folder:
    (folder / "one").write_text("new")
    (folder / "two").write_text("new")
    (folder / "frames").mkdir()
    (folder / "frames" / "b").write_text("new")
"""


def test_killed_at_any_step_there_is_no_mixture_that_looks_whole(tmp_path: Path) -> None:
    old, new = {"one": "old", "two": "old", "frames/a": "old"}, {"one": "new", "two": "new", "frames/b": "new"}
    for step in range(1, 30):
        parent = tmp_path / str(step)
        write(parent / "out", one="old", two="old", frames__a="old")
        command = [sys.executable, "-c", _WRITER, str(parent / "out"), str(step)]
        killed = subprocess.run(command, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}, check=False)
        found = contents(parent / "out")
        assert found in (old, new) or "one" not in found
        clear_away(parent)
        assert list(parent.iterdir()) == [parent / "out"]
        if killed.returncode == 0:
            break
    assert 10 <= step < 29
    assert found == new


def test_the_hidden_folder_of_a_living_writer_is_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with staged(out) as first:
        write(first, one="first")
        clear_away(tmp_path)
        with staged(out) as second:
            write(second, two="second")
    assert contents(out) == {"one": "first", "two": "second"}
