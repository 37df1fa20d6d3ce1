"""Check my form from a clip: send a clip of an exercise, see what it shows."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import FileResponse, RedirectResponse, Response

from kinechain.errors import RecordMissing
from kinechain.exercise.kinds import KINDS, ExerciseId
from kinechain.jobs.orders import check_payload
from kinechain.knowledge.exercises import exercises
from kinechain.model.exercise_check import ExerciseCheck
from kinechain.model.skeleton import Side
from kinechain.pipeline.exercise_pictures import picture_name
from kinechain.store.desk import Desk
from kinechain.store.tables import Job
from kinechain.web.doors import SignedIn
from kinechain.web.filming import NewFile, begun, take_in, with_consent
from kinechain.web.forms import Empty
from kinechain.web.page import page
from kinechain.web.studio import Studio, studio_of

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
            filmed=desk.exercise_clips(client_id),
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
    studio = studio_of(request)
    with studio.database.writing() as session:
        desk = Desk.of(session, visitor.user_id)
        job = _checked(desk, job_id)
        desk.note("see", "client", job.client_id)
        found = ExerciseCheck.model_validate(job.document)
        shown = {fault.frame for fault in found.faults if _picture(studio, job, fault.frame).is_file()}
        return page(
            request,
            "check.html.j2",
            client=desk.client(job.client_id),
            made_at=job.made_at,
            check=found,
            row=exercises()[found.exercise],
            pictures={frame: f"/checks/{job_id}/frames/{frame}" for frame in shown},
        )


@router.get("/checks/{job_id}/frames/{frame}")
def show_frame(request: Request, visitor: SignedIn, job_id: UUID, frame: Annotated[int, Path(ge=0)]) -> Response:
    """Hand out the picture of a fault."""
    studio = studio_of(request)
    with studio.database.reading() as session:
        picture = _picture(studio, _checked(Desk.of(session, visitor.user_id), job_id), frame)
    if not picture.is_file():
        raise RecordMissing
    return FileResponse(picture, media_type="image/jpeg")


def _checked(desk: Desk, job_id: UUID) -> Job:
    job = desk.job(job_id)
    if job.kind != "check_exercise" or job.document is None:
        raise RecordMissing
    return job


def _picture(studio: Studio, job: Job, frame: int) -> FilePath:
    return studio.files.result(job.client_id, job.id) / picture_name(frame)
