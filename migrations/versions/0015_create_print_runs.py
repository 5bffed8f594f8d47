"""Print runs and their files."""

import sqlalchemy as sa
from alembic import op

from app.db import UtcInstant

revision = "0015_create_print_runs"
down_revision = "0014_create_imports"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "print_runs",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("first_language", sa.Text(), nullable=True),
        sa.Column("further_languages", sa.JSON(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.Column("store_ids", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("done_count", sa.Integer(), nullable=False),
        sa.Column("total_count", sa.Integer(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("file", sa.LargeBinary(), nullable=True),
        sa.Column("file_bytes", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("expires_at", UtcInstant(), nullable=True),
        sa.Column("due_at", UtcInstant(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", UtcInstant(), nullable=True),
        sa.Column("lease_no", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "format IN ('a5', 'a4', 'a3', 'a6', 'tent', 'sticker', 'labels')",
            name=op.f("ck_print_runs_format"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'made', 'failed', 'expired')", name=op.f("ck_print_runs_state")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "membership_id"],
            ["memberships.organisation_id", "memberships.id"],
            name=op.f("fk_print_runs_organisation_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_print_runs_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_print_runs")),
    )
    op.create_index(op.f("ix_print_runs_due_at"), "print_runs", ["due_at"])
    op.create_index(op.f("ix_print_runs_expires_at"), "print_runs", ["expires_at"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("print_runs")
