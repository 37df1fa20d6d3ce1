"""Accounts, invitations and uploads: what the pages need."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "sign_ins",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("secret_sha256", sa.String(length=64), nullable=False),
        sa.Column("form_key", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        *_always("sign_ins"),
        _hangs_from("sign_ins", "user_id", "users"),
        sa.UniqueConstraint("secret_sha256", name=op.f("uq_sign_ins_secret_sha256")),
    )
    op.create_table(
        "failed_sign_ins", sa.Column("origin", sa.String(length=64), nullable=False), *_always("failed_sign_ins")
    )
    op.create_table(
        "invitations",
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("secret_sha256", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("invited_by", sa.Uuid(), nullable=True),
        *_always("invitations"),
        _hangs_from("invitations", "organisation_id", "organisations"),
        _hangs_from("invitations", "client_id", "clients"),
        _hangs_from("invitations", "invited_by", "users", "SET NULL"),
        sa.CheckConstraint("role IN ('trainer', 'client')", name=op.f("ck_invitations_role_known")),
        sa.UniqueConstraint("secret_sha256", name=op.f("uq_invitations_secret_sha256")),
    )
    op.create_table(
        "uploads",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("received_bytes", sa.BigInteger(), nullable=False),
        sa.Column("filming", sa.JSON(), nullable=False),
        *_always("uploads"),
        _hangs_from("uploads", "visit_id", "visits"),
    )
    for table, columns in _INDEXES:
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns), unique=False)
    with op.batch_alter_table("clips") as clips:
        clips.alter_column("size_bytes", type_=sa.BigInteger(), existing_type=sa.Integer(), existing_nullable=False)


def downgrade() -> None:
    """Take the tables away."""
    with op.batch_alter_table("clips") as clips:
        clips.alter_column("size_bytes", type_=sa.Integer(), existing_type=sa.BigInteger(), existing_nullable=False)
    for table in ("uploads", "invitations", "failed_sign_ins", "sign_ins"):
        op.drop_table(table)


_INDEXES = (
    ("sign_ins", ("user_id",)),
    ("failed_sign_ins", ("origin", "made_at")),
    ("invitations", ("organisation_id",)),
    ("invitations", ("client_id",)),
    ("invitations", ("invited_by",)),
    ("uploads", ("visit_id",)),
)


def _always(table: str) -> tuple[sa.Column[object], sa.Column[object], sa.PrimaryKeyConstraint]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _hangs_from(table: str, column: str, parent: str, deleted: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=deleted)
