"""How the studio starts: database, files, the first link, and the server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from kinechain.jobs.office import Office
from kinechain.jobs.settings import JobSettings
from kinechain.store.accounts import first_invitation
from kinechain.store.database import open_database, sqlite_url
from kinechain.store.files import StudioFiles
from kinechain.text import Text
from kinechain.web.app import create_app
from kinechain.web.studio import Studio

FIRST_LINK = Text(
    ja="最初のトレーナーのアカウントを作るリンク（7日間、一度だけ）：{url}",
    en="The link that makes the first trainer's account (once, within 7 days): {url}",
)
RUNS = Text(ja="スタジオ：{url}（終了は Ctrl-C）", en="The studio: {url} (stop with Ctrl-C)")


@dataclass(frozen=True)
class Address:
    """Where the studio is reached; `public_url` where a proxy stands before it."""

    host: str
    port: int
    public_url: str | None = None

    @property
    def url(self) -> str:
        """The beginning of every address of the studio."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


def run(address: Address, data: Path, database_url: str | None, jobs: JobSettings, say: Callable[[Text], None]) -> None:
    """Run the studio, its pages and its analyses, until it is stopped.

    Raises
    ------
    DatabaseUnusable, DatabaseBusy, ClusterRefused
    """
    database = open_database(database_url or sqlite_url(data))
    try:
        office = Office(database, data, jobs)
        office.prove()
        with database.writing() as session:
            secret = first_invitation(session)
        studio = Studio(database, StudioFiles(data), secure=address.url.startswith("https:"))
        say(RUNS.format(url=address.url))
        if secret is not None:
            say(FIRST_LINK.format(url=f"{address.url}/invitation/{secret}"))
        office.start()
        try:
            uvicorn.run(
                create_app(studio), host=address.host, port=address.port, log_level="warning", server_header=False
            )
        finally:
            office.stop()
    finally:
        database.close()
