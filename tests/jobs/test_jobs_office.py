"""The office with its own cluster: jobs are done, nothing listens beyond the loopback, a stop loses nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import psutil
import pytest
from job_studio import FAST, ended

from kinechain.jobs.office import Office
from kinechain.store.database import Database


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_jobs_are_done_and_a_stop_loses_none(
    office: Office, submit: Callable[..., UUID], database: Database, tmp_path: Path
) -> None:
    quick = [submit(name=str(n)) for n in range(2)]
    office.start()
    assert [ended(office, job_id).state for job_id in quick] == ["succeeded"] * 2
    family = [psutil.Process(), *psutil.Process().children(recursive=True)]
    listening = {c.laddr.ip for one in family for c in one.net_connections("inet") if c.status == "LISTEN"}
    assert listening == {"127.0.0.1"}

    interrupted = submit(seconds=4)
    while office.state(interrupted).state != "running":
        pass
    office.stop()
    assert office.state(interrupted).state == "queued"
    again = Office(database, tmp_path, FAST)
    again.start()
    assert ended(again, interrupted).state == "succeeded"
    again.stop()
