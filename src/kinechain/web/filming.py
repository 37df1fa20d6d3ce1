"""What a session takes in, from pages and programs alike: answers, clips, the order to analyse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from kinechain.errors import ConsentNeeded, FormInvalid, UploadTooLarge
from kinechain.knowledge.intake import check_intake, questions
from kinechain.model.assessment import Condition, Surface, View
from kinechain.pipeline.session import SPEEDS_MPS, speed_of_pace
from kinechain.store.desk import Desk
from kinechain.store.tables import Job, Upload
from kinechain.store.uploads import begin_upload
from kinechain.text import Text
from kinechain.web.forms import LINE, Empty
from kinechain.web.studio import Limits

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


class NewUpload(Filming):
    """A clip that is about to arrive."""

    name: str = Field(min_length=1, max_length=255, pattern=LINE)
    size: int = Field(ge=1)


def begin(desk: Desk, visit_id: UUID, told: NewUpload, limits: Limits) -> Upload:
    """Begin to take in a clip, or return the upload that broke off.

    Raises
    ------
    RecordMissing, UploadTooLarge, ConsentNeeded, FormInvalid
    """
    if told.size > limits.clip_bytes:
        raise UploadTooLarge(limit=limits.clip_bytes >> 30)
    _with_consent(desk, visit_id)
    filming = {key: value for key, value in told.table().items() if key in Filming.model_fields}
    return begin_upload(desk, visit_id, told.name, told.size, filming)


def order_analysis(desk: Desk, visit_id: UUID) -> Job:
    """Queue the analysis of a session.

    Raises
    ------
    RecordMissing, ConsentNeeded
    FormInvalid
        Where the session has no clip.
    """
    _with_consent(desk, visit_id)
    if not desk.clips(visit_id):
        raise FormInvalid(field=CLIPS, allowed=AT_LEAST_ONE)
    job = desk.queue_job(visit_id)
    desk.note("analyse", "visit", visit_id)
    return job


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


def _with_consent(desk: Desk, visit_id: UUID) -> None:
    if desk.consent(desk.visit(visit_id).client_id) is None:
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
