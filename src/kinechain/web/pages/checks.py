"""Check my form from a clip: send a clip of an exercise, see what it shows."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from kinechain.errors import RecordMissing
from kinechain.exercise.kinds import KINDS, ExerciseId
from kinechain.jobs.orders import check_payload
from kinechain.knowledge.exercises import exercises
from kinechain.model.exercise_check import ExerciseCheck
from kinechain.model.skeleton import Side
from kinechain.store.desk import Desk
from kinechain.web.doors import SignedIn
from kinechain.web.filming import NewFile, begun, take_in, with_consent
from kinechain.web.forms import Empty
from kinechain.web.page import page
from kinechain.web.studio import studio_of

router = APIRouter()


class NewExerciseClip(NewFile):
    """A clip of an exercise that is about to arrive; no `side`: both are judged."""

    exercise: ExerciseId
    side: Annotated[Side | None, Empty] = None


@router.get("/clients/{client_id}/checks")
def show_checks(
    request: Request, visitor: SignedIn, client_id: UUID, exercise: Annotated[ExerciseId, Query()] = "ball_calf_raise"
) -> Response:
    """Show the form for a clip, and earlier checks."""
    with studio_of(request).database.reading() as session:
        desk = Desk.of(session, visitor.user_id)
        return page(
            request,
            "checks.html.j2",
            client=desk.client(client_id),
            consent=desk.consent(client_id),
            kinds=tuple(KINDS),
            exercises=exercises(),
            chosen=exercise,
            jobs=desk.jobs(client_id, "check_exercise"),
        )


@router.post("/clients/{client_id}/checks")
def begin(request: Request, visitor: SignedIn, client_id: UUID, told: NewExerciseClip) -> Response:
    """Begin to send a clip of an exercise, or learn from where one that broke off goes on."""
    with studio_of(request).database.writing() as session:
        desk = Desk.of(session, visitor.user_id)
        filmed = told.model_dump(include={"exercise", "side"}, exclude_none=True)
        return begun(take_in(desk, desk.follow_up(client_id).id, told, filmed, studio_of(request).limits))


@router.post("/clips/{clip_id}/check")
def check(request: Request, visitor: SignedIn, clip_id: UUID) -> Response:
    """Queue the check of a clip that is here."""
    with studio_of(request).database.writing() as session:
        desk = Desk.of(session, visitor.user_id)
        clip = desk.clip(clip_id)
        visit = desk.visit(clip.visit_id)
        filmed: dict[str, object] = {key: clip.filming[key] for key in ("exercise", "side") if key in clip.filming}
        if visit.kind != "follow_up" or "exercise" not in filmed:
            raise RecordMissing
        with_consent(desk, visit.client_id)
        asked: dict[str, object] = {"sha256": clip.sha256, "file_name": clip.file_name, **filmed}
        payload = check_payload(session, "check_exercise", visit.client_id, None, asked)
        job = desk.queue("check_exercise", visit.client_id, payload)
        desk.note("check", "clip", clip_id)
        return RedirectResponse(f"/jobs/{job.id}", status_code=303)


@router.get("/checks/{job_id}")
def show_check(request: Request, visitor: SignedIn, job_id: UUID) -> Response:
    """Show what a clip of an exercise shows."""
    with studio_of(request).database.writing() as session:
        desk = Desk.of(session, visitor.user_id)
        job = desk.job(job_id)
        if job.kind != "check_exercise" or job.document is None:
            raise RecordMissing
        desk.note("see", "client", job.client_id)
        found = ExerciseCheck.model_validate(job.document)
        return page(
            request,
            "check.html.j2",
            client=desk.client(job.client_id),
            made_at=job.made_at,
            check=found,
            row=exercises()[found.exercise],
        )
