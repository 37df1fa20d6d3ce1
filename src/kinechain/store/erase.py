"""Deletion of a client: rows, account and files; what a crash interrupts is finished at the next start."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from kinechain.store.database import Database
from kinechain.store.desk import Desk
from kinechain.store.files import StudioFiles
from kinechain.store.tables import Client, Erasure, Organisation, User, Visit


def erase_client(database: Database, files: StudioFiles, user_id: UUID, client_id: UUID) -> None:
    """Delete everything of a client on behalf of a signed-in person; the audit trail keeps that it was done.

    Raises
    ------
    RecordMissing
        Where this person has no such client.
    OSError
        Where a file cannot be deleted; the rows are gone, and `finish_erasures` tries the files again.
    """
    with database.writing() as session:
        desk = Desk.of(session, user_id)
        client = desk.client(client_id)
        desk.note("erase", "client", client.id)
        _delete_rows(session, client)
    finish_erasures(database, files)


def finish_erasures(database: Database, files: StudioFiles) -> int:
    """Delete the files of clients whose rows are deleted, and return of how many."""
    with database.reading() as session:
        waiting = session.scalars(select(Erasure.id)).all()
    for client_id in waiting:
        files.remove(client_id)
        with database.writing() as session:
            session.execute(delete(Erasure).where(Erasure.id == client_id))
    return len(waiting)


def erase_files(database: Database, files: StudioFiles, client_id: UUID) -> bool:
    """Delete files that were written for a client after the rows were deleted; False where the client is there."""
    with database.writing() as session:
        if session.get(Client, client_id) is not None:
            return False
        if session.get(Erasure, client_id) is None:
            session.add(Erasure(id=client_id))
    finish_erasures(database, files)
    return True


def erase_past_retention(database: Database, files: StudioFiles, moment: datetime) -> int:
    """Delete clients whose last session is longer ago than their studio keeps data, and return how many.

    A client without a session counts from the day of the entry.
    """
    with database.writing() as session:
        last = func.coalesce(func.max(Visit.made_at), Client.made_at)
        rows = session.execute(
            select(Client, Organisation.retention_days, last)
            .join(Organisation, Organisation.id == Client.organisation_id)
            .outerjoin(Visit, (Visit.client_id == Client.id) & (Visit.kind == "session"))
            .where(Organisation.retention_days.is_not(None))
            .group_by(Client.id, Organisation.id)
        ).all()
        past = [client for client, days, at in rows if days is not None and at < moment - timedelta(days=days)]
        for client in past:
            _delete_rows(session, client)
    finish_erasures(database, files)
    return len(past)


def _delete_rows(session: Session, client: Client) -> None:
    session.add(Erasure(id=client.id))
    account = client.user_id
    session.execute(delete(Client).where(Client.id == client.id))
    if account is not None:
        session.execute(delete(User).where(User.id == account))
