"""Clips of exercises between the sessions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tell sessions from what is sent between them."""
    with op.batch_alter_table("visits") as visits:
        visits.add_column(sa.Column("kind", sa.String(length=16), nullable=False, server_default="session"))
    with op.batch_alter_table("visits") as visits:
        visits.alter_column("kind", existing_type=sa.String(length=16), existing_nullable=False, server_default=None)
        visits.create_check_constraint(op.f("ck_visits_kind_known"), "kind IN ('session', 'follow_up')")


def downgrade() -> None:
    """Keep sessions alone, as before."""
    op.execute("DELETE FROM visits WHERE kind <> 'session'")
    with op.batch_alter_table("visits") as visits:
        visits.drop_constraint(op.f("ck_visits_kind_known"), type_="check")
        visits.drop_column("kind")
