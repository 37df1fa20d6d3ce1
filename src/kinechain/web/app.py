"""The application: its pages, its interface for programs, and what goes around every answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import resources

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from kinechain import __version__
from kinechain.web.api import API_ROUTERS
from kinechain.web.doors import ANYONE
from kinechain.web.pages import account, checks, clients, course, diary, entry, results, today, visits
from kinechain.web.refusals import refuse_in_words
from kinechain.web.studio import Studio

#: Nothing from elsewhere, no script but our own files; a page that needs more says so in its answer.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "style-src 'self'",
        "frame-ancestors 'self'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)
_REPORT_STYLES = {"report.css": "style.css", "course.css": "course.css"}
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Cache-Control": "private, no-store",
}


def create_app(studio: Studio) -> FastAPI:
    """Return the application of a studio."""
    app = FastAPI(
        title="kinechain",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        max_body_size=studio.limits.form_bytes,
    )
    app.state.studio = studio
    app.middleware("http")(_around)
    refuse_in_words(app)
    for pages in (entry, account, clients, visits, results, today, diary, checks, course):
        app.include_router(pages.router, include_in_schema=False)
    for router in API_ROUTERS:
        app.include_router(router)
    for name, file in _REPORT_STYLES.items():
        app.get(f"/static/{name}", include_in_schema=False, dependencies=[ANYONE])(_report_style(file))
    app.mount("/static", StaticFiles(directory=str(resources.files("kinechain.web") / "static")), name="static")
    return app


async def _around(request: Request, respond: Callable[[Request], Awaitable[Response]]) -> Response:
    """Say with every answer what a browser may do with it."""
    response = await respond(request)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.url.path.startswith("/static/"):
        response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def _report_style(file: str) -> Callable[[], FileResponse]:
    """Return what hands out a style of the report, whose sections pages of results show."""
    path = str(resources.files("kinechain.report") / "templates" / file)
    return lambda: FileResponse(path, media_type="text/css")
