"""A PostgreSQL server of our own, on a socket in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa


def server_programs() -> Path | None:
    """Return where the programs of a PostgreSQL server are, None where there are none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    named = shutil.which("initdb")
    return Path(named).parent if named else found[-1].parent if found else None


@contextmanager
def running(programs: Path) -> Iterator[str]:
    """Give the address of a server that runs until the block ends, with `{name}` for that of a database."""
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


def new_database(server: str) -> str:
    """Make an empty database on a server and return its address."""
    name = f"test_{uuid4().hex}"
    engine = sa.create_engine(server.format(name="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.format(name=name)
