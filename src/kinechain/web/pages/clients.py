"""The studio's runners: the list, a runner's own page, and what is kept of them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel

from kinechain.errors import FormInvalid, KinechainError
from kinechain.model.athlete import Athlete
from kinechain.pipeline.follow_up import ATTENTION, QUIET_DAYS
from kinechain.store import accounts
from kinechain.store.desk import Desk
from kinechain.store.tables import User
from kinechain.web.doors import SignedIn, Trainer, Visitor, language_of
from kinechain.web.forms import Name, checked
from kinechain.web.kept_data import CONSENT_VERSION, archive_of, erase_by_name
from kinechain.web.page import page
from kinechain.web.programme import programmes_of
from kinechain.web.refusals import status_of
from kinechain.web.studio import studio_of

router = APIRouter()


class AthleteForm(BaseModel):
    """The runner's body, as typed; checked by `Athlete`."""

    height_cm: str = ""
    mass_kg: str = ""
    sex: str = ""
    age_y: str = ""

    def athlete(self) -> dict[str, object]:
        """Return the table of an athlete file; FormInvalid names a field that cannot be."""
        typed = {name: value for name, value in self if name in Athlete.model_fields}
        return checked(Athlete, typed).model_dump(exclude_none=True)


class ClientForm(AthleteForm):
    """A new runner."""

    name: Name


@router.get("/")
def home(request: Request, visitor: SignedIn) -> Response:
    """Show a trainer the runners of the studio, those who need attention first; a runner goes to their own page."""
    if visitor.role == "client":
        return RedirectResponse("/today", status_code=303)
    with studio_of(request).database.reading() as session:
        desk = Desk.of(session, visitor.user_id)
        clients = desk.clients()
        found = programmes_of(desk, clients)
        rows = [(client, found[client.id].doing, found[client.id].diary.last) for client in clients]
        listed = sorted(rows, key=lambda row: ATTENTION.index(row[1]))
        return page(request, "clients.html.j2", listed=listed, quiet_days=QUIET_DAYS)


@router.get("/clients/new")
def show_new_client(request: Request, visitor: Trainer) -> Response:  # noqa: ARG001 - the door
    """Show the form for a new runner."""
    return page(request, "client_new.html.j2", typed={}, error=None)


@router.post("/clients")
def new_client(request: Request, visitor: Trainer, typed: Annotated[ClientForm, Form()]) -> Response:
    """Enter a new runner."""
    try:
        athlete = typed.athlete()
    except FormInvalid as error:
        return page(request, "client_new.html.j2", status_of(error), typed=dict(typed), error=error)
    with studio_of(request).database.writing() as session:
        desk = Desk.of(session, visitor.user_id)
        client = desk.add_client(typed.name, athlete)
        desk.note("add", "client", client.id)
        return _to(client.id)


@router.get("/clients/{client_id}")
def show_client(request: Request, visitor: SignedIn, client_id: UUID) -> Response:
    """Show a runner: sessions, results, account, and what may be done with the data."""
    return _client(request, visitor, client_id)


@router.post("/clients/{client_id}/athlete")
def set_athlete(request: Request, visitor: Trainer, client_id: UUID, typed: Annotated[AthleteForm, Form()]) -> Response:
    """Change height, mass, sex and age."""
    try:
        athlete = typed.athlete()
    except FormInvalid as error:
        return _client(request, visitor, client_id, error=error)
    with studio_of(request).database.writing() as session:
        desk = Desk.of(session, visitor.user_id)
        desk.client(client_id).athlete = athlete
        desk.note("change", "client", client_id)
    return _to(client_id)


@router.post("/clients/{client_id}/face")
def hide_face(request: Request, visitor: SignedIn, client_id: UUID, hide: Annotated[bool, Form()] = False) -> Response:
    """Choose whether faces are blurred in pictures and videos that are made from now on."""
    with studio_of(request).database.writing() as session:
        desk = Desk.of(session, visitor.user_id)
        desk.client(client_id).hide_face = hide
        desk.note("face", "client", client_id)
    return _to(client_id)


@router.post("/clients/{client_id}/consent")
def record_consent(
    request: Request, visitor: SignedIn, client_id: UUID, agreed: Annotated[bool, Form()] = False
) -> Response:
    """Record that the runner agreed to the text shown, or takes it back: then nothing new is analysed."""
    with studio_of(request).database.writing() as session:
        desk = Desk.of(session, visitor.user_id)
        if agreed:
            desk.agree(client_id, CONSENT_VERSION, language_of(request))
        else:
            desk.withdraw_consent(client_id)
    return _to(client_id)


@router.post("/clients/{client_id}/invitation")
def invite(request: Request, visitor: Trainer, client_id: UUID) -> Response:
    """Make a link with which the runner makes their own account; it is shown this once."""
    with studio_of(request).database.writing() as session:
        desk = Desk.of(session, visitor.user_id)
        secret = accounts.invite_client(session, desk.user, desk.client(client_id))
    return _client(request, visitor, client_id, link=str(request.url_for("show_invitation", secret=secret)))


@router.get("/clients/{client_id}/export")
def export(request: Request, visitor: SignedIn, client_id: UUID) -> Response:
    """Hand over everything that is kept of a runner."""
    return archive_of(request, visitor, client_id)


@router.post("/clients/{client_id}/erase")
def erase(request: Request, visitor: SignedIn, client_id: UUID, name: Annotated[str, Form()] = "") -> Response:
    """Delete everything of a runner, for good; the name must be typed."""
    try:
        erase_by_name(studio_of(request), visitor, client_id, name)
    except FormInvalid as error:
        return _client(request, visitor, client_id, error=error)
    return RedirectResponse("/", status_code=303)


@router.post("/clients/{client_id}/visits")
def new_visit(request: Request, visitor: Trainer, client_id: UUID) -> Response:
    """Begin a session with a runner."""
    with studio_of(request).database.writing() as session:
        desk = Desk.of(session, visitor.user_id)
        visit = desk.begin_visit(client_id)
        desk.note("begin", "visit", visit.id)
        return RedirectResponse(f"/visits/{visit.id}", status_code=303)


def _client(
    request: Request,
    visitor: Visitor,
    client_id: UUID,
    *,
    link: str | None = None,
    error: KinechainError | None = None,
) -> Response:
    with studio_of(request).database.writing() as session:
        desk = Desk.of(session, visitor.user_id)
        client = desk.client(client_id)
        desk.note("see", "client", client_id)
        return page(
            request,
            "client.html.j2",
            200 if error is None else status_of(error),
            client=client,
            account=session.get(User, client.user_id) if client.user_id else None,
            consent=desk.consent(client_id),
            consent_version=CONSENT_VERSION,
            visits=desk.visits(client_id),
            link=link,
            error=error,
        )


def _to(client_id: UUID) -> RedirectResponse:
    return RedirectResponse(f"/clients/{client_id}", status_code=303)
