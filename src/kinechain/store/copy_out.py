"""Everything that is kept of a client, handed over as one archive."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from kinechain.store.database import Database
from kinechain.store.desk import Desk
from kinechain.store.files import StudioFiles
from kinechain.store.tables import (
    ApiToken,
    AuditEntry,
    Client,
    Clip,
    Consent,
    DiaryEntry,
    EventCorrection,
    Invitation,
    Job,
    PlanEdit,
    Result,
    ShareLink,
    SignIn,
    Table,
    Upload,
    User,
    Visit,
)

#: Columns that open a door; nobody needs them to know what is kept.
SECRETS = {"password_hash", "secret_sha256", "form_key"}


def copy_out(database: Database, files: StudioFiles, user_id: UUID, client_id: UUID, archive: Path) -> None:
    """Write a ZIP file with `data.json` (all rows, by table) and `files/`; it appears whole or not at all.

    Raises
    ------
    RecordMissing
        Where this person has no such client.
    OSError
        Where the archive cannot be written.
    """
    with database.writing() as session:
        desk = Desk.of(session, user_id)
        client = desk.client(client_id)
        desk.note("export", "client", client.id)
        tables = {name: [_plain(row) for row in rows] for name, rows in _everything(session, client)}
    half = archive.with_name(archive.name + ".part")
    try:
        with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("data.json", json.dumps(tables, ensure_ascii=False, indent=1, default=str))
            folder = files.person(client_id)
            for path in sorted(path for path in folder.rglob("*") if path.is_file()):
                packed.write(path, Path("files") / path.relative_to(folder))
        half.replace(archive)
    finally:
        half.unlink(missing_ok=True)


def _everything(session: Session, client: Client) -> Iterator[tuple[str, list[Table]]]:
    """Yield every table that speaks of a client, with its rows."""
    visits = select(Visit.id).where(Visit.client_id == client.id)
    results = select(Result.id).where(Result.visit_id.in_(visits))
    of_client: list[tuple[type[Table], ColumnElement[bool]]] = [
        (Client, Client.id == client.id),
        (User, User.id == client.user_id),
        (ApiToken, ApiToken.user_id == client.user_id),
        (SignIn, SignIn.user_id == client.user_id),
        (Invitation, Invitation.client_id == client.id),
        (Consent, Consent.client_id == client.id),
        (Visit, Visit.client_id == client.id),
        (Upload, Upload.visit_id.in_(visits)),
        (Clip, Clip.visit_id.in_(visits)),
        (Job, Job.client_id == client.id),
        (Result, Result.visit_id.in_(visits)),
        (PlanEdit, PlanEdit.assessment_id.in_(results)),
        (EventCorrection, EventCorrection.assessment_id.in_(results)),
        (ShareLink, ShareLink.assessment_id.in_(results)),
        (DiaryEntry, DiaryEntry.client_id == client.id),
        (AuditEntry, (AuditEntry.subject_id == client.id) | (AuditEntry.user_id == client.user_id)),
    ]
    for table, condition in of_client:
        yield table.__tablename__, list(session.scalars(select(table).where(condition).order_by(table.made_at)))


def _plain(row: Table) -> dict[str, object]:
    return {column.name: getattr(row, column.name) for column in row.__table__.columns if column.name not in SECRETS}
