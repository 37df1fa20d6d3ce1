"""What a runner may do with the data kept of them: agree, take it away, delete it."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request
from fastapi.responses import FileResponse

from kinechain.errors import FormInvalid
from kinechain.report.words import read_words
from kinechain.store.desk import Desk
from kinechain.web.api.answers import Agreed, Consent
from kinechain.web.api.asked import Agreement, ConfirmedName
from kinechain.web.api.routing import operations, reading, writing
from kinechain.web.doors import Key
from kinechain.web.kept_data import CONSENT_VERSION, archive_of, erase_by_name
from kinechain.web.studio import studio_of

router = operations("data of a runner")


@router.get("/clients/{client_id}/consent")
def read_consent(request: Request, visitor: Key, client_id: UUID) -> Consent:
    """Say the text that a runner agrees to, and the consent that holds."""
    with reading(request, visitor) as desk:
        return _consent(desk, client_id)


@router.put("/clients/{client_id}/consent")
def agree(request: Request, visitor: Key, client_id: UUID, asked: Agreement) -> Consent:
    """Record that the runner agreed to the text; only its present version can be agreed to."""
    with writing(request, visitor) as desk:
        desk.client(client_id)
        if asked.text_version != CONSENT_VERSION:
            raise FormInvalid(field="text_version", allowed=CONSENT_VERSION)
        desk.agree(client_id, CONSENT_VERSION, asked.language)
        return _consent(desk, client_id)


@router.delete("/clients/{client_id}/consent")
def withdraw(request: Request, visitor: Key, client_id: UUID) -> Consent:
    """Record that consent is taken back: nothing new is analysed."""
    with writing(request, visitor) as desk:
        desk.withdraw_consent(client_id)
        return _consent(desk, client_id)


@router.get(
    "/clients/{client_id}/export",
    response_class=FileResponse,
    responses={200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}},
)
def export_client(request: Request, visitor: Key, client_id: UUID) -> FileResponse:
    """Hand over everything that is kept of a runner: `data.json` and `files/`."""
    return archive_of(request, visitor, client_id)


@router.post("/clients/{client_id}/erase", status_code=204)
def erase_everything(request: Request, visitor: Key, client_id: UUID, asked: ConfirmedName) -> None:
    """Delete everything of a runner, for good; the name must be right."""
    erase_by_name(studio_of(request), visitor, client_id, asked.name)


def _consent(desk: Desk, client_id: UUID) -> Consent:
    given = desk.consent(client_id)
    return Consent(
        text_version=CONSENT_VERSION,
        text=read_words("kinechain.web")["consent"]["text"],
        given=None if given is None else Agreed.model_validate(given),
    )
