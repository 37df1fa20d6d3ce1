"""A server that does nothing but have jobs done, until its standard input ends: `office_server.py FOLDER [CLUSTER]`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from job_studio import FAST

from kinechain.jobs.office import Office
from kinechain.store.database import open_database, sqlite_url


def main() -> None:
    folder, cluster = Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None
    office = Office(open_database(sqlite_url(folder)), folder, replace(FAST, workers=2, cluster=cluster))
    office.start()
    sys.stdin.read()
    office.stop()


if __name__ == "__main__":
    main()
