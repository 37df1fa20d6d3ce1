"""Programs of our own beside a test: servers, schedulers, workers; and a port for them."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys

SCHEDULER = ("-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--no-dashboard")
WORKERS = ("-m", "distributed.cli.dask_worker", "--host", "127.0.0.1", "--no-dashboard", "--nthreads", "1")


class Programs:
    """Programs of our own by name, each in a session of its own."""

    def __init__(self) -> None:
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *arguments: str) -> None:
        command = [sys.executable, *arguments]
        self.running[name] = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)

    def kill(self, name: str, *, family: bool = False) -> None:
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL) if family else process.kill()
        process.wait()
        assert process.stdin is not None
        process.stdin.close()

    def end(self) -> None:
        """End all that run."""
        for name in list(self.running):
            self.kill(name, family=True)


def free_port() -> int:
    """Return a port that no connection is given by chance: one that tries again and again would meet itself there."""
    for port in range(21_000, 30_000):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("no port is free")
