"""A running studio and a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from studio_server import Server

from browsers import LOCALE, launched
from kinechain.errors import ModelMissing
from kinechain.pose import weights


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where the pictures of the pages are kept for whoever looks at them."""
    folder = Path("build/e2e")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A studio with nobody in it."""
    try:
        weights.locate()
    except ModelMissing:
        pytest.skip("the pose weights are not here (kinechain models fetch)")
    running = Server.start(tmp_path / "studio")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A browser without a window."""
    with launched() as browser:
        yield browser


@pytest.fixture
def open_page(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Open pages of separate people; what a page writes into the console as an error fails the test."""
    contexts, wrong = [], []

    def make(language: str, size: dict[str, int]) -> Any:
        context = chromium.new_context(viewport=size, locale=LOCALE[language], has_touch=True)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert wrong == []
