"""A studio with two organisations, on SQLite and on a PostgreSQL that is started for the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from studio_people import Studio

from kinechain.store.database import Database, open_database, sqlite_url
from kinechain.store.files import StudioFiles
from kinechain.store.tables import Client, Organisation, User


def _server_programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    named = shutil.which("initdb")
    return Path(named).parent if named else found[-1].parent if found else None


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server of our own, on a socket in a folder of its own."""
    pytest.importorskip("psycopg", reason="psycopg is not installed (extra postgresql)")
    programs = _server_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server here (Debian: apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="kinechain-postgresql-"))
    as_user = {"user": "postgres"} if os.geteuid() == 0 else {}
    if as_user:
        shutil.chown(folder, "postgres")

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), "-D", str(folder / "data"), *arguments]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, **as_user)  # type: ignore[call-overload]

    run("initdb", "--auth=trust", "--username=studio", "--encoding=UTF8", "--no-sync")
    run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", f"-c listen_addresses='' -k {folder} -F", "start")
    try:
        yield f"postgresql+psycopg://studio@/{{name}}?host={folder}"
    finally:
        run("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path)
    server: str = request.getfixturevalue("postgresql")
    name = f"test_{uuid4().hex}"
    engine = sa.create_engine(server.format(name="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.format(name=name)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """An open database with its tables."""
    opened = open_database(url, wait_s=10.0)
    yield opened
    opened.close()


@pytest.fixture
def files(tmp_path: Path) -> StudioFiles:
    """The studio's files."""
    return StudioFiles(tmp_path / "files")


@pytest.fixture
def studio(database: Database) -> Studio:
    """Two organisations with their people."""
    with database.writing() as session:
        here, there = Organisation(name="走りの工房"), Organisation(name="Elsewhere")
        session.add_all([here, there])
        session.flush()
        trainer = User(organisation_id=here.id, role="trainer", email="t@here.example", name="佐藤")
        runner = User(
            organisation_id=here.id, role="client", email="r@here.example", name="鈴木", password_hash=uuid4().hex
        )
        elsewhere = User(organisation_id=there.id, role="trainer", email="t@there.example", name="Kim")
        session.add_all([trainer, runner, elsewhere])
        session.flush()
        client = Client(organisation_id=here.id, trainer_id=trainer.id, user_id=runner.id, name="鈴木")
        other = Client(organisation_id=here.id, trainer_id=trainer.id, name="<script>alert(1)</script>")
        session.add_all([client, other])
        session.flush()
        return Studio(trainer.id, runner.id, client.id, other.id, elsewhere.id)
