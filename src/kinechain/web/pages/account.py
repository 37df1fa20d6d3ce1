"""A person's own account: password, keys for programs, and for trainers the studio's settings."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from kinechain.errors import KinechainError, PasswordTooShort, SignInFailed
from kinechain.store import accounts, studios
from kinechain.store.desk import Desk
from kinechain.store.tables import User
from kinechain.web.doors import SignedIn, Trainer, Visitor
from kinechain.web.forms import Empty, Name
from kinechain.web.page import page
from kinechain.web.refusals import status_of
from kinechain.web.studio import studio_of

router = APIRouter()
LATEST_ENTRIES = 200


@router.get("/account")
def show_account(request: Request, visitor: SignedIn) -> Response:
    """Show the account's own page."""
    return _account(request, visitor)


@router.post("/account/password")
def change_password(
    request: Request,
    visitor: SignedIn,
    old: Annotated[str, Form(max_length=1000)],
    new: Annotated[str, Form(max_length=1000)],
) -> Response:
    """Set another password; every device is signed out."""
    try:
        with studio_of(request).database.writing() as session:
            accounts.change_password(session, session.get_one(User, visitor.user_id), old, new)
    except (SignInFailed, PasswordTooShort) as error:
        return _account(request, visitor, error=error)
    return RedirectResponse("/sign-in", status_code=303)


@router.post("/account/tokens")
def new_token(
    request: Request,
    visitor: SignedIn,
    label: Annotated[Name, Form(max_length=100)],
    days: Annotated[int | None, Form(ge=1, le=3650), Empty] = 90,
) -> Response:
    """Make a key for programs; it is shown this once."""
    with studio_of(request).database.writing() as session:
        secret = accounts.new_api_token(session, session.get_one(User, visitor.user_id), label, days)
    return _account(request, visitor, secret=secret)


@router.post("/account/tokens/{token_id}/revoke")
def revoke_token(request: Request, visitor: SignedIn, token_id: UUID) -> Response:
    """Make a key useless."""
    with studio_of(request).database.writing() as session:
        accounts.revoke_api_token(session, session.get_one(User, visitor.user_id), token_id)
    return RedirectResponse("/account", status_code=303)


@router.get("/studio")
def show_studio(request: Request, visitor: Trainer) -> Response:
    """Show the studio's people, its settings, and who saw what."""
    return _studio(request, visitor)


@router.post("/studio/settings")
def set_studio(
    request: Request,
    visitor: Trainer,
    name: Annotated[Name, Form()],
    retention_days: Annotated[int | None, Form(ge=30, le=36_500), Empty] = None,
) -> Response:
    """Set the studio's name and how long it keeps a client's data."""
    with studio_of(request).database.writing() as session:
        studios.set_studio(Desk.of(session, visitor.user_id), name, retention_days)
    return RedirectResponse("/studio", status_code=303)


@router.post("/studio/trainers")
def invite_trainer(request: Request, visitor: Trainer) -> Response:
    """Make a link with which a colleague makes their account; it is shown this once."""
    with studio_of(request).database.writing() as session:
        secret = accounts.invite_trainer(session, session.get_one(User, visitor.user_id))
    return _studio(request, visitor, link=str(request.url_for("show_invitation", secret=secret)))


def _account(
    request: Request, visitor: Visitor, *, secret: str | None = None, error: KinechainError | None = None
) -> Response:
    with studio_of(request).database.reading() as session:
        user = session.get_one(User, visitor.user_id)
        status = 200 if error is None else status_of(error)
        return page(
            request,
            "account.html.j2",
            status,
            user=user,
            tokens=accounts.api_tokens(session, user),
            secret=secret,
            error=error,
        )


def _studio(request: Request, visitor: Visitor, link: str | None = None) -> Response:
    with studio_of(request).database.reading() as session:
        desk = Desk.of(session, visitor.user_id)
        return page(
            request,
            "studio.html.j2",
            studio=studios.studio(desk),
            people=studios.trainers(desk),
            entries=studios.audit(desk, LATEST_ENTRIES)[0],
            link=link,
        )
