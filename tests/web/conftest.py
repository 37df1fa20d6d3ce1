"""A studio in memory: the application on an SQLite file, and people who can sign in."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from argon2 import PasswordHasher
from exercise_samples import check_of
from fastapi import FastAPI
from fastapi.testclient import TestClient
from report_samples import full_plan, reasoned, with_pictures
from sqlalchemy import select
from web_browser import PASSWORD, Browser

from kinechain.pipeline.exercise_pictures import picture_name
from kinechain.report.page import write_reports
from kinechain.store import accounts
from kinechain.store.database import open_database, sqlite_url
from kinechain.store.files import StudioFiles
from kinechain.store.tables import (
    Client,
    Clip,
    DiaryEntry,
    Job,
    Organisation,
    Result,
    ShareLink,
    Upload,
    User,
    Visit,
    now,
)
from kinechain.web.app import create_app
from kinechain.web.studio import Studio


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with its tables and nothing in them."""
    folder = tmp_path_factory.mktemp("empty")
    open_database(sqlite_url(folder)).close()
    return folder / "studio.sqlite"


@pytest.fixture
def studio(tmp_path: Path, empty_database: Path) -> Iterator[Studio]:
    shutil.copy(empty_database, tmp_path)
    database = open_database(sqlite_url(tmp_path))
    yield Studio(database, StudioFiles(tmp_path))
    database.close()


@pytest.fixture(scope="session")
def made() -> list[FastAPI]:
    """The application once it is made: what a request needs is worked out at the first one, and kept."""
    return []


@pytest.fixture
def application(studio: Studio, made: list[FastAPI]) -> FastAPI:
    """The application of this test's studio."""
    if not made:
        made.append(create_app(studio))
    made[0].state.studio = studio
    return made[0]


@pytest.fixture
def browsers(studio: Studio) -> Iterator[list[TestClient]]:
    opened: list[TestClient] = []
    yield opened
    for one in opened:
        one.close()


@pytest.fixture
def new_browser(application: FastAPI, browsers: list[TestClient]) -> Callable[[], Browser]:
    def make() -> Browser:
        browsers.append(TestClient(application, base_url="http://studio.example", raise_server_exceptions=False))
        return Browser(browsers[-1])

    return make


@pytest.fixture
def trainer(studio: Studio, new_browser: Callable[[], Browser]) -> Browser:
    """The first trainer of a studio, signed in."""
    with studio.database.writing() as session:
        secret = accounts.first_invitation(session)
    browser = new_browser()
    account = {"name": "佐藤", "email": "t@studio.example", "password": PASSWORD, "studio": "走りの工房"}
    browser.post(f"/invitation/{secret}", account)
    return browser


@pytest.fixture
def client_id(studio: Studio, trainer: Browser) -> UUID:
    """A runner of the first trainer's studio, who has agreed to the text."""
    trainer.post("/clients", {"name": "鈴木", "height_cm": "172"})
    found = UUID(trainer.at.rsplit("/", 1)[1])
    trainer.post(f"/clients/{found}/consent", {"agreed": "true"})
    return found


@pytest.fixture
def runner(studio: Studio, new_browser: Callable[[], Browser], client_id: UUID) -> Browser:
    """That runner, signed in."""
    with studio.database.writing() as session:
        client = session.get_one(Client, client_id)
        secret = accounts.invite_client(session, session.get_one(User, client.trainer_id), client)
    browser = new_browser()
    browser.post(f"/invitation/{secret}", {"name": "鈴木", "email": "r@studio.example", "password": PASSWORD})
    return browser


@pytest.fixture
def elsewhere(studio: Studio, new_browser: Callable[[], Browser]) -> Browser:
    """A trainer of another studio on the same server, signed in."""
    with studio.database.writing() as session:
        other = Organisation(name="Elsewhere")
        session.add(other)
        session.flush()
        owner = User(organisation_id=other.id, role="trainer", email="owner@there.example", name="Kim")
        session.add(owner)
        session.flush()
        secret = accounts.invite_trainer(session, owner)
    browser = new_browser()
    browser.post(f"/invitation/{secret}", {"name": "Lee", "email": "lee@there.example", "password": PASSWORD})
    return browser


@pytest.fixture
def programs(
    studio: Studio,
    application: FastAPI,
    browsers: list[TestClient],
    trainer: Browser,
    runner: Browser,
    elsewhere: Browser,
) -> Callable[[str], TestClient]:
    """A program for each person, as the fixtures call them, with a key; "nobody" has none, "wrong" an invented one."""
    emails = {"trainer": "t@studio.example", "runner": "r@studio.example", "elsewhere": "lee@there.example"}

    def make(whose: str) -> TestClient:
        headers = {}
        if whose in emails:
            with studio.database.writing() as session:
                user = session.scalars(select(User).where(User.email == emails[whose])).one()
                headers["Authorization"] = f"Bearer {accounts.new_api_token(session, user, 'test', 1)}"
        elif whose == "wrong":
            headers["Authorization"] = "Bearer kc_invented"
        browsers.append(
            TestClient(application, base_url="http://studio.example", headers=headers, raise_server_exceptions=False)
        )
        return browsers[-1]

    return make


@pytest.fixture
def files(studio: Studio) -> StudioFiles:
    """The studio's files."""
    return studio.files


@pytest.fixture
def result_id(studio: Studio, client_id: UUID) -> UUID:
    """A result of that runner with a plan of three exercises, as an analysis leaves it."""
    assessment = reasoned(full_plan())
    with studio.database.writing() as session:
        visit = Visit(client_id=client_id)
        session.add(visit)
        session.flush()
        job = Job(client_id=client_id, visit_id=visit.id, state="succeeded", fraction=1.0)
        session.add(job)
        session.flush()
        result = Result(visit_id=visit.id, job_id=job.id, document=json.loads(assessment.to_json()))
        session.add(result)
        session.flush()
        folder = studio.files.result(client_id, job.id)
        folder.mkdir(parents=True)
        write_reports(assessment, with_pictures(folder))
        (folder / "overlay.mp4").write_bytes(b"not decoded here")
        (folder / "pose.nc").write_bytes(b"not served")
        return result.id


@pytest.fixture
def rows(studio: Studio, client_id: UUID, result_id: UUID, trainer: Browser) -> dict[str, UUID]:
    """One row of each kind that a path can name, of the first trainer's runner."""
    trainer.post(f"/clients/{client_id}/visits")
    visit_id = UUID(trainer.at.rsplit("/", 1)[1])
    compared = {"before": str(result_id), "after": str(result_id)}
    with studio.database.writing() as session:
        follow_up = Visit(client_id=client_id, kind="follow_up")
        session.add(follow_up)
        session.flush()
        follow_up = follow_up.id
        made = {
            "upload_id": Upload(visit_id=visit_id, file_name="a.mp4", size_bytes=9),
            "clip_id": Clip(visit_id=visit_id, sha256="a" * 64, size_bytes=9, file_name="b.mp4"),
            "job_id": Job(client_id=client_id, visit_id=visit_id),
            "entry_id": DiaryEntry(client_id=client_id, day=date(2026, 4, 1), kind="pain", noted={"pain_after": 1}),
            "exercise_clip_id": Clip(
                visit_id=follow_up, sha256="c" * 64, size_bytes=9, file_name="c.mp4", filming={"exercise": "hip_hinge"}
            ),
            "check_job_id": Job(
                client_id=client_id,
                kind="check_exercise",
                state="succeeded",
                payload={"exercise": "hip_hinge", "sha256": "c" * 64},
                document=check_of("hip_hinge", "hip_hinge"),
            ),
            "comparison_job_id": Job(client_id=client_id, kind="compare", state="succeeded", payload=compared),
            "share_id": ShareLink(assessment_id=result_id, secret_sha256="b" * 64, expires_at=now()),
        }
        session.add_all(made.values())
        session.flush()
        film = studio.files.result(client_id, made["comparison_job_id"].id) / "before_after.mp4"
        picture = studio.files.result(client_id, made["check_job_id"].id) / picture_name(9)
        for file in (film, picture):
            file.parent.mkdir(parents=True)
        picture.write_bytes(b"not decoded here")
        film.write_bytes(b"not decoded here")
        return {
            "client_id": client_id,
            "visit_id": visit_id,
            "result_id": result_id,
            **{name: row.id for name, row in made.items()},
        }
