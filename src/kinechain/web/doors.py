"""Doors: who may open a route. Every route of the application has exactly one of them as a dependency.

`anyone` needs no account; `signed_in` any; `trainer` and `client` their role; `key` and `trainer_key` are the doors of
programs. A request of a browser that changes something must come from a page of this application: it carries the form
key of the sign-in, and a browser that says where the request comes from must name this site.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile

from kinechain.errors import ApiKeyInvalid, FormExpired, NotAllowed, SignInNeeded
from kinechain.store.accounts import count_wrong_token, enter_with_token
from kinechain.store.accounts import signed_in as who_is_signed_in
from kinechain.store.tables import Client, Role, User
from kinechain.text import LANGUAGES, Language
from kinechain.web.studio import studio_of

COOKIE = "kinechain_sign_in"
LANGUAGE_COOKIE = "kinechain_language"
FORM_KEY = "form_key"
FORM_KEY_HEADER = "X-Form-Key"
BEARER = HTTPBearer(auto_error=False, scheme_name="key", description="A key of the account page: `kc_…`.")
_READS = {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True)
class Visitor:
    """A person who is signed in, or whose program asks. `client_id`: who they are as a runner, None for a trainer."""

    user_id: UUID
    organisation_id: UUID
    client_id: UUID | None
    role: Role
    name: str
    language: Language
    form_key: str


def visitor_of(request: Request) -> Visitor | None:
    """Return who is signed in, None where nobody is; looked up once a request."""
    if not hasattr(request.state, "visitor"):
        request.state.visitor = _look_up(request)
    found: Visitor | None = request.state.visitor
    return found


def language_of(request: Request) -> Language:
    """Return the language of the page: chosen, of the account, or the first known one that the browser asks for."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return chosen
    visitor = visitor_of(request)
    if visitor is not None:
        return visitor.language
    asked = (part.split(";")[0].strip()[:2].lower() for part in request.headers.get("accept-language", "").split(","))
    return next((language for part in asked for language in LANGUAGES if part == language), "ja")


def anyone(request: Request) -> None:
    """Let everybody in; from other sites only to read."""
    _from_here(request)


async def signed_in(request: Request) -> Visitor:
    """Let in whoever is signed in.

    Raises
    ------
    SignInNeeded
    FormExpired
        Where something is to be changed without the form key of this sign-in.
    """
    visitor = visitor_of(request)
    if visitor is None:
        raise SignInNeeded
    _from_here(request)
    if request.method not in _READS and await _form_key(request) != visitor.form_key:
        raise FormExpired
    return visitor


def trainer(visitor: Annotated[Visitor, Depends(signed_in)]) -> Visitor:
    """Let trainers in; NotAllowed for clients."""
    if visitor.role != "trainer":
        raise NotAllowed
    return visitor


def client(visitor: Annotated[Visitor, Depends(signed_in)]) -> Visitor:
    """Let runners with an account in; NotAllowed for trainers."""
    if visitor.role != "client":
        raise NotAllowed
    return visitor


async def key(request: Request, brought: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]) -> Visitor:
    """Let in a program with a person's key: it may what they may. Cookies do not count here, so no other site can ask.

    Raises
    ------
    ApiKeyInvalid, TooManyTries
    """
    if brought is None:
        raise ApiKeyInvalid
    return await run_in_threadpool(_of_key, request, brought.credentials)


def trainer_key(visitor: Annotated[Visitor, Depends(key)]) -> Visitor:
    """Let in programs of trainers; NotAllowed for those of clients."""
    return trainer(visitor)


SignedIn = Annotated[Visitor, Depends(signed_in)]
Trainer = Annotated[Visitor, Depends(trainer)]
Runner = Annotated[Visitor, Depends(client)]
Key = Annotated[Visitor, Depends(key)]
TrainerKey = Annotated[Visitor, Depends(trainer_key)]
#: What a router without accounts declares.
ANYONE = Depends(anyone)


def _look_up(request: Request) -> Visitor | None:
    secret = request.cookies.get(COOKIE)
    if not secret:
        return None
    with studio_of(request).database.reading() as session:
        found = who_is_signed_in(session, secret)
        if found is None:
            return None
        user, sign_in = found
        return _visitor(session, user, sign_in.form_key)


def _of_key(request: Request, secret: str) -> Visitor:
    database, address = studio_of(request).database, request.client.host if request.client else ""
    try:
        with database.reading() as session:
            return _visitor(session, enter_with_token(session, secret, address), form_key="")
    except ApiKeyInvalid:
        with database.writing() as session:
            count_wrong_token(session, address)
        raise


def _visitor(session: Session, user: User, form_key: str) -> Visitor:
    return Visitor(
        user_id=user.id,
        organisation_id=user.organisation_id,
        client_id=session.scalar(select(Client.id).where(Client.user_id == user.id)),
        role=user.role,
        name=user.name,
        language="ja" if user.language == "ja" else "en",
        form_key=form_key,
    )


def _from_here(request: Request) -> None:
    if request.method in _READS:
        return
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site not in (None, "same-origin", "none"):
        raise FormExpired
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise FormExpired


async def _form_key(request: Request) -> str | None:
    header = request.headers.get(FORM_KEY_HEADER)
    if header is not None:
        return header
    if request.headers.get("content-type", "").split(";")[0] not in (
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ):
        return None
    value = (await request.form()).get(FORM_KEY)
    return None if isinstance(value, UploadFile) else value
