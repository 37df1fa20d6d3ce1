"""The command `assess` on a session of grey films, in processes that are killed.

`python killable_session.py SESSION OUT LOG [N …]`: each image that the estimator looks at is noted in LOG by its grey.
For each N a process begins that kills itself before its Nth step on files in or beside OUT, and the number of images
looked at so far is printed; the last process lives.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from unittest.mock import patch

from grey_films import KnowsTheRunner

from kinechain.cli.app import app

_STEPS = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree"}


def killed_at(step: int, folder: Path) -> None:
    """Kill this process before its step of that number that makes, moves or removes a file in a folder."""
    left = step

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        written = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if (written or event in _STEPS) and str(arguments[0]).startswith(str(folder)):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


def run(session: str, out: str, log: str) -> None:
    """Run the command; loads and overlays take their seconds and are made anew each time, so they are left out."""
    notes = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    estimator = KnowsTheRunner(note=lambda grey: os.write(notes, f"{grey}\n".encode()))
    with (
        patch("kinechain.cli.app._estimator", lambda *_, **__: lambda: estimator),
        patch("kinechain.pipeline.assess.clip_loads", lambda *_: ((), ())),
        patch("kinechain.pipeline.assess.write_overlay", lambda *files, **_: files[3].touch()),
    ):
        app(["assess", session, "--out", out, "--lang", "en"])


def main(session: str, out: str, log: str, *steps: str) -> None:
    """Run the command in one killed process after the other, then to its end."""
    for step in steps:
        child = os.fork()
        if not child:
            killed_at(int(step), Path(out).parent)
            run(session, out, log)
        _, status = os.waitpid(child, 0)
        looks = Path(log).read_text(encoding="ascii").count("\n")
        print("killed" if os.WIFSIGNALED(status) else "done", looks, flush=True)  # noqa: T201
    run(session, out, log)


if __name__ == "__main__":
    main(*sys.argv[1:])
