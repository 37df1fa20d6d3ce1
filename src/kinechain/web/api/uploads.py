"""Clips: they arrive in pieces, say how they were filmed, and can be taken out again."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request
from fastapi.concurrency import run_in_threadpool

from kinechain.model.clip_check import ClipCheck
from kinechain.store import tables
from kinechain.web.api.answers import Clip, ClipLook, Received, Upload
from kinechain.web.api.jobs import job_answer
from kinechain.web.api.routing import operations, writing
from kinechain.web.doors import Key
from kinechain.web.filming import Filming, NewUpload, begin, clip_check, receive, take_out
from kinechain.web.studio import Limits, studio_of

router = operations("clips")
PIECE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("/visits/{visit_id}/uploads", status_code=201)
def begin_upload(request: Request, visitor: Key, visit_id: UUID, asked: NewUpload) -> Upload:
    """Begin to send a clip, or learn from where one of the same name and size that broke off goes on."""
    with writing(request, visitor) as desk:
        return upload_answer(begin(desk, visit_id, asked, studio_of(request).limits))


@router.put("/uploads/{upload_id}", max_body_size=Limits.piece_bytes, openapi_extra=PIECE)
async def put_piece(
    request: Request,
    visitor: Key,
    upload_id: UUID,
    start: Annotated[int, Query(ge=0, description="`received_bytes` of the last answer")],
) -> Received:
    """Send a piece of a clip; the last one makes it a clip of its session, the first one tells that it is a video."""
    piece = await request.body()
    kept = await run_in_threadpool(receive, studio_of(request), visitor.user_id, upload_id, start, piece)
    if isinstance(kept, tables.Upload):
        return Received(received_bytes=kept.received_bytes, clip_id=None)
    return Received(received_bytes=kept.size_bytes, clip_id=kept.id)


@router.put("/clips/{clip_id}/filming")
def change_filming(request: Request, visitor: Key, clip_id: UUID, asked: Filming) -> Clip:
    """Set how a clip was filmed."""
    with writing(request, visitor) as desk:
        clip = desk.clip(clip_id)
        clip.filming = asked.table()
        desk.note("change", "clip", clip_id)
        return Clip.model_validate(clip)


@router.get("/clips/{clip_id}/check")
def look_at_clip(request: Request, visitor: Key, clip_id: UUID) -> ClipLook:
    """Say whether a clip can be used; it is looked at when this is asked for the first time."""
    with clip_check(studio_of(request).database, visitor.user_id, clip_id) as (desk, job):
        check = None if job.document is None else ClipCheck.model_validate(job.document)
        return ClipLook(job=job_answer(desk, job), check=check)


@router.delete("/clips/{clip_id}", status_code=204)
def take_clip_out(request: Request, visitor: Key, clip_id: UUID) -> None:
    """Take a clip out of a session; its file and its checks go too, unless another session has the same one."""
    take_out(studio_of(request), visitor.user_id, clip_id)


def upload_answer(row: tables.Upload) -> Upload:
    """Return an upload as it is answered."""
    return Upload(
        id=row.id,
        file_name=row.file_name,
        size_bytes=row.size_bytes,
        received_bytes=row.received_bytes,
        piece_bytes=Limits.piece_bytes,
    )
