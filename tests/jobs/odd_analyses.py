"""Analyses that do what a test asks for; run in the process of an analysis, told by the session's intake."""

from __future__ import annotations

import errno
import json
import os
import signal
import time

from kinechain.errors import EmptyFile
from kinechain.jobs.messages import Order
from kinechain.pipeline.progress import Progress


def odd(order: Order, progress: Progress) -> str:
    asked = order.facts["session"]["intake"]
    seconds, steps = float(asked.get("seconds", 0.0)), 20
    for step in range(steps):
        time.sleep(seconds / steps)
        progress("pose", step + 1, steps)
    match asked.get("do"):
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "eat":
            eaten = [bytearray(os.urandom(1 << 20) * 50) for _ in range(40)]
            time.sleep(60 + len(eaten))
        case "refuse":
            raise EmptyFile(path="clip1.mp4")
        case "fill":
            raise OSError(errno.ENOSPC, "No space left on device")
        case "write":
            order.folder.mkdir(parents=True)
            for number in range(int(asked["megabytes"])):
                (order.folder / f"{number}.bin").write_bytes(b"\x55" * (1 << 20))
        case "break":
            raise ZeroDivisionError("a defect")
    order.folder.mkdir(parents=True, exist_ok=True)
    starts = order.kept / "starts"
    starts.parent.mkdir(parents=True, exist_ok=True)
    with starts.open("a") as file:
        file.write("x")
    (order.folder / "assessment.json").write_text(json.dumps({"name": asked.get("name")}))
    time.sleep(float(asked.get("after", 0.0)))
    return "assessment.json"


ANALYSES = {"assess": odd}
