"""The studio: settings, trainers, and who saw what."""

from __future__ import annotations

from fastapi import Request

from kinechain.store import accounts, studios
from kinechain.web.api.answers import Invitation, Listed, Seen, Studio, Trainer
from kinechain.web.api.asked import StudioSettings
from kinechain.web.api.routing import Paging, listed, operations, part_of, reading, writing
from kinechain.web.doors import TrainerKey

router = operations("studio")


@router.get("/studio")
def read_studio(request: Request, visitor: TrainerKey) -> Studio:
    """Say the studio's settings."""
    with reading(request, visitor) as desk:
        return Studio.model_validate(studios.studio(desk))


@router.put("/studio")
def change_studio(request: Request, visitor: TrainerKey, asked: StudioSettings) -> Studio:
    """Set the studio's name and how long it keeps a client's data."""
    with writing(request, visitor) as desk:
        return Studio.model_validate(studios.set_studio(desk, asked.name, asked.retention_days))


@router.get("/studio/trainers")
def list_trainers(request: Request, visitor: TrainerKey, part: Paging) -> Listed[Trainer]:
    """List the trainers of the studio."""
    with reading(request, visitor) as desk:
        return part_of(studios.trainers(desk), part, Trainer.model_validate)


@router.post("/studio/trainers/invitations", status_code=201)
def invite_colleague(request: Request, visitor: TrainerKey) -> Invitation:
    """Make a link with which a colleague makes their account."""
    with writing(request, visitor) as desk:
        secret = accounts.invite_trainer(desk.session, desk.user)
    return Invitation(url=str(request.url_for("show_invitation", secret=secret)))


@router.get("/studio/audit")
def list_audit(request: Request, visitor: TrainerKey, part: Paging) -> Listed[Seen]:
    """List who saw or did what, the latest first."""
    with reading(request, visitor) as desk:
        entries, total = studios.audit(desk, part.limit, part.offset)
        items = [
            Seen(
                id=entry.id,
                made_at=entry.made_at,
                by=name,
                action=entry.action,
                subject=entry.subject,
                subject_id=entry.subject_id,
            )
            for entry, name in entries
        ]
        return listed(items, total, part)
