"""Limits of an analysis, and where the work is done."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from kinechain.store.tables import JobKind


@dataclass(frozen=True)
class JobSettings:
    """Settings of the jobs.

    Parameters
    ----------
    cluster : address of a Dask scheduler such as `tls://10.0.0.5:8786`; None: one of our own on this machine
    workers : analyses at a time on a cluster of our own; None: one for each core
    tls_ca, tls_cert, tls_key : PEM files for a scheduler that is reached by `tls://`
    time_limit_s : for the analysis of a session [s]
    quick_time_limit_s : for the check of a clip or an exercise, and a comparison [s]
    memory_limit_mb : resident memory of one analysis [MB]
    heartbeat_s : time between two signs of life of a running job [s]
    silence_s : time without one after which a job counts as lost [s]
    losses : a job that is lost this often ends with `job_lost`
    starts : a job that is started this often without an end does too
    poll_s : time between two looks for waiting jobs [s]; a job that is submitted here does not wait for it
    analyses : module whose `ANALYSES` are run
    """

    cluster: str | None = None
    workers: int | None = None
    tls_ca: Path | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None
    time_limit_s: float = 3600.0
    quick_time_limit_s: float = 300.0
    memory_limit_mb: float = 4096.0
    heartbeat_s: float = 2.0
    silence_s: float = 30.0
    losses: int = 3
    starts: int = 10
    poll_s: float = 1.0
    analyses: str = "kinechain.jobs.analyses"

    @property
    def local_workers(self) -> int:
        """Analyses at a time on a cluster of our own."""
        return self.workers or os.cpu_count() or 1

    def limit_s(self, kind: JobKind) -> float:
        """Return the time that a job of a kind may take [s]."""
        return self.time_limit_s if kind == "assess" else self.quick_time_limit_s
