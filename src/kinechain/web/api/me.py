"""The person whose key it is. Passwords are changed and keys are made on the pages alone: a key opens no other door."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request

from kinechain.store import accounts
from kinechain.store.tables import User
from kinechain.web.api.answers import ApiKey, Listed, Me
from kinechain.web.api.asked import MyLanguage
from kinechain.web.api.routing import Paging, operations, part_of, reading, writing
from kinechain.web.doors import Key, Visitor

router = operations("me")


@router.get("/me")
def read_me(request: Request, visitor: Key) -> Me:
    """Say whose key this is."""
    with reading(request, visitor) as desk:
        return _me(visitor, desk.user)


@router.put("/me/language")
def set_my_language(request: Request, visitor: Key, asked: MyLanguage) -> Me:
    """Set the language of the account's pages."""
    with writing(request, visitor) as desk:
        desk.user.language = asked.language
        return _me(visitor, desk.user)


@router.get("/me/keys")
def list_keys(request: Request, visitor: Key, part: Paging) -> Listed[ApiKey]:
    """List the keys of this person that were not revoked."""
    with reading(request, visitor) as desk:
        return part_of(accounts.api_tokens(desk.session, desk.user), part, ApiKey.model_validate)


@router.delete("/me/keys/{token_id}", status_code=204)
def revoke_key(request: Request, visitor: Key, token_id: UUID) -> None:
    """Make a key useless."""
    with writing(request, visitor) as desk:
        accounts.revoke_api_token(desk.session, desk.user, token_id)


def _me(visitor: Visitor, user: User) -> Me:
    return Me(
        user_id=user.id,
        name=user.name,
        email=user.email,
        role=user.role,
        language="ja" if user.language == "ja" else "en",
        studio_id=user.organisation_id,
        client_id=visitor.client_id,
    )
