"""Jobs of several kinds, for a client with or without a session."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is asked for, what was found, and whose job it is."""
    with op.batch_alter_table("jobs") as jobs:
        jobs.add_column(sa.Column("client_id", sa.Uuid(), nullable=True))
        jobs.add_column(sa.Column("kind", sa.String(length=16), nullable=False, server_default="assess"))
        jobs.add_column(sa.Column("payload", sa.JSON(), nullable=False, server_default="{}"))
        jobs.add_column(sa.Column("losses", sa.Integer(), nullable=False, server_default="0"))
        jobs.add_column(sa.Column("document", sa.JSON(), nullable=True))
    op.execute("UPDATE jobs SET client_id = (SELECT client_id FROM visits WHERE visits.id = jobs.visit_id)")
    with op.batch_alter_table("jobs") as jobs:
        for column, kind in (("kind", sa.String(length=16)), ("payload", sa.JSON()), ("losses", sa.Integer())):
            jobs.alter_column(column, existing_type=kind, existing_nullable=False, server_default=None)
        jobs.alter_column("client_id", existing_type=sa.Uuid(), nullable=False)
        jobs.alter_column("visit_id", existing_type=sa.Uuid(), nullable=True)
        jobs.create_foreign_key(op.f("fk_jobs_client_id"), "clients", ["client_id"], ["id"], ondelete="CASCADE")
        jobs.create_index(op.f("ix_jobs_client_id"), ["client_id"])
        jobs.create_check_constraint(
            op.f("ck_jobs_kind_known"), "kind IN ('assess', 'check_clip', 'check_exercise', 'compare')"
        )
        jobs.create_check_constraint(op.f("ck_jobs_assesses_a_visit"), "kind <> 'assess' OR visit_id IS NOT NULL")


def downgrade() -> None:
    """Keep assessments alone, as before."""
    op.execute("DELETE FROM jobs WHERE kind <> 'assess'")
    with op.batch_alter_table("jobs") as jobs:
        jobs.drop_constraint(op.f("ck_jobs_assesses_a_visit"), type_="check")
        jobs.drop_constraint(op.f("ck_jobs_kind_known"), type_="check")
        jobs.drop_index(op.f("ix_jobs_client_id"))
        jobs.drop_constraint(op.f("fk_jobs_client_id"), type_="foreignkey")
        jobs.alter_column("visit_id", existing_type=sa.Uuid(), nullable=False)
        for column in ("document", "losses", "payload", "kind", "client_id"):
            jobs.drop_column(column)
