"""What is put right on start and every day: lost jobs, files of deleted clients, clients past their retention."""

from __future__ import annotations

import re
import shutil
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from kinechain.errors import JobLost
from kinechain.jobs.settings import JobSettings
from kinechain.store.database import Database
from kinechain.store.erase import erase_past_retention, finish_erasures
from kinechain.store.files import StudioFiles
from kinechain.store.job_queue import JobQueue
from kinechain.store.tables import Job, now

_ATTEMPT = re.compile(r"\.(?P<job>[0-9a-f-]{36})-\d+(-clips)?")


def requeue(queue: JobQueue, settings: JobSettings) -> None:
    """Queue the jobs again that fell silent, and end those that were lost too often."""
    queue.requeue_lost(timedelta(seconds=settings.silence_s))
    queue.give_up(settings.losses, settings.starts, JobLost.code, JobLost().message)


def tidy(database: Database, files: StudioFiles) -> None:
    """Finish deletions, delete clients past their retention, and what lost starts of jobs left behind.

    Raises
    ------
    OSError
        Where a file cannot be deleted.
    """
    finish_erasures(database, files)
    erase_past_retention(database, files, now())
    with database.reading() as session:
        running = set(session.scalars(select(Job.id).where(Job.state == "running")))
    for folder in files.root.glob("people/*/results/.*"):
        named = _ATTEMPT.fullmatch(folder.name)
        if named and UUID(named["job"]) not in running:
            shutil.rmtree(folder, ignore_errors=True)
