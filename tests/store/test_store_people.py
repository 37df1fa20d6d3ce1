"""Who reaches whom; deletion takes rows and files; a copy holds everything and opens nothing."""

from __future__ import annotations

import json
import zipfile
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from studio_people import Studio

from kinechain.errors import PlanChangedMeanwhile, RecordMissing
from kinechain.store.copy_out import SECRETS, copy_out
from kinechain.store.database import Database
from kinechain.store.desk import Desk
from kinechain.store.erase import erase_client, erase_past_retention, finish_erasures
from kinechain.store.files import StudioFiles
from kinechain.store.tables import (
    ApiToken,
    AuditEntry,
    Client,
    Clip,
    Consent,
    DiaryEntry,
    EventCorrection,
    Invitation,
    Job,
    Organisation,
    PlanEdit,
    Result,
    ShareLink,
    SignIn,
    Table,
    Upload,
    User,
    Visit,
    now,
)

SHA256 = "a" * 64


def furnish(session: Session, files: StudioFiles, client_id: UUID, account: UUID | None) -> UUID:
    """Fill every table that hangs from a client, and the files; return the assessment."""
    visit = Visit(client_id=client_id, intake={"side": "right"}, tests=[{"name": "heel_raises"}])
    session.add(visit)
    session.flush()
    job = Job(client_id=client_id, visit_id=visit.id, state="succeeded")
    session.add_all([job, Clip(visit_id=visit.id, sha256=SHA256, size_bytes=3, file_name="../../走り.mp4")])
    session.flush()
    result = Result(visit_id=visit.id, job_id=job.id, document={"schema": "kinechain.assessment/1"})
    session.add(result)
    session.flush()
    session.add_all(
        [
            Consent(client_id=client_id, text_version="1", language="ja"),
            DiaryEntry(client_id=client_id, day=date(2026, 4, 1), kind="pain", noted={"nrs": 3}),
            PlanEdit(assessment_id=result.id, number=1, plan={}, why="痛み"),
            EventCorrection(
                assessment_id=result.id, clip="clip1", side="left", kind="toe_off", found_s=1.0, time_s=1.1
            ),
            ShareLink(assessment_id=result.id, secret_sha256=uuid4().hex, expires_at=now()),
        ]
    )
    session.add(Invitation(client_id=client_id, role="client", secret_sha256=uuid4().hex, expires_at=now()))
    session.add(Upload(visit_id=visit.id, file_name="走り.mp4", size_bytes=9_000_000_000))
    if account is not None:
        session.add(ApiToken(user_id=account, label="watch", secret_sha256=uuid4().hex))
        session.add(SignIn(user_id=account, secret_sha256=uuid4().hex, form_key=uuid4().hex, expires_at=now()))
    for path in (files.clip(client_id, SHA256), files.result(client_id, job.id) / "assessment.json"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"abc")
    return result.id


@pytest.fixture
def result(database: Database, studio: Studio, files: StudioFiles) -> UUID:
    with database.writing() as session:
        furnish(session, files, studio.other_client, None)
        return furnish(session, files, studio.client, studio.runner)


def rows(database: Database) -> dict[str, int]:
    with database.reading() as session:
        count = sa.func.count
        return {
            name: session.scalar(sa.select(count()).select_from(table)) or 0
            for name, table in Table.metadata.tables.items()
        }


def test_a_person_reaches_only_their_own(database: Database, studio: Studio, result: UUID) -> None:
    with database.reading() as session:
        visit = session.scalars(sa.select(Visit.id).where(Visit.client_id == studio.client)).one()
        trainer, runner, elsewhere = (
            Desk.of(session, who) for who in (studio.trainer, studio.runner, studio.elsewhere)
        )
        assert {client.id for client in trainer.clients()} == {studio.client, studio.other_client}
        assert [client.id for client in runner.clients()] == [studio.client]
        assert elsewhere.clients() == []
        for desk in (trainer, runner):
            assert desk.client(studio.client).id == studio.client
            assert desk.visit(visit).client_id == studio.client
            assert desk.result(result).visit_id == visit
        for desk, missing in ((runner, studio.other_client), (elsewhere, studio.client), (trainer, uuid4())):
            with pytest.raises(RecordMissing):
                desk.client(missing)
        for look in (elsewhere.visit, elsewhere.result):
            with pytest.raises(RecordMissing):
                look(visit if look == elsewhere.visit else result)


def test_a_closed_account_has_no_desk(database: Database, studio: Studio) -> None:
    with database.writing() as session:
        session.get_one(User, studio.trainer).disabled_at = now()
    with database.reading() as session:
        for nobody in (studio.trainer, uuid4()):
            with pytest.raises(RecordMissing):
                Desk.of(session, nobody)


def test_the_second_of_two_who_edit_one_plan_is_told(database: Database, studio: Studio, result: UUID) -> None:
    with database.writing() as session:
        assert Desk.of(session, studio.trainer).edit_plan(result, 1, {"sets": 3}, "why").number == 2
    with database.writing() as session, pytest.raises(PlanChangedMeanwhile):
        Desk.of(session, studio.trainer).edit_plan(result, 1, {"sets": 4}, "why")
    with database.reading() as session:
        plans = session.scalars(
            sa.select(PlanEdit.plan).where(PlanEdit.assessment_id == result).order_by(PlanEdit.number)
        )
        assert plans.all() == [{}, {"sets": 3}]


def test_deletion_takes_everything_of_a_client_and_nothing_of_others(
    database: Database, studio: Studio, files: StudioFiles, result: UUID
) -> None:
    before = rows(database)
    erase_client(database, files, studio.trainer, studio.client)
    after = rows(database)
    gone = {name: before[name] - after[name] for name in before}
    assert gone.pop("audit") == -1
    assert gone.pop("users") == gone.pop("api_tokens") == gone.pop("sign_ins") == 1
    untouched = {gone.pop(name) for name in ("organisations", "erasures", "failed_sign_ins")}
    assert untouched == {0}
    assert set(gone.values()) == {1}, gone
    assert not files.person(studio.client).exists()
    assert files.clip(studio.other_client, SHA256).exists()
    with database.reading() as session:
        entry = session.scalars(sa.select(AuditEntry)).one()
        assert (entry.action, entry.subject_id, entry.user_id) == ("erase", studio.client, studio.trainer)


def test_nobody_deletes_what_they_cannot_see(
    database: Database, studio: Studio, files: StudioFiles, result: UUID
) -> None:
    before = rows(database)
    for person, client in ((studio.elsewhere, studio.client), (studio.runner, studio.other_client)):
        with pytest.raises(RecordMissing):
            erase_client(database, files, person, client)
    assert rows(database) == before
    assert files.clip(studio.client, SHA256).exists()


def test_an_interrupted_deletion_is_finished_later(
    database: Database, studio: Studio, files: StudioFiles, result: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_self: StudioFiles, _client: UUID) -> None:
        raise OSError("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr(StudioFiles, "remove", fails)
        with pytest.raises(OSError, match="gone"):
            erase_client(database, files, studio.trainer, studio.client)
    assert files.person(studio.client).exists()
    assert rows(database)["erasures"] == 1
    assert finish_erasures(database, files) == 1
    assert not files.person(studio.client).exists()
    assert rows(database)["erasures"] == 0
    assert finish_erasures(database, files) == 0


def test_retention_counts_from_the_last_session(
    database: Database, studio: Studio, files: StudioFiles, result: UUID
) -> None:
    with database.writing() as session:
        session.execute(sa.update(Client).values(made_at=now() - timedelta(days=900)))
        old = sa.update(Visit).where(Visit.client_id == studio.other_client)
        session.execute(old.values(made_at=now() - timedelta(days=400)))
    assert erase_past_retention(database, files, now()) == 0, "without a setting everything stays"
    with database.writing() as session:
        session.execute(sa.update(Organisation).values(retention_days=365))
    assert erase_past_retention(database, files, now()) == 1
    with database.reading() as session:
        assert session.scalars(sa.select(Client.id)).all() == [studio.client]
    assert not files.person(studio.other_client).exists()


def test_a_copy_holds_every_table_of_a_client_and_no_secret(
    database: Database, studio: Studio, files: StudioFiles, result: UUID, tmp_path: Path
) -> None:
    archive = tmp_path / "copy.zip"
    copy_out(database, files, studio.runner, studio.client, archive)
    with zipfile.ZipFile(archive) as packed:
        data = json.loads(packed.read("data.json"))
        assert packed.read(f"files/clips/{SHA256}") == b"abc"
        assert sum(name.startswith("files/results/") for name in packed.namelist()) == 1
    assert {name: len(found) for name, found in data.items()} == dict.fromkeys(
        Table.metadata.tables.keys() - {"organisations", "erasures", "failed_sign_ins"}, 1
    )
    assert not SECRETS & {column for found in data.values() for row in found for column in row}
    assert data["visits"][0]["intake"] == {"side": "right"}
    assert str(studio.other_client) not in json.dumps(data)
    with pytest.raises(RecordMissing):
        copy_out(database, files, studio.elsewhere, studio.client, tmp_path / "other.zip")
    assert sorted(path.name for path in tmp_path.glob("*.zip*")) == ["copy.zip"]


@pytest.mark.parametrize("wrong", ["", "../" * 21 + "x", "A" * 64, "a" * 63, "a" * 64 + "\n", "a" * 63 + "/"])
def test_a_path_is_made_of_nothing_but_hashes(files: StudioFiles, studio: Studio, wrong: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        files.clip(studio.client, wrong)
