"""Every route, and what each kind of visitor gets there. A route that is not listed fails the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, Literal
from uuid import UUID, uuid4

import pytest
from exercise_samples import check_of
from fastapi import FastAPI
from fastapi.routing import APIRoute
from web_browser import Browser

from kinechain.store.tables import Clip, DiaryEntry, Job, ShareLink, Upload, Visit, now
from kinechain.web.app import create_app
from kinechain.web.doors import anyone, client, signed_in
from kinechain.web.doors import trainer as trainers_only
from kinechain.web.studio import Studio

Door = Literal["anyone", "signed_in", "trainer", "client"]

#: "own" marks a route that is about one runner: a trainer of another studio gets 404 there, whatever is asked.
ROUTES: dict[tuple[str, str], tuple[Door, Literal["own", ""]]] = {
    ("GET", "/sign-in"): ("anyone", ""),
    ("POST", "/sign-in"): ("anyone", ""),
    ("POST", "/sign-out"): ("signed_in", ""),
    ("GET", "/invitation/{secret}"): ("anyone", ""),
    ("POST", "/invitation/{secret}"): ("anyone", ""),
    ("POST", "/language"): ("anyone", ""),
    ("GET", "/account"): ("signed_in", ""),
    ("POST", "/account/password"): ("signed_in", ""),
    ("POST", "/account/tokens"): ("signed_in", ""),
    ("POST", "/account/tokens/{token_id}/revoke"): ("signed_in", ""),
    ("GET", "/studio"): ("trainer", ""),
    ("POST", "/studio/settings"): ("trainer", ""),
    ("POST", "/studio/trainers"): ("trainer", ""),
    ("GET", "/"): ("signed_in", ""),
    ("GET", "/clients/new"): ("trainer", ""),
    ("POST", "/clients"): ("trainer", ""),
    ("GET", "/clients/{client_id}"): ("signed_in", "own"),
    ("POST", "/clients/{client_id}/athlete"): ("trainer", "own"),
    ("POST", "/clients/{client_id}/face"): ("signed_in", "own"),
    ("POST", "/clients/{client_id}/consent"): ("signed_in", "own"),
    ("POST", "/clients/{client_id}/invitation"): ("trainer", "own"),
    ("GET", "/clients/{client_id}/export"): ("signed_in", "own"),
    ("POST", "/clients/{client_id}/erase"): ("signed_in", "own"),
    ("POST", "/clients/{client_id}/visits"): ("trainer", "own"),
    ("GET", "/visits/{visit_id}"): ("signed_in", "own"),
    ("GET", "/visits/{visit_id}/intake"): ("signed_in", "own"),
    ("POST", "/visits/{visit_id}/intake"): ("signed_in", "own"),
    ("GET", "/visits/{visit_id}/plan"): ("signed_in", "own"),
    ("POST", "/visits/{visit_id}/uploads"): ("signed_in", "own"),
    ("PUT", "/uploads/{upload_id}"): ("signed_in", "own"),
    ("GET", "/visits/{visit_id}/tests"): ("signed_in", "own"),
    ("POST", "/visits/{visit_id}/tests"): ("signed_in", "own"),
    ("GET", "/clips/{clip_id}/check"): ("signed_in", "own"),
    ("POST", "/clips/{clip_id}/filming"): ("signed_in", "own"),
    ("POST", "/clips/{clip_id}/remove"): ("signed_in", "own"),
    ("POST", "/visits/{visit_id}/analyse"): ("signed_in", "own"),
    ("GET", "/jobs/{job_id}"): ("signed_in", "own"),
    ("GET", "/results/{result_id}/"): ("signed_in", "own"),
    ("POST", "/results/{result_id}/plan"): ("trainer", "own"),
    ("POST", "/results/{result_id}/events"): ("trainer", "own"),
    ("POST", "/results/{result_id}/shares"): ("signed_in", "own"),
    ("POST", "/results/{result_id}/shares/{share_id}/revoke"): ("signed_in", "own"),
    ("GET", "/results/{result_id}/{name:path}"): ("signed_in", "own"),
    ("GET", "/today"): ("client", ""),
    ("GET", "/clients/{client_id}/today"): ("signed_in", "own"),
    ("GET", "/clients/{client_id}/diary"): ("signed_in", "own"),
    ("POST", "/clients/{client_id}/diary"): ("signed_in", "own"),
    ("POST", "/diary/{entry_id}"): ("signed_in", "own"),
    ("POST", "/diary/{entry_id}/remove"): ("signed_in", "own"),
    ("GET", "/clients/{client_id}/checks"): ("signed_in", "own"),
    ("POST", "/clients/{client_id}/checks"): ("signed_in", "own"),
    ("POST", "/clips/{clip_id}/check"): ("signed_in", "own"),
    ("GET", "/checks/{job_id}"): ("signed_in", "own"),
    ("GET", "/clients/{client_id}/comparison"): ("signed_in", "own"),
    ("POST", "/clients/{client_id}/comparison"): ("signed_in", "own"),
    ("GET", "/comparisons/{job_id}"): ("signed_in", "own"),
    ("GET", "/comparisons/{job_id}/film"): ("signed_in", "own"),
    ("GET", "/clients/{client_id}/course"): ("signed_in", "own"),
    ("GET", "/s/{secret}/"): ("anyone", ""),
    ("GET", "/s/{secret}/{name:path}"): ("anyone", ""),
    ("GET", "/static/report.css"): ("anyone", ""),
    ("GET", "/static/course.css"): ("anyone", ""),
}
DOORS = {anyone: "anyone", signed_in: "signed_in", trainers_only: "trainer", client: "client"}


def routes(app: FastAPI) -> Iterator[tuple[str, APIRoute]]:
    for router in app.routes:
        for route in getattr(getattr(router, "original_router", None), "routes", [router]):
            if isinstance(route, APIRoute):
                for method in route.methods:
                    yield method, route


#: Addresses that name more rows than their path does.
QUERIES = {"/clients/{client_id}/comparison": "?before={result_id}&after={result_id}"}
#: Paths whose row must be of a certain kind.
ROWS = {"/clips/{clip_id}/check": "exercise_", "/checks/{job_id}": "check_", "/comparisons/": "comparison_"}
#: What a route needs to be asked at all.
ASKED: dict[str, dict[str, Any]] = {
    "/visits/{visit_id}/uploads": {"json": {"name": "a.mp4", "size": 9}},
    "/results/{result_id}/events": {"data": {"clip": "clip1", "side": "left", "kind": "toe_off", "time_s": "1"}},
    "/clients/{client_id}/diary": {"data": {"kind": "run", "distance_km": "5"}},
    "/diary/{entry_id}": {"data": {"kind": "run", "distance_km": "5"}},
    "/clients/{client_id}/checks": {"json": {"name": "a.mp4", "size": 9, "exercise": "hip_hinge"}},
    "/clients/{client_id}/comparison": {"data": {"before": "{result_id}", "after": "{result_id}"}},
    "/uploads/{upload_id}": {"params": {"start": 0}, "content": b"abc"},
}


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
        film.parent.mkdir(parents=True)
        film.write_bytes(b"not decoded here")
        return {
            "client_id": client_id,
            "visit_id": visit_id,
            "result_id": result_id,
            **{name: row.id for name, row in made.items()},
        }


def filled(path: str, rows: dict[str, UUID]) -> str:
    kind = next((kind for start, kind in ROWS.items() if path.startswith(start)), "")
    rows = rows | {name.removeprefix(kind): row for name, row in rows.items() if kind and name.startswith(kind)}
    return (path.replace(":path", "") + QUERIES.get(path, "")).format(
        **{"token_id": uuid4(), "secret": "none", "name": "report.ja.html", **rows}
    )


def ask(browser: Browser, method: str, route: str, rows: dict[str, UUID]) -> int:
    path = filled(route, rows)
    if method == "GET":
        return browser.http.get(path, follow_redirects=False).status_code
    page = browser.http.get("/account").text
    key = page.split('name="form_key" value="')[1].split('"')[0] if 'name="form_key"' in page else ""
    asked = ASKED.get(route, {})
    if route in QUERIES:
        asked = {"data": {name: value.format(**rows) for name, value in asked["data"].items()}}
        path = path.partition("?")[0]
    answer = browser.http.request(method, path, headers={"X-Form-Key": key}, follow_redirects=False, **asked)
    return answer.status_code


def test_every_route_is_listed_with_the_door_that_it_has(studio: Studio):
    found = {}
    for method, route in routes(create_app(studio)):
        doors = {DOORS[one] for one in _dependencies(route.dependant) if one in DOORS}
        narrowest = next(door for door in ("trainer", "client", "signed_in", "anyone") if door in doors)
        found[method, route.path] = narrowest
    assert found == {route: door for route, (door, _) in ROUTES.items()}


def _dependencies(tree) -> Iterator[object]:
    for one in tree.dependencies:
        yield one.call
        yield from _dependencies(one)


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_nobody_passes_a_door_that_is_not_theirs(
    route: tuple[str, str],
    rows: dict[str, UUID],
    trainer: Browser,
    runner: Browser,
    elsewhere: Browser,
    new_browser: Callable[[], Browser],
):
    (method, path), (door, whose) = route, ROUTES[route]
    if door == "anyone":
        return
    assert ask(new_browser(), method, path, rows) == (303 if method == "GET" else 401)
    if door in ("trainer", "client"):
        assert ask(runner if door == "trainer" else trainer, method, path, rows) == 403
    if whose == "own":
        assert ask(elsewhere, method, path, rows) == 404
        assert ask(trainer, method, path, rows) in (200, 303, 422), "the same question, asked by who may"
