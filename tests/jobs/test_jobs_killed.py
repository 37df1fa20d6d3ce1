"""Server, worker and scheduler killed with -9 during ten analyses, on each database: every job ends once, and right."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import psutil
import pytest
import sqlalchemy as sa
from job_studio import ended
from programs import SCHEDULER, WORKERS, Programs, free_port

from kinechain.jobs.housekeeping import tidy
from kinechain.jobs.office import Office
from kinechain.store.database import Database, open_database
from kinechain.store.tables import Result

pytestmark = pytest.mark.e2e
HERE = Path(__file__).parent
SECONDS = 2.0


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url, wait_s=5.0)
    yield opened
    opened.close()


def until(office: Office, jobs: list[UUID], n_ended: int) -> None:
    """Wait until some of the jobs ended and another one is under way."""
    patience = time.monotonic() + 120
    while True:
        views = [office.state(job) for job in jobs]
        under_way = any(view.state == "running" and view.fraction > 0.2 for view in views)
        if sum(view.ended for view in views) >= n_ended and under_way:
            return
        assert time.monotonic() < patience, views
        time.sleep(0.05)


def assert_each_ended_once(office: Office, jobs: list[UUID]) -> None:
    for number, job in enumerate(jobs):
        view = ended(office, job, within_s=180)
        assert (view.state, view.code) == ("succeeded", None)
        found = json.loads((office.folder(job) / "assessment.json").read_text())
        assert found == {"name": str(number)}
    with office.database.reading() as session:
        results = session.execute(sa.select(Result.job_id, Result.document)).all()
    assert sorted(job for job, _ in results) == sorted(jobs)
    assert all(document == {"name": str(jobs.index(job))} for job, document in results)
    tidy(office.database, office.files)
    assert list(office.files.root.glob("people/*/results/.*")) == []


def test_server_and_worker_killed(
    office: Office, submit: Callable[..., UUID], tmp_path: Path, database_url: str, programs: Programs
) -> None:
    jobs = [submit(seconds=SECONDS, name=str(n)) for n in range(10)]
    server = (str(HERE / "office_server.py"), str(tmp_path), database_url)
    programs.start("server", *server)
    until(office, jobs, 1)
    programs.kill("server")
    finished = {job: office.state(job) for job in jobs if office.state(job).ended}
    programs.start("server", *server)
    until(office, jobs, 3)
    family = psutil.Process(programs.running["server"].pid).children(recursive=True)
    analysis = next(one for one in family if "kinechain.jobs.child" in one.cmdline())
    worker = analysis.parent()
    assert worker is not None
    worker.kill()
    until(office, jobs, 6)
    programs.kill("server", family=True)
    programs.start("server", *server)
    assert_each_ended_once(office, jobs)
    for job, view in finished.items():
        assert office.state(job) == view, "what had ended was not done again"


def test_scheduler_workers_and_server_killed(
    office: Office, submit: Callable[..., UUID], tmp_path: Path, database_url: str, programs: Programs
) -> None:
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    scheduler, workers = (*SCHEDULER, "--port", str(port)), (*WORKERS, "--nworkers", "3", address)
    server = (str(HERE / "office_server.py"), str(tmp_path), database_url, address)
    jobs = [submit(seconds=SECONDS, name=str(n)) for n in range(10)]
    for name, arguments in (("scheduler", scheduler), ("workers", workers), ("server", server)):
        programs.start(name, *arguments)
    until(office, jobs, 1)
    programs.kill("scheduler", family=True)
    programs.start("scheduler", *scheduler)
    if programs.running["workers"].poll() is None:
        programs.kill("workers", family=True)
    programs.start("workers", *workers)
    until(office, jobs, 3)
    programs.kill("workers", family=True)
    programs.start("workers", *workers)
    until(office, jobs, 6)
    programs.kill("server", family=True)
    programs.start("server", *server)
    assert_each_ended_once(office, jobs)
