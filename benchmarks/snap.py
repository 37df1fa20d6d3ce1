"""Pictures of all pages of a folder, with headless Chromium: phone and desk width, and the A4 print.

The folder is that of an assessment (report, page for the runner, taping) or of a test plan (plan, forms).

Usage: python benchmarks/snap.py FOLDER PICTURE_FOLDER [PATH_OF_CHROMIUM]
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PHONE_PX = (390, 844)
WIDTHS_PX = (PHONE_PX[0], 1280)
PRINT_DPI = 80
TIME_LIMIT_S = 120
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--allow-file-access-from-files",
]

#: The page stands in a frame of the asked width, whose height becomes that of the page: a browser window cannot be
#: narrower than its own limit, nor know beforehand how long the page is. Video is given a moment to show its first
#: picture by the virtual time budget.
FRAME = """<!doctype html><meta charset="utf-8"><body style="margin:0">
<iframe id="page" src="{page}" style="border:0;display:block;width:{width}px;height:844px"></iframe>
<script>page.onload = () => {{
  const root = page.contentDocument.documentElement;
  const height = root.scrollHeight;
  const handout = page.contentDocument.querySelector(".handout");
  const bottom = handout ? Math.round(handout.getBoundingClientRect().bottom) : 0;
  page.style.height = height + "px";
  document.documentElement.dataset.height = height;
  document.documentElement.dataset.width = root.scrollWidth;
  document.documentElement.dataset.handout = bottom;
}}</script>
"""


def main() -> None:
    """Take a picture of every page at every width, and of every printed page."""
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    browser = _browser(sys.argv[3] if len(sys.argv) == 4 else None)
    _check_tools()
    folder, pictures = Path(sys.argv[1]), Path(sys.argv[2])
    pages = [page for language in ("ja", "en") for page in sorted(folder.glob(f"*.{language}.html"))]
    if not pages:
        sys.exit(f"snap: no page in {folder}. Make them with kinechain assess (or make demo) first.")
    pictures.mkdir(parents=True, exist_ok=True)
    too_wide = [page for page in pages for width in WIDTHS_PX if not snap(browser, page, width, pictures)]
    for page in pages:
        print_a4(browser, page, pictures)
    if too_wide:
        sys.exit("snap: some content is wider than its page")


def snap(browser: str, page: Path, width: int, pictures: Path) -> bool:
    """Take one picture of the whole page at one width [px]; return whether its content fits that width."""
    picture = pictures / f"{page.stem}.{width}.png"
    with tempfile.TemporaryDirectory() as scratch:
        frame = Path(scratch) / "frame.html"
        frame.write_text(FRAME.format(page=page.resolve().as_uri(), width=width), encoding="utf-8")
        dom = _run(browser, scratch, "--virtual-time-budget=5000", "--dump-dom", frame.as_uri())
        size = re.search(r'data-height="(\d+)" data-width="(\d+)" data-handout="(\d+)"', dom)
        if size is None:
            sys.exit(f"snap: {page} did not load")
        height, content_width, handout = (int(number) for number in size.groups())
        window = f"--window-size={width},{height}"
        _run(
            browser, scratch, "--virtual-time-budget=5000", window, f"--screenshot={picture.resolve()}", frame.as_uri()
        )
    print(f"snap: {picture} ({width} × {height} px, content {content_width} px wide)")
    if width == PHONE_PX[0] and handout:
        print(f"snap: answer, plan and chain take {handout / PHONE_PX[1]:.2f} screens of a phone")
    return content_width <= width


def print_a4(browser: str, page: Path, pictures: Path) -> None:
    """Print a page to PDF on A4 and take a picture of each sheet."""
    document = pictures / f"{page.stem}.a4.pdf"
    for old in pictures.glob(f"{page.stem}.a4-*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as scratch:
        _run(
            browser, scratch, "--no-pdf-header-footer", f"--print-to-pdf={document.resolve()}", page.resolve().as_uri()
        )
    stem = pictures / f"{page.stem}.a4"
    convert = [str(shutil.which("pdftoppm")), "-r", str(PRINT_DPI), "-png", str(document), str(stem)]
    subprocess.run(convert, check=True, timeout=TIME_LIMIT_S)
    sheets = len(list(pictures.glob(f"{page.stem}.a4-*.png")))
    print(f"snap: {document} ({sheets} sheets)")


def _browser(asked: str | None) -> str:
    found = shutil.which(asked) if asked else next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        sys.exit("snap: no Chromium found. On Debian: apt-get install chromium (elsewhere: name its path)")
    return found


def _check_tools() -> None:
    fonts = shutil.which("fc-list")
    if fonts is None or not subprocess.run([fonts, ":lang=ja"], capture_output=True, check=False).stdout.strip():
        sys.exit("snap: no Japanese font found. On Debian: apt-get install fontconfig fonts-noto-cjk")
    if shutil.which("pdftoppm") is None:
        sys.exit("snap: pdftoppm not found. On Debian: apt-get install poppler-utils")


def _run(browser: str, scratch: str, *arguments: str) -> str:
    """Run the browser once on a profile of its own and return what it prints; where it fails, say why."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # the sandbox refuses to run as root
    profile = f"--user-data-dir={scratch}/profile"
    command = [browser, *FLAGS, *sandbox, profile, *arguments]
    run = subprocess.run(command, capture_output=True, text=True, timeout=TIME_LIMIT_S, check=False)
    if run.returncode != 0:
        sys.exit(f"snap: {browser} ended with {run.returncode}\n{run.stderr}")
    return run.stdout


if __name__ == "__main__":
    main()
