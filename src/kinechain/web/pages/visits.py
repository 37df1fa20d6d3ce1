"""A session with a runner: answers, test plan, clips, field tests, and the analysis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, RedirectResponse, Response

from kinechain.errors import ConsentNeeded, FormInvalid, KinechainError, RecordMissing
from kinechain.knowledge.field_tests import SCORES, field_tests
from kinechain.knowledge.intake import Question, questions
from kinechain.model.clip_check import ClipCheck
from kinechain.model.session_plan import Place
from kinechain.pipeline.test_plan import plan_session
from kinechain.report.drawing import drawing
from kinechain.store.desk import Desk
from kinechain.store.tables import Job, JobKind, Upload, Visit
from kinechain.store.uploads import unfinished
from kinechain.web.doors import SignedIn, Visitor
from kinechain.web.filming import (
    Filming,
    NewUpload,
    begin,
    begun,
    clip_check,
    order_analysis,
    receive,
    take_out,
    wrong_answer,
)
from kinechain.web.forms import number
from kinechain.web.page import page
from kinechain.web.refusals import status_of
from kinechain.web.studio import Limits, studio_of
from kinechain.web.test_form import results_of, values_of

router = APIRouter()
GROUPS = ("complaint", "history", "training", "red_flag")
PIECE_BYTES = Limits.piece_bytes
#: Where the page is of a job that ended without an assessment.
PAGES: dict[JobKind, str] = {"check_exercise": "/checks", "compare": "/comparisons"}


@router.get("/visits/{visit_id}")
def show_visit(request: Request, visitor: SignedIn, visit_id: UUID) -> Response:
    """Show a session: what is done, and what comes next."""
    return _visit(request, visitor, visit_id)


@router.get("/visits/{visit_id}/intake")
def show_intake(request: Request, visitor: SignedIn, visit_id: UUID) -> Response:
    """Show the questions."""
    with studio_of(request).database.reading() as session:
        visit = Desk.of(session, visitor.user_id).visit(visit_id)
        return _intake(request, visit, visit.intake)


@router.post("/visits/{visit_id}/intake")
async def save_intake(request: Request, visitor: SignedIn, visit_id: UUID) -> Response:
    """Keep the answers; a wrong one is said, and nothing that was typed is lost."""
    typed = {key: value.strip() for key, value in (await request.form()).items() if isinstance(value, str)}
    given = {key: _as_answer(question, typed[key]) for key, question in questions().items() if typed.get(key)}
    with studio_of(request).database.writing() as session:
        desk = Desk.of(session, visitor.user_id)
        visit = desk.visit(visit_id)
        wrong = wrong_answer(given)
        if wrong is not None:
            return _intake(request, visit, given, wrong)
        visit.intake = given
        desk.note("answer", "visit", visit_id)
    return _to(visit_id)


@router.get("/visits/{visit_id}/plan")
def show_test_plan(
    request: Request, visitor: SignedIn, visit_id: UUID, place: Annotated[Place, Query()] = "studio"
) -> Response:
    """Show what to film and test, in which order, and why."""
    with studio_of(request).database.reading() as session:
        visit = Desk.of(session, visitor.user_id).visit(visit_id)
        plan = plan_session(visit.intake, place)
        return page(request, "test_plan.html.j2", visit=visit, plan=plan, questions=questions())


@router.post("/visits/{visit_id}/uploads")
def begin_clip(request: Request, visitor: SignedIn, visit_id: UUID, told: NewUpload) -> Response:
    """Begin to send a clip, or learn from where one that broke off goes on."""
    with studio_of(request).database.writing() as session:
        return begun(begin(Desk.of(session, visitor.user_id), visit_id, told, studio_of(request).limits))


@router.put("/uploads/{upload_id}", max_body_size=PIECE_BYTES)
async def send_piece(
    request: Request, visitor: SignedIn, upload_id: UUID, start: Annotated[int, Query(ge=0)]
) -> Response:
    """Take a piece of a clip, at most `piece` bytes; answers how much is here, and the clip when it is whole."""
    piece = await request.body()
    kept = await run_in_threadpool(receive, studio_of(request), visitor.user_id, upload_id, start, piece)
    if isinstance(kept, Upload):
        return JSONResponse({"received": kept.received_bytes, "clip": None})
    return JSONResponse({"received": kept.size_bytes, "clip": str(kept.id)})


@router.get("/clips/{clip_id}/check")
def show_clip_check(request: Request, visitor: SignedIn, clip_id: UUID) -> Response:
    """Show whether a clip can be used, as soon as that is known; a part of the session's page."""
    with clip_check(studio_of(request).database, visitor.user_id, clip_id) as (_, job):
        check = None if job.document is None else ClipCheck.model_validate(job.document)
        return page(request, "clip_check.html.j2", clip_id=clip_id, job=job, check=check)


@router.get("/visits/{visit_id}/tests")
def show_tests(request: Request, visitor: SignedIn, visit_id: UUID) -> Response:
    """Show the forms of the field tests, those of the plan first."""
    with studio_of(request).database.reading() as session:
        visit = Desk.of(session, visitor.user_id).visit(visit_id)
        return _tests(request, visit, values_of(visit.tests))


@router.post("/visits/{visit_id}/tests")
async def save_tests(request: Request, visitor: SignedIn, visit_id: UUID) -> Response:
    """Keep the results; an impossible one is said, and nothing that was typed is lost."""
    typed = {key: value.strip() for key, value in (await request.form()).items() if isinstance(value, str)}
    with studio_of(request).database.writing() as session:
        desk = Desk.of(session, visitor.user_id)
        visit = desk.visit(visit_id)
        try:
            visit.tests = results_of(typed)
        except FormInvalid as error:
            return _tests(request, visit, typed, error)
        desk.note("test", "visit", visit_id)
    return _to(visit_id)


@router.post("/clips/{clip_id}/filming")
def set_filming(request: Request, visitor: SignedIn, clip_id: UUID, typed: Annotated[Filming, Form()]) -> Response:
    """Change how a clip was filmed."""
    with studio_of(request).database.writing() as session:
        desk = Desk.of(session, visitor.user_id)
        clip = desk.clip(clip_id)
        clip.filming = typed.table()
        desk.note("change", "clip", clip_id)
        return _to(clip.visit_id)


@router.post("/clips/{clip_id}/remove")
def remove_clip(request: Request, visitor: SignedIn, clip_id: UUID) -> Response:
    """Take a clip out of a session, or one of an exercise from between them, with its file and its checks."""
    visit = take_out(studio_of(request), visitor.user_id, clip_id)
    if visit.kind == "session":
        return _to(visit.id)
    return RedirectResponse(f"/clients/{visit.client_id}/checks", status_code=303)


@router.post("/visits/{visit_id}/analyse")
def analyse(request: Request, visitor: SignedIn, visit_id: UUID) -> Response:
    """Queue the analysis."""
    try:
        with studio_of(request).database.writing() as session:
            desk = Desk.of(session, visitor.user_id)
            job = order_analysis(desk, visit_id)
            return RedirectResponse(f"/jobs/{job.id}", status_code=303)
    except (ConsentNeeded, FormInvalid) as error:
        return _visit(request, visitor, visit_id, error)


@router.get("/jobs/{job_id}")
def show_job(request: Request, visitor: SignedIn, job_id: UUID) -> Response:
    """Show how far an analysis is; goes on to the result by itself."""
    with studio_of(request).database.reading() as session:
        desk = Desk.of(session, visitor.user_id)
        job = desk.job(job_id)
        if job.state == "succeeded":
            return _result_of(request, desk, job)
        template = "job_state.html.j2" if request.headers.get("HX-Request") else "job.html.j2"
        return page(request, template, job=job)


def _result_of(request: Request, desk: Desk, job: Job) -> Response:
    result = desk.result_of_job(job.id)
    other = PAGES.get(job.kind)
    if result is None and other is None:
        raise RecordMissing
    address = f"/results/{result.id}/" if result is not None else f"{other}/{job.id}"
    if request.headers.get("HX-Request"):
        return Response(headers={"HX-Redirect": address})
    return RedirectResponse(address, status_code=303)


def _visit(request: Request, visitor: Visitor, visit_id: UUID, error: KinechainError | None = None) -> Response:
    with studio_of(request).database.reading() as session:
        desk = Desk.of(session, visitor.user_id)
        visit = desk.visit(visit_id)
        red_flags = [key for key, question in questions().items() if question.group == "red_flag"]
        return page(
            request,
            "visit.html.j2",
            200 if error is None else status_of(error),
            visit=visit,
            client=desk.client(visit.client_id),
            consent=desk.consent(visit.client_id),
            answered=len(visit.intake),
            n_questions=len(questions()),
            health_open=sum(key not in visit.intake for key in red_flags),
            clips=desk.clips(visit_id),
            filming={name: drawing(name, "filming") for name in ("side_treadmill", "rear_treadmill")},
            unfinished=unfinished(desk, visit_id),
            job=desk.last_job(visit_id),
            error=error,
        )


def _intake(
    request: Request, visit: Visit, given: dict[str, Any], wrong: tuple[str, FormInvalid] | None = None
) -> Response:
    groups = {group: [one for one in questions().values() if one.group == group] for group in GROUPS}
    return page(
        request,
        "intake.html.j2",
        200 if wrong is None else 422,
        visit=visit,
        groups=groups,
        given=given,
        wrong=wrong[0] if wrong else None,
        error=wrong[1] if wrong else None,
    )


def _tests(request: Request, visit: Visit, typed: Mapping[str, str], error: FormInvalid | None = None) -> Response:
    planned = {step.id for step in plan_session(visit.intake, "studio").steps}
    rows = sorted(field_tests().values(), key=lambda row: row.id not in planned)
    drawings = {row.id: drawing(row.id, "field_tests") for row in rows}
    return page(
        request,
        "tests.html.j2",
        200 if error is None else 422,
        visit=visit,
        rows=rows,
        planned=planned,
        drawings=drawings,
        typed=typed,
        scores=SCORES,
        error=error,
    )


def _as_answer(question: Question, typed: str) -> object:
    if question.kind == "number":
        value = number(typed)
        return typed if value is None else value
    return {"yes": True, "no": False}.get(typed, typed) if question.kind == "yes_no" else typed


def _to(visit_id: UUID) -> RedirectResponse:
    return RedirectResponse(f"/visits/{visit_id}", status_code=303)
