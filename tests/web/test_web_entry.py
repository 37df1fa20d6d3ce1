"""The way in: invitations, sign-in and its limits, and what keeps others out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from web_browser import PASSWORD, Browser

from kinechain.store import accounts
from kinechain.store.tables import FailedSignIn, Invitation, SignIn, User, now
from kinechain.web.doors import COOKIE
from kinechain.web.studio import Studio

EMAIL = "t@studio.example"


def sign_in(browser: Browser, password: str = PASSWORD, *, email: str = EMAIL, status: int = 200) -> str:
    return browser.post("/sign-in", {"email": email, "password": password}, status=status)


def test_the_first_link_makes_the_studio_once(studio: Studio, trainer: Browser, new_browser: Callable[[], Browser]):
    with studio.database.writing() as session:
        assert session.scalars(sa.select(User.role)).all() == ["trainer"]
        assert accounts.first_invitation(session) is None, "there is somebody now"
    assert "走りの工房" in trainer.get("/studio")


def test_an_earlier_first_link_stops_working(studio: Studio, new_browser: Callable[[], Browser]):
    with studio.database.writing() as session:
        earlier = accounts.first_invitation(session)
        later = accounts.first_invitation(session)
    new_browser().get(f"/invitation/{earlier}", status=422)
    new_browser().get(f"/invitation/{later}")


@pytest.mark.parametrize("how", ["used", "old", "invented"])
def test_an_invitation_works_once_and_for_a_while(studio: Studio, client_id, trainer, new_browser, how: str):
    page = trainer.post(f"/clients/{client_id}/invitation")
    secret = page.split("/invitation/")[1].split('"')[0]
    if how == "used":
        new_browser().post(f"/invitation/{secret}", {"name": "a", "email": "a@b.example", "password": PASSWORD})
    elif how == "old":
        with studio.database.writing() as session:
            session.execute(sa.update(Invitation).values(expires_at=now() - timedelta(seconds=1)))
    else:
        secret = "x" * len(secret)
    late = new_browser()
    late.get(f"/invitation/{secret}", status=422)
    late.post(f"/invitation/{secret}", {"name": "b", "email": "b@b.example", "password": PASSWORD}, status=422)
    with studio.database.reading() as session:
        assert session.scalar(sa.select(User).where(User.email == "b@b.example")) is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"password": "short"}, "10"),
        ({"email": EMAIL.upper()}, "アカウントはすでに"),
        ({"email": "nowhere"}, "メールアドレス"),
        ({"name": "  "}, "お名前"),
    ],
)
def test_a_wrong_account_is_said_in_its_place(trainer: Browser, new_browser, studio: Studio, typed, said):
    page = trainer.post("/studio/trainers")
    secret = page.split("/invitation/")[1].split('"')[0]
    values = {"name": "b", "email": "b@b.example", "password": PASSWORD, **typed}
    assert said in new_browser().post(f"/invitation/{secret}", values, status=422)
    with studio.database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(User)) == 1
    new_browser().post(f"/invitation/{secret}", {**values, "name": "b", "email": "b@b.example", "password": PASSWORD})


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(trainer: Browser, new_browser):
    wrong = sign_in(new_browser(), "wrong password", status=401)
    unknown = sign_in(new_browser(), email="nobody@studio.example", status=401)
    assert wrong.replace(EMAIL, "") == unknown.replace("nobody@studio.example", "")


def test_after_too_many_failures_the_right_password_does_not_help_for_a_while(trainer, new_browser, studio: Studio):
    browser = new_browser()
    for _ in range(accounts.FAILURES_OF_ACCOUNT):
        sign_in(browser, "wrong password", status=401)
    sign_in(browser, status=429)
    with studio.database.writing() as session:
        session.execute(sa.update(FailedSignIn).values(made_at=now() - accounts.FAILURES_WITHIN * 2))
    sign_in(browser)


def test_signing_in_takes_no_cookie_that_was_there_before(trainer: Browser, new_browser):
    browser = new_browser()
    fixed = {"Cookie": f"{COOKIE}=chosen-by-somebody-else"}
    browser.http.post("/sign-in", data={"email": EMAIL, "password": PASSWORD}, headers=fixed)
    assert browser.http.cookies[COOKIE] != "chosen-by-somebody-else"
    fresh = new_browser()
    fresh.http.cookies.set(COOKIE, "chosen-by-somebody-else")
    assert fresh.http.get("/", follow_redirects=False).headers["location"] == "/sign-in?back=/"


def test_signed_out_is_signed_out_on_the_server(trainer: Browser, new_browser):
    cookie = trainer.http.cookies[COOKIE]
    trainer.post("/sign-out")
    thief = new_browser()
    thief.http.cookies.set(COOKIE, cookie)
    assert thief.http.get("/", follow_redirects=False).status_code == 303


def test_another_password_signs_out_everywhere(trainer: Browser, new_browser):
    other = new_browser()
    sign_in(other)
    trainer.post("/account/password", {"old": "not this one", "new": "another long walk"}, status=401)
    trainer.post("/account/password", {"old": PASSWORD, "new": "short"}, status=422)
    trainer.post("/account/password", {"old": PASSWORD, "new": "another long walk"})
    assert other.http.get("/", follow_redirects=False).status_code == 303
    sign_in(other, status=401)
    sign_in(other, "another long walk")


def test_a_closed_account_and_an_old_sign_in_open_nothing(trainer: Browser, studio: Studio):
    with studio.database.writing() as session:
        session.execute(sa.update(SignIn).values(expires_at=now() - timedelta(seconds=1)))
    assert trainer.http.get("/", follow_redirects=False).status_code == 303
    with studio.database.writing() as session:
        session.execute(sa.update(User).values(disabled_at=now()))
    sign_in(trainer, status=401)


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere_after_signing_in(trainer: Browser, new_browser, back: str):
    answer = new_browser().http.post(
        "/sign-in", data={"email": EMAIL, "password": PASSWORD, "back": back}, follow_redirects=False
    )
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}]
)
def test_a_form_of_another_site_is_refused(trainer: Browser, client_id, headers: dict[str, str]):
    for path, values in (("/language", {"language": "en"}), ("/sign-in", {"email": EMAIL, "password": PASSWORD})):
        assert trainer.http.post(path, data=values, headers=headers).status_code == 403


@pytest.mark.parametrize("key", [{}, {"form_key": ""}, {"form_key": "x" * 43}])
def test_a_form_without_the_key_of_this_sign_in_is_refused(trainer: Browser, client_id, key: dict[str, str]):
    answer = trainer.http.post(f"/clients/{client_id}/erase", data={"name": "鈴木", **key})
    assert answer.status_code == 403
    trainer.get(f"/clients/{client_id}")


def test_the_language_is_that_of_the_browser_until_it_is_chosen(new_browser):
    browser = new_browser()
    for asked, expected in (("en-GB,en;q=0.9", "en"), ("ja", "ja"), ("fr", "ja"), ("fr, en;q=0.5", "en")):
        assert f'<html lang="{expected}"' in browser.http.get("/sign-in", headers={"Accept-Language": asked}).text
    browser.post("/language", {"language": "en", "back": "/sign-in"})
    assert '<html lang="en"' in browser.http.get("/sign-in", headers={"Accept-Language": "ja"}).text


def test_the_other_language_shows_the_same_page_with_what_was_asked_for(trainer: Browser, client_id):
    page = trainer.get(f"/clients/{client_id}/checks?exercise=hip_hinge")
    back = page.split('name="back" value="')[1].split('"')[0]
    assert back == f"/clients/{client_id}/checks?exercise=hip_hinge"
    assert 'value="hip_hinge" selected' in trainer.post("/language", {"language": "en", "back": back})


def test_names_are_shown_and_never_run(trainer: Browser):
    page = trainer.post("/clients", {"name": "<script>alert(1)</script>"})
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "script-src" not in (policy := trainer.http.get("/").headers["content-security-policy"])
    assert policy.startswith("default-src 'self'")
