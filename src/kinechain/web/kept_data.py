"""What a runner may do with the data kept of them, from pages and programs alike: agree, take away, delete."""

from __future__ import annotations

import tempfile
from pathlib import Path
from uuid import UUID

from fastapi import Request
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from kinechain.errors import FormInvalid
from kinechain.store.copy_out import copy_out
from kinechain.store.desk import Desk
from kinechain.store.erase import erase_client
from kinechain.web.doors import Visitor
from kinechain.web.studio import Studio, studio_of

#: Changes with every change of the text that a runner agrees to (`words.toml`, section `consent`).
CONSENT_VERSION = "2026-11"


def archive_of(request: Request, visitor: Visitor, client_id: UUID) -> FileResponse:
    """Return everything that is kept of a runner as a ZIP file; RecordMissing where there is no such runner."""
    studio = studio_of(request)
    with tempfile.NamedTemporaryFile(suffix=".zip", delete=False) as file:
        archive = Path(file.name)
    try:
        copy_out(studio.database, studio.files, visitor.user_id, client_id, archive)
    except BaseException:
        archive.unlink(missing_ok=True)
        raise
    return FileResponse(
        archive,
        media_type="application/zip",
        filename=f"kinechain-{client_id}.zip",
        background=BackgroundTask(archive.unlink, missing_ok=True),
    )


def erase_by_name(studio: Studio, visitor: Visitor, client_id: UUID, name: str) -> None:
    """Delete everything of a runner, for good.

    Raises
    ------
    RecordMissing
    FormInvalid
        Where `name` is not the runner's: a slip of the hand deletes nobody.
    """
    with studio.database.reading() as session:
        right = Desk.of(session, visitor.user_id).client(client_id).name
    if name.strip() != right:
        raise FormInvalid(field="name", allowed=right)
    erase_client(studio.database, studio.files, visitor.user_id, client_id)
