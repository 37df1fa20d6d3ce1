"""A studio with one client on SQLite, and an office that runs odd analyses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from job_studio import FAST, add_visit, make_client
from programs import Programs

from kinechain.jobs.office import Office
from kinechain.store.database import Database, open_database, sqlite_url
from kinechain.store.files import StudioFiles


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(sqlite_url(tmp_path), wait_s=5.0)
    yield opened
    opened.close()


@pytest.fixture
def client_id(database: Database) -> UUID:
    return make_client(database)


@pytest.fixture
def submit(office: Office, client_id: UUID) -> Callable[..., UUID]:
    """Submit an analysis that does what it is told."""

    def submitted(**intake: object) -> UUID:
        return office.submit("assess", client_id, {}, add_visit(office.database, client_id, intake))

    return submitted


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    return Office(database, tmp_path, FAST)


@pytest.fixture
def files(tmp_path: Path) -> StudioFiles:
    return StudioFiles(tmp_path)


@pytest.fixture
def programs() -> Iterator[Programs]:
    started = Programs()
    yield started
    started.end()
