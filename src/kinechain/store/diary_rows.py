"""The diary of a client as rows: one row an entry of `model.diary`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from kinechain.errors import RecordMissing
from kinechain.model.diary import DiaryEntry as Noted
from kinechain.store.desk import Desk
from kinechain.store.tables import DiaryEntry


def diary_rows(desk: Desk, client_id: UUID, first: dt.date | None, last: dt.date | None) -> Sequence[DiaryEntry]:
    """Return the entries of a client from `first` to `last`, both included, by day and in the order of noting."""
    rows = select(DiaryEntry).where(DiaryEntry.client_id == desk.client(client_id).id)
    if first is not None:
        rows = rows.where(DiaryEntry.day >= first)
    if last is not None:
        rows = rows.where(DiaryEntry.day <= last)
    return desk.session.scalars(rows.order_by(DiaryEntry.day, DiaryEntry.made_at, DiaryEntry.id)).all()


def note_in_diary(desk: Desk, client_id: UUID, entry: Noted) -> DiaryEntry:
    """Keep an entry of a client's diary."""
    row = DiaryEntry(
        client_id=desk.client(client_id).id,
        day=entry.date,
        kind=entry.kind,
        noted=entry.model_dump(mode="json", exclude={"date"}, exclude_defaults=True),
        noted_by=desk.user.id,
    )
    desk.session.add(row)
    desk.session.flush()
    return row


def strike_from_diary(desk: Desk, client_id: UUID, entry_id: UUID) -> None:
    """Take an entry out; RecordMissing where this client has none of this identifier."""
    client = desk.client(client_id)
    row = desk.session.scalar(select(DiaryEntry).where(DiaryEntry.id == entry_id, DiaryEntry.client_id == client.id))
    if row is None:
        raise RecordMissing
    desk.session.delete(row)


def noted(row: DiaryEntry) -> Noted:
    """Return a row as an entry of the diary."""
    return Noted.model_validate({**row.noted, "date": row.day})
