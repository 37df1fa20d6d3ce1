"""One start of a job on a worker, without a cluster: whatever the analysis does, the job ends once and rightly told."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from job_studio import FAST

from kinechain.errors import RecordMissing
from kinechain.jobs.housekeeping import requeue, tidy
from kinechain.jobs.office import JobView, Office
from kinechain.jobs.settings import JobSettings
from kinechain.jobs.work import perform
from kinechain.store.database import sqlite_url
from kinechain.store.tables import Client, Result, now

Submit = Callable[..., UUID]


def done(office: Office, job_id: UUID, settings: JobSettings = FAST) -> JobView:
    perform(sqlite_url(office.files.root), str(office.files.root), settings, job_id)
    return office.state(job_id)


def leftovers(office: Office) -> list[Path]:
    return list(office.files.root.glob("people/*/results/.*"))


def test_a_job_ends_with_its_result_in_place(office: Office, submit: Submit) -> None:
    job_id = submit(name="Ⅰ")
    view = done(office, job_id)
    assert (view.state, view.fraction, view.stage) == ("succeeded", 1.0, None) or view.stage == "pose"
    assert [path.name for path in office.folder(job_id).iterdir()] == ["assessment.json"]
    with office.database.reading() as session:
        result = session.scalars(sa.select(Result)).one()
        assert (result.id, result.document) == (view.assessment_id, {"name": "Ⅰ"})
    assert leftovers(office) == []
    assert done(office, job_id) == view, "who comes late does nothing"


@pytest.mark.parametrize(
    ("does", "code"),
    [
        ("crash", "job_crashed"),
        ("eat", "job_out_of_memory"),
        ("refuse", "file_empty"),
        ("fill", "storage_full"),
        ("break", "internal_error"),
    ],
)
def test_what_goes_wrong_is_told_in_both_languages(office: Office, submit: Submit, does: str, code: str) -> None:
    job_id = submit(do=does)
    view = done(office, job_id)
    assert (view.state, view.code, view.assessment_id) == ("failed", code, None)
    assert view.message is not None
    assert view.message.ja != view.message.en
    assert leftovers(office) == []
    assert not office.folder(job_id).exists()


def test_a_job_that_takes_too_long_is_ended(office: Office, submit: Submit) -> None:
    start = time.monotonic()
    view = done(office, submit(seconds=60), replace(FAST, time_limit_s=1.5))
    assert view.code == "job_timed_out"
    assert time.monotonic() - start < 10


def test_a_cancelled_job_stops_and_keeps_no_file(office: Office, submit: Submit) -> None:
    job_id = submit(seconds=30)
    worker = threading.Thread(target=done, args=(office, job_id))
    worker.start()
    while office.state(job_id).fraction == 0.0:
        time.sleep(0.05)
    assert office.cancel(job_id)
    worker.join(timeout=10)
    assert not worker.is_alive()
    assert office.state(job_id).code == "job_cancelled"
    assert leftovers(office) == []
    assert not office.cancel(job_id)


def test_files_of_a_client_who_was_deleted_meanwhile_are_deleted(
    office: Office, submit: Submit, client_id: UUID
) -> None:
    job_id = submit(seconds=30)
    worker = threading.Thread(target=done_quietly, args=(office, job_id))
    worker.start()
    while office.state(job_id).fraction == 0.0:
        time.sleep(0.05)
    (office.files.person(client_id) / "clips").mkdir(parents=True, exist_ok=True)
    with office.database.writing() as session:
        session.execute(sa.delete(Client).where(Client.id == client_id))
    worker.join(timeout=10)
    assert not worker.is_alive()
    assert not office.files.person(client_id).exists()


def done_quietly(office: Office, job_id: UUID) -> None:
    perform(sqlite_url(office.files.root), str(office.files.root), FAST, job_id)


def test_a_locked_database_is_waited_for(office: Office, submit: Submit, tmp_path: Path) -> None:
    job_id = submit(seconds=0.5)
    worker = threading.Thread(target=done, args=(office, job_id))
    worker.start()
    while office.state(job_id).state == "queued":
        time.sleep(0.02)
    holder = sqlite3.connect(tmp_path / "studio.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    time.sleep(2.0)  # the analysis ends while nothing can be written
    assert office.state(job_id).state == "running"
    holder.execute("ROLLBACK")
    holder.close()
    worker.join(timeout=20)
    assert office.state(job_id).state == "succeeded"


def test_the_file_of_a_result_cannot_be_moved(office: Office, submit: Submit, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_self: Path, _target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    view = done(office, submit())
    assert (view.state, view.code, view.assessment_id) == ("failed", "storage_full", None)


def test_a_job_that_is_lost_three_times_is_given_up(office: Office, submit: Submit) -> None:
    job_id = submit()
    for _ in range(FAST.losses):
        attempt = office.queue.take(job_id)
        assert attempt is not None
        assert office.state(job_id).state == "running"
        office.files.attempt(attempt.client_id, job_id, attempt.number).mkdir(parents=True)
        office.queue.requeue_lost(timedelta(0), now() + timedelta(seconds=1))
        requeue(office.queue, FAST)
    assert office.state(job_id).code == "job_lost"
    assert leftovers(office)
    tidy(office.database, office.files)
    assert leftovers(office) == []


def test_what_is_given_back_was_not_lost(office: Office, submit: Submit) -> None:
    job_id = submit()
    for _ in range(FAST.losses + 1):
        assert office.queue.take(job_id) is not None
        assert office.queue.requeue_all() == 1
        requeue(office.queue, FAST)
    assert office.state(job_id).state == "queued"


def test_a_payload_is_checked_before_it_is_kept(office: Office, client_id: UUID) -> None:
    wrong = [
        ("assess", {}),
        ("check_clip", {"sha256": "../../x"}),
        ("check_clip", {"sha256": "a" * 64, "more": 1}),
        ("check_exercise", {"sha256": "a" * 64, "exercise": "juggling"}),
    ]
    for kind, payload in wrong:
        with pytest.raises(ValueError, match=r"session|validation"):
            office.submit(kind, client_id, payload)  # type: ignore[arg-type]
    for missing in ({"before": uuid4(), "after": uuid4()},):
        with pytest.raises(RecordMissing):
            office.submit("compare", client_id, missing)
    with pytest.raises(RecordMissing):
        office.submit("check_clip", uuid4(), {"sha256": "a" * 64})
    with pytest.raises(RecordMissing):
        office.state(uuid4())
