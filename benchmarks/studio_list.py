"""Time and queries of the trainer's list, in a studio with many runners, results and diaries that is thrown away.

Usage: python benchmarks/studio_list.py ASSESSMENT.json [CLIENTS] [RESULTS_EACH] [DIARY_DAYS]
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from fastapi.testclient import TestClient

from kinechain.store import accounts
from kinechain.store.database import open_database, sqlite_url
from kinechain.store.files import StudioFiles
from kinechain.store.tables import Client, DiaryEntry, Job, Result, User, Visit, now
from kinechain.web.app import create_app
from kinechain.web.studio import Studio

PASSWORD = "a long walk uphill"  # noqa: S105 - of a studio that is thrown away
DOSE = {"sets": 2, "reps": 10, "hold_s": None, "per_side": True, "days_per_week": 4, "weeks": 6, "because": "C2"}
REPEATS = 5


def main() -> None:
    """Fill a studio, open the list some times, and print what it took."""
    document = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    clients, results_each, days = (int(value) for value in (*sys.argv[2:5], *("200", "5", "60")[len(sys.argv) - 2 :]))
    document["plan"] |= {"stop": False, "gates": [], "exercises": [{"id": "hip_hinge", **DOSE}], "retest_in_days": 28}
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(open_database(sqlite_url(Path(folder))), StudioFiles(Path(folder)))
        app = create_app(studio)
        app.state.studio = studio
        with TestClient(app, base_url="http://studio.example") as browser:
            _sign_up(studio, browser)
            _fill(studio, document, clients, results_each, days)
            _measure(studio, browser)
        studio.database.close()


def _sign_up(studio: Studio, browser: TestClient) -> None:
    with studio.database.writing() as session:
        secret = accounts.first_invitation(session)
    account = {"name": "T", "email": "t@studio.example", "password": PASSWORD, "studio": "S"}
    browser.post(f"/invitation/{secret}", data=account).raise_for_status()


def _fill(studio: Studio, document: dict[str, Any], clients: int, results_each: int, days: int) -> None:
    with studio.database.writing() as session:
        trainer = session.scalars(sa.select(User)).one()
        for number in range(clients):
            client = Client(organisation_id=trainer.organisation_id, trainer_id=trainer.id, name=f"Runner {number}")
            session.add(client)
            session.flush()
            for back in range(results_each):
                visit = Visit(client_id=client.id, made_at=now() - timedelta(days=7 + 30 * back))
                session.add(visit)
                session.flush()
                job = Job(client_id=client.id, visit_id=visit.id, state="succeeded")
                session.add(job)
                session.flush()
                session.add(Result(visit_id=visit.id, job_id=job.id, document=document))
            for back in range(days):
                noted = {"distance_km": 6.0, "pain_during": number % 4, "pain_after": back % 3}
                day = date.today() - timedelta(days=back)
                session.add(DiaryEntry(client_id=client.id, day=day, kind="run", noted=noted))


def _measure(studio: Studio, browser: TestClient) -> None:
    queries: list[str] = []
    sa.event.listen(studio.database.engine, "before_cursor_execute", lambda *told: queries.append(told[2]))
    took, worked = [], []
    for _ in range(REPEATS):
        queries.clear()
        begun, busy = time.perf_counter(), time.process_time()
        page = browser.get("/")
        took.append(time.perf_counter() - begun)
        worked.append(time.process_time() - busy)
        page.raise_for_status()
    listed = page.text.count('class="doing')
    times = f"{statistics.median(took):.2f} s, {statistics.median(worked):.2f} s of a processor"
    print(f"{listed} runners listed: {times} (medians of {REPEATS}), {len(queries)} queries")


if __name__ == "__main__":
    main()
