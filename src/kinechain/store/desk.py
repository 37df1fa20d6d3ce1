"""What one signed-in person may reach: a trainer the clients of the own studio, a client only themselves.

Every row is looked up through here, so that an identifier of somebody else answers as one that does not exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kinechain.errors import PlanChangedMeanwhile, RecordMissing
from kinechain.store.tables import (
    AuditEntry,
    Client,
    Clip,
    Consent,
    DiaryEntry,
    Document,
    Job,
    JobKind,
    PlanEdit,
    Result,
    User,
    Visit,
    now,
)

Row = TypeVar("Row")


@dataclass(frozen=True)
class RemovedClip:
    """A clip that was taken out of its session.

    Parameters
    ----------
    sha256 : of the file that nobody needs any more; None where another session of the client has the same one
    checks : jobs that looked at nothing else, and are gone with it
    """

    visit: Visit
    sha256: str | None
    checks: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Desk:
    """One person at work within a transaction."""

    session: Session
    user: User

    @classmethod
    def of(cls, session: Session, user_id: UUID) -> Desk:
        """Return the desk of a person; RecordMissing where there is none, or the account is closed."""
        user = session.get(User, user_id)
        if user is None or user.disabled_at is not None:
            raise RecordMissing
        return cls(session, user)

    def clients(self) -> Sequence[Client]:
        """Return all clients that this person may see, by name."""
        return self.session.scalars(self._own(select(Client)).order_by(Client.name, Client.id)).all()

    def client(self, client_id: UUID) -> Client:
        """Return a client; RecordMissing where this person has none of this identifier."""
        return self._found(self._own(select(Client).where(Client.id == client_id)))

    def add_client(self, name: str, athlete: Document) -> Client:
        """Enter a new runner of this person's studio."""
        client = Client(organisation_id=self.user.organisation_id, trainer_id=self.user.id, name=name, athlete=athlete)
        self.session.add(client)
        self.session.flush()
        return client

    def consent(self, client_id: UUID) -> Consent | None:
        """Return the consent of a client that holds, None where none was given or it was taken back."""
        client = self.client(client_id)
        return self.session.scalar(
            select(Consent)
            .where(Consent.client_id == client.id, Consent.withdrawn_at.is_(None))
            .order_by(Consent.made_at.desc())
            .limit(1)
        )

    def agree(self, client_id: UUID, text_version: str, language: str) -> None:
        """Record that a client agreed to a text, in the version and language they read; once for each version."""
        given = self.consent(client_id)
        if given is None or given.text_version != text_version:
            self.session.add(
                Consent(client_id=client_id, text_version=text_version, language=language, recorded_by=self.user.id)
            )
            self.session.flush()
        self.note("consent", "client", client_id)

    def withdraw_consent(self, client_id: UUID) -> None:
        """Record that a client takes consent back: every version that holds, so that none is left."""
        client = self.client(client_id)
        holding = select(Consent).where(Consent.client_id == client.id, Consent.withdrawn_at.is_(None))
        for given in self.session.scalars(holding):
            given.withdrawn_at = now()
        self.note("withdraw", "client", client.id)

    def visits(self, client_id: UUID) -> list[tuple[Visit, Result | None]]:
        """Return the sessions of a client, the latest first, each with its latest result."""
        client = self.client(client_id)
        of_client = select(Visit).where(Visit.client_id == client.id, Visit.kind == "session")
        visits = self.session.scalars(of_client.order_by(Visit.made_at.desc(), Visit.id)).all()
        results = self.session.scalars(
            select(Result).where(Result.visit_id.in_([visit.id for visit in visits])).order_by(Result.made_at)
        )
        latest = {result.visit_id: result for result in results}
        return [(visit, latest.get(visit.id)) for visit in visits]

    def begin_visit(self, client_id: UUID) -> Visit:
        """Begin a session with a client."""
        visit = Visit(client_id=self.client(client_id).id, trainer_id=self.user.id)
        self.session.add(visit)
        self.session.flush()
        return visit

    def follow_up(self, client_id: UUID) -> Visit:
        """Return what holds a client's clips of exercises between sessions; it is made where there is none."""
        client = self.client(client_id)
        between = select(Visit).where(Visit.client_id == client.id, Visit.kind == "follow_up").order_by(Visit.made_at)
        visit = self.session.scalar(between.limit(1))
        if visit is None:
            visit = Visit(client_id=client.id, kind="follow_up")
            self.session.add(visit)
            self.session.flush()
        return visit

    def visit(self, visit_id: UUID) -> Visit:
        """Return a session of one of this person's clients; RecordMissing where there is none."""
        return self._found(
            self._own(select(Visit).join(Client, Client.id == Visit.client_id).where(Visit.id == visit_id))
        )

    def clips(self, visit_id: UUID) -> Sequence[Clip]:
        """Return the clips of a session, in the order of their arrival."""
        visit = self.visit(visit_id)
        return self.session.scalars(select(Clip).where(Clip.visit_id == visit.id).order_by(Clip.made_at)).all()

    def clip(self, clip_id: UUID) -> Clip:
        """Return a clip of one of this person's clients; RecordMissing where there is none."""
        joined = select(Clip).join(Visit, Visit.id == Clip.visit_id).join(Client, Client.id == Visit.client_id)
        return self._found(self._own(joined.where(Clip.id == clip_id)))

    def queue_job(self, visit_id: UUID) -> Job:
        """Queue the analysis of a session, or return the one that waits or runs already."""
        visit = self.visit(visit_id)
        if visit.kind != "session":
            raise RecordMissing
        at_work = select(Job).where(
            Job.visit_id == visit.id, Job.kind == "assess", Job.state.in_(("queued", "running"))
        )
        job = self.session.scalar(at_work.limit(1))
        if job is None:
            job = Job(client_id=visit.client_id, visit_id=visit.id)
            self.session.add(job)
            self.session.flush()
        return job

    def job(self, job_id: UUID) -> Job:
        """Return an analysis of one of this person's clients; RecordMissing where there is none."""
        joined = select(Job).join(Client, Client.id == Job.client_id)
        return self._found(self._own(joined.where(Job.id == job_id)))

    def last_job(self, visit_id: UUID) -> Job | None:
        """Return the latest analysis of a session, None where there was none."""
        visit = self.visit(visit_id)
        jobs = select(Job).where(Job.visit_id == visit.id, Job.kind == "assess").order_by(Job.made_at.desc())
        return self.session.scalar(jobs.limit(1))

    def result_of_job(self, job_id: UUID) -> Result | None:
        """Return the assessment that an analysis ended with, None where it has not."""
        job = self.job(job_id)
        return self.session.scalar(select(Result).where(Result.job_id == job.id))

    def clip_check(self, clip_id: UUID) -> Job | None:
        """Return the latest quick look at a clip, None where there was none."""
        clip = self.clip(clip_id)
        looks = select(Job).where(Job.visit_id == clip.visit_id, Job.kind == "check_clip").order_by(Job.made_at.desc())
        return next((job for job in self.session.scalars(looks) if job.payload.get("sha256") == clip.sha256), None)

    def check_clip(self, clip_id: UUID) -> Job:
        """Return the latest quick look at a clip, queued now where there was none."""
        found = self.clip_check(clip_id)
        if found is None:
            clip = self.clip(clip_id)
            visit = self.visit(clip.visit_id)
            asked = {"sha256": clip.sha256, "file_name": clip.file_name}
            filmed = {key: clip.filming[key] for key in ("view", "slow_motion", "person") if key in clip.filming}
            found = Job(client_id=visit.client_id, visit_id=visit.id, kind="check_clip", payload=asked | filmed)
            self.session.add(found)
            self.session.flush()
        return found

    def exercise_clips(self, client_id: UUID) -> list[tuple[Clip, Job | None]]:
        """Return a client's clips of exercises, the latest first, each with its latest check."""
        between = select(Clip).join(Visit, Visit.id == Clip.visit_id)
        own = between.where(Visit.client_id == self.client(client_id).id, Visit.kind == "follow_up")
        checks = {job.payload.get("sha256"): job for job in reversed(self.jobs(client_id, "check_exercise"))}
        clips = self.session.scalars(own.order_by(Clip.made_at.desc(), Clip.id)).all()
        return [(clip, checks.get(clip.sha256)) for clip in clips]

    def remove_clip(self, clip_id: UUID) -> RemovedClip:
        """Take a clip out of its session; where none of the client has the same one, its checks go too."""
        clip = self.clip(clip_id)
        visit = self.visit(clip.visit_id)
        self.session.delete(clip)
        self.session.flush()
        same = select(Clip.id).join(Visit, Visit.id == Clip.visit_id)
        others = same.where(Visit.client_id == visit.client_id, Clip.sha256 == clip.sha256)
        if self.session.scalar(others.limit(1)) is not None:
            return RemovedClip(visit, None)
        checks = [job for job in self.jobs(visit.client_id, "check_exercise") if job.payload["sha256"] == clip.sha256]
        for job in checks:
            self.session.delete(job)
        return RemovedClip(visit, clip.sha256, tuple(job.id for job in checks))

    def jobs(self, client_id: UUID, kind: JobKind) -> Sequence[Job]:
        """Return the jobs of one kind for a client, the latest first."""
        rows = select(Job).where(Job.client_id == self.client(client_id).id, Job.kind == kind)
        return self.session.scalars(rows.order_by(Job.made_at.desc())).all()

    def queue(self, kind: JobKind, client_id: UUID, payload: Document) -> Job:
        """Queue a job that needs no session, or return the one that asks for the same and has not ended."""
        open_jobs = (job for job in self.jobs(client_id, kind) if job.state in ("queued", "running"))
        job = next((job for job in open_jobs if job.payload == payload), None)
        if job is None:
            job = Job(client_id=client_id, kind=kind, payload=payload)
            self.session.add(job)
            self.session.flush()
        return job

    def results(self, client_id: UUID) -> Sequence[tuple[Visit, Result]]:
        """Return each session of a client that was assessed with its latest result, the earliest session first."""
        return [(visit, result) for visit, result in reversed(self.visits(client_id)) if result is not None]

    def result(self, assessment_id: UUID) -> Result:
        """Return an assessment of one of this person's clients; RecordMissing where there is none."""
        joined = select(Result).join(Visit, Visit.id == Result.visit_id).join(Client, Client.id == Visit.client_id)
        return self._found(self._own(joined.where(Result.id == assessment_id)))

    def diary(self, client_id: UUID) -> Sequence[DiaryEntry]:
        """Return what was noted of a client, in order of the days."""
        rows = select(DiaryEntry).where(DiaryEntry.client_id == self.client(client_id).id)
        return self.session.scalars(rows.order_by(DiaryEntry.day, DiaryEntry.made_at)).all()

    def diary_entry(self, entry_id: UUID) -> DiaryEntry:
        """Return one entry of the diary of one of this person's clients; RecordMissing where there is none."""
        joined = select(DiaryEntry).join(Client, Client.id == DiaryEntry.client_id)
        return self._found(self._own(joined.where(DiaryEntry.id == entry_id)))

    def edit_plan(self, assessment_id: UUID, seen: int, plan: Document, why: str) -> PlanEdit:
        """Keep a changed plan beside the suggestion.

        Parameters
        ----------
        seen : number of the edit that the person had before them, 0 for the suggestion itself

        Raises
        ------
        RecordMissing
        PlanChangedMeanwhile
            Where somebody else changed the plan since.
        """
        result = self.result(assessment_id)
        last = self.session.scalar(select(func.max(PlanEdit.number)).where(PlanEdit.assessment_id == result.id)) or 0
        if last != seen:
            raise PlanChangedMeanwhile
        edit = PlanEdit(assessment_id=result.id, number=seen + 1, plan=plan, why=why, edited_by=self.user.id)
        try:
            with self.session.begin_nested():
                self.session.add(edit)
        except IntegrityError as error:
            raise PlanChangedMeanwhile from error
        self.note("plan", "assessment", result.id)
        return edit

    def note(self, action: str, subject: str, subject_id: UUID) -> None:
        """Write into the audit trail what this person saw or did."""
        entry = AuditEntry(
            organisation_id=self.user.organisation_id,
            user_id=self.user.id,
            action=action,
            subject=subject,
            subject_id=subject_id,
        )
        self.session.add(entry)

    def _own(self, rows: Select[Row]) -> Select[Row]:
        """Narrow a selection that reaches `Client` to the clients of this person."""
        rows = rows.where(Client.organisation_id == self.user.organisation_id)
        return rows if self.user.role == "trainer" else rows.where(Client.user_id == self.user.id)

    def _found(self, rows: Select[Row]) -> Row:
        row = self.session.scalar(rows)
        if row is None:
            raise RecordMissing
        return row
