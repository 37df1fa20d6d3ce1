"""A session: answers are kept, clips arrive whole whatever breaks, and the analysis is queued once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from uuid import UUID

import pytest
import sqlalchemy as sa
from web_browser import FORM_KEY, MP4, Browser

from kinechain.knowledge.field_tests import field_tests
from kinechain.knowledge.intake import questions
from kinechain.store.files import StudioFiles
from kinechain.store.tables import Clip, Job, Upload, Visit
from kinechain.web.studio import Studio

CONTENT = MP4 + bytes(range(256)) * 40


@pytest.fixture
def visit_id(trainer: Browser, client_id: UUID) -> UUID:
    trainer.post(f"/clients/{client_id}/visits")
    return UUID(trainer.at.rsplit("/", 1)[1])


def key_of(browser: Browser) -> dict[str, str]:
    found = FORM_KEY.search(browser.get("/account"))
    assert found
    return {"X-Form-Key": found[1]}


def begin(browser: Browser, visit_id: UUID, size: int = len(CONTENT), **told: object):
    body = {"name": "走り.mp4", "size": size, **told}
    return browser.http.post(f"/visits/{visit_id}/uploads", json=body, headers=key_of(browser))


def put(browser: Browser, upload: str, start: int, piece: bytes):
    return browser.http.put(f"/uploads/{upload}?start={start}", content=piece, headers=key_of(browser))


def send(browser: Browser, visit_id: UUID, content: bytes = CONTENT, **told: object) -> str:
    upload = begin(browser, visit_id, len(content), **told).json()["id"]
    return put(browser, upload, 0, content).json()["clip"]


def kept(studio: Studio, row: type, **having: object):
    with studio.database.reading() as session:
        found = session.scalars(sa.select(row).filter_by(**having)).all()
        session.expunge_all()
        return found


def test_answers_are_kept_as_the_command_line_reads_them(trainer: Browser, visit_id: UUID, studio: Studio):
    typed = {"side": "right", "keeps_coming_back": "yes", "trigger_distance_km": "7,5", "trigger_pace": "4:30/km"}
    trainer.post(f"/visits/{visit_id}/intake", typed)
    answers = kept(studio, Visit)[0].intake
    assert answers == {
        "side": "right",
        "keeps_coming_back": True,
        "trigger_distance_km": 7.5,
        "trigger_pace": "4:30/km",
    }
    page = trainer.get(f"/visits/{visit_id}/intake")
    assert 'value="right" checked' in page
    assert 'value="7.5"' in page


@pytest.mark.parametrize("typed", [{"side": "upper"}, {"trigger_distance_km": "999"}, {"trigger_pace": "fast"}])
def test_a_wrong_answer_is_shown_again_and_nothing_is_kept(trainer, visit_id, studio: Studio, typed):
    page = trainer.post(f"/visits/{visit_id}/intake", {**typed, "keeps_coming_back": "no"}, status=422)
    key, value = next(iter(typed.items()))
    assert f'question off" id="{key}"' in page
    assert key == "side" or f'value="{value}"' in page
    assert kept(studio, Visit)[0].intake == {}


def test_every_question_is_asked_in_both_languages(trainer: Browser, visit_id: UUID):
    for language in ("ja", "en"):
        trainer.post("/language", {"language": language, "back": "/"})
        page = trainer.get(f"/visits/{visit_id}/intake")
        for question in questions().values():
            assert f'name="{question.id}"' in page
            assert question.label[language].split("&")[0].split("'")[0].split('"')[0] in page


def test_the_plan_asks_for_the_open_health_questions_first(trainer: Browser, visit_id: UUID):
    assert f"/visits/{visit_id}/intake#rf_" in trainer.get(f"/visits/{visit_id}/plan")
    answers = {q.id: "no" for q in questions().values() if q.group == "red_flag"}
    trainer.post(f"/visits/{visit_id}/intake", {**answers, "side": "right", "trigger": "pace"})
    for place in ("studio", "alone"):
        assert '<ol class="plan">' in trainer.get(f"/visits/{visit_id}/plan?place={place}")
    trainer.get(f"/visits/{visit_id}/plan?place=moon", status=422)


def test_a_clip_arrives_in_pieces_and_is_the_same(trainer, visit_id, client_id, studio: Studio, files: StudioFiles):
    upload = begin(trainer, visit_id, view="side_left", pace="4:30/km").json()
    assert upload["received"] == 0
    assert put(trainer, upload["id"], 0, CONTENT[:5000]).json() == {"received": 5000, "clip": None}
    again = begin(trainer, visit_id, view="side_left", pace="4:30/km").json()
    assert (again["id"], again["received"]) == (upload["id"], 5000), "it goes on from there"
    whole = put(trainer, upload["id"], 5000, CONTENT[5000:]).json()
    clip = kept(studio, Clip)[0]
    assert whole == {"received": len(CONTENT), "clip": str(clip.id)}
    assert clip.filming == {"view": "side_left", "pace": "4:30/km"}
    assert clip.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert files.clip(client_id, clip.sha256).read_bytes() == CONTENT
    assert kept(studio, Upload) == []
    assert not list((files.person(client_id) / "uploads").iterdir())


@pytest.mark.parametrize(("start", "piece"), [(10, b"abc"), (0, CONTENT + b"x")])
def test_a_piece_that_does_not_fit_changes_nothing(trainer, visit_id, studio: Studio, start: int, piece: bytes):
    upload = begin(trainer, visit_id).json()["id"]
    assert put(trainer, upload, start, piece).status_code == 409
    assert put(trainer, upload, 0, CONTENT).json()["clip"]


def test_what_a_crash_lost_is_sent_again(trainer, visit_id, client_id, studio: Studio, files: StudioFiles):
    upload = begin(trainer, visit_id).json()["id"]
    put(trainer, upload, 0, CONTENT[:5000])
    part = files.upload(client_id, UUID(upload))
    part.write_bytes(CONTENT[:100])
    assert put(trainer, upload, 5000, CONTENT[5000:]).status_code == 409
    assert begin(trainer, visit_id).json()["received"] == 0
    assert put(trainer, upload, 0, CONTENT).json()["clip"]
    assert files.clip(client_id, kept(studio, Clip)[0].sha256).read_bytes() == CONTENT


def test_bytes_that_do_not_count_are_overwritten(trainer, visit_id, client_id, files: StudioFiles, studio: Studio):
    upload = begin(trainer, visit_id).json()["id"]
    put(trainer, upload, 0, CONTENT[:300])
    files.upload(client_id, UUID(upload)).write_bytes(CONTENT[:300] + b"never acknowledged")
    put(trainer, upload, 300, CONTENT[300:])
    assert files.clip(client_id, kept(studio, Clip)[0].sha256).read_bytes() == CONTENT


def test_a_full_disk_is_said_and_what_arrived_is_kept(trainer, visit_id, monkeypatch: pytest.MonkeyPatch):
    upload = begin(trainer, visit_id).json()["id"]
    put(trainer, upload, 0, CONTENT[:300])

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("kinechain.store.uploads._write", full)
        answer = put(trainer, upload, 300, CONTENT[300:])
    assert answer.status_code == 507
    assert begin(trainer, visit_id).json()["received"] == 300
    assert put(trainer, upload, 300, CONTENT[300:]).json()["clip"]


def test_too_large_is_said_before_it_is_sent(trainer: Browser, visit_id: UUID, studio: Studio):
    assert begin(trainer, visit_id, studio.limits.clip_bytes + 1).status_code == 413
    assert put(trainer, str(visit_id), 0, b"x" * (studio.limits.piece_bytes + 1)).status_code == 413
    assert kept(studio, Upload) == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\\b.mp4", "走り<script>.mp4", "x" * 255])
def test_a_file_name_never_becomes_a_path(trainer, visit_id, client_id, files: StudioFiles, name: str):
    upload = begin(trainer, visit_id, name=name).json()["id"]
    put(trainer, upload, 0, CONTENT)
    everything = {path for path in files.root.rglob("*") if path.is_file() and "studio.sqlite" not in path.name}
    assert everything == {files.clip(client_id, hashlib.sha256(CONTENT).hexdigest())}
    assert "<script>." not in trainer.get(f"/visits/{visit_id}")


@pytest.mark.parametrize("told", [{"pace": "0:30/km"}, {"pace": "quick"}, {"view": "top"}, {"size": 0}, {"name": ""}])
def test_wrong_filming_is_refused(trainer: Browser, visit_id: UUID, studio: Studio, told: dict[str, object]):
    assert begin(trainer, visit_id, **told).status_code == 422
    assert kept(studio, Upload) == []


def test_the_same_file_twice_is_one_clip(trainer: Browser, visit_id: UUID, studio: Studio):
    first, second = send(trainer, visit_id), send(trainer, visit_id, view="rear")
    assert first == second
    assert [clip.filming for clip in kept(studio, Clip)] == [{"view": "rear"}]


def test_a_clip_that_is_removed_takes_its_file_unless_another_session_has_it(
    trainer, visit_id, client_id, studio: Studio, files: StudioFiles
):
    first = send(trainer, visit_id)
    trainer.post(f"/clients/{client_id}/visits")
    second = send(trainer, UUID(trainer.at.rsplit("/", 1)[1]))
    path = files.clip(client_id, hashlib.sha256(CONTENT).hexdigest())
    trainer.post(f"/clips/{first}/remove")
    assert path.exists()
    trainer.post(f"/clips/{second}/remove")
    assert not path.exists()


def test_nothing_is_taken_in_without_consent(trainer: Browser, visit_id: UUID, client_id: UUID, studio: Studio):
    send(trainer, visit_id)
    trainer.post(f"/clients/{client_id}/consent")
    assert begin(trainer, visit_id, name="other.mp4").status_code == 403
    trainer.post(f"/visits/{visit_id}/analyse", status=403)
    assert kept(studio, Job) == []


def test_an_analysis_is_queued_once_and_needs_a_clip(trainer: Browser, visit_id: UUID, studio: Studio):
    trainer.post(f"/visits/{visit_id}/analyse", status=422)
    send(trainer, visit_id)
    trainer.post(f"/visits/{visit_id}/analyse")
    trainer.post(f"/visits/{visit_id}/analyse")
    job = kept(studio, Job)[0]
    assert len(kept(studio, Job)) == 1
    assert trainer.at == f"/jobs/{job.id}"
    assert 'hx-trigger="every 1s"' in trainer.get(f"/jobs/{job.id}")


def test_the_runner_may_answer_and_send_too(runner: Browser, visit_id: UUID, new_browser: Callable[[], Browser]):
    runner.post(f"/visits/{visit_id}/intake", {"side": "left"})
    assert send(runner, visit_id)


def test_results_of_tests_are_kept_as_a_session_file_states_them(trainer: Browser, visit_id: UUID, studio: Studio):
    items = [item.id for item in field_tests()["foot_posture_index"].items]
    scores = {f"foot_posture_index.left.{item}": "1" for item in items}
    typed = {"knee_to_wall_cm.left": "9,5", "knee_to_wall_cm.right": "4", "rolloff_class.right": "little_toe", **scores}
    trainer.post(f"/visits/{visit_id}/tests", typed)
    tests = {(test["name"], test["side"]): test["value"] for test in kept(studio, Visit)[0].tests}
    assert tests == {
        ("knee_to_wall_cm", "left"): 9.5,
        ("knee_to_wall_cm", "right"): 4.0,
        ("rolloff_class", "right"): "little_toe",
        ("foot_posture_index", "left"): 6.0,
    }
    page = trainer.get(f"/visits/{visit_id}/tests")
    assert 'name="knee_to_wall_cm.left" inputmode="decimal" value="9.5"' in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"knee_to_wall_cm.left": "300"},
        {"knee_to_wall_cm.left": "far"},
        {"rolloff_class.left": "heel"},
        {"foot_posture_index.left.talar_head": "1"},
    ],
)
def test_a_result_that_cannot_be_is_said(trainer: Browser, visit_id: UUID, studio: Studio, wrong: dict[str, str]):
    page = trainer.post(f"/visits/{visit_id}/tests", {"heel_raises.left": "20", **wrong}, status=422)
    assert 'name="heel_raises.left" inputmode="decimal" value="20"' in page
    assert kept(studio, Visit)[0].tests == []


def test_a_clip_is_looked_at_once(trainer: Browser, visit_id: UUID, studio: Studio):
    clip = send(trainer, visit_id, view="rear")
    assert "動画を確かめています" in trainer.get(f"/clips/{clip}/check")
    trainer.get(f"/clips/{clip}/check")
    (job,) = kept(studio, Job)
    assert (job.kind, job.payload["view"]) == ("check_clip", "rear")
    with studio.database.writing() as session:
        found = session.get_one(Job, job.id)
        found.state, found.document = "succeeded", {"usable": True, "fps": 120.0, "strides_expected": 12}
    page = trainer.get(f"/clips/{clip}/check")
    assert "使えます" in page
    assert "120 fps" in page
    assert "hx-trigger" not in page
