"""The door to the jobs: submit one, see how far it is, cancel it. The rows are the truth; Dask only does the work."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import UUID, uuid4

from distributed import Future
from filelock import FileLock, Timeout
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from kinechain.errors import ClusterRefused, ClusterUnreachable, JobCancelled, KinechainError, RecordMissing
from kinechain.jobs.cluster import Cluster
from kinechain.jobs.housekeeping import requeue, tidy
from kinechain.jobs.orders import check_payload
from kinechain.jobs.settings import JobSettings
from kinechain.jobs.work import perform
from kinechain.store.database import Database
from kinechain.store.files import StudioFiles
from kinechain.store.job_queue import JobQueue
from kinechain.store.tables import Job, JobKind, JobState, Result
from kinechain.text import Text

LOG = logging.getLogger(__name__)
_DAY_S = 86_400.0


@dataclass(frozen=True)
class JobView:
    """How far a job is.

    Parameters
    ----------
    stage, fraction : of a running job; the fraction is of the whole, 0…1
    code, message : of a failed one
    document : what a job that is no assessment found
    assessment_id : of the assessment that a job ended with
    """

    id: UUID
    client_id: UUID
    visit_id: UUID | None
    kind: JobKind
    state: JobState
    stage: str | None
    fraction: float
    code: str | None
    message: Text | None
    document: dict[str, Any] | None
    assessment_id: UUID | None
    made_at: datetime
    ended_at: datetime | None

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in ("succeeded", "failed")


class Office:
    """Jobs of a studio.

    Parameters
    ----------
    database : open
    data : folder of the studio's files; every worker sees it under this path
    settings : JobSettings
    """

    def __init__(self, database: Database, data: Path, settings: JobSettings = JobSettings()) -> None:  # noqa: B008
        self.database, self.files, self.settings = database, StudioFiles(data), settings
        self.queue = JobQueue(database)
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._cluster: Cluster | None = None
        self._sent: dict[UUID, tuple[Future[None], JobKind]] = {}
        self._lock = FileLock(data / ".jobs.lock", blocking=False)
        self._tidied_at: float | None = None

    # --- for whoever asks ---------------------------------------------------------------------------------------------

    def submit(self, kind: JobKind, client_id: UUID, payload: Mapping[str, Any], visit_id: UUID | None = None) -> UUID:
        """Queue a job and return its identifier.

        Raises
        ------
        ValueError
            Where the payload is none of this kind (see `orders`).
        RecordMissing
            Where client, session or an assessment to compare does not exist, or belongs to somebody else.
        DatabaseBusy
        """
        with self.database.writing() as session:
            kept = check_payload(session, kind, client_id, visit_id, dict(payload))
            job = Job(client_id=client_id, visit_id=visit_id, kind=kind, payload=kept)
            session.add(job)
            session.flush()
            job_id = job.id
        self._wake.set()
        return job_id

    def state(self, job_id: UUID) -> JobView:
        """Return how far a job is; RecordMissing where there is none."""
        with self.database.reading() as session:
            row = session.execute(
                select(Job, Result.id).outerjoin(Result, Result.job_id == Job.id).where(Job.id == job_id)
            ).one_or_none()
            if row is None:
                raise RecordMissing
            return _view(*row)

    def cancel(self, job_id: UUID) -> bool:
        """End a job that waits or runs; False where it has ended already, or there is none."""
        return self.queue.cancel(job_id, JobCancelled.code, JobCancelled().message)

    def folder(self, job_id: UUID) -> Path:
        """Return where the files of a job's result are; RecordMissing where there is no such job."""
        return self.files.result(self.state(job_id).client_id, job_id)

    def prove(self) -> None:
        """Meet the scheduler once, where there is one by address; one that does not answer yet is waited for later.

        Raises
        ------
        ClusterRefused
            Where it and this studio do not trust one another: jobs would wait for ever.
        """
        if self.settings.cluster:
            try:
                Cluster(self.settings).close()
            except ClusterRefused:
                raise
            except ClusterUnreachable as error:
                LOG.warning("jobs: %s", error)

    # --- work ---------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to have jobs done; returns at once."""
        self.files.root.mkdir(parents=True, exist_ok=True)
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="kinechain-jobs", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop having jobs done; what runs on a cluster of our own is queued again."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        alone = self._alone()
        if alone:
            self._calmly(self.queue.requeue_all)
        while not self._stopping.is_set():
            self._calmly(self._turn)
            self._wake.wait(self.settings.poll_s)
            self._wake.clear()
        self._leave()
        if alone:
            self._calmly(self.queue.requeue_all)
        self._lock.release()

    def _alone(self) -> bool:
        """Whether nobody but this process can be running jobs: a database file, no cluster elsewhere."""
        if self.settings.cluster or self.database.engine.dialect.name != "sqlite":
            return False
        try:
            self._lock.acquire()
        except Timeout:
            return False
        return True

    def _calmly(self, action: Any) -> None:
        """Do something that is tried again at the next turn where it fails."""
        try:
            action()
        except (KinechainError, SQLAlchemyError, OSError) as error:
            LOG.warning("jobs: %r; trying again", error)

    def _turn(self) -> None:
        """Put right what was lost, and send what waits."""
        requeue(self.queue, self.settings)
        if self._tidied_at is None or monotonic() - self._tidied_at > _DAY_S:
            tidy(self.database, self.files)
            self._tidied_at = monotonic()
        cluster = self._connected()
        self._sent = {job_id: sent for job_id, sent in self._sent.items() if not _done(sent[0])}
        waiting = self.queue.open_jobs()
        long = {job.job_id for job in waiting if job.kind == "assess" and job.running}
        long |= {job_id for job_id, (_, kind) in self._sent.items() if kind == "assess"}
        at_a_time = max(1, cluster.slots - 1)  # one is kept for what somebody waits for
        for job in waiting:
            if job.running or job.job_id in self._sent or (job.kind == "assess" and len(long) >= at_a_time):
                continue
            self._send(cluster, job.job_id, job.kind)
            if job.kind == "assess":
                long.add(job.job_id)

    def _connected(self) -> Cluster:
        if self._cluster is not None and not self._cluster.works:
            self._leave()
        if self._cluster is None:
            self._cluster = Cluster(self.settings)
        return self._cluster

    def _send(self, cluster: Cluster, job_id: UUID, kind: JobKind) -> None:
        url = self.database.engine.url.render_as_string(hide_password=False)
        future = cluster.client.submit(
            perform,
            url,
            str(self.files.root.resolve()),
            self.settings,
            job_id,
            key=f"{job_id}-{uuid4().hex}",
            pure=False,
            priority=0 if kind == "assess" else 1,
            retries=0,
        )
        self._sent[job_id] = (future, kind)

    def _leave(self) -> None:
        self._sent.clear()
        if self._cluster is not None:
            with suppress(OSError):
                self._cluster.close()
            self._cluster = None


def _done(future: Future[None]) -> bool:
    return bool(future.done())


def _view(job: Job, assessment_id: UUID | None) -> JobView:
    return JobView(
        id=job.id,
        client_id=job.client_id,
        visit_id=job.visit_id,
        kind=job.kind,
        state=job.state,
        stage=job.stage,
        fraction=job.fraction,
        code=job.code,
        message=None if job.message is None else Text.model_validate(job.message),
        document=job.document,
        assessment_id=assessment_id,
        made_at=job.made_at,
        ended_at=job.ended_at,
    )
