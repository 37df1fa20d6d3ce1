"""A session of six clips whose process is killed: it goes on, no finished clip is seen again, and it ends the same."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from grey_films import IMAGES, SPEEDS, write_films

HERE = Path(__file__).parent
SCRIPT = HERE / "killable_session.py"
KILLS = 3


@dataclass(frozen=True)
class Place:
    """A session, the folder of its result, and the note of every image that was looked at."""

    session: Path
    folder: Path

    @property
    def out(self) -> Path:
        return self.folder / "out"

    def command(self, *steps: int) -> list[str]:
        paths = (self.session, self.out, self.folder.with_suffix(".log"))
        return [sys.executable, str(SCRIPT), *map(str, paths), *map(str, steps)]

    def looks(self) -> Counter[int]:
        """Return how many images of each film were looked at."""
        log = self.folder.with_suffix(".log")
        return Counter(map(int, log.read_text().split())) if log.exists() else Counter()

    def finished(self) -> tuple[int, ...]:
        """Return the films that are kept; they are seen in their order."""
        return tuple(SPEEDS)[: len(list(self.out.glob(".kinechain/*/seen.json")))]

    def result(self) -> dict[str, object]:
        """Return the result as a document, without the seconds that it took, and the names of its files."""
        document = json.loads((self.out / "assessment.json").read_text(encoding="utf-8"))
        del document["provenance"]["seconds"]
        assert [path.name for path in self.folder.iterdir()] == ["out"], "something hidden was left behind"
        assert all("-" not in path.name for path in self.out.glob(".kinechain/*"))
        shown = (path.relative_to(self.out) for path in self.out.rglob("*") if path.is_file())
        return {"assessment": document, "files": sorted(map(str, shown))}


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE), str(HERE.parent), *sys.path])}


def place(session: Path, folder: Path) -> Place:
    folder.mkdir()
    return Place(session, folder)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_films(tmp_path_factory.mktemp("films"), SPEEDS)


@pytest.fixture(scope="module")
def expected(session: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    whole = place(session, tmp_path_factory.mktemp("whole") / "run")
    subprocess.run(whole.command(), env=environment(), check=True, capture_output=True)
    assert whole.looks() == dict.fromkeys(SPEEDS, IMAGES)
    return whole.result()


def test_killed_at_random_moments(session: Path, expected: dict[str, object], tmp_path: Path) -> None:
    killed = place(session, tmp_path / "run")
    moments = random.Random()  # noqa: S311 - other moments each time
    marks = sorted(moments.randrange(IMAGES * len(SPEEDS)) for _ in range(KILLS))
    for mark in marks:
        finished, before = killed.finished(), killed.looks()
        with subprocess.Popen(killed.command(), env=environment(), stdout=subprocess.DEVNULL) as process:
            while killed.looks().total() < mark and process.poll() is None:
                time.sleep(0.002)
            time.sleep(moments.uniform(0, 0.1))
            process.kill()
        repeated = {grey for grey in finished if killed.looks()[grey] > before[grey]}
        assert not repeated, f"seen again although finished, killed at {marks}"
    finished, before = killed.finished(), killed.looks()
    subprocess.run(killed.command(), env=environment(), check=True, capture_output=True)
    assert killed.looks() - before == {grey: IMAGES for grey in SPEEDS if grey not in finished}, marks
    assert killed.result() == expected, marks


def test_killed_at_steps_on_files(session: Path, expected: dict[str, object], tmp_path: Path) -> None:
    """Each process dies before its next few steps on files: while a clip is kept, and while the result moves."""
    killed = place(session, tmp_path / "run")
    steps = (8, 11, 60, 50, 32, 36, 40)
    done = subprocess.run(killed.command(*steps), env=environment(), check=True, capture_output=True, text=True)
    ends = [line.split() for line in done.stdout.splitlines()[: len(steps)]]
    assert [end for end, _ in ends] == ["killed"] * len(steps)
    assert {int(looks) for _, looks in ends[-3:]} == {killed.looks().total()}, (
        "all were finished while the result moved"
    )
    assert killed.looks().total() <= IMAGES * (len(SPEEDS) + len(steps) - 3), "a kill costs one look at one film"
    assert killed.result() == expected
