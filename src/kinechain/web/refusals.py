"""How an error is answered: a page with the sentence and the way out, or the same as JSON for programs."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from kinechain.errors import (
    ApiKeyInvalid,
    ConsentNeeded,
    DatabaseBusy,
    FormExpired,
    FormInvalid,
    InternalError,
    KinechainError,
    NotAllowed,
    PlanChangedMeanwhile,
    RecordMissing,
    SignInFailed,
    SignInNeeded,
    StorageFull,
    TooManyTries,
    UploadOutOfStep,
    UploadTooLarge,
)
from kinechain.web.forms import told
from kinechain.web.page import page
from kinechain.web.studio import studio_of

API = "/api/"
_STATUS: dict[type[KinechainError], int] = {
    SignInNeeded: 401,
    SignInFailed: 401,
    ApiKeyInvalid: 401,
    NotAllowed: 403,
    ConsentNeeded: 403,
    FormExpired: 403,
    RecordMissing: 404,
    PlanChangedMeanwhile: 409,
    UploadOutOfStep: 409,
    UploadTooLarge: 413,
    TooManyTries: 429,
    InternalError: 500,
    DatabaseBusy: 503,
    StorageFull: 507,
}


def status_of(error: KinechainError) -> int:
    """Return the HTTP status of an error: 422 for what was asked wrongly."""
    return next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 422)


def refuse_in_words(app: FastAPI) -> None:
    """Answer every error of the application with its own sentence."""

    @app.exception_handler(KinechainError)
    def known(request: Request, error: KinechainError) -> Response:
        return _answer(request, error, status_of(error))

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        if first["loc"][0] == "path":
            return _answer(request, RecordMissing(), 404)
        return _answer(request, told(first), 422)

    @app.exception_handler(HTTPException)
    def by_framework(request: Request, error: HTTPException) -> Response:
        if error.status_code == 404:
            return _answer(request, RecordMissing(), 404)
        if error.status_code == 413:
            return _answer(request, UploadTooLarge(limit=studio_of(request).limits.clip_bytes >> 30), 413)
        return _answer(
            request, FormInvalid(field=request.method, allowed=error.detail), error.status_code, error.headers
        )

    @app.exception_handler(Exception)
    def defect(request: Request, error: Exception) -> Response:
        return _answer(request, InternalError(reason=type(error).__name__), 500)


def _answer(request: Request, error: KinechainError, status: int, headers: Mapping[str, str] | None = None) -> Response:
    if request.url.path.startswith(API):
        told = {"code": error.code, "message": error.message.model_dump(), "hint": error.advice.model_dump()}
        bearer = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
        return JSONResponse(told, status_code=status, headers={**(headers or {}), **bearer})
    if isinstance(error, SignInNeeded) and request.method == "GET":
        return RedirectResponse(f"/sign-in?back={quote(request.url.path)}", status_code=303)
    return page(request, "error.html.j2", status=status, error=error)
