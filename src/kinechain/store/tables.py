"""The tables of the studio. Times are UTC; identifiers are random, so that none can be guessed from another.

Everything of a client hangs from `Client` and is deleted with it by the database itself.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, ClassVar, Literal, get_args
from uuid import UUID, uuid4

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    MetaData,
    String,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Role = Literal["trainer", "client"]
JobKind = Literal["assess", "check_clip", "check_exercise", "compare"]
JobState = Literal["queued", "running", "succeeded", "failed"]
DiaryKind = Literal["pain", "run", "exercise"]
VisitKind = Literal["session", "follow_up"]
Document = dict[str, Any]


class UtcTime(TypeDecorator[datetime]):
    """A moment with its time zone, always read as UTC; one without a zone is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC; ValueError without a time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def now() -> datetime:
    """Return this moment in UTC."""
    return datetime.now(UTC)


def _one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(value) for value in values)})", name=f"{column}_known")


class Table(DeclarativeBase):
    """Base of all tables: a random identifier, and when the row was made."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcTime(),
        Document: JSON(),
        Role: String(16),
        JobKind: String(16),
        JobState: String(16),
        DiaryKind: String(16),
        VisitKind: String(16),
    }

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    made_at: Mapped[datetime] = mapped_column(default=now)


def _part_of(parent: str) -> Mapped[UUID]:
    """Return a column for the row that this one goes with: deleted together."""
    return mapped_column(ForeignKey(f"{parent}.id", ondelete="CASCADE"), index=True)


def _by() -> Mapped[UUID | None]:
    """Return a column for who did it; it outlives the account, empty."""
    return mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)


class Organisation(Table):
    """A studio. `retention_days`: how long a client's data is kept after the last session; None without limit."""

    __tablename__ = "organisations"

    name: Mapped[str] = mapped_column(String(200))
    retention_days: Mapped[int | None]


class User(Table):
    """Somebody who can sign in. `password_hash` is an argon2 string, None until the invitation is taken."""

    __tablename__ = "users"
    __table_args__ = (_one_of("role", get_args(Role)),)

    organisation_id: Mapped[UUID] = _part_of("organisations")
    role: Mapped[Role]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2), default="ja")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    disabled_at: Mapped[datetime | None]


class SignIn(Table):
    """A person who is signed in on one device. Only the hash of the cookie's secret is kept.

    `form_key` stands in every form of the pages, so that no other site can send one.
    """

    __tablename__ = "sign_ins"

    user_id: Mapped[UUID] = _part_of("users")
    secret_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    form_key: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime]


class FailedSignIn(Table):
    """A sign-in that failed. `origin` is the hash of an e-mail address or of a network address."""

    __tablename__ = "failed_sign_ins"
    __table_args__ = (Index(None, "origin", "made_at"),)

    origin: Mapped[str] = mapped_column(String(64))


class Invitation(Table):
    """A link with which a person makes their account, once. Without a studio it makes the studio as well."""

    __tablename__ = "invitations"
    __table_args__ = (_one_of("role", get_args(Role)),)

    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"), index=True)
    client_id: Mapped[UUID | None] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role]
    secret_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    invited_by: Mapped[UUID | None] = _by()


class Client(Table):
    """A runner of the studio, with or without an account. `athlete` is the table of an athlete file."""

    __tablename__ = "clients"

    organisation_id: Mapped[UUID] = _part_of("organisations")
    trainer_id: Mapped[UUID | None] = _by()
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    athlete: Mapped[Document] = mapped_column(default=dict)
    hide_face: Mapped[bool] = mapped_column(default=False)


class Consent(Table):
    """A client agreed to a text, in the version and language they read."""

    __tablename__ = "consents"

    client_id: Mapped[UUID] = _part_of("clients")
    text_version: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(2))
    recorded_by: Mapped[UUID | None] = _by()
    withdrawn_at: Mapped[datetime | None]


class Visit(Table):
    """A session of a client: intake answers and field tests, in the form of a session file.

    One of kind "follow_up" holds the clips of exercises that a client sends between sessions; nothing assesses it.
    """

    __tablename__ = "visits"
    __table_args__ = (_one_of("kind", get_args(VisitKind)),)

    client_id: Mapped[UUID] = _part_of("clients")
    kind: Mapped[VisitKind] = mapped_column(default="session")
    trainer_id: Mapped[UUID | None] = _by()
    intake: Mapped[Document] = mapped_column(default=dict)
    tests: Mapped[list[Any]] = mapped_column(JSON, default=list)


class Clip(Table):
    """A clip of a session. The file lies where `files` puts its hash; `filming` is its table of a session file."""

    __tablename__ = "clips"
    __table_args__ = (UniqueConstraint("visit_id", "sha256"),)

    visit_id: Mapped[UUID] = _part_of("visits")
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    file_name: Mapped[str] = mapped_column(String(255))
    filming: Mapped[Document] = mapped_column(default=dict)


class Upload(Table):
    """A clip on its way here, piece by piece. `filming` is what will be the clip's, `received_bytes` what is safe."""

    __tablename__ = "uploads"

    visit_id: Mapped[UUID] = _part_of("visits")
    file_name: Mapped[str] = mapped_column(String(255))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    received_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    filming: Mapped[Document] = mapped_column(default=dict)


class Job(Table):
    """An analysis for a client. `attempt` counts its starts: only the latest may report or end it.

    `payload` is what was asked for; `losses` counts the starts whose worker was lost; `document` is what it ended with,
    of an assessment in `Result` instead.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        _one_of("kind", get_args(JobKind)),
        _one_of("state", get_args(JobState)),
        CheckConstraint("fraction BETWEEN 0 AND 1", name="fraction_of_one"),
        CheckConstraint("kind <> 'assess' OR visit_id IS NOT NULL", name="assesses_a_visit"),
        Index(None, "state", "made_at"),
    )

    client_id: Mapped[UUID] = _part_of("clients")
    visit_id: Mapped[UUID | None] = mapped_column(ForeignKey("visits.id", ondelete="CASCADE"), index=True)
    kind: Mapped[JobKind] = mapped_column(default="assess")
    payload: Mapped[Document] = mapped_column(default=dict)
    state: Mapped[JobState] = mapped_column(default="queued")
    attempt: Mapped[int] = mapped_column(default=0)
    losses: Mapped[int] = mapped_column(default=0)
    stage: Mapped[str | None] = mapped_column(String(32))
    fraction: Mapped[float] = mapped_column(default=0.0)
    code: Mapped[str | None] = mapped_column(String(64))
    message: Mapped[Document | None]
    document: Mapped[Document | None]
    heard_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Result(Table):
    """The assessment that a job ended with; its pictures and videos lie in the job's folder."""

    __tablename__ = "assessments"

    visit_id: Mapped[UUID] = _part_of("visits")
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), unique=True)
    document: Mapped[Document]


class PlanEdit(Table):
    """A trainer's change of a plan, kept beside the suggestion; numbered, so that two at once are noticed."""

    __tablename__ = "plan_edits"
    __table_args__ = (UniqueConstraint("assessment_id", "number"),)

    assessment_id: Mapped[UUID] = _part_of("assessments")
    number: Mapped[int]
    plan: Mapped[Document]
    why: Mapped[str]
    edited_by: Mapped[UUID | None] = _by()


class EventCorrection(Table):
    """An event set by hand, kept apart from the machine's. `found_s` None: added; `time_s` None: taken out."""

    __tablename__ = "event_corrections"
    __table_args__ = (
        _one_of("side", ("left", "right")),
        _one_of("kind", ("initial_contact", "toe_off")),
        CheckConstraint("found_s IS NOT NULL OR time_s IS NOT NULL", name="says_something"),
    )

    assessment_id: Mapped[UUID] = _part_of("assessments")
    clip: Mapped[str] = mapped_column(String(64))
    side: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(16))
    found_s: Mapped[float | None]
    time_s: Mapped[float | None]
    corrected_by: Mapped[UUID | None] = _by()


class DiaryEntry(Table):
    """What a client notes of a day: pain, a run, or exercises done."""

    __tablename__ = "diary_entries"
    __table_args__ = (_one_of("kind", get_args(DiaryKind)), Index(None, "client_id", "day"))

    client_id: Mapped[UUID] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"))
    day: Mapped[date]
    kind: Mapped[DiaryKind]
    noted: Mapped[Document]
    noted_by: Mapped[UUID | None] = _by()


class ShareLink(Table):
    """A link that opens one report without signing in, until it expires. Only the hash of its secret is kept."""

    __tablename__ = "share_links"

    assessment_id: Mapped[UUID] = _part_of("assessments")
    secret_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    shared_by: Mapped[UUID | None] = _by()


class ApiToken(Table):
    """A key to the programming interface. Only the hash of its secret is kept."""

    __tablename__ = "api_tokens"

    user_id: Mapped[UUID] = _part_of("users")
    label: Mapped[str] = mapped_column(String(100))
    secret_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class AuditEntry(Table):
    """Who saw or did what. It carries identifiers, no names and no values, and outlives what it speaks of."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "subject_id", "made_at"),)

    organisation_id: Mapped[UUID] = _part_of("organisations")
    user_id: Mapped[UUID | None] = _by()
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[UUID]


class Erasure(Table):
    """A client whose rows are deleted and whose files are not yet: the row's identifier is the client's."""

    __tablename__ = "erasures"
