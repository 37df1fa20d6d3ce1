"""An analysis as a durable row: queued → running → succeeded | failed; nothing is lost, nothing ends twice.

Whoever starts a job takes its next attempt. A report or an end counts only from the latest attempt of a running job:
a worker that was believed dead and comes back changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, select, update
from sqlalchemy.orm import Session

from kinechain.store.database import Database
from kinechain.store.tables import Document, Job, Result, now
from kinechain.text import Text


@dataclass(frozen=True)
class Attempt:
    """One start of a job."""

    job_id: UUID
    visit_id: UUID
    number: int


@dataclass(frozen=True)
class JobQueue:
    """The jobs of a database."""

    database: Database

    def take(self) -> Attempt | None:
        """Start the job that waits longest, None where none waits. Two takers never get the same one."""
        with self.database.writing() as session:
            job = session.scalar(
                select(Job)
                .where(Job.state == "queued")
                .order_by(Job.made_at, Job.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            if job is None:
                return None
            job.state, job.attempt, job.heard_at = "running", job.attempt + 1, now()
            job.stage, job.fraction = None, 0.0
            return Attempt(job.id, job.visit_id, job.attempt)

    def report(self, attempt: Attempt, stage: str, fraction: float) -> bool:
        """Say how far an attempt is; False where it does not count any more and should stop."""
        with self.database.writing() as session:
            return _change(session, attempt, stage=stage, fraction=fraction, heard_at=now())

    def succeed(self, attempt: Attempt, document: Document) -> bool:
        """End a job with its assessment, both or neither; False where this attempt does not count any more."""
        with self.database.writing() as session:
            counts = _change(session, attempt, state="succeeded", fraction=1.0, ended_at=now())
            if counts:
                session.add(Result(visit_id=attempt.visit_id, job_id=attempt.job_id, document=document))
            return counts

    def fail(self, attempt: Attempt, code: str, message: Text) -> bool:
        """End a job with what went wrong; False where this attempt does not count any more."""
        with self.database.writing() as session:
            return _change(session, attempt, state="failed", code=code, message=message.model_dump(), ended_at=now())

    def requeue_lost(self, silence: timedelta, moment: datetime | None = None) -> int:
        """Queue the running jobs again of which nothing was heard for `silence`, and return how many."""
        with self.database.writing() as session:
            lost = (Job.state == "running") & (Job.heard_at < (moment or now()) - silence)
            return _rows(session, lost, state="queued", stage=None, fraction=0.0)


def _change(session: Session, attempt: Attempt, **values: object) -> bool:
    counts = (Job.id == attempt.job_id) & (Job.attempt == attempt.number) & (Job.state == "running")
    return _rows(session, counts, **values) == 1


def _rows(session: Session, condition: ColumnElement[bool], **values: object) -> int:
    done = cast("CursorResult[Any]", session.execute(update(Job).where(condition).values(**values)))
    return done.rowcount
