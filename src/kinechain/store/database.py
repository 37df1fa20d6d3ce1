"""The studio's database: SQLite by default, PostgreSQL by URL; migrated when it is opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from kinechain.errors import DatabaseBusy, DatabaseUnusable, StorageFull

#: How long a transaction waits for another one to end before it gives up [s].
WAIT_S = 15.0
_MIGRATION_LOCK = 0x6B696E65  # any number, the same in every process


@dataclass(frozen=True)
class Database:
    """An open database whose tables are those of this version."""

    engine: Engine

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that sees one state of the database; what it changes is not kept."""
        with _told_apart(), Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session whose changes are all kept when the block ends well, else none.

        Raises
        ------
        DatabaseBusy
            Where another transaction holds the database for longer than `WAIT_S`.
        StorageFull
            Where there is no room left for what is to be kept.
        """
        at_once = self.engine.execution_options(begin="BEGIN IMMEDIATE")
        with _told_apart(), Session(at_once) as session, session.begin():
            session.connection()  # takes the lock now, not at the first statement
            yield session

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def sqlite_url(folder: Path) -> str:
    """Return the URL of the database that lies in the studio's folder."""
    return f"sqlite:///{folder / 'studio.sqlite'}"


def open_database(url: str, *, wait_s: float = WAIT_S) -> Database:
    """Open the database at an SQLAlchemy URL, make its tables or bring them to this version.

    Raises
    ------
    DatabaseUnusable
        Where it cannot be reached or read, or a newer version of the product wrote it.
    DatabaseBusy
    """
    migrating = migration_engine(url, wait_s)
    try:
        with _told_apart(), migrating.execution_options(begin="BEGIN IMMEDIATE").begin() as connection:
            migrate(connection, "head")
    except (SQLAlchemyError, CommandError) as error:
        raise DatabaseUnusable(url=_without_password(url), reason=_first_line(error)) from error
    finally:
        migrating.dispose()
    return Database(_engine(url, wait_s))


def migration_engine(url: str, wait_s: float = WAIT_S) -> Engine:
    """Return an engine for `migrate`: in SQLite a step that makes a table anew must not take with it what hangs there.

    Raises
    ------
    DatabaseUnusable
    """
    return _engine(url, wait_s, hold_keys=False)


def migrate(connection: Connection, revision: str) -> None:
    """Take the tables up to a revision, or down to none (`base`), within the transaction of a `migration_engine`."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    (command.downgrade if revision == "base" else command.upgrade)(config, revision)
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise CommandError("a row hangs from one that is not there")


def _engine(url: str, wait_s: float, *, hold_keys: bool = True) -> Engine:
    try:
        parsed = make_url(url)
        sqlite = parsed.get_backend_name() == "sqlite"
        waiting = {"timeout": wait_s} if sqlite else {"options": f"-c lock_timeout={round(1000 * wait_s)}"}
        engine = create_engine(parsed, connect_args=waiting, pool_pre_ping=not sqlite)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise DatabaseUnusable(url=_without_password(url), reason=_first_line(error)) from error
    if sqlite:
        event.listen(engine, "connect", _hold_keys if hold_keys else _free_keys)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _hold_keys(connection: object, _entry: ConnectionPoolEntry) -> None:
    connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[attr-defined]


def _free_keys(connection: object, _entry: ConnectionPoolEntry) -> None:
    connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[attr-defined]


def _prepare_sqlite(connection: object, _entry: ConnectionPoolEntry) -> None:
    """Let SQLAlchemy begin the transactions, and let readers read beside one writer."""
    connection.isolation_level = None  # type: ignore[attr-defined]
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


@contextmanager
def _told_apart() -> Iterator[None]:
    """Turn a wait that was too long into an error of ours; others pass."""
    try:
        yield
    except OperationalError as error:
        reason = _first_line(error)
        if "locked" in reason or "lock timeout" in reason:
            raise DatabaseBusy from error
        if "disk is full" in reason or "No space left" in reason:
            raise StorageFull from error
        raise


def _without_password(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return "(…)"


def _first_line(error: BaseException) -> str:
    original = getattr(error, "orig", None) or error
    return str(original).strip().split("\n", 1)[0]
