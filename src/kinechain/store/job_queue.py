"""An analysis as a durable row: queued → running → succeeded | failed; nothing is lost, nothing ends twice.

Whoever starts a job takes its next attempt. A report or an end counts only from the latest attempt of a running job:
a worker that was believed dead and comes back changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, select, update
from sqlalchemy.orm import Session

from kinechain.errors import JobCancelled
from kinechain.store.database import Database
from kinechain.store.tables import Document, Job, JobKind, PlanEdit, Result, now
from kinechain.text import Text


@dataclass(frozen=True)
class Attempt:
    """One start of a job."""

    job_id: UUID
    client_id: UUID
    visit_id: UUID | None
    kind: JobKind
    number: int


@dataclass(frozen=True)
class Waiting:
    """A job that has not ended: whether it runs, and its kind."""

    job_id: UUID
    kind: JobKind
    running: bool


@dataclass(frozen=True)
class JobQueue:
    """The jobs of a database."""

    database: Database

    def open_jobs(self) -> list[Waiting]:
        """Return the jobs that are queued or run, the one that waits longest first."""
        with self.database.reading() as session:
            rows = session.execute(
                select(Job.id, Job.kind, Job.state)
                .where(Job.state.in_(("queued", "running")))
                .order_by(Job.made_at, Job.id)
            )
            return [Waiting(job_id, kind, state == "running") for job_id, kind, state in rows]

    def take(self, job_id: UUID | None = None) -> Attempt | None:
        """Start a job, without a name the one that waits longest; None where it does not wait. Two never get the same.

        A job that was taken is named in the answer with the number of this start.
        """
        with self.database.writing() as session:
            which = Job.state == "queued" if job_id is None else (Job.state == "queued") & (Job.id == job_id)
            job = session.scalar(
                select(Job).where(which).order_by(Job.made_at, Job.id).limit(1).with_for_update(skip_locked=True)
            )
            if job is None:
                return None
            job.state, job.attempt, job.heard_at = "running", job.attempt + 1, now()
            job.stage, job.fraction = None, 0.0
            return Attempt(job.id, job.client_id, job.visit_id, job.kind, job.attempt)

    def report(self, attempt: Attempt, stage: str | None, fraction: float) -> bool:
        """Say how far an attempt is; False where it does not count any more and should stop."""
        with self.database.writing() as session:
            return _change(session, attempt, stage=stage, fraction=fraction, heard_at=now())

    def succeed(self, attempt: Attempt, document: Document, place: Callable[[], None] = lambda: None) -> bool:
        """End a job with what it found, both or neither; False where this attempt does not count any more.

        Parameters
        ----------
        place : puts the files of the result where they belong; called only where the attempt counts, while nobody else
            can end the job; what it raises leaves the job running
        """
        kept = {} if attempt.kind == "assess" else {"document": document}
        with self.database.writing() as session:
            counts = _change(session, attempt, state="succeeded", fraction=1.0, ended_at=now(), **kept)
            if counts:
                if attempt.kind == "assess":
                    result = Result(visit_id=attempt.visit_id, job_id=attempt.job_id, document=document)
                    session.add(result)
                    session.flush()
                    _take_over_plan(session, result)
                place()
            return counts

    def fail(self, attempt: Attempt, code: str, message: Text) -> bool:
        """End a job with what went wrong; False where this attempt does not count any more."""
        with self.database.writing() as session:
            return _change(session, attempt, **_failed(code, message))

    def cancel(self, job_id: UUID, code: str, message: Text) -> bool:
        """End a job that waits or runs; False where it has ended, or there is none. Its attempt counts no more."""
        with self.database.writing() as session:
            open_job = (Job.id == job_id) & Job.state.in_(("queued", "running"))
            return _rows(session, open_job, **_failed(code, message)) == 1

    def give_back(self, attempt: Attempt) -> bool:
        """Queue a running job again that is interrupted through no fault of its own."""
        with self.database.writing() as session:
            return _change(session, attempt, **_QUEUED)

    def requeue_lost(self, silence: timedelta, moment: datetime | None = None) -> int:
        """Queue the running jobs again of which nothing was heard for `silence`, and return how many."""
        with self.database.writing() as session:
            lost = (Job.state == "running") & (Job.heard_at < (moment or now()) - silence)
            return _rows(session, lost, losses=Job.losses + 1, **_QUEUED)

    def requeue_all(self) -> int:
        """Queue all running jobs again, for whoever knows that nobody is left to run them; return how many."""
        with self.database.writing() as session:
            return _rows(session, Job.state == "running", **_QUEUED)

    def give_up(self, losses: int, starts: int, code: str, message: Text) -> Sequence[UUID]:
        """End the waiting jobs that were lost or started too often, and return them."""
        with self.database.writing() as session:
            hopeless = (Job.state == "queued") & ((Job.losses >= losses) | (Job.attempt >= starts))
            jobs = session.scalars(select(Job.id).where(hopeless)).all()
            _rows(session, hopeless, **_failed(code, message))
            return jobs


_QUEUED: dict[str, object] = {"state": "queued", "stage": None, "fraction": 0.0}


def call_off(session: Session, visit_id: UUID) -> None:
    """End the analyses of a session that run: what they began with is overtaken, and so would be their result."""
    at_work = (Job.visit_id == visit_id) & (Job.kind == "assess") & (Job.state == "running")
    _rows(session, at_work, **_failed(JobCancelled.code, JobCancelled().message))


def _failed(code: str, message: Text) -> dict[str, object]:
    return {"state": "failed", "code": code, "message": message.model_dump(), "ended_at": now()}


def _take_over_plan(session: Session, result: Result) -> None:
    """Keep what a trainer changed of the plan when a session is analysed anew, unless the new one stops."""
    if result.document.get("plan", {}).get("stop", True):
        return
    earlier = select(Result.id).where(Result.visit_id == result.visit_id, Result.id != result.id)
    last = session.scalar(earlier.order_by(Result.made_at.desc()).limit(1))
    edits = session.scalars(select(PlanEdit).where(PlanEdit.assessment_id == last).order_by(PlanEdit.number))
    for edit in edits.all():
        session.add(
            PlanEdit(
                assessment_id=result.id,
                made_at=edit.made_at,
                number=edit.number,
                plan=edit.plan,
                why=edit.why,
                edited_by=edit.edited_by,
            )
        )


def _change(session: Session, attempt: Attempt, **values: object) -> bool:
    counts = (Job.id == attempt.job_id) & (Job.attempt == attempt.number) & (Job.state == "running")
    return _rows(session, counts, **values) == 1


def _rows(session: Session, condition: ColumnElement[bool], **values: object) -> int:
    done = cast("CursorResult[Any]", session.execute(update(Job).where(condition).values(**values)))
    return done.rowcount
