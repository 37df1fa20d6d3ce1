"""The Dask cluster that does the work: one of our own on this machine, or one that is reached by its address."""

from __future__ import annotations

import logging
import ssl
from contextlib import suppress

import dask
from distributed import Client, LocalCluster, Security
from distributed.comm import CommClosedError

from kinechain.errors import ClusterRefused, ClusterUnreachable
from kinechain.jobs.settings import JobSettings

#: Nothing is served over HTTP: no dashboard, no metrics, no health page.
_NO_PAGES: dict[str, list[str]] = {"distributed.scheduler.http.routes": [], "distributed.worker.http.routes": []}
_CONNECT_S = 10
#: Somebody is there and hangs up, or the files of the certificate cannot be read: waiting does not mend it.
_REFUSALS = (CommClosedError, ssl.SSLError, FileNotFoundError, PermissionError)


class Cluster:
    """A connection to a cluster; `close` ends the cluster too, where it is our own.

    Raises
    ------
    ClusterUnreachable
        Where no scheduler answers.
    ClusterRefused
        Where it and this studio do not trust one another.
    OSError
        Where none of our own can be started.
    """

    def __init__(self, settings: JobSettings) -> None:
        self._local = None if settings.cluster else _local(settings.local_workers + 1)
        try:
            self.client = _by_address(settings) if self._local is None else Client(self._local, set_as_default=False)
        except BaseException:
            self.close()
            raise

    @property
    def works(self) -> bool:
        """Whether the scheduler is there."""
        return bool(self.client.status == "running")

    @property
    def slots(self) -> int:
        """Jobs that can run at a time."""
        return sum(self.client.ncores().values())

    def close(self) -> None:
        """Leave the cluster."""
        with suppress(OSError, TimeoutError):
            if hasattr(self, "client"):
                self.client.close(timeout=_CONNECT_S)
        with suppress(OSError, TimeoutError):
            if self._local is not None:
                self._local.close(timeout=_CONNECT_S)


def _local(workers: int) -> LocalCluster:
    """Return a cluster whose processes listen on the loopback alone.

    One worker more than analyses at a time: it is kept for what somebody waits for.
    """
    with dask.config.set(_NO_PAGES):
        return LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            memory_limit=0,  # a worker only watches; the analysis beside it has a limit of its own
            dashboard_address="127.0.0.1:0",
            scheduler_kwargs={"dashboard": False},
            worker_dashboard_address=None,
            silence_logs=logging.ERROR,
        )


def _by_address(settings: JobSettings) -> Client:
    try:
        return Client(settings.cluster, security=_security(settings), set_as_default=False, timeout=_CONNECT_S)
    except (OSError, RuntimeError, TypeError, ValueError) as error:
        reason = str(error).split("\n", 1)[0]
        refused = not isinstance(error, OSError) or isinstance(error, _REFUSALS)
        raise (ClusterRefused if refused else ClusterUnreachable)(address=settings.cluster, reason=reason) from error


def _security(settings: JobSettings) -> Security | None:
    if settings.tls_ca is None:
        return None
    pem = {"tls_client_cert": settings.tls_cert, "tls_client_key": settings.tls_key}
    return Security(
        tls_ca_file=str(settings.tls_ca),
        require_encryption=True,
        **{name: str(path) for name, path in pem.items() if path is not None},
    )
