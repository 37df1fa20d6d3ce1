"""Where a client's files lie: everything of one person in one folder, so that it can be handed over and deleted whole.

    people/<client>/clips/<sha256>         as uploaded, named by content
    people/<client>/uploads/<upload>       a clip that is still on its way
    people/<client>/results/<job>/         what a job ended with
    people/<client>/work/<visit>/          what an analysis keeps to go on after an interruption

No name that a user gave becomes part of a path.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class StudioFiles:
    """The files below the studio's folder."""

    root: Path

    def person(self, client_id: UUID) -> Path:
        """Return the folder of a client."""
        return self.root / "people" / str(client_id)

    def clip(self, client_id: UUID, sha256: str) -> Path:
        """Return the file of a clip; ValueError where the hash is none."""
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"no SHA-256: {sha256!r}")
        return self.person(client_id) / "clips" / sha256

    def upload(self, client_id: UUID, upload_id: UUID) -> Path:
        """Return the file of a clip that is on its way."""
        return self.person(client_id) / "uploads" / str(upload_id)

    def result(self, client_id: UUID, job_id: UUID) -> Path:
        """Return the folder of a job's result."""
        return self.person(client_id) / "results" / str(job_id)

    def attempt(self, client_id: UUID, job_id: UUID, number: int) -> Path:
        """Return the folder in which one start of a job writes; it becomes the result's when the job ends well."""
        return self.person(client_id) / "results" / f".{job_id}-{number}"

    def attempts(self, client_id: UUID, job_id: UUID) -> list[Path]:
        """Return the folders that starts of a job left behind."""
        return list((self.person(client_id) / "results").glob(f".{job_id}-*"))

    def work(self, client_id: UUID, visit_id: UUID) -> Path:
        """Return the folder in which analyses of a session keep what they finished."""
        return self.person(client_id) / "work" / str(visit_id)

    def remove_job(self, client_id: UUID, job_id: UUID) -> None:
        """Delete all files of a job: its result, what starts of it left behind, what it kept to go on."""
        for folder in (self.result(client_id, job_id), self.work(client_id, job_id), *self.attempts(client_id, job_id)):
            shutil.rmtree(folder, ignore_errors=True)

    def remove(self, client_id: UUID) -> None:
        """Delete everything of a client; a folder that is gone already is fine.

        Raises
        ------
        OSError
            Where a file cannot be deleted.
        """
        folder = self.person(client_id)
        if folder.exists():
            shutil.rmtree(folder)
