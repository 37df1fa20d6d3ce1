"""The diary of a runner: runs, exercises and pain, as in a diary file."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from fastapi import Request

from kinechain.errors import RecordMissing
from kinechain.model.diary import DiaryEntry
from kinechain.store import tables
from kinechain.store.diary import entry_of, note_entry
from kinechain.web.api.answers import DiaryRow, Listed
from kinechain.web.api.routing import Paging, operations, part_of, reading, writing
from kinechain.web.doors import Key

router = operations("diary")


@router.get("/clients/{client_id}/diary")
def read_diary(
    request: Request,
    visitor: Key,
    client_id: UUID,
    part: Paging,
    first: dt.date | None = None,
    last: dt.date | None = None,
) -> Listed[DiaryRow]:
    """List the entries from `first` to `last`, both included, by day."""
    with reading(request, visitor) as desk:
        rows = [row for row in desk.diary(client_id) if (first or dt.date.min) <= row.day <= (last or dt.date.max)]
        return part_of(rows, part, _entry)


@router.post("/clients/{client_id}/diary", status_code=201)
def add_entry(request: Request, visitor: Key, client_id: UUID, asked: DiaryEntry) -> DiaryRow:
    """Note a run, an exercise, or the pain of a day."""
    with writing(request, visitor) as desk:
        return _entry(note_entry(desk, client_id, asked))


@router.delete("/clients/{client_id}/diary/{entry_id}", status_code=204)
def remove_entry(request: Request, visitor: Key, client_id: UUID, entry_id: UUID) -> None:
    """Take an entry out."""
    with writing(request, visitor) as desk:
        row = desk.diary_entry(entry_id)
        if row.client_id != desk.client(client_id).id:
            raise RecordMissing
        desk.session.delete(row)


def _entry(row: tables.DiaryEntry) -> DiaryRow:
    return DiaryRow(id=row.id, made_at=row.made_at, entry=entry_of(row))
