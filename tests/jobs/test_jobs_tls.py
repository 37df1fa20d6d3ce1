"""Two settings, the address of a PostgreSQL and of a scheduler behind TLS: jobs are done, strangers are refused."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import pytest
from job_studio import FAST, ended
from programs import SCHEDULER, WORKERS, Programs, free_port

from kinechain.errors import ClusterRefused, ClusterUnreachable
from kinechain.jobs.cluster import Cluster
from kinechain.jobs.office import Office
from kinechain.jobs.settings import JobSettings
from kinechain.store.database import Database, open_database

pytestmark = pytest.mark.e2e


@dataclass(frozen=True)
class Papers:
    """PEM files: an authority, a certificate of it for this machine, and its key."""

    ca: Path
    cert: Path
    key: Path

    @classmethod
    def made(cls, folder: Path, name: str) -> Papers:
        trustme = pytest.importorskip("trustme", reason="trustme is not installed (make e2e)")
        authority = trustme.CA()
        issued = authority.issue_cert("127.0.0.1")
        papers = cls(*(folder / f"{name}-{part}.pem" for part in ("ca", "cert", "key")))
        authority.cert_pem.write_to_path(papers.ca)
        issued.cert_chain_pems[0].write_to_path(papers.cert)
        issued.private_key_pem.write_to_path(papers.key)
        return papers

    @property
    def for_dask(self) -> tuple[str, ...]:
        return ("--tls-ca-file", str(self.ca), "--tls-cert", str(self.cert), "--tls-key", str(self.key))

    def settings(self, address: str) -> JobSettings:
        return replace(FAST, cluster=address, tls_ca=self.ca, tls_cert=self.cert, tls_key=self.key)


@pytest.fixture
def papers(tmp_path: Path) -> Papers:
    return Papers.made(tmp_path, "ours")


@pytest.fixture
def strangers(tmp_path: Path) -> Papers:
    return Papers.made(tmp_path, "strangers")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url, wait_s=5.0)
    yield opened
    opened.close()


@pytest.fixture
def scheduler(papers: Papers, programs: Programs) -> str:
    """The address of a scheduler and two workers, all behind TLS."""
    port = free_port()
    address = f"tls://127.0.0.1:{port}"
    programs.start("scheduler", *SCHEDULER, "--protocol", "tls", "--port", str(port), *papers.for_dask)
    programs.start("workers", *WORKERS, "--nworkers", "2", *papers.for_dask, address)
    until = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return address
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.2)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_jobs_are_done_behind_tls(
    database: Database, submit: Callable[..., UUID], tmp_path: Path, scheduler: str, papers: Papers, office: Office
) -> None:
    jobs = [submit(name=str(number)) for number in range(3)]
    behind_tls = Office(database, tmp_path, papers.settings(scheduler))
    behind_tls.prove()
    behind_tls.start()
    for job in jobs:
        assert ended(behind_tls, job).state == "succeeded"
    behind_tls.stop()


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_strangers_are_refused_in_words(
    database: Database, tmp_path: Path, scheduler: str, papers: Papers, strangers: Papers
) -> None:
    plain = scheduler.replace("tls:", "tcp:")  # what it carries could be read by others
    wrong = {
        "an authority that did not sign the scheduler's": replace(papers.settings(scheduler), tls_ca=strangers.ca),
        "a certificate of another authority": replace(
            papers.settings(scheduler), tls_cert=strangers.cert, tls_key=strangers.key
        ),
        "a file that is not there": replace(papers.settings(scheduler), tls_ca=tmp_path / "none.pem"),
        "no certificate": replace(FAST, cluster=scheduler),
        "an address without TLS": papers.settings(plain),
    }
    for name, settings in wrong.items():
        with pytest.raises(ClusterRefused) as refused:
            Office(database, tmp_path, settings).prove()
        for told in (refused.value.message, refused.value.advice):
            assert told.ja != told.en, name
        assert settings.cluster in refused.value.message.en
    with pytest.raises(ClusterUnreachable) as unreachable:
        Cluster(papers.settings(f"tls://127.0.0.1:{free_port()}"))
    assert not isinstance(unreachable.value, ClusterRefused)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_command_ends_with_the_sentence(
    tmp_path: Path, scheduler: str, papers: Papers, strangers: Papers, database_url: str
) -> None:
    tls = ("--tls-ca", str(strangers.ca), "--tls-cert", str(papers.cert), "--tls-key", str(papers.key))
    command = [sys.executable, "-m", "kinechain", "serve", "--data", str(tmp_path), "--cluster", scheduler, *tls]
    done = subprocess.run(
        [*command, "--database", database_url, "--port", str(free_port()), "--lang", "en"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == ClusterRefused.exit_status
    assert "do not trust one another's certificates" in done.stderr
    assert "--tls-ca" in done.stderr
    assert "Traceback" not in done.stderr
