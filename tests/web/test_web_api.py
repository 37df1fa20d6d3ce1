"""The interface for programs: what it does is what the pages do, and the example of the documentation runs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from report_samples import full_plan, reasoned
from served_studio import served
from web_browser import MP4, Browser

from kinechain.store import accounts
from kinechain.store.accounts import FAILURES_OF_ADDRESS
from kinechain.store.job_queue import JobQueue
from kinechain.store.tables import ApiToken, Client, EventCorrection, User
from kinechain.web.kept_data import CONSENT_VERSION
from kinechain.web.studio import Studio

V1 = "/api/v1"
DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture
def program(programs: Callable[[str], TestClient]) -> TestClient:
    """A program of the first trainer."""
    return programs("trainer")


def told(answer, status: int) -> str:
    """Return the code of a refusal, which speaks both languages."""
    assert answer.status_code == status, answer.text
    refusal = answer.json()
    for text in (refusal["message"], refusal["hint"]):
        assert set(text) == {"ja", "en"}
        assert all(text.values())
    return refusal["code"]


def test_a_wrong_key_is_counted_and_a_right_one_waits_too(programs: Callable[[str], TestClient], program: TestClient):
    wrong = programs("wrong")
    for _ in range(FAILURES_OF_ADDRESS):
        answer = wrong.get(f"{V1}/me")
        assert told(answer, 401) == "api_key_invalid"
        assert answer.headers["www-authenticate"] == "Bearer"
    assert told(wrong.get(f"{V1}/me"), 429) == "too_many_tries"
    assert told(program.get(f"{V1}/me"), 429) == "too_many_tries"


def test_wrong_keys_lock_nobody_out_of_the_pages(programs: Callable[[str], TestClient], new_browser):
    wrong = programs("wrong")
    for _ in range(FAILURES_OF_ADDRESS + 1):
        wrong.get(f"{V1}/me")
    new_browser().post("/sign-in", {"email": "t@studio.example", "password": "a long walk uphill"})


@pytest.mark.parametrize("how", ["revoked", "expired", "closed"])
def test_a_key_that_ended_opens_nothing(program: TestClient, studio: Studio, how: str):
    with studio.database.writing() as session:
        if how == "closed":
            session.execute(sa.update(User).values(disabled_at=sa.func.now()))
        else:
            column = {"revoked": "revoked_at", "expired": "expires_at"}[how]
            session.execute(sa.update(ApiToken).values({column: accounts.now()}))
    assert told(program.get(f"{V1}/me"), 401) == "api_key_invalid"


def test_a_program_revokes_its_own_key_and_no_other(programs: Callable[[str], TestClient], program: TestClient):
    mine = program.get(f"{V1}/me/keys").json()["items"][0]["id"]
    assert told(programs("runner").delete(f"{V1}/me/keys/{mine}"), 404) == "record_missing"
    assert program.delete(f"{V1}/me/keys/{mine}").status_code == 204
    assert program.get(f"{V1}/me").status_code == 401


def test_long_lists_come_in_parts_that_join(program: TestClient, trainer: Browser):
    for number in range(5):
        program.post(f"{V1}/clients", json={"name": f"runner {number}"})
    whole = program.get(f"{V1}/clients").json()
    assert (whole["total"], whole["next_offset"]) == (6, None)
    joined, offset = [], 0
    while offset is not None:
        part = program.get(f"{V1}/clients", params={"limit": 4, "offset": offset}).json()
        joined += part["items"]
        offset = part["next_offset"]
    assert joined == whole["items"]
    assert program.get(f"{V1}/clients", params={"limit": 201}).status_code == 422
    seen = program.get(f"{V1}/studio/audit", params={"limit": 2}).json()
    assert len(seen["items"]) == 2
    assert seen["items"][0]["made_at"] >= seen["items"][1]["made_at"]


def test_what_a_program_does_stands_in_the_pages(program: TestClient, trainer: Browser, client_id: UUID):
    program.put(f"{V1}/clients/{client_id}/athlete", json={"height_cm": 181})
    program.put(f"{V1}/studio", json={"name": "坂の上", "retention_days": 400})
    assert 'value="181"' in trainer.get(f"/clients/{client_id}")
    assert "坂の上" in trainer.get("/studio")


def test_a_runner_sees_only_themselves(programs: Callable[[str], TestClient], program: TestClient, client_id: UUID):
    program.post(f"{V1}/clients", json={"name": "somebody else"})
    runner = programs("runner")
    assert [one["id"] for one in runner.get(f"{V1}/clients").json()["items"]] == [str(client_id)]
    assert runner.get(f"{V1}/me").json()["client_id"] == str(client_id)


def test_only_the_present_text_can_be_agreed_to(program: TestClient, client_id: UUID):
    path = f"{V1}/clients/{client_id}/consent"
    assert program.delete(path).json()["given"] is None
    assert told(program.put(path, json={"text_version": "2019-01", "language": "ja"}), 422) == "form_invalid"
    given = program.put(path, json={"text_version": CONSENT_VERSION, "language": "en"}).json()["given"]
    assert (given["text_version"], given["language"]) == (CONSENT_VERSION, "en")


def test_consent_taken_back_is_back_even_where_two_versions_were_agreed_to(
    program: TestClient, studio: Studio, client_id: UUID
):
    with studio.database.writing() as session:
        session.execute(sa.text("UPDATE consents SET text_version = 'earlier'"))
    path = f"{V1}/clients/{client_id}/consent"
    program.put(path, json={"text_version": CONSENT_VERSION, "language": "ja"})
    assert program.delete(path).json()["given"] is None


def test_the_diary_takes_what_a_diary_file_takes(program: TestClient, client_id: UUID):
    path = f"{V1}/clients/{client_id}/diary"
    run = {"date": "2026-04-02", "distance_km": 8.0, "pain_during": 2.0}
    made = program.post(path, json=run).json()
    program.post(path, json={"date": "2026-04-01", "exercise": "hip_hinge", "sets": 3})
    assert told(program.post(path, json={"date": "2026-04-01", "distance_km": 1, "sets": 3}), 422) == "form_invalid"
    days = [row["entry"]["date"] for row in program.get(path).json()["items"]]
    assert days == ["2026-04-01", "2026-04-02"]
    only = program.get(path, params={"first": "2026-04-02"}).json()["items"]
    assert {key: value for key, value in only[0]["entry"].items() if value is not None} == run
    assert program.delete(f"{path}/{made['id']}").status_code == 204
    assert told(program.delete(f"{path}/{made['id']}"), 404) == "record_missing"


@pytest.mark.parametrize(
    "answers", [{"side": "up"}, {"no_such_question": True}, {"pain_worst": 99}, {"side": "a\u0000"}]
)
def test_wrong_answers_are_refused_and_nothing_is_kept(program: TestClient, rows: dict[str, UUID], answers):
    path = f"{V1}/visits/{rows['visit_id']}"
    assert program.put(f"{path}/intake", json={"answers": {"side": "left"}}).status_code == 200
    assert told(program.put(f"{path}/intake", json={"answers": answers}), 422) == "form_invalid"
    assert program.get(path).json()["intake"] == {"side": "left"}


def test_two_programs_that_edit_one_plan_notice(program: TestClient, result_id: UUID):
    path = f"{V1}/results/{result_id}/plan"
    plans = program.get(path).json()
    chosen = plans["current"]["exercises"][:1]
    chosen[0]["sets"] = 5
    asked = {"seen": plans["number"], "exercises": chosen, "why": "stronger now"}
    changed = program.put(path, json=asked).json()
    assert (changed["number"], changed["current"]["exercises"]) == (1, chosen)
    assert changed["suggested"] == plans["suggested"]
    assert (changed["changes"][0]["by"], changed["changes"][0]["why"]) == ("佐藤", "stronger now")
    assert told(program.put(path, json=asked), 409) == "plan_changed_meanwhile"


@pytest.mark.parametrize(
    "wrong", [{"why": "  "}, {"exercises": [{"id": "no_such"}]}, {"exercises": "twice"}, {"seen": -1}]
)
def test_a_plan_that_cannot_be_is_refused(program: TestClient, result_id: UUID, wrong: dict):
    path = f"{V1}/results/{result_id}/plan"
    first = program.get(path).json()["current"]["exercises"][0]
    chosen = wrong.get("exercises", [])
    made = [first, first] if chosen == "twice" else [{**first, **one} for one in chosen]
    asked = {"seen": 0, "why": "x", **wrong, "exercises": made}
    assert told(program.put(path, json=asked), 422) == "form_invalid"
    assert program.get(path).json()["number"] == 0


def test_an_event_set_by_hand_is_kept_and_measured_again(program: TestClient, result_id: UUID, studio: Studio):
    path = f"{V1}/results/{result_id}/events"
    event = {"clip": "clip1", "side": "left", "kind": "toe_off", "found_s": 1.0, "time_s": 1.02}
    job = program.post(path, json=event)
    assert (job.status_code, job.json()["state"]) == (202, "queued")
    listed = program.get(path).json()["items"][0]
    assert {key: listed[key] for key in event} == event
    assert told(program.post(path, json={**event, "clip": "clip9"}), 404) == "record_missing"
    assert told(program.post(path, json={**event, "found_s": None, "time_s": None}), 422) == "form_invalid"
    with studio.database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(EventCorrection)) == 1


def test_a_link_opens_the_report_until_it_is_closed(program: TestClient, result_id: UUID, new_browser):
    made = program.post(f"{V1}/results/{result_id}/shares", json={"days": 3}).json()
    path = made["url"].removeprefix("http://studio.example")
    new_browser().get(path)
    assert [one["id"] for one in program.get(f"{V1}/results/{result_id}/shares").json()["items"]] == [made["id"]]
    program.delete(f"{V1}/results/{result_id}/shares/{made['id']}")
    new_browser().get(path, status=404)


@pytest.mark.parametrize("name", ["pose.nc", "%2e%2e/%2e%2e/x.json", "a%00.jpg", "x" * 400 + ".jpg", "frames"])
def test_no_other_file_is_handed_out(program: TestClient, trainer: Browser, result_id: UUID, name: str):
    assert told(program.get(f"{V1}/results/{result_id}/files/{name}"), 404) == "record_missing"
    trainer.get(f"/results/{result_id}/{name}", status=404)


def test_every_file_that_is_named_is_handed_out(program: TestClient, result_id: UUID):
    result = program.get(f"{V1}/results/{result_id}").json()
    assert "report.ja.html" in result["files"]
    assert "pose.nc" not in result["files"]
    for name in result["files"]:
        assert program.get(f"{V1}/results/{result_id}/files/{name}").status_code == 200
    assert result["assessment"] == json.loads(reasoned(full_plan()).to_json())


def test_everything_of_a_runner_is_handed_over_and_deleted(program: TestClient, client_id: UUID, studio: Studio):
    archive = program.get(f"{V1}/clients/{client_id}/export")
    assert archive.headers["content-type"] == "application/zip"
    assert archive.content.startswith(b"PK")
    path = f"{V1}/clients/{client_id}/erase"
    assert told(program.post(path, json={"name": "somebody else"}), 422) == "form_invalid"
    assert program.post(path, json={"name": "鈴木"}).status_code == 204
    assert told(program.get(f"{V1}/clients/{client_id}"), 404) == "record_missing"
    with studio.database.reading() as session:
        assert session.get(Client, client_id) is None


@pytest.mark.parametrize(
    ("method", "path", "content", "status"),
    [
        ("POST", "/clients", b'{"name": "a"', 422),
        ("POST", "/clients", b"\xff\xfe", 422),
        ("POST", "/clients", b'{"name": "\\u0000"}', 422),
        ("POST", "/clients", b'{"name": "a", "athlete": {"height_cm": NaN}}', 422),
        ("POST", "/clients", b'{"name": "a", "no_such_key": 1}', 422),
        ("GET", "/clients/not-a-number", None, 404),
        ("GET", "/no/such/path", None, 404),
        ("PATCH", "/clients", None, 405),
    ],
)
def test_whatever_comes_in_is_refused_in_both_languages(program: TestClient, method, path, content, status):
    headers = {"Content-Type": "application/json"}
    told(program.request(method, V1 + path, content=content, headers=headers), status)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_page_lists_every_operation(trainer: Browser, language: str):
    trainer.post("/language", {"language": language, "back": "/"})
    page = trainer.get(f"{V1}/")
    contract = trainer.http.get(f"{V1}/openapi.json").json()
    for path, methods in contract["paths"].items():
        for method, operation in methods.items():
            assert f"<code>{method.upper()} {path}</code>" in page
            assert operation["description"]
            assert operation["security"] == [{"key": []}]
    assert "<script src=" not in page.replace('<script src="/static/', "")


def finish_one(studio: Studio) -> None:
    """End the first analysis that is queued with a result that was made before."""
    queue = JobQueue(studio.database)
    while (attempt := queue.take()) is None:
        time.sleep(0.05)
    queue.succeed(attempt, json.loads(reasoned(full_plan()).to_json()))


def test_the_example_of_the_documentation_runs(studio: Studio, trainer: Browser, tmp_path: Path):
    example = re.search(r"```python\n(.*?)```", (DOCS / "api.md").read_text(encoding="utf-8"), re.DOTALL)[1]
    with studio.database.writing() as session:
        key = accounts.new_api_token(session, session.scalars(sa.select(User)).one(), "example", 1)
    clip = tmp_path / "run.mp4"
    clip.write_bytes(MP4 + os.urandom((16 << 20) + 5))  # two pieces
    worker = threading.Thread(target=finish_one, args=(studio,), daemon=True)
    with served(studio) as url:
        worker.start()
        done = subprocess.run(
            [sys.executable, "-c", example],
            env={**os.environ, "KINECHAIN_STUDIO": url, "KINECHAIN_KEY": key, "KINECHAIN_CLIP": str(clip)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    measured = reasoned(full_plan()).measurements
    assert [line.split()[0] for line in done.stdout.splitlines()] == [one.name for one in measured]
    kept = next((studio.files.root / "people").glob("*/clips/*"))
    assert kept.read_bytes() == clip.read_bytes()
