"""Every route, and what each kind of visitor gets there. A route that is not listed fails the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from web_browser import Browser

from kinechain.web.app import create_app
from kinechain.web.doors import anyone, client, key, signed_in, trainer_key
from kinechain.web.doors import trainer as trainers_only
from kinechain.web.kept_data import CONSENT_VERSION
from kinechain.web.studio import Studio

Door = Literal["anyone", "signed_in", "trainer", "client", "key", "trainer_key"]

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
    ("GET", "/checks/{job_id}/frames/{frame}"): ("signed_in", "own"),
    ("GET", "/clients/{client_id}/comparison"): ("signed_in", "own"),
    ("POST", "/clients/{client_id}/comparison"): ("signed_in", "own"),
    ("GET", "/comparisons/{job_id}"): ("signed_in", "own"),
    ("GET", "/comparisons/{job_id}/film"): ("signed_in", "own"),
    ("GET", "/clients/{client_id}/course"): ("signed_in", "own"),
    ("GET", "/s/{secret}/"): ("anyone", ""),
    ("GET", "/s/{secret}/{name:path}"): ("anyone", ""),
    ("GET", "/static/report.css"): ("anyone", ""),
    ("GET", "/static/course.css"): ("anyone", ""),
    ("GET", "/api/v1/openapi.json"): ("anyone", ""),
    ("GET", "/api/v1/"): ("anyone", ""),
    ("GET", "/api/v1/me"): ("key", ""),
    ("PUT", "/api/v1/me/language"): ("key", ""),
    ("GET", "/api/v1/me/keys"): ("key", ""),
    ("DELETE", "/api/v1/me/keys/{token_id}"): ("key", ""),
    ("GET", "/api/v1/studio"): ("trainer_key", ""),
    ("PUT", "/api/v1/studio"): ("trainer_key", ""),
    ("GET", "/api/v1/studio/trainers"): ("trainer_key", ""),
    ("POST", "/api/v1/studio/trainers/invitations"): ("trainer_key", ""),
    ("GET", "/api/v1/studio/audit"): ("trainer_key", ""),
    ("GET", "/api/v1/clients"): ("key", ""),
    ("POST", "/api/v1/clients"): ("trainer_key", ""),
    ("GET", "/api/v1/clients/{client_id}"): ("key", "own"),
    ("PUT", "/api/v1/clients/{client_id}/athlete"): ("trainer_key", "own"),
    ("PUT", "/api/v1/clients/{client_id}/face"): ("key", "own"),
    ("POST", "/api/v1/clients/{client_id}/invitation"): ("trainer_key", "own"),
    ("GET", "/api/v1/clients/{client_id}/visits"): ("key", "own"),
    ("POST", "/api/v1/clients/{client_id}/visits"): ("trainer_key", "own"),
    ("GET", "/api/v1/clients/{client_id}/consent"): ("key", "own"),
    ("PUT", "/api/v1/clients/{client_id}/consent"): ("key", "own"),
    ("DELETE", "/api/v1/clients/{client_id}/consent"): ("key", "own"),
    ("GET", "/api/v1/clients/{client_id}/export"): ("key", "own"),
    ("POST", "/api/v1/clients/{client_id}/erase"): ("key", "own"),
    ("GET", "/api/v1/clients/{client_id}/diary"): ("key", "own"),
    ("POST", "/api/v1/clients/{client_id}/diary"): ("key", "own"),
    ("DELETE", "/api/v1/clients/{client_id}/diary/{entry_id}"): ("key", "own"),
    ("GET", "/api/v1/questions"): ("key", ""),
    ("GET", "/api/v1/visits/{visit_id}"): ("key", "own"),
    ("PUT", "/api/v1/visits/{visit_id}/intake"): ("key", "own"),
    ("PUT", "/api/v1/visits/{visit_id}/tests"): ("key", "own"),
    ("GET", "/api/v1/clips/{clip_id}/check"): ("key", "own"),
    ("GET", "/api/v1/visits/{visit_id}/test-plan"): ("key", "own"),
    ("POST", "/api/v1/visits/{visit_id}/uploads"): ("key", "own"),
    ("PUT", "/api/v1/uploads/{upload_id}"): ("key", "own"),
    ("PUT", "/api/v1/clips/{clip_id}/filming"): ("key", "own"),
    ("DELETE", "/api/v1/clips/{clip_id}"): ("key", "own"),
    ("POST", "/api/v1/visits/{visit_id}/analyses"): ("key", "own"),
    ("GET", "/api/v1/jobs/{job_id}"): ("key", "own"),
    ("GET", "/api/v1/results/{result_id}"): ("key", "own"),
    ("GET", "/api/v1/results/{result_id}/files/{name:path}"): ("key", "own"),
    ("GET", "/api/v1/results/{result_id}/events"): ("key", "own"),
    ("POST", "/api/v1/results/{result_id}/events"): ("trainer_key", "own"),
    ("GET", "/api/v1/results/{result_id}/plan"): ("key", "own"),
    ("PUT", "/api/v1/results/{result_id}/plan"): ("trainer_key", "own"),
    ("GET", "/api/v1/results/{result_id}/shares"): ("key", "own"),
    ("POST", "/api/v1/results/{result_id}/shares"): ("key", "own"),
    ("DELETE", "/api/v1/results/{result_id}/shares/{share_id}"): ("key", "own"),
}
DOORS = {
    anyone: "anyone",
    signed_in: "signed_in",
    trainers_only: "trainer",
    client: "client",
    key: "key",
    trainer_key: "trainer_key",
}
NARROWEST = ("trainer_key", "key", "trainer", "client", "signed_in", "anyone")


def routes(app: FastAPI) -> Iterator[tuple[str, APIRoute]]:
    for router in app.routes:
        for route in getattr(getattr(router, "original_router", None), "routes", [router]):
            if isinstance(route, APIRoute):
                for method in route.methods:
                    yield method, route


#: Addresses that name more rows than their path does.
QUERIES = {"/clients/{client_id}/comparison": "?before={result_id}&after={result_id}"}
#: Paths whose row must be of a certain kind.
ROWS = {"/clips/{clip_id}/check": "exercise_", "/checks/": "check_", "/comparisons/": "comparison_"}
#: What a route needs to be asked at all.
ASKED: dict[str, dict[str, Any]] = {
    "/visits/{visit_id}/uploads": {"json": {"name": "a.mp4", "size": 9}},
    "/results/{result_id}/events": {"data": {"clip": "clip1", "side": "left", "kind": "toe_off", "time_s": "1"}},
    "/clients/{client_id}/diary": {"data": {"kind": "run", "distance_km": "5"}},
    "/diary/{entry_id}": {"data": {"kind": "run", "distance_km": "5"}},
    "/clients/{client_id}/checks": {"json": {"name": "a.mp4", "size": 9, "exercise": "hip_hinge"}},
    "/clients/{client_id}/comparison": {"data": {"before": "{result_id}", "after": "{result_id}"}},
    "/uploads/{upload_id}": {"params": {"start": 0}, "content": b"abc"},
    "/api/v1/me/language": {"json": {"language": "en"}},
    "/api/v1/studio": {"json": {"name": "a"}},
    "/api/v1/clients": {"json": {"name": "a"}},
    "/api/v1/clients/{client_id}/athlete": {"json": {}},
    "/api/v1/clients/{client_id}/face": {"json": {"hide": True}},
    "/api/v1/clients/{client_id}/consent": {"json": {"text_version": CONSENT_VERSION, "language": "ja"}},
    "/api/v1/clients/{client_id}/erase": {"json": {"name": "somebody else"}},
    "/api/v1/clients/{client_id}/diary": {"json": {"date": "2026-04-01", "distance_km": 5}},
    "/api/v1/visits/{visit_id}/intake": {"json": {"answers": {}}},
    "/api/v1/visits/{visit_id}/tests": {"json": {"tests": []}},
    "/api/v1/visits/{visit_id}/uploads": {"json": {"name": "a.mp4", "size": 9}},
    "/api/v1/uploads/{upload_id}": {"params": {"start": 0}, "content": b"abc"},
    "/api/v1/clips/{clip_id}/filming": {"json": {"view": "rear"}},
    "/api/v1/results/{result_id}/events": {"json": {"clip": "clip1", "side": "left", "kind": "toe_off", "time_s": 1}},
    "/api/v1/results/{result_id}/plan": {"json": {"seen": 0, "exercises": [], "why": "rest"}},
    "/api/v1/results/{result_id}/shares": {"json": {"days": 7}},
}


def filled(path: str, rows: dict[str, UUID]) -> str:
    kind = next((kind for start, kind in ROWS.items() if path.startswith(start)), "")
    rows = rows | {name.removeprefix(kind): row for name, row in rows.items() if kind and name.startswith(kind)}
    return (path.replace(":path", "") + QUERIES.get(path, "")).format(
        **{"token_id": uuid4(), "secret": "none", "name": "report.ja.html", "frame": 9, **rows}
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
        narrowest = next(door for door in NARROWEST if door in doors)
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
    if door in ("anyone", "key", "trainer_key"):
        return
    assert ask(new_browser(), method, path, rows) == (303 if method == "GET" else 401)
    if door in ("trainer", "client"):
        assert ask(runner if door == "trainer" else trainer, method, path, rows) == 403
    if whose == "own":
        assert ask(elsewhere, method, path, rows) == 404
        assert ask(trainer, method, path, rows) in (200, 303, 422), "the same question, asked by who may"


PROGRAMS = {route: door for route, door in ROUTES.items() if door[0] in ("key", "trainer_key")}


def call(program: TestClient, method: str, route: str, rows: dict[str, UUID]) -> int:
    asked = ASKED.get(route, {}) if method in ("POST", "PUT") else {}
    return program.request(method, filled(route, rows), **asked).status_code


@pytest.mark.parametrize("route", PROGRAMS, ids=" ".join)
def test_no_program_passes_a_door_that_is_not_its_persons(
    route: tuple[str, str],
    rows: dict[str, UUID],
    trainer: Browser,
    programs: Callable[[str], TestClient],
):
    (method, path), (door, whose) = route, PROGRAMS[route]
    assert call(programs("nobody"), method, path, rows) == 401
    assert call(programs("wrong"), method, path, rows) == 401
    assert call(trainer.http, method, path, rows) == 401, "a cookie opens no door of programs"
    if door == "trainer_key":
        assert call(programs("runner"), method, path, rows) == 403
    if whose == "own":
        assert call(programs("elsewhere"), method, path, rows) == 404
        assert call(programs("trainer"), method, path, rows) in (200, 201, 202, 204, 422), "asked by who may"


def test_a_key_opens_no_page(programs: Callable[[str], TestClient]):
    program = programs("trainer")
    assert program.get("/clients/new", follow_redirects=False).status_code == 303
    assert program.post("/clients", data={"name": "a"}).status_code == 401
