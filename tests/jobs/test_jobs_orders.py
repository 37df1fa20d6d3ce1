"""What an analysis is told of events that were set by hand: of one event the last word."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from job_studio import add_visit

from kinechain.jobs.orders import facts_of
from kinechain.store.database import Database
from kinechain.store.files import StudioFiles
from kinechain.store.job_queue import Attempt
from kinechain.store.tables import EventCorrection, Job, Result, now

Row = tuple[float | None, float | None]


def told(database: Database, files: StudioFiles, client_id: UUID, rows: list[Row]) -> list[tuple[Any, Any]]:
    """Return found and set instant of the events that an analysis is told after some rows, each in a later result."""
    visit_id = add_visit(database, client_id, {})
    with database.writing() as session:
        for number, (found_s, time_s) in enumerate(rows):
            job = Job(client_id=client_id, visit_id=visit_id, state="succeeded")
            session.add(job)
            session.flush()
            result = Result(visit_id=visit_id, job_id=job.id, document={})
            session.add(result)
            session.flush()
            session.add(
                EventCorrection(
                    assessment_id=result.id,
                    made_at=now() + timedelta(seconds=number),
                    clip="clip1",
                    side="left",
                    kind="toe_off",
                    found_s=found_s,
                    time_s=time_s,
                )
            )
    with database.reading() as session:
        facts = facts_of(session, files, Attempt(uuid4(), client_id, visit_id, "assess", 1), {})
    return [(table.get("found_s"), table.get("time_s")) for table in facts["session"]["event"]]


@pytest.mark.parametrize(
    ("rows", "events"),
    [
        ([], []),
        ([(1.0, 1.02)], [(1.0, 1.02)]),
        ([(1.0, 1.02), (2.0, 2.02)], [(1.0, 1.02), (2.0, 2.02)]),
        ([(1.0, 1.02), (1.02, 1.03)], [(1.0, 1.03)]),  # named by what the page showed then
        ([(1.0, 1.02), (1.0, 1.03)], [(1.0, 1.03)]),  # named by what the machine had
        ([(1.0, 1.02), (1.02, None)], [(1.0, None)]),
        ([(1.0, None), (1.0, 1.01)], [(1.0, 1.01)]),
        ([(None, 1.5)], [(None, 1.5)]),
        ([(None, 1.5), (None, 1.5)], [(None, 1.5)]),
        ([(None, 1.5), (1.5, 1.6)], [(None, 1.6)]),
        ([(None, 1.5), (1.5, None)], []),
        ([(None, 1.5), (1.5, 1.6), (1.6, None)], []),
    ],
)
def test_of_one_event_the_last_word_holds(
    database: Database, files: StudioFiles, client_id: UUID, rows: list[Row], events: list[Row]
) -> None:
    assert told(database, files, client_id, rows) == events
