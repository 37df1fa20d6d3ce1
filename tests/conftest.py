"""What all tests share: where data, weights and the demo clip are, and that no test goes online."""

from __future__ import annotations

import ipaddress
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

import postgresql_server
import small_disk as disks
from kinechain.errors import ModelMissing
from kinechain.pose.weights import WeightFiles, locate
from kinechain.store.database import sqlite_url

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "src" / "kinechain" / "demo"

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The reference data folder."""
    named = os.environ.get("KINECHAIN_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no reference data at {folder} (set KINECHAIN_DATA)")
    return folder


@pytest.fixture(scope="session")
def weights() -> WeightFiles:
    """The pose weights; files that are there but wrong are an error, not a reason to skip."""
    try:
        return locate()
    except ModelMissing as error:
        pytest.skip(f"{error.message.en} {error.advice.en}")


@pytest.fixture(scope="session")
def demo_clip() -> Path:
    """The clip that ships with the package: a runner from the right, 403 frames at 60 frames/s."""
    return DEMO / "demo_side.mp4"


@pytest.fixture(scope="session")
def demo_truth() -> dict[str, Any]:
    """What is known about the demo clip: contacts of the force plate, joints, driving angles."""
    truth: dict[str, Any] = json.loads((DEMO / "demo_side.json").read_text(encoding="utf-8"))
    return truth


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server that is started for the tests."""
    pytest.importorskip("psycopg", reason="psycopg is not installed (extra postgresql)")
    programs = postgresql_server.server_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server here (Debian: apt-get install postgresql)")
    with postgresql_server.running(programs) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of each kind."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path)
    return postgresql_server.new_database(request.getfixturevalue("postgresql"))


@pytest.fixture
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[disks.SmallDisk]:
    """A disk of 8 MB that can be filled."""
    try:
        with disks.mounted(tmp_path_factory.mktemp("small") / "disk", "8m") as disk:
            yield disk
    except disks.NoMount as error:
        pytest.skip(f"no small disk can be mounted here (it takes root): {error}")


def _is_here(host: object) -> bool:
    """Whether a host is this machine itself."""
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(name).split("%")[0]).is_loopback
    except ValueError:
        return False


_REACHING = {"socket.connect", "socket.sendto", "socket.sendmsg"}
_LOOKING_UP = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Fail whatever in this process tries to reach another machine, by address or by name."""
    watching = True

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _REACHING:
            address = arguments[1]
            host = address[0] if isinstance(address, tuple) else None
        elif event in _LOOKING_UP:
            host = arguments[0]
        else:
            return
        if watching and not _is_here(host):
            pytest.fail(f"a test tried to reach {host!r}")

    sys.addaudithook(watch)  # cannot be taken away again, only told to rest
    yield
    watching = False
