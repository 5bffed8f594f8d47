"""Tables of stores that wait to be confirmed."""

import sqlalchemy as sa
from alembic import op

from app.db import UtcInstant

revision = "0014_create_imports"
down_revision = "0013_create_teams"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "store_imports",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("expire_at", UtcInstant(), nullable=False),
        sa.Column("applied_at", UtcInstant(), nullable=True),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "member_id"],
            ["memberships.organisation_id", "memberships.id"],
            name=op.f("fk_store_imports_organisation_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_store_imports_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_store_imports")),
    )
    op.create_index(op.f("ix_store_imports_expire_at"), "store_imports", ["expire_at"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("store_imports")
