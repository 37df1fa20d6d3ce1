"""A studio with two organisations, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from studio_people import Studio

from kinechain.store.database import Database, open_database
from kinechain.store.files import StudioFiles
from kinechain.store.tables import Client, Organisation, User


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An open database with its tables."""
    opened = open_database(database_url, wait_s=10.0)
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
