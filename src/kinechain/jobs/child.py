"""The process of one analysis: it is told an order, says how far it is, and ends with a result or a failure.

It knows no database and no other job. What it prints goes to the log; its own lines go to who watches it. When that one
is gone, it ends.
"""

from __future__ import annotations

import errno
import importlib
import os
import shutil
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from kinechain.errors import InternalError, JobOutOfMemory, KinechainError, StorageFull
from kinechain.jobs.messages import Done, Failure, Line, Order, Step
from kinechain.jobs.progress import Fractions

#: What the system says where nothing more can be written.
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
#: Less free space than this is none [bytes].
_LEAST_ROOM = 1 << 20
#: Step behind the others of an analysis for which nobody stands and waits.
_LONG_NICE = 5


def main() -> None:
    """Do the order on standard input."""
    lines = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints is no line of ours
    order = Order.model_validate_json(sys.stdin.readline())
    threading.Thread(target=_end_when_left_alone, daemon=True).start()
    _limit(order)
    fractions = Fractions(int(order.facts.get("clips_count", 1)))

    def progress(stage: str, done: int, total: int) -> None:
        _tell(lines, Line(step=Step(stage=stage, fraction=fractions.of(stage, done, total))))

    try:
        analysis = importlib.import_module(order.analyses).ANALYSES[order.kind]
        document: str = analysis(order, progress)
        _tell(lines, Line(done=Done(document=document)))
    except Exception as error:  # noqa: BLE001 - whatever it is, it becomes the end of a job
        told = _as_told(error, order)
        if isinstance(told, InternalError):
            traceback.print_exc()
        _tell(lines, Line(failure=Failure(code=told.code, message=told.message)))
    lines.flush()
    os._exit(0)  # threads of libraries are not waited for


def _tell(lines: TextIO, line: Line) -> None:
    lines.write(line.model_dump_json(exclude_none=True) + "\n")
    lines.flush()


def _end_when_left_alone() -> None:
    """Wait until standard input ends: it is held open by who watches."""
    sys.stdin.read()
    os._exit(1)


def _limit(order: Order) -> None:
    """Let the system end this process before others suffer from it; who watches looks at memory more closely."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    if order.kind == "assess":
        with suppress(OSError):
            os.nice(_LONG_NICE)
    with suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415 - not on every system

        cores = os.cpu_count() or 1
        seconds = round(order.time_limit_s * cores) + 10
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _as_told(error: Exception, order: Order) -> KinechainError:
    causes = list(_causes(error))
    if any(isinstance(cause, MemoryError) for cause in causes):
        return JobOutOfMemory(limit_mb=order.memory_limit_mb)
    full = any(isinstance(cause, OSError) and cause.errno in NO_ROOM for cause in causes)
    if full or (not isinstance(error, KinechainError) and _free(order.folder) < _LEAST_ROOM):
        return StorageFull()
    if isinstance(error, KinechainError):
        return error
    return InternalError(reason=f"{type(error).__name__}: {error}")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _free(folder: Path) -> float:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return float("inf")


if __name__ == "__main__":
    main()
