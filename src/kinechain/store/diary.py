"""The diary of a client: rows of the table, and the one container that every rule reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kinechain.model.diary import Diary
from kinechain.model.diary import DiaryEntry as Entry
from kinechain.store.desk import Desk
from kinechain.store.tables import DiaryEntry


def entry_of(row: DiaryEntry) -> Entry:
    """Return a row as an entry, checked.

    Raises
    ------
    ValueError
        Where what is kept is no entry.
    """
    return Entry.model_validate({"date": row.day, **row.noted})


def diary_of(rows: Iterable[DiaryEntry]) -> Diary:
    """Return rows as a diary; of one day in the order in which they were noted."""
    return Diary(tuple(entry_of(row) for row in rows))


def diaries_of(session: Session, client_ids: Sequence[UUID]) -> dict[UUID, Diary]:
    """Return the diary of each client that has one, in one query."""
    rows = (
        select(DiaryEntry.client_id, DiaryEntry.day, DiaryEntry.noted)
        .where(DiaryEntry.client_id.in_(client_ids))
        .order_by(DiaryEntry.day, DiaryEntry.made_at)
    )
    found: dict[UUID, list[Entry]] = {}
    for client_id, day, noted in session.execute(rows):
        found.setdefault(client_id, []).append(Entry.model_validate({"date": day, **noted}))
    return {client_id: Diary(tuple(entries)) for client_id, entries in found.items()}


def note_entry(desk: Desk, client_id: UUID, entry: Entry) -> DiaryEntry:
    """Keep an entry; RecordMissing where this person has no such client."""
    row = DiaryEntry(client_id=desk.client(client_id).id, noted_by=desk.user.id)
    _write(row, entry)
    desk.session.add(row)
    desk.session.flush()
    return row


def correct_entry(desk: Desk, entry_id: UUID, entry: Entry) -> DiaryEntry:
    """Put an entry in place of one; who noted it last stands in the row."""
    row = desk.diary_entry(entry_id)
    row.noted_by = desk.user.id
    _write(row, entry)
    return row


def _write(row: DiaryEntry, entry: Entry) -> None:
    row.day, row.kind = entry.date, entry.kind
    row.noted = entry.model_dump(mode="json", exclude={"date"}, exclude_defaults=True)
