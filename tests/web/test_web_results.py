"""A result: what is served of it, the plan's changes, events set by hand, and links to share it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from report_samples import of_every_plan
from web_browser import Browser

from kinechain.knowledge.exercises import exercises
from kinechain.store.tables import AuditEntry, EventCorrection, Job, PlanEdit, Result, ShareLink, User, now
from kinechain.web.studio import Studio


def rows(studio: Studio, table: type):
    with studio.database.reading() as session:
        found = session.scalars(sa.select(table).order_by(table.made_at)).all()
        session.expunge_all()
        return found


def kept(page: str) -> dict[str, str]:
    """Return the fields of the plan's form as the page fills them."""
    form = page.split('action="plan"')[1].split("</form>", maxsplit=1)[0]
    return dict(re.findall(r'name="((?:keep\.)?[a-z_.0-9]+)"[^>]* value="([^"]*)"', form))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_report_stands_in_the_page_with_its_pictures_beside_it(trainer: Browser, result_id: UUID, language: str):
    trainer.post("/language", {"language": language, "back": "/"})
    page = trainer.get(f"/results/{result_id}/")
    for part in ("chain", "evidence", "plan", "table", "method"):
        assert f'id="{part}"' in page
    pictures = set(re.findall(r'src="(frames/[^"]+)"', page))
    assert pictures
    assert "data:image" not in page
    for picture in pictures:
        answer = trainer.http.get(f"/results/{result_id}/{picture}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")


def test_every_link_within_a_result_leads_somewhere(trainer: Browser, result_id: UUID):
    page = trainer.get(f"/results/{result_id}/")
    for address in set(re.findall(r'(?:href|src)="([^"#?]+)', page)) - {"data:,"}:
        path = address if address.startswith("/") else f"/results/{result_id}/{address}"
        assert trainer.http.get(path).status_code == 200, address
    ids = set(re.findall(r'id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= ids


@pytest.mark.parametrize(
    "name", ["pose.nc", "../../../studio.sqlite", "%2e%2e/%2e%2e/x.json", "frames", "nothing.jpg", "frames/../../a.jpg"]
)
def test_nothing_else_is_served(trainer: Browser, result_id: UUID, name: str):
    trainer.get(f"/results/{result_id}/{name}", status=404)


def test_a_page_of_the_report_runs_no_script(trainer: Browser, result_id: UUID):
    policy = trainer.http.get(f"/results/{result_id}/report.ja.html").headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "script" not in policy


def test_a_changed_plan_stands_beside_the_suggestion(trainer: Browser, result_id: UUID, studio: Studio):
    form = kept(trainer.get(f"/results/{result_id}/"))
    names = [key.removeprefix("keep.") for key in form if key.startswith("keep.")]
    added = next(name for name in exercises() if name not in names)
    first, *others = names
    form = {key: value for key, value in form.items() if key != f"keep.{others[0]}"}
    page = trainer.post(
        f"/results/{result_id}/plan", {**form, f"{first}.sets": "4", "add": added, "why": "段階を上げる"}
    )
    plan = rows(studio, PlanEdit)[0].plan
    assert [exercise["id"] for exercise in plan["exercises"]] == [first, *others[1:], added]
    assert plan["exercises"][0]["sets"] == 4
    assert plan["exercises"][-1]["sets"] == exercises()[added].dose.sets
    assert "段階を上げる" in page
    assert exercises()[added].name.ja in page
    with studio.database.reading() as session:
        document = session.scalars(sa.select(Result.document)).one()
    assert [exercise["id"] for exercise in document["plan"]["exercises"]] == names, "the suggestion stays"


@pytest.mark.parametrize(
    "wrong", [{"why": " "}, {"add": "head_stand"}, {"sets": "0"}, {"sets": "many"}, {"days_per_week": "8"}]
)
def test_a_plan_that_cannot_be_is_said_and_not_kept(trainer, result_id, studio: Studio, wrong: dict[str, str]):
    form = kept(trainer.get(f"/results/{result_id}/"))
    first = next(key for key in form if key.startswith("keep.")).removeprefix("keep.")
    wrong = {f"{first}.{key}" if key in ("sets", "days_per_week") else key: value for key, value in wrong.items()}
    trainer.post(f"/results/{result_id}/plan", {**form, "why": "x", **wrong}, status=422)
    assert rows(studio, PlanEdit) == []


def test_the_second_of_two_trainers_is_told(trainer: Browser, result_id: UUID, studio: Studio):
    form = {**kept(trainer.get(f"/results/{result_id}/")), "why": "one"}
    trainer.post(f"/results/{result_id}/plan", form)
    page = trainer.post(f"/results/{result_id}/plan", {**form, "why": "two"}, status=409)
    assert "ほかの方がこのプランを変更しました" in page
    assert [edit.why for edit in rows(studio, PlanEdit)] == ["one"]


def test_nothing_is_prescribed_while_the_plan_stops(trainer: Browser, result_id: UUID, studio: Studio):
    stopped = next(one for one in of_every_plan().values() if one.plan.stop)
    with studio.database.writing() as session:
        session.execute(sa.update(Result).values(document=stopped.model_dump(mode="json", by_alias=True)))
    assert 'action="plan"' not in trainer.get(f"/results/{result_id}/")
    trainer.post(f"/results/{result_id}/plan", {"add": "hip_hinge", "why": "I know better"}, status=422)
    assert rows(studio, PlanEdit) == []


@pytest.mark.parametrize("typed", [{"found_s": "1.25", "time_s": "1.27"}, {"time_s": "1.3"}, {"found_s": "1.25"}])
def test_an_event_set_by_hand_is_kept_apart_and_measured_again(trainer, result_id, studio: Studio, typed):
    trainer.post(f"/results/{result_id}/events", {"clip": "clip1", "side": "left", "kind": "toe_off", **typed})
    correction = rows(studio, EventCorrection)[0]
    assert {key: str(getattr(correction, key)) for key in typed} == typed
    assert correction.corrected_by is not None
    job = rows(studio, Job)[-1]
    assert job.state == "queued"
    assert trainer.at == f"/jobs/{job.id}"


def test_an_event_of_the_other_foot_is_taken_from_there_and_added_here(trainer, result_id, studio: Studio):
    typed = {"found_s": "1.25", "time_s": "1.25", "found_side": "right"}
    trainer.post(f"/results/{result_id}/events", {"clip": "clip1", "side": "left", "kind": "toe_off", **typed})
    kept = {(row.side, row.found_s, row.time_s) for row in rows(studio, EventCorrection)}
    assert kept == {("right", 1.25, None), ("left", None, 1.25)}


def test_an_analysis_that_has_not_seen_the_latest_event_is_called_off(trainer, result_id, studio: Studio):
    for time_s in ("1.3", "1.4"):
        trainer.post(
            f"/results/{result_id}/events", {"clip": "clip1", "side": "left", "kind": "toe_off", "time_s": time_s}
        )
        assert [job.state for job in rows(studio, Job)] == ["succeeded", "queued"]
    with studio.database.writing() as session:
        session.execute(sa.update(Job).where(Job.state == "queued").values(state="running"))
    trainer.post(f"/results/{result_id}/events", {"clip": "clip1", "side": "left", "kind": "toe_off", "time_s": "1.5"})
    assert [(job.state, job.code) for job in rows(studio, Job)] == [
        ("succeeded", None),
        ("failed", "job_cancelled"),
        ("queued", None),
    ]


@pytest.mark.parametrize("seen", ["x", "-1", "1e9", "9" * 40, "²"])
def test_a_plan_made_from_no_number_is_refused(trainer: Browser, result_id: UUID, studio: Studio, seen: str):
    form = {**kept(trainer.get(f"/results/{result_id}/")), "why": "one", "seen": seen}
    trainer.post(f"/results/{result_id}/plan", form, status=422)
    assert rows(studio, PlanEdit) == []


@pytest.mark.parametrize("wrong", [{}, {"time_s": "-1"}, {"time_s": "1", "side": "both"}, {"time_s": "soon"}])
def test_an_event_that_cannot_be_is_refused(trainer, result_id, studio: Studio, wrong: dict[str, str]):
    values = {"clip": "clip1", "side": "left", "kind": "toe_off", **wrong}
    trainer.post(f"/results/{result_id}/events", values, status=422)
    trainer.post(f"/results/{result_id}/events", {**values, "side": "left", "time_s": "1", "clip": "x"}, status=404)
    assert rows(studio, EventCorrection) == []


def link_of(page: str) -> str:
    return "/s/" + page.split("/s/")[1].split('"', maxsplit=1)[0]


def test_a_link_opens_one_report_and_nothing_else(
    trainer: Browser, result_id: UUID, new_browser: Callable[[], Browser], studio: Studio
):
    link = link_of(trainer.post(f"/results/{result_id}/shares"))
    guest = new_browser()
    assert 'id="chain"' in guest.get(link)
    guest.get(link + "overlay.mp4")
    guest.get(link + "pose.nc", status=404)
    assert guest.http.get(f"/results/{result_id}/", follow_redirects=False).status_code == 303
    assert link[3:-1] not in str([row.secret_sha256 for row in rows(studio, ShareLink)])


@pytest.mark.parametrize("how", ["revoked", "expired", "invented"])
def test_a_link_that_is_closed_opens_nothing(trainer, result_id, new_browser, studio: Studio, how: str):
    link = link_of(trainer.post(f"/results/{result_id}/shares"))
    if how == "revoked":
        trainer.post(f"/results/{result_id}/shares/{rows(studio, ShareLink)[0].id}/revoke")
    elif how == "expired":
        with studio.database.writing() as session:
            session.execute(sa.update(ShareLink).values(expires_at=now() - timedelta(seconds=1)))
    else:
        link = "/s/" + "x" * 43 + "/"
    new_browser().get(link, status=404)
    new_browser().get(link + "overlay.mp4", status=404)


def test_a_link_is_revoked_only_with_its_own_result(trainer: Browser, result_id: UUID, studio: Studio):
    trainer.post(f"/results/{result_id}/shares")
    trainer.post(f"/results/{result_id}/shares/{uuid4()}/revoke", status=404)
    assert rows(studio, ShareLink)[0].revoked_at is None


def test_who_saw_a_result_is_on_record(trainer: Browser, runner: Browser, result_id: UUID, studio: Studio):
    runner.get(f"/results/{result_id}/")
    seen = [entry for entry in rows(studio, AuditEntry) if entry.subject_id == result_id]
    assert [entry.action for entry in seen] == ["see"]
    assert "閲覧" in trainer.get("/studio")


def test_the_report_speaks_the_language_that_this_browser_chose(trainer: Browser, result_id: UUID, studio: Studio):
    """Also where the account was last used in the other one, on another device."""
    trainer.post("/language", {"language": "en", "back": "/"})
    with studio.database.writing() as session:
        session.scalars(sa.select(User)).one().language = "ja"
    page = trainer.get(f"/results/{result_id}/")
    assert '<html lang="en">' in page
    assert not re.search("[\u3040-\u30ff]", page.split("<main", 1)[1].split("</main>", 1)[0])
