"""Every route, and what each kind of visitor gets there. A route that is not listed fails the test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from web_browser import Browser

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
}
DOORS = {anyone: "anyone", signed_in: "signed_in", trainers_only: "trainer", client: "client"}


def routes(app: FastAPI) -> Iterator[tuple[str, APIRoute]]:
    for router in app.routes:
        for route in getattr(getattr(router, "original_router", None), "routes", [router]):
            if isinstance(route, APIRoute):
                for method in route.methods:
                    yield method, route


def filled(path: str, client_id: UUID) -> str:
    return path.replace("{client_id}", str(client_id)).replace("{token_id}", str(uuid4())).replace("{secret}", "none")


def ask(browser: Browser, method: str, path: str) -> int:
    if method == "GET":
        return browser.http.get(path, follow_redirects=False).status_code
    page = browser.http.get("/account").text
    key = page.split('name="form_key" value="')[1].split('"')[0] if 'name="form_key"' in page else ""
    return browser.http.request(method, path, headers={"X-Form-Key": key}, follow_redirects=False).status_code


def test_every_route_is_listed_with_the_door_that_it_has(studio: Studio):
    found = {}
    for method, route in routes(create_app(studio)):
        doors = {DOORS[one] for one in _dependencies(route.dependant) if one in DOORS}
        narrowest = next(door for door in ("trainer", "client", "signed_in", "anyone") if door in doors)
        found[method, route.path] = narrowest
    assert found == {route: door for route, (door, _) in ROUTES.items()}


def _dependencies(dependant) -> Iterator[object]:
    for one in dependant.dependencies:
        yield one.call
        yield from _dependencies(one)


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_nobody_passes_a_door_that_is_not_theirs(
    route: tuple[str, str], client_id: UUID, trainer: Browser, runner: Browser, elsewhere: Browser, new_browser
):
    (method, path), (door, whose) = route, ROUTES[route]
    path = filled(path, client_id)
    if door == "anyone":
        return
    assert ask(new_browser(), method, path) == (303 if method == "GET" else 401)
    if door in ("trainer", "client"):
        assert ask(runner if door == "trainer" else trainer, method, path) == 403
    if whose == "own":
        assert ask(elsewhere, method, path) == 404
