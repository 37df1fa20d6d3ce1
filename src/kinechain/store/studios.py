"""A studio as its trainers see it: its settings, its people, and who saw or did what."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from kinechain.store.desk import Desk
from kinechain.store.tables import AuditEntry, Organisation, User


def studio(desk: Desk) -> Organisation:
    """Return the studio of this person."""
    return desk.session.get_one(Organisation, desk.user.organisation_id)


def set_studio(desk: Desk, name: str, retention_days: int | None) -> Organisation:
    """Set a studio's name and how long it keeps a client's data; None without limit."""
    changed = studio(desk)
    changed.name, changed.retention_days = name, retention_days
    desk.note("settings", "organisation", changed.id)
    return changed


def trainers(desk: Desk) -> Sequence[User]:
    """Return the trainers of a studio, by name."""
    of_studio = select(User).where(User.organisation_id == desk.user.organisation_id, User.role == "trainer")
    return desk.session.scalars(of_studio.order_by(User.name, User.id)).all()


def audit(desk: Desk, limit: int, offset: int = 0) -> tuple[list[tuple[AuditEntry, str | None]], int]:
    """Return who saw or did what, the latest first, with the person's name; and how many entries there are."""
    here = AuditEntry.organisation_id == desk.user.organisation_id
    rows = desk.session.execute(
        select(AuditEntry, User.name)
        .outerjoin(User, User.id == AuditEntry.user_id)
        .where(here)
        .order_by(AuditEntry.made_at.desc(), AuditEntry.id)
        .limit(limit)
        .offset(offset)
    ).all()
    total = desk.session.scalar(select(func.count()).select_from(AuditEntry).where(here)) or 0
    return [(entry, name) for entry, name in rows], total
