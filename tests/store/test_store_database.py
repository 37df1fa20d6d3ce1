"""Migrations lead to the tables of this version and back; transactions are whole; faults have their own errors."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from kinechain.errors import DatabaseBusy, DatabaseUnusable
from kinechain.store.database import Database, migrate, migration_engine, open_database, sqlite_url
from kinechain.store.tables import Clip, Job, Organisation, Result, Table

TOKYO = timezone(timedelta(hours=9))


def test_the_migrations_lead_to_the_tables_of_this_version(database: Database) -> None:
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Table.metadata) == []


def step(database_url: str, revision: str) -> None:
    engine = migration_engine(database_url)
    with engine.begin() as connection:
        migrate(connection, revision)
    engine.dispose()


def test_down_to_nothing_and_up_again(database: Database, database_url: str) -> None:
    step(database_url, "base")
    assert sa.inspect(database.engine).get_table_names() == ["alembic_version"]
    step(database_url, "head")
    assert set(sa.inspect(database.engine).get_table_names()) == {"alembic_version", *Table.metadata.tables}


def test_no_step_up_takes_with_it_what_is_kept(database_url: str) -> None:
    step(database_url, "0001")
    engine = sa.create_engine(database_url)
    moment, ids = "2026-04-01 00:00:00", [f"{number:032x}" for number in range(5)]
    rows = (
        f"organisations (id, made_at, name) VALUES ('{ids[0]}', '{moment}', 'x')",
        "clients (id, made_at, organisation_id, name, athlete, hide_face) "
        f"VALUES ('{ids[1]}', '{moment}', '{ids[0]}', 'y', '{{}}', false)",
        f"visits (id, made_at, client_id, intake, tests) VALUES ('{ids[2]}', '{moment}', '{ids[1]}', '{{}}', '[]')",
        "clips (id, made_at, visit_id, sha256, size_bytes, file_name, filming) "
        f"VALUES ('{ids[4]}', '{moment}', '{ids[2]}', 'a', 3, 'a.mp4', '{{}}')",
        "jobs (id, made_at, visit_id, state, attempt, fraction) "
        f"VALUES ('{ids[3]}', '{moment}', '{ids[2]}', 'succeeded', 1, 1)",
        f"assessments (id, made_at, visit_id, job_id, document) "
        f"VALUES ('{ids[4]}', '{moment}', '{ids[2]}', '{ids[3]}', '{{}}')",
    )
    with engine.begin() as connection:
        for row in rows:
            connection.execute(sa.text(f"INSERT INTO {row}"))
    engine.dispose()
    opened = open_database(database_url)
    with opened.reading() as session:
        job = session.scalars(sa.select(Job)).one()
        assert (job.client_id.hex, job.kind, job.losses) == (ids[1], "assess", 0)
        assert session.scalars(sa.select(Result)).one().job_id == job.id
        assert session.scalars(sa.select(Clip)).one().size_bytes == 3
    opened.close()


def test_what_is_kept_is_there_at_the_next_start(database: Database, database_url: str) -> None:
    moment = datetime(2026, 4, 1, 0, 30, tzinfo=TOKYO)
    with database.writing() as session:
        session.add(Organisation(name="走りの工房", made_at=moment))
    database.close()
    again = open_database(database_url)
    with again.reading() as session:
        kept = session.scalars(sa.select(Organisation)).one()
        assert (kept.name, kept.made_at, kept.made_at.tzinfo) == ("走りの工房", moment, UTC)
    again.close()


def test_a_moment_needs_its_time_zone(database: Database) -> None:
    with pytest.raises(sa.exc.StatementError, match="time zone"), database.writing() as session:
        session.add(Organisation(name="x", made_at=datetime(2026, 4, 1)))


def test_a_transaction_that_fails_keeps_nothing(database: Database) -> None:
    def fail_half_way() -> None:
        with database.writing() as session:
            session.add(Organisation(name="x"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    with database.reading() as session:
        assert session.scalars(sa.select(Organisation)).all() == []


def test_tables_of_a_newer_version_are_left_alone(database: Database, database_url: str) -> None:
    with database.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseUnusable, match="9999"):
        open_database(database_url)


def test_a_locked_database_is_told_after_the_wait(tmp_path: Path) -> None:
    database = open_database(sqlite_url(tmp_path), wait_s=0.1)
    holder = sqlite3.connect(tmp_path / "studio.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseBusy), database.writing():
        pass
    with database.reading() as session:
        assert session.scalars(sa.select(Organisation)).all() == [], "who reads does not wait"
    holder.execute("ROLLBACK")
    with database.writing() as session:
        session.add(Organisation(name="x"))
    holder.close()
    database.close()


@pytest.mark.parametrize(
    "wrong",
    ["no url", "nosuchdatabase://x", "sqlite:////no/such/folder/x", "postgresql+psycopg://u:hidden@/x?host=/no/such"],
)
def test_a_database_that_cannot_be_opened_is_named_without_its_password(wrong: str) -> None:
    pytest.importorskip("psycopg", reason="psycopg is not installed (extra postgresql)")
    with pytest.raises(DatabaseUnusable) as caught:
        open_database(wrong)
    assert "hidden" not in caught.value.message.en


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "studio.sqlite").write_text("no database " * 100)
    with pytest.raises(DatabaseUnusable):
        open_database(sqlite_url(tmp_path))
