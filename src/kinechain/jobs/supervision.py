"""Who watches the process of an analysis: starts it, hears it, and ends it where it takes too long or too much."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import IO

import psutil
from pydantic import ValidationError

from kinechain.errors import JobCrashed, JobOutOfMemory, JobStopped, JobTimedOut
from kinechain.jobs.messages import Done, Failure, Line, Order, Step

#: Time between two looks at the memory of an analysis [s].
_LOOK_S = 0.1
_MB = 1e6


class Abandoned(Exception):
    """The attempt does not count any more; its process was ended."""


def run(order: Order, alive: Callable[[Step | None], bool]) -> Done | Failure:
    """Run an analysis in a process of its own, and return how it ended; when this returns the process is gone.

    Parameters
    ----------
    alive : called a few times a second with the newest step; False where the work is not wanted any more

    Raises
    ------
    Abandoned
        Where it is not wanted any more.
    OSError
        Where no process can be started.
    """
    command = [sys.executable, "-m", "kinechain.jobs.child"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
    try:
        return _watch(process, order, alive)
    except JobStopped as stopped:
        return Failure(code=stopped.code, message=stopped.message)
    finally:
        _end(process)


def _watch(process: subprocess.Popen[bytes], order: Order, alive: Callable[[Step | None], bool]) -> Done | Failure:
    lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    assert process.stdin is not None  # noqa: S101 - both are pipes
    assert process.stdout is not None  # noqa: S101
    threading.Thread(target=_hear, args=(process.stdout, lines), daemon=True).start()
    with suppress(BrokenPipeError):
        process.stdin.write(order.model_dump_json().encode() + b"\n")
        process.stdin.flush()
    watched, until = psutil.Process(process.pid), monotonic() + order.time_limit_s
    step: Step | None = None
    while True:
        with suppress(queue.Empty):
            heard = _understood(lines.get(timeout=_LOOK_S), process)
            if heard.done or heard.failure:
                return heard.done or heard.failure  # type: ignore[return-value] # one of both is there
            step = heard.step
        if monotonic() > until:
            raise JobTimedOut(limit_s=order.time_limit_s)
        if _memory_mb(watched) > order.memory_limit_mb:
            raise JobOutOfMemory(limit_mb=order.memory_limit_mb)
        if not alive(step):
            raise Abandoned


def _hear(lines: IO[bytes], into: queue.SimpleQueue[bytes | None]) -> None:
    for line in lines:
        into.put(line)
    into.put(None)


def _understood(line: bytes | None, process: subprocess.Popen[bytes]) -> Line:
    """Return what a line says; JobCrashed where it is the end, or no line of ours."""
    if line is None:
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5.0)
        raise _crashed(process.returncode)
    try:
        return Line.model_validate_json(line)
    except ValidationError as error:
        raise JobCrashed(how="?") from error


def _crashed(status: int | None) -> JobStopped:
    if status is None or status >= 0:
        return JobCrashed(how=f"exit {status}")
    return JobCrashed(how=signal.Signals(-status).name)


def _memory_mb(process: psutil.Process) -> float:
    try:
        return process.memory_info().rss / _MB
    except psutil.Error:
        return 0.0


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
