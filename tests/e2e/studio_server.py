"""A studio that runs as its users start it: `kinechain serve` in a process of its own."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

STARTS_WITHIN_S = 90.0


@dataclass
class Server:
    """A running studio; `first_link` is printed where nobody has an account yet."""

    process: subprocess.Popen[bytes]
    url: str
    first_link: str | None

    @classmethod
    def start(cls, folder: Path, database: str | None = None) -> Server:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        log = folder.with_suffix(".log")
        command = [sys.executable, "-m", "kinechain", "serve", "--data", str(folder), "--port", str(port)]
        command += ["--lang", "en", *(["--database", database] if database else [])]
        with log.open("wb") as out:
            process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        url = f"http://127.0.0.1:{port}"
        until = time.monotonic() + STARTS_WITHIN_S
        while True:
            assert process.poll() is None, log.read_text()
            try:
                urllib.request.urlopen(f"{url}/sign-in", timeout=5).close()  # noqa: S310 - our own server
                break
            except (URLError, OSError):
                assert time.monotonic() < until, log.read_text()
                time.sleep(0.2)
        link = re.search(r"http\S+/invitation/\S+", log.read_text())
        return cls(process, url, link[0] if link else None)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
