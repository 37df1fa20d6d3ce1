"""A server that does nothing but have jobs done, until its input ends: `office_server.py FOLDER DATABASE [CLUSTER]`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from job_studio import FAST

from kinechain.jobs.office import Office
from kinechain.store.database import open_database


def main() -> None:
    folder, url, cluster = Path(sys.argv[1]), sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None
    office = Office(open_database(url), folder, replace(FAST, workers=2, cluster=cluster))
    office.start()
    sys.stdin.read()
    office.stop()


if __name__ == "__main__":
    main()
