"""A real browser, Debian's Chromium, without a window; where there is none, the tests skip and say so."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TABLET, PHONE = {"width": 1024, "height": 768}, {"width": 390, "height": 844}
LOCALE = {"ja": "ja-JP", "en": "en-GB"}


@contextmanager
def launched() -> Iterator[Any]:
    """Give a browser until the block ends."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (make e2e)")
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if program is None:
        pytest.skip("no Chromium here (Debian: apt-get install chromium fonts-noto-cjk)")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()
