"""The re-test and the course over time as pages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from report_samples import full_plan, measurement, reasoned
from web_browser import Browser

from kinechain.knowledge.intake import questions
from kinechain.model.assessment import Assessment
from kinechain.store.tables import DiaryEntry, Job, Result, Visit, now
from kinechain.web.studio import Studio

HEALTHY = {key: False for key, question in questions().items() if question.group == "red_flag"}
CADENCE = "cadence_spm"
Add = Callable[..., UUID]


@pytest.fixture
def add(studio: Studio, client_id: UUID) -> Add:
    """Add the result of a session some days ago, with a clip of its own and steps so much quicker."""

    def result(days: int, quicker_spm: float = 0.0, sha: str = "", **athlete: object) -> UUID:
        document = json.loads(reasoned(full_plan()).to_json())
        document["intake"] |= HEALTHY
        document["athlete"] |= athlete
        for clip in document["clips"]:
            clip["sha256"] = sha or uuid4().hex * 2
        speed = measurement("speed_mps", "both", 3.0, 0.05)
        document["measurements"].append(speed.model_dump(mode="json"))
        for row in document["measurements"]:
            if row["name"] == CADENCE and row["value"] is not None:
                row |= {key: row[key] + quicker_spm for key in ("value", "low", "high")}
                row["method_error"] = {"bias": 0.0, "sd": 0.5, "source": "test"}
        Assessment.model_validate(document)
        with studio.database.writing() as session:
            visit = Visit(client_id=client_id, made_at=now() - timedelta(days=days))
            session.add(visit)
            session.flush()
            job = Job(client_id=client_id, visit_id=visit.id, state="succeeded", fraction=1.0)
            session.add(job)
            session.flush()
            made = Result(visit_id=visit.id, job_id=job.id, document=document)
            session.add(made)
            session.flush()
            return made.id

    return result


def compared(browser: Browser, client_id: UUID, before: UUID, after: UUID, status: int = 200) -> str:
    return browser.get(f"/clients/{client_id}/comparison?before={before}&after={after}", status=status)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_known_change_stands_first_and_beyond_its_error(runner: Browser, client_id: UUID, add: Add, language: str):
    before, after = add(28), add(0, quicker_spm=9.0)
    runner.post("/language", {"language": language, "back": "/"})
    page = compared(runner, client_id, before, after)
    first = re.search(r'<tr class="(\w+)">(.*?)</tr>', page, re.DOTALL)
    assert first is not None
    assert first[1] == "real"
    assert "+9" in first[2]
    other_way = compared(runner, client_id, after, before).replace(
        f"?before={after}&amp;after={before}", f"?before={before}&amp;after={after}"
    )
    assert page == other_way.replace(
        f'name="before" value="{after}"><input type="hidden" name="after" value="{before}"',
        f'name="before" value="{before}"><input type="hidden" name="after" value="{after}"',
    ), "the earlier one is the earlier one, however they were chosen"


def test_the_page_of_a_runner_offers_two_results(trainer: Browser, client_id: UUID, add: Add):
    before = add(28)
    assert "/comparison" not in trainer.get(f"/clients/{client_id}")
    after = add(0)
    page = trainer.get(f"/clients/{client_id}")
    chosen = re.findall(r'<option value="([0-9a-f-]{36})" selected', page)
    assert chosen == [str(before), str(after)]


def test_what_cannot_be_compared_is_said(runner: Browser, client_id: UUID, add: Add):
    first = add(28, sha="a" * 64)
    same_clip, other_person = add(0, sha="a" * 64), add(0, height_cm=150.0)
    assert 'role="alert"' in compared(runner, client_id, first, same_clip, status=422)
    assert 'role="alert"' in compared(runner, client_id, first, other_person, status=422)
    assert 'role="alert"' in compared(runner, client_id, first, first, status=422)
    compared(runner, client_id, first, uuid4(), status=404)


def test_the_film_is_ordered_once_the_results_are_ones_own(
    trainer: Browser, runner: Browser, client_id: UUID, add: Add, studio: Studio
):
    before, after = add(28), add(0)
    runner.post(f"/clients/{client_id}/comparison", {"before": before, "after": uuid4()}, status=404)
    runner.post(f"/clients/{client_id}/comparison", {"before": before, "after": after})
    with studio.database.writing() as session:
        (job,) = session.scalars(sa.select(Job).where(Job.kind == "compare")).all()
        assert job.payload == {"before": str(before), "after": str(after)}
        job.state, job_id = "succeeded", job.id
    assert "<video" not in runner.get(f"/jobs/{job_id}"), "no two clips could be shown beside one another"
    runner.get(f"/comparisons/{job_id}/film", status=404)
    film = studio.files.result(client_id, job_id) / "before_after.mp4"
    film.parent.mkdir(parents=True)
    film.write_bytes(b"a film")
    assert f"/comparisons/{job_id}/film" in runner.get(f"/comparisons/{job_id}")
    assert runner.http.get(f"/comparisons/{job_id}/film").content == b"a film"


def test_one_result_is_no_course_yet(runner: Browser, client_id: UUID, add: Add):
    add(3)
    page = runner.get(f"/clients/{client_id}/course")
    assert "2つ以上" in page
    assert "<svg" not in page


def test_results_pain_and_distances_stand_on_one_axis(runner: Browser, client_id: UUID, add: Add, studio: Studio):
    add(28), add(0, quicker_spm=9.0)
    day = date.today() - timedelta(days=14)
    with studio.database.writing() as session:
        noted = {"distance_km": 7.5, "pain_during": 4.0, "pain_before": 1.0}
        session.add(DiaryEntry(client_id=client_id, day=day, kind="run", noted=noted))
    page = runner.get(f"/clients/{client_id}/course")
    pain, distance = (page.split(f'id="{part}"')[1].split("</section>")[0] for part in ("pain", "distance"))
    assert "<svg" in pain
    assert "<svg" in distance
    assert "7.5 km" in distance
    dates = [f"<li>{date.today() - timedelta(days=days)}</li>" for days in (28, 0)]
    assert all(one in page for one in dates)


def test_a_course_that_cannot_be_says_why(runner: Browser, client_id: UUID, add: Add):
    add(28, sha="a" * 64), add(0, sha="a" * 64)
    assert 'role="alert"' in runner.get(f"/clients/{client_id}/course")
