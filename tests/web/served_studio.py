"""A studio on a port of its own, for what is no test client: programs and browsers."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator

import uvicorn

from kinechain.web.app import create_app
from kinechain.web.studio import Studio


@contextlib.contextmanager
def served(studio: Studio) -> Iterator[str]:
    """Serve a studio on a port of its own."""
    server = uvicorn.Server(uvicorn.Config(create_app(studio), host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
