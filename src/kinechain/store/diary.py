"""The diary of a client: rows of the table, and the one container that every rule reads."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

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
