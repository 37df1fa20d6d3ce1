"""What a session takes in, from pages and programs alike: answers, clips, the order to analyse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated
from uuid import UUID

from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from kinechain.errors import ConsentNeeded, FormInvalid, NotAVideo, UploadTooLarge
from kinechain.knowledge.intake import check_intake, questions
from kinechain.model.assessment import Condition, Surface, View
from kinechain.pipeline.session import SPEEDS_MPS, speed_of_pace
from kinechain.store.database import Database
from kinechain.store.desk import Desk
from kinechain.store.tables import Clip, Document, Job, Upload, Visit
from kinechain.store.uploads import begin_upload, discard_upload, take_piece
from kinechain.text import Text
from kinechain.video.containers import HEAD_BYTES, begins_as_video
from kinechain.web.forms import LINE, Empty
from kinechain.web.studio import Limits, Studio

PACE, CLIPS = Text(ja="ペース", en="pace"), Text(ja="動画", en="clips")
AT_LEAST_ONE = Text(ja="1本以上", en="at least one")


class Filming(BaseModel):
    """How a clip was filmed, as typed."""

    view: Annotated[View | None, Empty] = None
    pace: Annotated[str | None, Empty] = Field(default=None, max_length=12)
    condition: Annotated[Condition | None, Empty] = None
    surface: Annotated[Surface | None, Empty] = None

    def table(self) -> dict[str, object]:
        """Return the keys of a `[[clip]]` of a session file; FormInvalid for a pace nobody runs."""
        table = self.model_dump(exclude_none=True)
        if self.pace is not None:
            table["pace"] = _pace(self.pace)
        return table


class NewFile(BaseModel):
    """A file that is about to arrive."""

    name: str = Field(min_length=1, max_length=255, pattern=LINE)
    size: int = Field(ge=1)


class NewUpload(Filming, NewFile):
    """A clip of a session that is about to arrive."""


def begin(desk: Desk, visit_id: UUID, told: NewUpload, limits: Limits) -> Upload:
    """Begin to take in a clip, or return the upload that broke off.

    Raises
    ------
    RecordMissing, UploadTooLarge, ConsentNeeded, FormInvalid
    """
    filming = {key: value for key, value in told.table().items() if key in Filming.model_fields}
    return take_in(desk, visit_id, told, filming, limits)


def take_in(desk: Desk, visit_id: UUID, file: NewFile, filming: Document, limits: Limits) -> Upload:
    """Begin to take in a file, or return the upload that broke off.

    Raises
    ------
    RecordMissing, UploadTooLarge, ConsentNeeded
    """
    if file.size > limits.clip_bytes:
        raise UploadTooLarge(limit=limits.clip_bytes >> 30)
    with_consent(desk, desk.visit(visit_id).client_id)
    return begin_upload(desk, visit_id, file.name, file.size, filming)


def begun(upload: Upload) -> JSONResponse:
    """Answer the page that sends: from where on, and how much at a time."""
    return JSONResponse({"id": str(upload.id), "received": upload.received_bytes, "piece": Limits.piece_bytes})


def receive(studio: Studio, user_id: UUID, upload_id: UUID, start: int, piece: bytes) -> Clip | Upload:
    """Keep a piece of a clip; the first one tells whether it can be a video, and nothing of another file is kept.

    Raises
    ------
    RecordMissing, UploadOutOfStep, StorageFull
    NotAVideo
    """
    if start == 0 and not begins_as_video(piece[:HEAD_BYTES]):
        raise NotAVideo(path=discard_upload(studio.database, studio.files, user_id, upload_id))
    return take_piece(studio.database, studio.files, user_id, upload_id, start, piece)


def take_out(studio: Studio, user_id: UUID, clip_id: UUID) -> Visit:
    """Take a clip out of its session; its file, its checks and their pictures go too where nothing else has them.

    Raises
    ------
    RecordMissing
    """
    with studio.database.writing() as session:
        desk = Desk.of(session, user_id)
        removed = desk.remove_clip(clip_id)
        desk.note("remove", "clip", clip_id)
        session.flush()
        session.expunge(removed.visit)
    client_id = removed.visit.client_id
    if removed.sha256 is not None:
        studio.files.clip(client_id, removed.sha256).unlink(missing_ok=True)
    for job_id in removed.checks:
        studio.files.remove_job(client_id, job_id)
    return removed.visit


def order_analysis(desk: Desk, visit_id: UUID) -> Job:
    """Queue the analysis of a session.

    Raises
    ------
    RecordMissing, ConsentNeeded
    FormInvalid
        Where the session has no clip.
    """
    with_consent(desk, desk.visit(visit_id).client_id)
    if not desk.clips(visit_id):
        raise FormInvalid(field=CLIPS, allowed=AT_LEAST_ONE)
    job = desk.queue_job(visit_id)
    desk.note("analyse", "visit", visit_id)
    return job


@contextmanager
def clip_check(database: Database, user_id: UUID, clip_id: UUID) -> Iterator[tuple[Desk, Job]]:
    """Give the quick look at a clip, queued now where there was none: who only asks again holds up no writer.

    Raises
    ------
    RecordMissing
    """
    with database.reading() as session:
        desk = Desk.of(session, user_id)
        job = desk.clip_check(clip_id)
        if job is not None:
            yield desk, job
            return
    with database.writing() as session:
        desk = Desk.of(session, user_id)
        yield desk, desk.check_clip(clip_id)


def wrong_answer(given: Mapping[str, object]) -> tuple[str, FormInvalid] | None:
    """Return the key of the first answer that cannot be and the error that says so, None where all can."""
    for key, value in given.items():
        question = questions().get(key)
        if question is None:
            return key, FormInvalid(field=key, allowed=", ".join(questions()))
        try:
            check_intake({key: value})
        except ValueError:
            return key, FormInvalid(field=question.label, allowed=question.allowed)
    return None


def with_consent(desk: Desk, client_id: UUID) -> None:
    """Go on only where the client agrees to it; ConsentNeeded otherwise."""
    if desk.consent(client_id) is None:
        raise ConsentNeeded


def _pace(typed: str) -> str:
    """Return a pace as a session file has it; FormInvalid where nobody runs it."""
    try:
        speed = speed_of_pace(typed)
    except ValueError:
        speed = 0.0
    if not SPEEDS_MPS[0] <= speed <= SPEEDS_MPS[1]:
        raise FormInvalid(field=PACE, allowed="4:30/km")
    return typed
