"""What the application holds while it runs: database, files, the office that does the analyses, and its limits."""

from __future__ import annotations

from dataclasses import dataclass, field

from fastapi import Request

from kinechain.store.database import Database
from kinechain.store.files import StudioFiles


@dataclass(frozen=True)
class Limits:
    """How much a request may bring.

    Parameters
    ----------
    clip_bytes : largest clip
    form_bytes : largest body of any request but a piece of a clip
    piece_bytes : largest piece of a clip in one request
    """

    clip_bytes: int = 4 << 30
    form_bytes: int = 1 << 20
    piece_bytes: int = 16 << 20


@dataclass(frozen=True)
class Studio:
    """The running studio; `secure` where it is reached by https, so that cookies never travel in the clear."""

    database: Database
    files: StudioFiles
    secure: bool = False
    limits: Limits = field(default_factory=Limits)


def studio_of(request: Request) -> Studio:
    """Return the studio of the application that answers."""
    studio: Studio = request.app.state.studio
    return studio
