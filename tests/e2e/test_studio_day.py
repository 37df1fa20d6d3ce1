"""A day in the studio, in a real browser: from the first link to the re-test."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import av
import pytest
from studio_server import Server

from browsers import PHONE, TABLET

PASSWORD = "a long walk uphill"
ANALYSED_WITHIN_MS = 400_000
DEMO = Path(str(resources.files("kinechain"))) / "demo"
CLIPS = [DEMO / "demo_side.mp4", DEMO / "demo_rear.mp4"]

pytestmark = pytest.mark.e2e


class Looks:
    """Takes pictures of a page in both languages, on a tablet and on a phone, and looks for what does not fit."""

    def __init__(self, page: Any, folder: Path) -> None:
        self.page, self.folder = page, folder

    def __call__(self, name: str) -> None:
        spoken = self.page.evaluate("document.documentElement.lang")
        for language in ("ja", "en"):
            self._speak(language)
            for label, size in (("tablet", TABLET), ("phone", PHONE)):
                self.page.set_viewport_size(size)
                too_wide = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
                assert too_wide <= 0, f"{name}: {too_wide} px wider than a {label} in {language}"
                self.page.screenshot(path=self.folder / f"{name}-{label}-{language}.png", full_page=True)
        self._speak(spoken)
        self.page.set_viewport_size(TABLET)

    def _speak(self, language: str) -> None:
        if self.page.evaluate("document.documentElement.lang") != language:
            with self.page.expect_navigation():
                self.page.click("form[action='/language'] button")
        assert self.page.evaluate("document.documentElement.lang") == language


def join(page: Any, link: str, name: str, email: str, studio: str | None = None) -> None:
    page.goto(link)
    if studio is not None:
        page.fill("#studio", studio)
    for field, value in (("name", name), ("email", email), ("password", PASSWORD)):
        page.fill(f"#{field}", value)
    page.click("main button.primary")


def answer_intake(page: Any) -> None:
    for no in page.locator("fieldset[id^=rf_] input[value=no]").all():
        no.check()
    for key, value in (("side", "right"), ("place", "soleus"), ("onset", "gradual"), ("trigger", "pace")):
        page.check(f"input[name={key}][value={value}]")
    page.fill("input[name=trigger_pace]", "4:30/km")
    page.click("main button.primary")


def filmed_again(clip: Path, into: Path) -> Path:
    """Return the same pictures in another file: a re-test in which nothing has changed."""
    again = into / f"again_{clip.name}"
    with av.open(str(clip)) as old, av.open(str(again), "w") as new:
        video = old.streams.video[0]
        stream = new.add_stream_from_template(video)
        for packet in old.demux(video):
            if packet.dts is not None:
                packet.stream = stream
                new.mux(packet)
    assert again.read_bytes() != clip.read_bytes()
    return again


def send_clip(page: Any, clip: Path, n_clips: int) -> None:
    page.set_input_files("#file", str(clip))
    page.select_option("#surface", "treadmill")
    page.fill("#pace", "4:39/km")
    page.click("#send button")
    page.locator("form[action$='/remove']").nth(n_clips - 1).wait_for()


def assess(page: Any, clips: list[Path], look: Looks | None = None) -> None:
    """Send the clip from the side and the one from behind, and wait for the result."""
    for number, clip in enumerate(clips, start=1):
        send_clip(page, clip, number)
    page.locator(".check .ok").nth(1).wait_for(timeout=ANALYSED_WITHIN_MS)
    if look is not None:
        look("visit")
    page.click("form[action$='/analyse'] button")
    page.wait_for_url("**/jobs/*")
    until(page, "(document.querySelector('progress') || {value: 1}).value > 0", ANALYSED_WITHIN_MS)
    page.wait_for_url("**/results/*/", timeout=ANALYSED_WITHIN_MS)


def until(page: Any, expression: str, timeout_ms: float = 20_000) -> None:
    """Wait until an expression is true; the page's own policy forbids the waiting that a browser would do itself."""
    end = time.monotonic() + timeout_ms / 1000
    while not page.evaluate(expression):
        assert time.monotonic() < end, expression
        page.wait_for_timeout(100)


def test_from_the_first_link_to_the_re_test(
    server: Server, open_page: Callable[..., Any], pictures: Path, tmp_path: Path
) -> None:
    trainer = open_page("ja", TABLET)
    look = Looks(trainer, pictures)
    assert server.first_link is not None
    trainer.goto(server.first_link)
    look("invitation")
    join(trainer, server.first_link, "佐藤", "sato@studio.example", "走りの工房")
    look("clients_empty")

    trainer.click("main a.primary")
    look("client_new")
    trainer.fill("#name", "鈴木")
    trainer.fill("#height_cm", "172")
    trainer.fill("#mass_kg", "65")
    trainer.click("main button.primary")
    trainer.check("input[name=agreed]")
    trainer.click("form[action$='/consent'] button")
    trainer.click("form[action$='/invitation'] button")
    invitation = trainer.input_value("#secret")
    trainer.goto(trainer.url.replace("/invitation", ""))
    look("client")
    client_page = trainer.url

    trainer.click("form[action$='/visits'] button")
    visit_page = trainer.url
    trainer.click("a[href$='/intake']")
    look("intake")
    answer_intake(trainer)
    trainer.click("a[href$='/plan']")
    assert trainer.locator("ol.plan > li").count() > 3
    look("test_plan")
    trainer.goto(f"{visit_page}/tests")
    look("tests")
    trainer.fill("[name='knee_to_wall_cm.right']", "4")
    trainer.click("main button.primary")
    assess(trainer, CLIPS, look)
    result_page = trainer.url
    until(trainer, "document.querySelector('.film video').readyState > 0")
    look("result")

    correct_an_event(trainer)
    corrected = trainer.url
    assert corrected != result_page
    assert trainer.locator(".report").inner_text()

    keep = trainer.locator("#edit-plan fieldset.dose").count()
    assert keep > 0
    trainer.locator("#edit-plan input[name$='.sets']").first.fill("4")
    trainer.fill("#why", "慣れてきたので1セット増やす")
    trainer.click("#edit-plan button.primary")
    assert "慣れてきたので1セット増やす" in trainer.locator("#edit-plan").inner_text()
    trainer.click("#share form[action='shares'] button")
    shared = trainer.input_value("#secret")

    guest = open_page("en", PHONE)
    guest.goto(shared)
    guest.locator("#chain svg").wait_for()
    Looks(guest, pictures)("shared")
    trainer.goto(f"{server.url}/studio")
    look("studio")
    trainer.goto(f"{server.url}/account")
    look("account")

    client = open_page("en", PHONE)
    join(client, invitation, "Suzuki", "suzuki@runner.example")
    note_pain(client, Looks(client, pictures), client_page)
    assert client.request.get(f"{server.url}/studio").status == 403

    trainer.goto(server.url)
    look("clients")
    assert trainer.locator(".list .doing.pain, .list .doing.stopped").count() == 1
    trainer.goto(f"{client_page}/diary")
    assert "6" in trainer.locator("main").inner_text()
    look("diary_trainer")

    trainer.goto(client_page)
    trainer.click("form[action$='/visits'] button")
    trainer.click("a[href$='/intake']")
    answer_intake(trainer)
    assess(trainer, [filmed_again(clip, tmp_path) for clip in CLIPS])
    trainer.goto(client_page)
    with trainer.expect_navigation():
        trainer.click("form[action$='/comparison'] button")
    changes = trainer.locator("table.compared tbody tr")
    assert changes.count() > 3
    assert trainer.locator("table.compared tbody tr.real").count() == 0, "the pictures are the same"
    look("comparison")
    trainer.goto(f"{client_page}/course")
    trainer.locator("main svg").first.wait_for()
    look("course")


def note_pain(client: Any, look: Looks, client_page: str) -> None:
    """The runner looks at today's exercises and notes a run that hurt."""
    client.wait_for_url("**/today")
    look("today")
    client.set_viewport_size(PHONE)
    client.goto(f"{client_page}/diary")
    look("diary")
    client.set_viewport_size(PHONE)
    form = client.locator(f"form[action='{client_page[client_page.index('/clients/') :]}/diary']", has_text="/km").first
    opened = form.locator("xpath=ancestor::details[1]")
    if opened.count() and opened.get_attribute("open") is None:
        opened.locator("summary").first.click()
    form.locator("[name=distance_km]").fill("8")
    form.locator("[name=pain_during]").fill("6")
    with client.expect_navigation():
        form.locator("button").click()
    assert "6" in client.locator("main").inner_text()


def correct_an_event(page: Any) -> None:
    """Move a toe-off by what the film shows, and wait for the new numbers."""
    page.click("#correct summary")
    option = page.locator("#event option", has_text="離地").nth(3)
    page.select_option("#event", value=option.get_attribute("value"))
    until(page, "!document.querySelector('.film video').seeking")
    page.click(".scrub button[data-step='1']")
    until(page, "!document.querySelector('.film video').seeking")
    page.click("#here")
    found, moved = float(page.input_value("[name=found_s]")), float(page.input_value("[name=time_s]"))
    assert 0 < moved - found < 0.05
    before = page.url
    page.click("#correct button.primary")
    page.wait_for_url("**/jobs/*")
    page.wait_for_url(lambda url: "/results/" in url and url != before, timeout=ANALYSED_WITHIN_MS)
