"""Results: the assessment and its files, events set by hand, and the plan with its changes."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request
from fastapi.responses import FileResponse

from kinechain.errors import FormInvalid
from kinechain.model.assessment import Plan
from kinechain.store.desk import Desk
from kinechain.store.results import correct_event, corrections, open_result
from kinechain.web.api.answers import Correction, Job, Listed, PlanChange, Plans, Result
from kinechain.web.api.asked import ChangedPlan, EventByHand
from kinechain.web.api.jobs import job_answer
from kinechain.web.api.routing import Paging, operations, part_of, reading, writing
from kinechain.web.doors import Key, TrainerKey
from kinechain.web.plan_form import changed_plan
from kinechain.web.result_files import SERVED, file_of, files_in
from kinechain.web.studio import studio_of

router = operations("results")
BINARY = {"schema": {"type": "string", "format": "binary"}}


@router.get("/results/{result_id}")
def read_result(request: Request, visitor: Key, result_id: UUID) -> Result:
    """Hand out an assessment."""
    with writing(request, visitor) as desk:
        opened = open_result(studio_of(request).files, desk, result_id)
        desk.note("see", "assessment", result_id)
        return Result(
            id=result_id,
            made_at=opened.result.made_at,
            visit_id=opened.result.visit_id,
            client_id=opened.client.id,
            job_id=opened.result.job_id,
            files=files_in(opened.folder),
            assessment=opened.assessment,
        )


@router.get(
    "/results/{result_id}/files/{name:path}",
    response_class=FileResponse,
    responses={200: {"content": {kind.partition(";")[0]: BINARY for kind in SERVED.values()}}},
)
def read_file(request: Request, visitor: Key, result_id: UUID, name: str) -> FileResponse:
    """Hand out a picture, a film or a page of the report."""
    with reading(request, visitor) as desk:
        return file_of(open_result(studio_of(request).files, desk, result_id).folder, name)


@router.get("/results/{result_id}/events")
def list_corrections(request: Request, visitor: Key, result_id: UUID, part: Paging) -> Listed[Correction]:
    """List the events of a result that were set by hand, in the order of doing."""
    with reading(request, visitor) as desk:
        return part_of(corrections(desk, result_id), part, Correction.model_validate)


@router.post("/results/{result_id}/events", status_code=202)
def set_event(request: Request, visitor: TrainerKey, result_id: UUID, asked: EventByHand) -> Job:
    """Set an event by hand; the measurements are made again by the analysis that is answered."""
    with writing(request, visitor) as desk:
        desk.result(result_id)
        if asked.found_s is None and asked.time_s is None:
            raise FormInvalid(field="time_s", allowed="0 – 86400")
        job = correct_event(
            desk, result_id, asked.clip, asked.side, asked.kind, asked.found_s, asked.time_s, asked.found_side
        )
        return job_answer(desk, job)


@router.get("/results/{result_id}/plan")
def read_plan(request: Request, visitor: Key, result_id: UUID) -> Plans:
    """Say the plan as it stands, the suggestion, and every change."""
    with reading(request, visitor) as desk:
        return _plans(request, desk, result_id)


@router.put("/results/{result_id}/plan")
def change_plan(request: Request, visitor: TrainerKey, result_id: UUID, asked: ChangedPlan) -> Plans:
    """Keep a changed plan beside the suggestion, with who and why."""
    with writing(request, visitor) as desk:
        opened = open_result(studio_of(request).files, desk, result_id)
        changed = changed_plan(opened.current.plan, asked.exercises, asked.why)
        desk.edit_plan(result_id, asked.seen, changed.plan.model_dump(mode="json"), changed.why)
        return _plans(request, desk, result_id)


def _plans(request: Request, desk: Desk, result_id: UUID) -> Plans:
    opened = open_result(studio_of(request).files, desk, result_id)
    changes = [
        PlanChange(
            id=edit.id,
            made_at=edit.made_at,
            number=edit.number,
            by=name,
            why=edit.why,
            plan=Plan.model_validate(edit.plan),
        )
        for edit, name in opened.edits
    ]
    return Plans(
        current=opened.current.plan,
        suggested=opened.assessment.plan,
        number=changes[-1].number if changes else 0,
        changes=changes,
    )
