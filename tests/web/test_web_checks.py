"""Check my form from a clip: the clip, the job, and what its page says."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from exercise_samples import TIMES, check_of
from web_browser import FORM_KEY, MP4, Browser

from kinechain.knowledge.exercises import exercises
from kinechain.pipeline.exercise_pictures import picture_name
from kinechain.store.files import StudioFiles
from kinechain.store.tables import Clip, Job, Upload, Visit
from kinechain.web.studio import Studio

CONTENT = MP4 + b"a clip of hip hinges" * 20
ASKED = {"name": "hinge.mp4", "size": len(CONTENT), "exercise": "hip_hinge", "side": "right"}


def send(browser: Browser, client_id: UUID, **asked: object) -> Any:
    key = FORM_KEY.search(browser.http.get("/account").text)
    assert key is not None
    return browser.http.post(f"/clients/{client_id}/checks", json={**ASKED, **asked}, headers={"X-Form-Key": key[1]})


def sent(browser: Browser, client_id: UUID, **asked: object) -> str:
    upload = send(browser, client_id, **asked).json()
    key = FORM_KEY.search(browser.http.get("/account").text)
    assert key is not None
    for start in (0, 250):
        piece = CONTENT[start : 250 if start == 0 else None]
        answer = browser.http.put(
            f"/uploads/{upload['id']}", params={"start": start}, content=piece, headers={"X-Form-Key": key[1]}
        )
    clip: str = answer.json()["clip"]
    return clip


def rows(studio: Studio, table: type) -> list[Any]:
    with studio.database.reading() as session:
        found = list(session.scalars(sa.select(table)).all())
        session.expunge_all()
        return found


def ended(studio: Studio, client_id: UUID, document: dict[str, Any]) -> UUID:
    with studio.database.writing() as session:
        job = Job(client_id=client_id, kind="check_exercise", state="succeeded", fraction=1.0, document=document)
        job.payload = {"exercise": document["exercise"], "sha256": "0" * 64}
        session.add(job)
        session.flush()
        return job.id


def test_a_clip_is_sent_in_pieces_and_its_check_is_queued(
    runner: Browser, client_id: UUID, studio: Studio, files: StudioFiles
):
    clip = sent(runner, client_id)
    runner.post(f"/clips/{clip}/check")
    runner.post(f"/clips/{clip}/check")
    (job,) = rows(studio, Job)
    assert runner.at == f"/jobs/{job.id}"
    assert (job.kind, job.client_id, job.visit_id) == ("check_exercise", client_id, None)
    assert (job.payload["exercise"], job.payload["side"]) == ("hip_hinge", "right")
    assert files.clip(client_id, job.payload["sha256"]).read_bytes() == CONTENT
    assert f"/clients/{client_id}" in runner.get(f"/jobs/{job.id}")


def test_clips_of_exercises_are_of_no_session(trainer: Browser, runner: Browser, client_id: UUID, studio: Studio):
    sent(runner, client_id)
    sent(trainer, client_id, name="again.mp4", exercise="ball_calf_raise")
    (visit,) = rows(studio, Visit)
    assert visit.kind == "follow_up"
    assert "/visits/" not in trainer.get(f"/clients/{client_id}").replace(f"/clients/{client_id}/visits", "")
    trainer.post(f"/visits/{visit.id}/analyse", status=404)
    assert rows(studio, Job) == []


@pytest.mark.parametrize(
    "wrong", [{"exercise": "squat"}, {"exercise": ""}, {"side": "top"}, {"size": 0}, {"name": ""}, {"exercise": None}]
)
def test_a_wrong_request_begins_nothing(runner: Browser, client_id: UUID, studio: Studio, wrong: dict[str, object]):
    assert send(runner, client_id, **wrong).status_code == 422
    assert rows(studio, Upload) == []
    assert rows(studio, Visit) == []


def test_too_large_or_without_consent_begins_nothing(trainer: Browser, client_id: UUID, studio: Studio):
    assert send(trainer, client_id, size=studio.limits.clip_bytes + 1).status_code == 413
    clip = sent(trainer, client_id)
    trainer.post(f"/clients/{client_id}/consent")
    assert send(trainer, client_id, name="b.mp4").status_code == 403
    trainer.post(f"/clips/{clip}/check", status=403)
    assert rows(studio, Job) == []


def test_a_clip_of_running_is_not_checked_as_an_exercise(trainer: Browser, client_id: UUID, studio: Studio):
    trainer.post(f"/clients/{client_id}/visits")
    with studio.database.writing() as session:
        clip = Clip(visit_id=UUID(trainer.at.rsplit("/", 1)[1]), sha256="a" * 64, size_bytes=1, file_name="run.mp4")
        session.add(clip)
        session.flush()
        clip_id = clip.id
    trainer.post(f"/clips/{clip_id}/check", status=404)
    assert rows(studio, Job) == []


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_result_counts_and_asks_what_no_clip_shows(runner: Browser, client_id: UUID, studio: Studio, language: str):
    document = check_of("hip_hinge", "hip_hinge")
    job = ended(studio, client_id, document)
    runner.post("/language", {"language": language, "back": "/"})
    page = runner.get(f"/jobs/{job}")
    assert f"<dd>{TIMES.n}" in page
    assert exercises()["hip_hinge"].name[language] in page
    assert document["faults"] == []
    for asked in document["not_observable"]:
        assert asked["question"][language].replace("'", "&#39;") in page


def with_fault(name: str) -> dict[str, Any]:
    fault = exercises()["hip_hinge"].fault(name)
    seen = {"id": fault.id, "by": fault.by, "side": "right", "frame": 9, "value": 40.0, "threshold": 25.0}
    return check_of("hip_hinge", "hip_hinge") | {"faults": [{**seen, "unit": "deg", "cue": fault.cue.model_dump()}]}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_fault_is_told_and_shown_with_what_to_say_to_it(
    runner: Browser, client_id: UUID, studio: Studio, files: StudioFiles, language: str
):
    runner.post("/language", {"language": language, "back": "/"})
    fault, job = exercises()["hip_hinge"].fault("knee_bends"), ended(studio, client_id, with_fault("knee_bends"))
    page = runner.get(f"/checks/{job}")
    assert fault.cue[language] in page
    assert fault.text[language] in page
    assert "<img" not in page, "a check without pictures is still told"
    picture = files.result(client_id, job) / picture_name(9)
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"a picture")
    page = runner.get(f"/checks/{job}")
    assert f'<img src="/checks/{job}/frames/9"' in page
    shown = runner.http.get(f"/checks/{job}/frames/9")
    assert (shown.content, shown.headers["content-type"]) == (b"a picture", "image/jpeg")
    for other in ("8", "-1", "9.jpg", "..%2f..%2f9", "exercise_check.json"):
        runner.get(f"/checks/{job}/frames/{other}", status=404)


def test_a_clip_that_is_deleted_takes_its_checks_and_pictures(
    runner: Browser, client_id: UUID, studio: Studio, files: StudioFiles
):
    clip = sent(runner, client_id)
    runner.post(f"/clips/{clip}/check")
    (job,) = rows(studio, Job)
    other = ended(studio, client_id, check_of("hip_hinge", "hip_hinge"))
    folders = [files.result(client_id, job.id), files.attempt(client_id, job.id, 1), files.result(client_id, other)]
    for folder in folders:
        folder.mkdir(parents=True)
    page = runner.get(f"/clients/{client_id}/checks")
    assert f'href="/jobs/{job.id}"' in page
    assert f'action="/clips/{clip}/remove"' in page
    runner.post(f"/clips/{clip}/remove")
    assert runner.at == f"/clients/{client_id}/checks"
    assert rows(studio, Clip) == []
    assert [one.id for one in rows(studio, Job)] == [other]
    assert [folder.exists() for folder in folders] == [False, False, True]
    assert not files.clip(client_id, job.payload["sha256"]).exists()
    runner.get(f"/jobs/{job.id}", status=404)


def test_the_same_clip_in_a_session_keeps_its_file_and_check(
    trainer: Browser, client_id: UUID, studio: Studio, files: StudioFiles
):
    clip = sent(trainer, client_id)
    trainer.post(f"/clips/{clip}/check")
    trainer.post(f"/clients/{client_id}/visits")
    (one,) = rows(studio, Clip)
    with studio.database.writing() as session:
        visit_id = UUID(trainer.at.rsplit("/", 1)[1])
        session.add(Clip(visit_id=visit_id, sha256=one.sha256, size_bytes=1, file_name="run.mp4"))
    trainer.post(f"/clips/{clip}/remove")
    assert files.clip(client_id, one.sha256).exists()
    assert len(rows(studio, Job)) == 1


def test_another_exercise_is_named_and_nothing_else_judged(runner: Browser, client_id: UUID, studio: Studio):
    document = check_of("ball_calf_raise", "hip_hinge")
    page = runner.get(f"/checks/{ended(studio, client_id, document)}")
    assert document["recognised"] is False
    assert document["looks_like_text"]["ja"] in page
    assert exercises()["hip_hinge"].camera.ja in page
    assert 'class="facts"' not in page


def test_what_failed_says_why_and_leads_back(runner: Browser, client_id: UUID, studio: Studio):
    with studio.database.writing() as session:
        job = Job(
            client_id=client_id,
            kind="check_exercise",
            state="failed",
            code="clip_too_short",
            message={"ja": "短すぎます。", "en": "Too short."},
        )
        session.add(job)
        session.flush()
        job_id = job.id
    page = runner.get(f"/jobs/{job_id}")
    assert "短すぎます。" in page
    assert "/visits/None" not in page
    runner.get(f"/checks/{job_id}", status=404)
