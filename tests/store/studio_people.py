"""Who is in the studio of the store's tests."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Studio:
    """Identifiers of a trainer with two clients (the first can sign in), and of a trainer elsewhere."""

    trainer: UUID
    runner: UUID
    client: UUID
    other_client: UUID
    elsewhere: UUID
