"""The re-test and the course: two results set against one another, and all of them with the diary on one axis."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import FileResponse, RedirectResponse, Response

from kinechain import glossary
from kinechain.errors import FormInvalid, KinechainError, RecordMissing
from kinechain.jobs.orders import ComparePayload, check_payload
from kinechain.knowledge.test_plan import plan_rows
from kinechain.model.assessment import Assessment
from kinechain.model.comparison import Comparison
from kinechain.pipeline.before_after import BEFORE_AFTER
from kinechain.pipeline.compare import compare
from kinechain.pipeline.course import Dated, check_series, course_of
from kinechain.report.compared import change_rows
from kinechain.report.course_page import course_body
from kinechain.report.words import words_in
from kinechain.store.desk import Desk
from kinechain.store.diary import diary_of
from kinechain.store.tables import Job, Result, Visit
from kinechain.text import Language
from kinechain.web.doors import SignedIn, language_of
from kinechain.web.page import page
from kinechain.web.refusals import status_of
from kinechain.web.studio import Studio, studio_of

router = APIRouter()


@router.get("/clients/{client_id}/comparison")
def show_comparison(request: Request, visitor: SignedIn, client_id: UUID, before: UUID, after: UUID) -> Response:
    """Show what changed from one result to another beyond its error."""
    with studio_of(request).database.writing() as session:
        desk = Desk.of(session, visitor.user_id)
        desk.note("compare", "client", client_id)
        return _comparison(request, desk, client_id, (before, after))


@router.post("/clients/{client_id}/comparison")
def order_film(
    request: Request,
    visitor: SignedIn,
    client_id: UUID,
    before: Annotated[UUID, Form()],
    after: Annotated[UUID, Form()],
) -> Response:
    """Queue the film of two results side by side."""
    with studio_of(request).database.writing() as session:
        desk = Desk.of(session, visitor.user_id)
        desk.client(client_id)
        asked = {"before": before, "after": after}
        payload = check_payload(session, "compare", client_id, None, asked)
        job = desk.queue("compare", client_id, payload)
        desk.note("compare", "client", client_id)
        return RedirectResponse(f"/jobs/{job.id}", status_code=303)


@router.get("/comparisons/{job_id}")
def show_filmed_comparison(request: Request, visitor: SignedIn, job_id: UUID) -> Response:
    """Show a comparison with its film."""
    with studio_of(request).database.reading() as session:
        desk = Desk.of(session, visitor.user_id)
        job = _filmed(desk, job_id)
        asked = ComparePayload.model_validate(job.payload)
        return _comparison(request, desk, job.client_id, (asked.before, asked.after), job)


@router.get("/comparisons/{job_id}/film")
def show_film(request: Request, visitor: SignedIn, job_id: UUID) -> Response:
    """Hand out the film of a comparison."""
    studio = studio_of(request)
    with studio.database.reading() as session:
        path = _film(studio, _filmed(Desk.of(session, visitor.user_id), job_id))
    if not path.is_file():
        raise RecordMissing
    return FileResponse(path, media_type="video/mp4")


@router.get("/clients/{client_id}/course")
def show_course(request: Request, visitor: SignedIn, client_id: UUID) -> Response:
    """Show all results of a runner with pain and distances on one axis of days."""
    with studio_of(request).database.writing() as session:
        desk = Desk.of(session, visitor.user_id)
        client = desk.client(client_id)
        desk.note("course", "client", client_id)
        series = [_dated(visit, result) for visit, result in desk.results(client_id)]
        body, error = None, None
        if len(series) > 1:
            try:
                course = course_of(series, diary_of(desk.diary(client_id)))
                body = course_body(course, language_of(request))
            except KinechainError as problem:
                error = problem
        return page(request, "course.html.j2", client=client, body=body, error=error)


def _filmed(desk: Desk, job_id: UUID) -> Job:
    job = desk.job(job_id)
    if job.kind != "compare" or job.state != "succeeded":
        raise RecordMissing
    return job


def _film(studio: Studio, job: Job) -> Path:
    return studio.files.result(job.client_id, job.id) / BEFORE_AFTER


def _dated(visit: Visit, result: Result) -> Dated:
    """Return a result with its day: of filming where that was stated, else of the session."""
    assessment = Assessment.model_validate(result.document)
    day = assessment.date or visit.made_at.astimezone().date()
    return Dated(assessment.model_copy(update={"date": day}), Path(f"{day}"), day)


def _comparison(
    request: Request, desk: Desk, client_id: UUID, chosen: tuple[UUID, UUID], job: Job | None = None
) -> Response:
    language = language_of(request)
    client, results = desk.client(client_id), [desk.result(one) for one in chosen]
    pairs = [(desk.visit(result.visit_id), result) for result in results]
    if any(visit.client_id != client_id for visit, _ in pairs):
        raise RecordMissing
    series = sorted((_dated(*pair) for pair in pairs), key=lambda one: one.day)
    found, error = None, None
    try:
        if chosen[0] == chosen[1]:
            raise FormInvalid(field="after", allowed="2")
        check_series(series)
        told = diary_of(desk.diary(client_id)).between(dt.date.min, series[1].day)
        found = compare(series[0].assessment, series[1].assessment, told)
    except KinechainError as problem:
        error = problem
    return page(
        request,
        "comparison.html.j2",
        200 if error is None else status_of(error),
        client=client,
        chosen=chosen,
        days=[one.day for one in series],
        found=found,
        changes=() if found is None else change_rows(found, series[1].assessment, language),
        tests=() if found is None else _tests(found, language),
        reasons={} if found is None else _reasons(found, language),
        told=words_in(language),
        job=job,
        film=job is not None and _film(studio_of(request), job).is_file(),
        error=error,
    )


def _tests(found: Comparison, language: Language) -> Sequence[tuple[str, str, float, float, str]]:
    """Return label, side, before, after and verdict of each field test."""
    items = plan_rows().items
    return [
        (items[t.name].label[language] if t.name in items else t.name, t.side, t.a, t.b, t.verdict) for t in found.tests
    ]


def _reasons(found: Comparison, language: Language) -> dict[str, list[str]]:
    """Return what cannot be compared, by why."""
    reasons: dict[str, dict[str, None]] = {}
    for row in found.not_comparable:
        reasons.setdefault(row.why[language], {})[glossary.quantity(row.name).label[language]] = None
    return {why: list(labels) for why, labels in reasons.items()}
