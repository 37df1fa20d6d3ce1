"""What comes out of the interface. Moments are UTC; texts have both languages; what is missing is null."""

from __future__ import annotations

import datetime as dt
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from kinechain.model.assessment import Assessment, Plan
from kinechain.model.athlete import Athlete
from kinechain.model.clip_check import ClipCheck
from kinechain.model.diary import DiaryEntry
from kinechain.store.tables import JobKind, JobState, Role
from kinechain.text import Language, Text

Item = TypeVar("Item", bound=BaseModel)


class _Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class _Row(_Answer):
    id: UUID
    made_at: dt.datetime


class Refusal(_Answer):
    """Why something was not done."""

    code: str = Field(description="what programs match; all are on the errors page of the documentation")
    message: Text
    hint: Text


class Listed(_Answer, Generic[Item]):
    """A part of a list that can grow."""

    items: list[Item]
    total: int
    next_offset: int | None = Field(description="where the next part begins; null at the end")


class Me(_Answer):
    """Whose key this is."""

    user_id: UUID
    name: str
    email: str
    role: Role
    language: Language
    studio_id: UUID
    client_id: UUID | None = Field(description="who they are as a runner; null for trainers")


class ApiKey(_Row):
    """A key for programs; its secret is shown once, where it is made."""

    label: str
    expires_at: dt.datetime | None


class Studio(_Row):
    """A studio."""

    name: str
    retention_days: int | None = Field(description="days for which a client's data is kept; null without limit")


class Trainer(_Row):
    """A trainer of the studio."""

    name: str
    email: str


class Invitation(_Answer):
    """A link with which a person makes their account, once; it is shown this once."""

    url: str


class Seen(_Row):
    """Who saw or did what."""

    by: str | None = Field(description="null where the account is there no more")
    action: str
    subject: str
    subject_id: UUID


class Client(_Row):
    """A runner of the studio."""

    name: str
    athlete: Athlete
    hide_face: bool = Field(description="whether faces are blurred in what is made from now on")
    has_account: bool


class Agreed(_Row):
    """A consent that holds."""

    text_version: str
    language: Language


class Consent(_Answer):
    """The text that a runner agrees to, and the consent that holds."""

    text_version: str
    text: Text
    given: Agreed | None


class DiaryRow(_Row):
    """An entry of the diary."""

    entry: DiaryEntry


class Job(_Row):
    """An analysis: queued, running, succeeded or failed. Ask again every second or so until it has ended."""

    kind: JobKind
    state: JobState
    stage: str | None
    fraction: float = Field(description="of the whole, 0…1")
    code: str | None = Field(description="of a failed one")
    message: Text | None = Field(description="of a failed one")
    visit_id: UUID | None
    result_id: UUID | None = Field(description="of an assessment that succeeded")
    ended_at: dt.datetime | None


class ClipLook(BaseModel):
    """A quick look at a clip: its job, and what it found as soon as that has ended."""

    job: Job
    check: ClipCheck | None


class Clip(_Row):
    """A clip of a session."""

    file_name: str
    size_bytes: int
    sha256: str
    filming: dict[str, Any] = Field(description="how it was filmed: keys of `[[clip]]` in a session file")


class Upload(_Answer):
    """A clip on its way here."""

    id: UUID
    file_name: str
    size_bytes: int
    received_bytes: int = Field(description="where the next piece begins")
    piece_bytes: int = Field(description="largest piece")


class Received(_Answer):
    """How much of a clip is here."""

    received_bytes: int
    clip_id: UUID | None = Field(description="the clip, once it is whole")


class VisitRow(_Row):
    """A session in a list."""

    client_id: UUID
    result_id: UUID | None = Field(description="the latest result")


class Visit(_Row):
    """A session with a runner."""

    client_id: UUID
    intake: dict[str, Any]
    tests: list[dict[str, Any]]
    clips: list[Clip]
    unfinished: list[Upload]
    job: Job | None = Field(description="the latest analysis")


class Correction(_Row):
    """An event set by hand."""

    clip: str
    side: Literal["left", "right"]
    kind: Literal["initial_contact", "toe_off"]
    found_s: float | None = Field(description="when the machine found it; null: added")
    time_s: float | None = Field(description="when it is; null: taken out")


class PlanChange(_Row):
    """A change of the plan by a trainer."""

    number: int
    by: str | None
    why: str
    plan: Plan


class Plans(_Answer):
    """The plan as it stands, the suggestion, and every change with who and why."""

    current: Plan
    suggested: Plan
    number: int = Field(description="of the latest change, 0 for the suggestion; send it back as `seen`")
    changes: list[PlanChange]


class Result(_Row):
    """A result: the assessment as analysed, and what is in its folder."""

    visit_id: UUID
    client_id: UUID
    job_id: UUID
    files: list[str] = Field(description="names for `/results/{result_id}/files/{name}`")
    assessment: Assessment = Field(description="`assessment.json`; its plan is the suggestion")


class Share(_Row):
    """A link that opens a report without an account."""

    expires_at: dt.datetime


class NewShare(Share):
    """A new link; its address is shown this once."""

    url: str
