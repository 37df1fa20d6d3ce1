"""The way in and out: sign in, make an account from an invitation, choose the language, sign out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel

from kinechain.errors import EmailTaken, FormInvalid, PasswordTooShort, SignInFailed, TooManyTries
from kinechain.store import accounts
from kinechain.store.accounts import NewAccount
from kinechain.store.desk import Desk
from kinechain.store.tables import User
from kinechain.text import Language
from kinechain.web.doors import ANYONE, COOKIE, LANGUAGE_COOKIE, SignedIn, language_of, visitor_of
from kinechain.web.forms import Email, Name
from kinechain.web.page import page
from kinechain.web.refusals import status_of
from kinechain.web.studio import studio_of

router = APIRouter()
HOME = "/"


class AccountForm(BaseModel):
    """What a person types to make their account."""

    name: Name
    email: Email
    password: str
    studio: str = ""


@router.get("/sign-in", dependencies=[ANYONE])
def show_sign_in(request: Request, back: str = HOME) -> Response:
    """Show the form, or go on where somebody is signed in already."""
    if visitor_of(request) is not None:
        return _go(back)
    return page(request, "sign_in.html.j2", back=_inside(back), email="", error=None)


@router.post("/sign-in", dependencies=[ANYONE])
def do_sign_in(
    request: Request,
    email: Annotated[str, Form(max_length=254)],
    password: Annotated[str, Form(max_length=1000)],
    back: Annotated[str, Form()] = HOME,
) -> Response:
    """Sign in; a failure is counted and said on the same page."""
    database, address = studio_of(request).database, request.client.host if request.client else ""
    try:
        with database.writing() as session:
            user = accounts.sign_in(session, email, password, address)
            secret, _ = accounts.begin(session, user)
            language = user.language
    except (SignInFailed, TooManyTries) as error:
        if isinstance(error, SignInFailed):
            with database.writing() as session:
                accounts.count_failure(session, email, address)
        return page(request, "sign_in.html.j2", status=status_of(error), back=_inside(back), email=email, error=error)
    return _entered(request, _go(back), secret, language)


@router.post("/sign-out")
def sign_out(request: Request, visitor: SignedIn) -> Response:  # noqa: ARG001 - the door
    """Sign out on this device."""
    with studio_of(request).database.writing() as session:
        accounts.end(session, request.cookies[COOKIE])
    answer = _go("/sign-in")
    answer.delete_cookie(COOKIE)
    return answer


@router.get("/invitation/{secret}", dependencies=[ANYONE])
def show_invitation(request: Request, secret: str) -> Response:
    """Show the form that makes an account."""
    with studio_of(request).database.reading() as session:
        makes_studio = accounts.invitation(session, secret).organisation_id is None
    return page(request, "invitation.html.j2", makes_studio=makes_studio, typed=None, error=None)


@router.post("/invitation/{secret}", dependencies=[ANYONE])
def take_invitation(request: Request, secret: str, typed: Annotated[AccountForm, Form()]) -> Response:
    """Make the account, and sign in with it."""
    account = NewAccount(
        name=typed.name,
        email=typed.email,
        password=typed.password,
        language=language_of(request),
        studio=typed.studio.strip(),
    )
    try:
        with studio_of(request).database.writing() as session:
            makes_studio = accounts.invitation(session, secret).organisation_id is None
            if makes_studio and not account.studio:
                raise FormInvalid(field="studio", allowed="1–200")
            user = accounts.take_invitation(session, secret, account)
            Desk(session, user).note("join", "user", user.id)
            cookie, _ = accounts.begin(session, user)
    except (EmailTaken, PasswordTooShort, FormInvalid) as error:
        return page(
            request,
            "invitation.html.j2",
            status=status_of(error),
            makes_studio=makes_studio,
            typed=typed,
            error=error,
        )
    return _entered(request, _go(HOME), cookie, account.language)


@router.post("/language", dependencies=[ANYONE])
def choose_language(
    request: Request, language: Annotated[Language, Form()], back: Annotated[str, Form()] = HOME
) -> Response:
    """Show the pages in another language, and remember it with the account."""
    visitor = visitor_of(request)
    if visitor is not None:
        with studio_of(request).database.writing() as session:
            session.get_one(User, visitor.user_id).language = language
    return _with_language(request, _go(back), language)


def _inside(path: str) -> str:
    """Return where to go on: a path of this application, whatever was asked for."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) and "\n" not in path else HOME


def _go(path: str) -> RedirectResponse:
    return RedirectResponse(_inside(path), status_code=303)


def _entered(request: Request, answer: Response, secret: str, language: str) -> Response:
    answer.set_cookie(
        COOKIE,
        secret,
        max_age=round(accounts.SIGNED_IN_FOR.total_seconds()),
        httponly=True,
        secure=studio_of(request).secure,
        samesite="lax",
    )
    return _with_language(request, answer, language)


def _with_language(request: Request, answer: Response, language: str) -> Response:
    answer.set_cookie(
        LANGUAGE_COOKIE, language, max_age=365 * 86400, secure=studio_of(request).secure, samesite="lax", httponly=True
    )
    return answer
