"""Links that open one report without an account, for a while."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request

from kinechain.store.results import open_shares, revoke_share, share
from kinechain.web.api.answers import Listed, NewShare, Share
from kinechain.web.api.asked import ShareFor
from kinechain.web.api.routing import Paging, operations, part_of, reading, writing
from kinechain.web.doors import Key

router = operations("shares")


@router.get("/results/{result_id}/shares")
def list_shares(request: Request, visitor: Key, result_id: UUID, part: Paging) -> Listed[Share]:
    """List the links that open a result now."""
    with reading(request, visitor) as desk:
        return part_of(open_shares(desk, result_id), part, Share.model_validate)


@router.post("/results/{result_id}/shares", status_code=201)
def add_share(request: Request, visitor: Key, result_id: UUID, asked: ShareFor) -> NewShare:
    """Make a link that opens the report of a result."""
    with writing(request, visitor) as desk:
        secret, link = share(desk, result_id, asked.days)
        url = str(request.url_for("show_shared", secret=secret))
        return NewShare(id=link.id, made_at=link.made_at, expires_at=link.expires_at, url=url)


@router.delete("/results/{result_id}/shares/{share_id}", status_code=204)
def close_share(request: Request, visitor: Key, result_id: UUID, share_id: UUID) -> None:
    """Close a link."""
    with writing(request, visitor) as desk:
        revoke_share(desk, result_id, share_id)
