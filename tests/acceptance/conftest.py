"""The main job run once on the demo clip, for all tests that look at what it leaves."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kinechain.cli import app
from kinechain.model.assessment import Assessment, read_assessment
from kinechain.pose.weights import WeightFiles


@contextmanager
def audited(events: list[str]) -> Iterator[None]:
    """Record what the block does with sockets, and which programs it starts."""
    watching = True

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if watching and event.startswith("socket."):
            events.append(event)
        if watching and event == "subprocess.Popen":
            events.append(f"started {Path(str(arguments[0])).name}")

    sys.addaudithook(watch)
    yield
    watching = False


@dataclass(frozen=True)
class Run:
    """One run of `assess`: the folder that it wrote, what it printed, and what it asked of the network."""

    folder: Path
    printed: str
    network: tuple[str, ...]

    @property
    def assessment(self) -> Assessment:
        return read_assessment(self.folder / "assessment.json")


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory, weights: WeightFiles, demo_clip: Path) -> Run:
    folder = tmp_path_factory.mktemp("demo") / "out"
    athlete = demo_clip.with_name("demo_athlete.toml")
    network: list[str] = []
    with audited(network):
        result = CliRunner().invoke(
            app, ["assess", str(demo_clip), "--athlete", str(athlete), "--out", str(folder), "--lang", "en"]
        )
    assert result.exit_code == 0, result.output
    return Run(folder, result.output, tuple(network))
