"""What the tests of jobs share: settings that lose patience soon, a client, sessions, and waiting for an end."""

from __future__ import annotations

import os
import time
from pathlib import Path
from uuid import UUID

from kinechain.jobs.office import JobView, Office
from kinechain.jobs.settings import JobSettings
from kinechain.store.database import Database
from kinechain.store.tables import Client, Organisation, Visit

FAST = JobSettings(
    workers=1,
    time_limit_s=20.0,
    memory_limit_mb=600.0,
    heartbeat_s=0.2,
    silence_s=3.0,
    poll_s=0.2,
    analyses="odd_analyses",
)
#: Worker and analysis find `odd_analyses` here.
os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])


def make_client(database: Database) -> UUID:
    with database.writing() as session:
        studio = Organisation(name="走りの工房")
        session.add(studio)
        session.flush()
        client = Client(organisation_id=studio.id, name="鈴木")
        session.add(client)
        session.flush()
        return client.id


def add_visit(database: Database, client_id: UUID, intake: dict[str, object]) -> UUID:
    with database.writing() as session:
        visit = Visit(client_id=client_id, intake=intake)
        session.add(visit)
        session.flush()
        return visit.id


def ended(office: Office, job_id: UUID, within_s: float = 60.0) -> JobView:
    until = time.monotonic() + within_s
    while not (view := office.state(job_id)).ended:
        assert time.monotonic() < until, view
        time.sleep(0.1)
    return view
