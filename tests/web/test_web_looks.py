"""Every page in a real browser, both languages, phone and tablet: nothing is clipped, the rules of access hold.

The pictures are kept in `build/e2e/pages` for whoever looks at them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import cv2
import numpy as np
import pytest
from exercise_samples import check_of
from served_studio import served
from test_web_doors import ROUTES, filled
from web_browser import Browser

from browsers import LOCALE, PHONE, TABLET, launched
from kinechain.knowledge.exercises import exercises
from kinechain.pipeline.exercise_pictures import picture_name
from kinechain.store.tables import Job, Result, Visit, now
from kinechain.web.doors import COOKIE, LANGUAGE_COOKIE
from kinechain.web.studio import Studio

pytestmark = pytest.mark.e2e
#: Rules that are the browser's or the studio's own choice and no fault of a page.
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
NO_PAGES = ("/static", "/api/v1/openapi.json", "/s/", "/invitation", "/clips/")  # the last answers a part of a page
FILES = ("{name:path}", "/export", "/film", "/frames/{frame}")
PAGES = sorted(
    path
    for (method, path), (door, _) in ROUTES.items()
    if method == "GET" and "key" not in door and not path.startswith(NO_PAGES) and not path.endswith(FILES)
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def pictures() -> Path:
    folder = Path("build/e2e/pages")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def url(studio: Studio, rows: dict[str, UUID]) -> Iterator[str]:
    """The address of a running studio with a row of every kind; a fault of an exercise has its picture."""
    row = exercises()["hip_hinge"].fault("knee_bends")
    seen = {"id": row.id, "by": row.by, "side": "right", "frame": 9, "value": 40.0, "threshold": 25.0, "unit": "deg"}
    with studio.database.writing() as session:
        job = session.get_one(Job, rows["check_job_id"])
        job.document = check_of("hip_hinge", "hip_hinge") | {"faults": [{**seen, "cue": row.cue.model_dump()}]}
        picture = studio.files.result(job.client_id, job.id) / picture_name(9)
    cv2.imwrite(str(picture), np.full((720, 480, 3), (180, 190, 200), np.uint8))
    with served(studio) as address:
        yield address


@pytest.fixture
def earlier_id(studio: Studio, rows: dict[str, UUID]) -> UUID:
    """A result before the other one, and the film that compares the two."""
    with studio.database.writing() as session:
        latest = session.get_one(Result, rows["result_id"])
        visit = Visit(client_id=rows["client_id"], made_at=now() - timedelta(days=40))
        session.add(visit)
        session.flush()
        job = Job(client_id=visit.client_id, visit_id=visit.id, state="succeeded", fraction=1.0)
        session.add(job)
        session.flush()
        document = json.loads(json.dumps(latest.document))
        for clip in document["clips"]:
            clip["sha256"] = uuid4().hex * 2
        for row in document["measurements"]:
            if row["name"] == "cadence_spm" and row["value"] is not None:
                row |= {key: row[key] - 9 for key in ("value", "low", "high")}
        earlier = Result(visit_id=visit.id, job_id=job.id, document=document)
        session.add(earlier)
        session.flush()
        filmed = session.get_one(Job, rows["comparison_job_id"])
        filmed.payload = {"before": str(earlier.id), "after": str(latest.id)}
        return earlier.id


def name_of(path: str) -> str:
    return path.strip("/").replace("{", "").replace("}", "").replace("/", "_") or "home"


def violations(page: Any) -> list[str]:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed (make e2e)")
    found = axe.Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {node['html'][:160]} {node['failureSummary']}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_page_fits_and_can_be_read_by_everybody(
    chromium: Any,
    url: str,
    rows: dict[str, UUID],
    earlier_id: UUID,
    trainer: Browser,
    runner: Browser,
    pictures: Path,
    language: str,
) -> None:
    wrong: list[str] = []
    for path in PAGES:
        door, _ = ROUTES["GET", path]
        context = chromium.new_context(viewport=TABLET, locale=LOCALE[language], has_touch=True)
        cookies = {LANGUAGE_COOKIE: language}
        if door != "anyone":
            cookies[COOKIE] = str((runner if door == "client" else trainer).http.cookies[COOKIE])
        context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))  # noqa: B023 - one list for all pages
        for label, size in (("tablet", TABLET), ("phone", PHONE)):
            page.set_viewport_size(size)
            address = filled(path, rows).replace(f"before={rows['result_id']}", f"before={earlier_id}")
            status = page.goto(url + address).status
            wrong += [f"{path}: answers {status}"] * (status != 200)
            kana = page.evaluate(
                "/[\\u3040-\\u30ff]/.test(document.querySelector('main').innerText.replace('走りの工房', ''))"
            )
            wrong += [f"{path}: Japanese in an English page"] * (language == "en" and kana)
            assert page.evaluate("document.documentElement.lang") == language
            page.screenshot(path=pictures / f"{name_of(path)}-{label}-{language}.png", full_page=True)
            too_wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            wrong += [f"{path}, {label}: {too_wide} px too wide"] * (too_wide > 0)
            wrong += [f"{path}, {label}: {one}" for one in violations(page)]
        context.close()
    assert wrong == [], "\n".join(wrong)
