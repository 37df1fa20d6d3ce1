"""Analyses on a disk that really fills: the job says so, nothing half-written stays, and later it goes on."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from job_studio import FAST, ended

from kinechain.jobs.office import Office
from kinechain.jobs.work import perform
from kinechain.store.database import sqlite_url
from kinechain.store.tables import Result
from small_disk import SmallDisk

Submit = Callable[..., UUID]


@pytest.fixture
def tmp_path(small_disk: SmallDisk) -> Path:
    """Where the studio of these tests lies, database and files: on the disk that fills."""
    return small_disk.root


def work(office: Office, job_id: UUID) -> None:
    perform(sqlite_url(office.files.root), str(office.files.root), FAST, job_id)


def at_work(office: Office, job_id: UUID) -> threading.Thread:
    worker = threading.Thread(target=work, args=(office, job_id))
    worker.start()
    return worker


def leftovers(office: Office) -> list[Path]:
    return list(office.files.root.glob("people/*/results/.*"))


def assert_kept(office: Office, job_id: UUID, name: str) -> None:
    view = office.state(job_id)
    assert (view.state, view.code) == ("succeeded", None)
    assert json.loads((office.folder(job_id) / "assessment.json").read_text()) == {"name": name}
    with office.database.reading() as session:
        document = session.scalar(sa.select(Result.document).where(Result.id == view.assessment_id))
    assert document == {"name": name}


def test_an_analysis_that_fills_the_disk(office: Office, submit: Submit, small_disk: SmallDisk) -> None:
    earlier, large = submit(name="earlier"), submit(do="write", megabytes=30)
    work(office, earlier)
    free = small_disk.free
    work(office, large)
    view = office.state(large)
    assert (view.state, view.code, view.assessment_id) == ("failed", "storage_full", None)
    assert view.message is not None
    assert "no room" in view.message.en
    assert leftovers(office) == []
    assert not office.folder(large).exists()
    assert small_disk.free > free - (1 << 20)
    assert_kept(office, earlier, "earlier")
    fitting = submit(do="write", megabytes=2, name="fits")
    work(office, fitting)
    assert_kept(office, fitting, "fits")


def test_a_job_waits_while_its_row_cannot_be_written(office: Office, submit: Submit, small_disk: SmallDisk) -> None:
    job_id = submit(name="later")
    small_disk.fill()
    worker = at_work(office, job_id)
    time.sleep(1.0)
    assert office.state(job_id).state == "queued"
    small_disk.make_room()
    worker.join(timeout=20)
    assert_kept(office, job_id, "later")


def test_the_disk_fills_while_an_analysis_runs(office: Office, submit: Submit, small_disk: SmallDisk) -> None:
    job_id = submit(seconds=1.0)
    worker = at_work(office, job_id)
    while office.state(job_id).fraction == 0.0:
        time.sleep(0.02)
    small_disk.fill()
    time.sleep(2.5)  # the analysis meets the full disk, and so does the row that is to say so
    assert office.state(job_id).state == "running"
    small_disk.make_room()
    worker.join(timeout=20)
    view = office.state(job_id)
    assert (view.state, view.code) == ("failed", "storage_full")
    assert leftovers(office) == []


def test_a_finished_analysis_outlasts_a_full_disk(office: Office, submit: Submit, small_disk: SmallDisk) -> None:
    job_id = submit(name="finished", after=1.0)
    worker = at_work(office, job_id)
    while not any((begun / "assessment.json").exists() for begun in leftovers(office)):
        time.sleep(0.02)
    small_disk.fill()
    time.sleep(2.5)
    assert office.state(job_id).state == "running"
    small_disk.make_room()
    worker.join(timeout=20)
    assert_kept(office, job_id, "finished")
    assert (office.files.work(office.state(job_id).client_id, _visit(office, job_id)) / "starts").read_text() == "x"


def _visit(office: Office, job_id: UUID) -> UUID:
    visit_id = office.state(job_id).visit_id
    assert visit_id is not None
    return visit_id


@pytest.mark.e2e
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_an_office_on_a_full_disk_goes_on_by_itself(office: Office, submit: Submit, small_disk: SmallDisk) -> None:
    job_id = submit(name="by itself")
    small_disk.fill()
    office.start()
    time.sleep(3.0)
    assert office.state(job_id).state == "queued"
    small_disk.make_room()
    assert ended(office, job_id, within_s=30).state == "succeeded"
    office.stop()
    assert_kept(office, job_id, "by itself")
