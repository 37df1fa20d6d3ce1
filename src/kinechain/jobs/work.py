"""One start of a job on a worker: take it, have it done in a process of its own, and end it once."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from time import monotonic, sleep
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.exc import OperationalError

from kinechain.errors import DatabaseBusy, InternalError, KinechainError, StorageFull
from kinechain.jobs.child import NO_ROOM
from kinechain.jobs.messages import Done, Failure, Order, Step
from kinechain.jobs.orders import facts_of
from kinechain.jobs.settings import JobSettings
from kinechain.jobs.supervision import Abandoned, run
from kinechain.store.database import Database, open_database
from kinechain.store.erase import erase_files
from kinechain.store.files import StudioFiles
from kinechain.store.job_queue import Attempt, JobQueue
from kinechain.store.tables import Document, Job

LOG = logging.getLogger(__name__)
Answer = TypeVar("Answer")
#: The database cannot be written now; later it may.
_UNWRITABLE = (DatabaseBusy, StorageFull, OperationalError)


@cache
def _database(url: str) -> Database:
    """Return the database of this worker process, opened once."""
    return open_database(url)


def perform(url: str, data: str, settings: JobSettings, job_id: UUID) -> None:
    """Do a job, if it still waits; how it ends stands in its row.

    Parameters
    ----------
    url : of the database
    data : folder of the studio's files
    """
    database = _database(url)
    queue = JobQueue(database)
    attempt = _patient(partial(queue.take, job_id), settings.silence_s)
    if attempt is not None:
        _Start(database, queue, StudioFiles(Path(data)), settings, attempt).do()


def _patient(action: Callable[[], Answer], seconds: float) -> Answer:
    """Return what an action gives, tried again while the database cannot be written."""
    until = monotonic() + seconds
    while True:
        try:
            return action()
        except _UNWRITABLE:
            if monotonic() > until:
                raise
            LOG.warning("the database cannot be written; trying again", exc_info=True)
            sleep(min(0.5, seconds / 10))


@dataclass
class _Start:
    """One start of a job."""

    database: Database
    queue: JobQueue
    files: StudioFiles
    settings: JobSettings
    attempt: Attempt
    heard_at: float = field(default_factory=monotonic)

    @property
    def folder(self) -> Path:
        return self.files.attempt(self.attempt.client_id, self.attempt.job_id, self.attempt.number)

    def do(self) -> None:
        """Run the analysis and end the job, whatever happens."""
        try:
            self._try()
        except Abandoned:
            LOG.info("attempt %s of job %s counts no more", self.attempt.number, self.attempt.job_id)
            self._forget()
        except _UNWRITABLE:
            LOG.exception("job %s is let go: it will be found silent", self.attempt.job_id)
        finally:
            self._clear()

    def _try(self) -> None:
        try:
            self._clear()
            self._end(run(_patient(self._order, self.settings.silence_s), self._alive))
        except (DatabaseBusy, OperationalError):
            raise
        except KinechainError as error:
            self._end(_failure(error))
        except (OSError, ValueError) as error:
            LOG.exception("job %s", self.attempt.job_id)
            full = isinstance(error, OSError) and error.errno in NO_ROOM
            self._end(_failure(StorageFull() if full else InternalError(reason=f"{type(error).__name__}: {error}")))

    def _order(self) -> Order:
        with self.database.reading() as session:
            job = session.get(Job, self.attempt.job_id)
            facts: dict[str, Any] = {} if job is None else facts_of(session, self.files, self.attempt, job.payload)
        if job is None:
            raise Abandoned
        owner = self.attempt.visit_id or self.attempt.job_id
        return Order(
            kind=self.attempt.kind,
            analyses=self.settings.analyses,
            folder=self.folder.resolve(),
            kept=self.files.work(self.attempt.client_id, owner).resolve(),
            memory_limit_mb=self.settings.memory_limit_mb,
            time_limit_s=self.settings.limit_s(self.attempt.kind),
            facts=facts,
        )

    def _alive(self, step: Step | None) -> bool:
        """Give a sign of life when it is due; False where the attempt counts no more, or may not by now."""
        silent = monotonic() - self.heard_at
        if silent < self.settings.heartbeat_s:
            return True
        stage, fraction = (None, 0.0) if step is None else (step.stage, step.fraction)
        try:
            counts = self.queue.report(self.attempt, stage, fraction)
        except _UNWRITABLE:
            LOG.warning("no sign of life could be given", exc_info=True)
            return silent < self.settings.silence_s
        self.heard_at = monotonic()
        return counts

    def _end(self, ended: Done | Failure) -> None:
        if isinstance(ended, Failure):
            self._clear()  # first: it may be what leaves no room to say so
            counts = self._insist(lambda: self.queue.fail(self.attempt, ended.code, ended.message))
        else:
            document = json.loads((self.folder / ended.document).read_text(encoding="utf-8"))
            counts = self._insist(lambda: self._succeed(document))
        if not counts:
            self._forget()

    def _insist(self, end: Callable[[], bool]) -> bool:
        """End the job as soon as the database lets us; where it never does, the job is found silent later."""
        return _patient(end, self.settings.silence_s)

    def _succeed(self, document: Document) -> bool:
        """End the job with its result in place: both, or neither where the row cannot be kept."""
        target = self.files.result(self.attempt.client_id, self.attempt.job_id)
        placed = False

        def place() -> None:
            nonlocal placed
            if target.exists():
                shutil.rmtree(target)
            self.folder.replace(target)
            placed = True

        try:
            return self.queue.succeed(self.attempt, document, place)
        except BaseException:
            if placed:
                target.replace(self.folder)
            raise

    def _clear(self) -> None:
        """Delete what starts of this job up to this one left behind."""
        for number in range(1, self.attempt.number + 1):
            begun = self.files.attempt(self.attempt.client_id, self.attempt.job_id, number)
            for folder in (begun, begun.with_name(f"{begun.name}-clips")):
                shutil.rmtree(folder, ignore_errors=True)

    def _forget(self) -> None:
        """Delete files that were written for a client who was deleted meanwhile."""
        with suppress(*_UNWRITABLE, OSError):
            erase_files(self.database, self.files, self.attempt.client_id)


def _failure(error: KinechainError) -> Failure:
    return Failure(code=error.code, message=error.message)
