"""The diary: runs, exercises done and pain, noted by the runner or for them, corrected and taken out."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel

from kinechain.errors import FormInvalid, KinechainError
from kinechain.knowledge.exercises import exercises
from kinechain.knowledge.monitoring import monitoring
from kinechain.model.diary import DiaryEntry, EntryKind
from kinechain.report.words import read_words
from kinechain.store.desk import Desk
from kinechain.store.diary import correct_entry, entry_of, note_entry
from kinechain.web.doors import SignedIn, Visitor
from kinechain.web.forms import checked
from kinechain.web.page import page
from kinechain.web.programme import programme_of
from kinechain.web.refusals import status_of
from kinechain.web.studio import studio_of

router = APIRouter()
PAINS = ("pain_before", "pain_during", "pain_after", "pain_next_morning")
_OF_KIND: dict[EntryKind, tuple[str, ...]] = {
    "run": ("distance_km", "minutes", "pace"),
    "exercise": ("exercise", "sets"),
    "pain": (),
}


class DiaryForm(BaseModel):
    """What was typed; checked by `DiaryEntry`."""

    kind: EntryKind
    date: str = ""
    exercise: str = ""
    sets: str = ""
    distance_km: str = ""
    minutes: str = ""
    pace: str = ""
    pain_before: str = ""
    pain_during: str = ""
    pain_after: str = ""
    pain_next_morning: str = ""
    limp: bool = False
    note: str = ""
    back: Literal["today", "diary"] = "diary"

    def entry(self, today: dt.date) -> DiaryEntry:
        """Return the entry.

        Raises
        ------
        FormInvalid
            Names the field that cannot be.
        """
        typed = {name: getattr(self, name).strip() for name in ("date", *_OF_KIND[self.kind], *PAINS, "note")}
        values: dict[str, object] = {"date": today, **{name: value for name, value in typed.items() if value}}
        if self.kind == "exercise" and not (typed["exercise"] in exercises() and typed["sets"]):
            raise _wrong("exercise", "exercise")
        if self.limp:
            values["limp"] = True
        if values.keys() <= {"date"}:
            raise _wrong(self.kind, "anything")
        entry = checked(DiaryEntry, values)
        if entry.kind != self.kind:
            raise _wrong(self.kind, "run")
        if entry.date > today:
            raise _wrong("date", "past")
        return entry


def _wrong(field: str, allowed: str) -> FormInvalid:
    words = read_words("kinechain.web")
    return FormInvalid(field=words["field"][field], allowed=words["allowed_entry"][allowed])


@router.get("/clients/{client_id}/diary")
def show_diary(request: Request, visitor: SignedIn, client_id: UUID) -> Response:
    """Show what was noted, the latest day first, and what it says about the next step."""
    return _diary(request, visitor, client_id)


@router.post("/clients/{client_id}/diary")
def add_entry(request: Request, visitor: SignedIn, client_id: UUID, typed: Annotated[DiaryForm, Form()]) -> Response:
    """Note a run, an exercise or pain; a wrong field is said, and nothing that was typed is lost."""
    try:
        entry = typed.entry(dt.date.today())
    except FormInvalid as error:
        return _diary(request, visitor, client_id, typed=typed, error=error)
    with studio_of(request).database.writing() as session:
        desk = Desk.of(session, visitor.user_id)
        note_entry(desk, client_id, entry)
        desk.note("diary", "client", client_id)
    return RedirectResponse(f"/clients/{client_id}/{typed.back}", status_code=303)


@router.post("/diary/{entry_id}")
def correct(request: Request, visitor: SignedIn, entry_id: UUID, typed: Annotated[DiaryForm, Form()]) -> Response:
    """Put right what was noted."""
    client_id = _client_of(request, visitor, entry_id)
    try:
        entry = typed.entry(dt.date.today())
    except FormInvalid as error:
        return _diary(request, visitor, client_id, typed=typed, error=error, wrong=entry_id)
    with studio_of(request).database.writing() as session:
        desk = Desk.of(session, visitor.user_id)
        kept = entry_of(desk.diary_entry(entry_id)).assessment
        correct_entry(desk, entry_id, entry.model_copy(update={"assessment": kept}))
        desk.note("diary", "client", client_id)
    return RedirectResponse(f"/clients/{client_id}/diary", status_code=303)


@router.post("/diary/{entry_id}/remove")
def remove(request: Request, visitor: SignedIn, entry_id: UUID) -> Response:
    """Take an entry out."""
    with studio_of(request).database.writing() as session:
        desk = Desk.of(session, visitor.user_id)
        row = desk.diary_entry(entry_id)
        session.delete(row)
        desk.note("undiary", "client", row.client_id)
        return RedirectResponse(f"/clients/{row.client_id}/diary", status_code=303)


def _client_of(request: Request, visitor: Visitor, entry_id: UUID) -> UUID:
    with studio_of(request).database.reading() as session:
        return Desk.of(session, visitor.user_id).diary_entry(entry_id).client_id


def _diary(
    request: Request,
    visitor: Visitor,
    client_id: UUID,
    *,
    typed: DiaryForm | None = None,
    error: KinechainError | None = None,
    wrong: UUID | None = None,
) -> Response:
    with studio_of(request).database.writing() as session:
        desk = Desk.of(session, visitor.user_id)
        client = desk.client(client_id)
        rows = [(row.id, entry_of(row)) for row in reversed(desk.diary(client_id))]
        desk.note("see", "client", client_id)
        programme = programme_of(desk, client_id)
        step, said = programme.said
        return page(
            request,
            "diary.html.j2",
            200 if error is None else status_of(error),
            client=client,
            rows=rows,
            step=step,
            said=said,
            limit=monitoring().green(strained=programme.strained),
            today=programme.today,
            exercises=exercises(),
            typed=typed,
            wrong=wrong,
            error=error,
        )
