"""Runners of the studio, and their sessions."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request

from kinechain.model.athlete import Athlete
from kinechain.store import accounts, tables
from kinechain.web.api.answers import Client, Invitation, Listed, VisitRow
from kinechain.web.api.asked import FaceChoice, NewClient
from kinechain.web.api.routing import Paging, operations, part_of, reading, writing
from kinechain.web.doors import Key, TrainerKey

router = operations("clients")


@router.get("/clients")
def list_clients(request: Request, visitor: Key, part: Paging) -> Listed[Client]:
    """List the runners whom this person may see, by name; a runner sees only themselves."""
    with reading(request, visitor) as desk:
        return part_of(desk.clients(), part, _client)


@router.post("/clients", status_code=201)
def add_client(request: Request, visitor: TrainerKey, asked: NewClient) -> Client:
    """Enter a new runner."""
    with writing(request, visitor) as desk:
        client = desk.add_client(asked.name, asked.athlete.model_dump(exclude_none=True))
        desk.note("add", "client", client.id)
        return _client(client)


@router.get("/clients/{client_id}")
def read_client(request: Request, visitor: Key, client_id: UUID) -> Client:
    """Say what is known of a runner."""
    with writing(request, visitor) as desk:
        client = desk.client(client_id)
        desk.note("see", "client", client_id)
        return _client(client)


@router.put("/clients/{client_id}/athlete")
def change_athlete(request: Request, visitor: TrainerKey, client_id: UUID, asked: Athlete) -> Client:
    """Set height, mass, sex and age; what is left out is unknown from now on."""
    with writing(request, visitor) as desk:
        client = desk.client(client_id)
        client.athlete = asked.model_dump(exclude_none=True)
        desk.note("change", "client", client_id)
        return _client(client)


@router.put("/clients/{client_id}/face")
def choose_face(request: Request, visitor: Key, client_id: UUID, asked: FaceChoice) -> Client:
    """Choose whether faces are blurred in pictures and videos that are made from now on."""
    with writing(request, visitor) as desk:
        client = desk.client(client_id)
        client.hide_face = asked.hide
        desk.note("face", "client", client_id)
        return _client(client)


@router.post("/clients/{client_id}/invitation", status_code=201)
def invite_runner(request: Request, visitor: TrainerKey, client_id: UUID) -> Invitation:
    """Make a link with which a runner makes their own account; earlier links stop working."""
    with writing(request, visitor) as desk:
        secret = accounts.invite_client(desk.session, desk.user, desk.client(client_id))
    return Invitation(url=str(request.url_for("show_invitation", secret=secret)))


@router.get("/clients/{client_id}/visits")
def list_visits(request: Request, visitor: Key, client_id: UUID, part: Paging) -> Listed[VisitRow]:
    """List the sessions of a runner, the latest first."""
    with reading(request, visitor) as desk:
        return part_of(desk.visits(client_id), part, _visit)


@router.post("/clients/{client_id}/visits", status_code=201)
def add_visit(request: Request, visitor: TrainerKey, client_id: UUID) -> VisitRow:
    """Begin a session with a runner."""
    with writing(request, visitor) as desk:
        visit = desk.begin_visit(client_id)
        desk.note("begin", "visit", visit.id)
        return _visit((visit, None))


def _client(row: tables.Client) -> Client:
    return Client(
        id=row.id,
        made_at=row.made_at,
        name=row.name,
        athlete=Athlete.model_validate(row.athlete),
        hide_face=row.hide_face,
        has_account=row.user_id is not None,
    )


def _visit(found: tuple[tables.Visit, tables.Result | None]) -> VisitRow:
    visit, result = found
    result_id = None if result is None else result.id
    return VisitRow(id=visit.id, made_at=visit.made_at, client_id=visit.client_id, result_id=result_id)
