"""A result: film and curves together, the report, events set by hand, the plan, and links to share it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup

from kinechain import glossary
from kinechain.errors import FormInvalid, KinechainError, RecordMissing
from kinechain.knowledge.exercises import exercises
from kinechain.model.assessment import Clip
from kinechain.model.skeleton import Side
from kinechain.report.charts import curve_chart
from kinechain.report.page import OVERLAY, overlay_among, report_body
from kinechain.store import results as store
from kinechain.store.desk import Desk
from kinechain.store.results import SHARED_FOR_DAYS, Opened, open_result, open_shared
from kinechain.text import Language
from kinechain.web.doors import ANYONE, SignedIn, Trainer, Visitor, language_of
from kinechain.web.forms import Empty
from kinechain.web.page import page
from kinechain.web.plan_form import edit_seen, plan_of_form
from kinechain.web.refusals import status_of
from kinechain.web.result_files import file_of
from kinechain.web.studio import studio_of

router = APIRouter()
#: The result's own page shows the drawings of the report, which carry their style.
RESULT_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "frame-ancestors 'self'; base-uri 'none'; form-action 'self'"
)
FILMED_CURVES = 4


@dataclass(frozen=True)
class Film:
    """The film of one clip with the curves that run along with it."""

    clip: Clip
    video: str
    charts: Sequence[tuple[str, Markup]]
    facts: str


@router.get("/results/{result_id}/")
def show_result(request: Request, visitor: SignedIn, result_id: UUID, clip: str | None = None) -> Response:
    """Show a result."""
    return _result(request, visitor, result_id, clip)


@router.post("/results/{result_id}/plan")
async def edit_plan(request: Request, visitor: Trainer, result_id: UUID) -> Response:
    """Keep a changed plan beside the suggestion, with who and why."""
    typed = {key: value for key, value in (await request.form()).items() if isinstance(value, str)}
    try:
        with studio_of(request).database.writing() as session:
            desk = Desk.of(session, visitor.user_id)
            opened = open_result(studio_of(request).files, desk, result_id)
            changed = plan_of_form(opened.current.plan, typed)
            desk.edit_plan(result_id, edit_seen(typed), changed.plan.model_dump(mode="json"), changed.why)
    except KinechainError as error:
        if isinstance(error, RecordMissing):
            raise
        return _result(request, visitor, result_id, error=error)
    return _to(result_id, "#plan")


@router.post("/results/{result_id}/events")
def correct_event(
    request: Request,
    visitor: Trainer,
    result_id: UUID,
    clip: Annotated[str, Form(max_length=64)],
    side: Annotated[Side, Form()],
    kind: Annotated[Literal["initial_contact", "toe_off"], Form()],
    found_s: Annotated[float | None, Form(ge=0), Empty] = None,
    time_s: Annotated[float | None, Form(ge=0), Empty] = None,
    found_side: Annotated[Side | None, Form(), Empty] = None,
) -> Response:
    """Set an event by hand: moved, added, taken out, or given to the other foot; all is measured again."""
    if found_s is None and time_s is None:
        raise FormInvalid(field="time_s", allowed="0 – 600")
    with studio_of(request).database.writing() as session:
        desk = Desk.of(session, visitor.user_id)
        job = store.correct_event(desk, result_id, clip, side, kind, found_s, time_s, found_side)
        return RedirectResponse(f"/jobs/{job.id}", status_code=303)


@router.post("/results/{result_id}/shares")
def share(
    request: Request,
    visitor: SignedIn,
    result_id: UUID,
    days: Annotated[int, Form(ge=1, le=365)] = SHARED_FOR_DAYS,
) -> Response:
    """Make a link that opens this report without an account, for a while; it is shown this once."""
    with studio_of(request).database.writing() as session:
        secret, _ = store.share(Desk.of(session, visitor.user_id), result_id, days)
    return _result(request, visitor, result_id, link=str(request.url_for("show_shared", secret=secret)))


@router.post("/results/{result_id}/shares/{share_id}/revoke")
def revoke_share(request: Request, visitor: SignedIn, result_id: UUID, share_id: UUID) -> Response:
    """Close a link."""
    with studio_of(request).database.writing() as session:
        store.revoke_share(Desk.of(session, visitor.user_id), result_id, share_id)
    return _to(result_id, "#share")


@router.get("/results/{result_id}/{name:path}")
def show_file(request: Request, visitor: SignedIn, result_id: UUID, name: str) -> Response:
    """Hand out a picture, a film or a page of the report."""
    with studio_of(request).database.reading() as session:
        opened = open_result(studio_of(request).files, Desk.of(session, visitor.user_id), result_id)
        return file_of(opened.folder, name)


@router.get("/s/{secret}/", dependencies=[ANYONE])
def show_shared(request: Request, secret: str) -> Response:
    """Show a shared report to whoever has the link."""
    with studio_of(request).database.reading() as session:
        opened = open_shared(studio_of(request).files, session, secret)
        return _with_policy(
            page(
                request,
                "shared.html.j2",
                body=report_body(opened.current, opened.folder, language_of(request)),
            )
        )


@router.get("/s/{secret}/{name:path}", dependencies=[ANYONE])
def show_shared_file(request: Request, secret: str, name: str) -> Response:
    """Hand out a file of a shared report."""
    with studio_of(request).database.reading() as session:
        return file_of(open_shared(studio_of(request).files, session, secret).folder, name)


def _result(
    request: Request,
    visitor: Visitor,
    result_id: UUID,
    clip: str | None = None,
    *,
    link: str | None = None,
    error: KinechainError | None = None,
) -> Response:
    studio = studio_of(request)
    with studio.database.writing() as session:
        desk = Desk.of(session, visitor.user_id)
        opened = open_result(studio.files, desk, result_id)
        desk.note("see", "assessment", result_id)
        current = opened.current
        return _with_policy(
            page(
                request,
                "result.html.j2",
                200 if error is None else status_of(error),
                opened=opened,
                film=_film(opened, clip, language_of(request)),
                films=[one for one in opened.assessment.clips if _video(opened.folder, one) is not None],
                body=report_body(current, opened.folder, language_of(request)),
                plan=current.plan,
                exercises=exercises(),
                suggested=opened.assessment.plan,
                shares=store.open_shares(desk, result_id),
                link=link,
                error=error,
            )
        )


def _film(opened: Opened, wanted: str | None, language: Language) -> Film | None:
    """Return the film of the clip that is asked for, or of the first that has one."""
    filmed = [(one, video) for one in opened.assessment.clips if (video := _video(opened.folder, one)) is not None]
    found = next((pair for pair in filmed if pair[0].id == wanted), filmed[0] if filmed else None)
    if found is None:
        return None
    clip, video = found
    curves = [curve for curve in opened.assessment.curves if curve.clip == clip.id]
    names = list(dict.fromkeys(curve.name for curve in curves))[:FILMED_CURVES]
    charts = []
    for name in names:
        quantity = glossary.quantity(name)
        unit = "°" if quantity.unit == "deg" else quantity.unit
        drawn = curve_chart(tuple(curve for curve in curves if curve.name == name), unit)
        charts.append((quantity.label[language], drawn))
    events = [
        {"time_s": event.time_s, "side": event.side, "kind": event.kind}
        for event in opened.assessment.events
        if event.clip == clip.id
    ]
    return Film(clip, video, charts, json.dumps({"events": events, "fps": clip.fps, "time_scale": clip.time_scale}))


def _video(folder: Path, clip: Clip) -> str | None:
    return overlay_among(folder, clip.id) or (OVERLAY if (folder / OVERLAY).is_file() else None)


def _with_policy(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = RESULT_POLICY
    return response


def _to(result_id: UUID, part: str) -> RedirectResponse:
    return RedirectResponse(f"/results/{result_id}/{part}", status_code=303)
