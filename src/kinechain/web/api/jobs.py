"""Analyses: order one, and see how far it is."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request

from kinechain.store import tables
from kinechain.store.desk import Desk
from kinechain.web.api.answers import Job
from kinechain.web.api.routing import operations, reading, writing
from kinechain.web.doors import Key
from kinechain.web.filming import order_analysis

router = operations("analyses")


@router.post("/visits/{visit_id}/analyses", status_code=202)
def order(request: Request, visitor: Key, visit_id: UUID) -> Job:
    """Queue the analysis of a session, or answer the one that waits or runs already."""
    with writing(request, visitor) as desk:
        return job_answer(desk, order_analysis(desk, visit_id))


@router.get("/jobs/{job_id}")
def read_job(request: Request, visitor: Key, job_id: UUID) -> Job:
    """Say how far an analysis is."""
    with reading(request, visitor) as desk:
        return job_answer(desk, desk.job(job_id))


def job_answer(desk: Desk, row: tables.Job) -> Job:
    """Return an analysis as it is answered, with its result once it has one."""
    result = desk.result_of_job(row.id)
    values = {name: getattr(row, name) for name in Job.model_fields if name != "result_id"}
    return Job.model_validate({**values, "result_id": None if result is None else result.id})
