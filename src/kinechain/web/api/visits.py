"""A session with everything that belongs to it."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request

from kinechain.store.uploads import unfinished
from kinechain.web.api.answers import Clip, Visit
from kinechain.web.api.jobs import job_answer
from kinechain.web.api.routing import operations, reading
from kinechain.web.api.uploads import upload_answer
from kinechain.web.doors import Key

router = operations("sessions")


@router.get("/visits/{visit_id}")
def read_visit(request: Request, visitor: Key, visit_id: UUID) -> Visit:
    """Say what a session has: answers, field tests, clips, and the latest analysis."""
    with reading(request, visitor) as desk:
        visit, job = desk.visit(visit_id), desk.last_job(visit_id)
        return Visit(
            id=visit.id,
            made_at=visit.made_at,
            client_id=visit.client_id,
            intake=visit.intake,
            tests=visit.tests,
            clips=[Clip.model_validate(clip) for clip in desk.clips(visit_id)],
            unfinished=[upload_answer(upload) for upload in unfinished(desk, visit_id)],
            job=None if job is None else job_answer(desk, job),
        )
