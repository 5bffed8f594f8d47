"""Regions, stores, and the scope of memberships."""

import sqlalchemy as sa
from alembic import op

from app.db import UtcInstant

revision = "0002_create_stores"
down_revision = "0001_create_accounts"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "regions",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_regions_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_regions")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_regions_organisation_id_name")),
    )
    op.create_table(
        "membership_regions",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("region_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "membership_id"],
            ["memberships.organisation_id", "memberships.id"],
            name=op.f("fk_membership_regions_organisation_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "region_id"],
            ["regions.organisation_id", "regions.id"],
            name=op.f("fk_membership_regions_organisation_id_region_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_membership_regions_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_membership_regions")),
        sa.UniqueConstraint(
            "organisation_id",
            "membership_id",
            "region_id",
            name=op.f("uq_membership_regions_organisation_id_membership_id_region_id"),
        ),
    )
    op.create_table(
        "stores",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("weekly_hours", sa.JSON(), nullable=False),
        sa.Column("dated_hours", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("retired_at", UtcInstant(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('shop', 'online_shop', 'contact_centre', 'delivery')", name=op.f("ck_stores_kind")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "region_id"],
            ["regions.organisation_id", "regions.id"],
            name=op.f("fk_stores_organisation_id_region_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_stores_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_stores")),
        sa.UniqueConstraint("organisation_id", "code", name=op.f("uq_stores_organisation_id_code")),
    )
    op.create_table(
        "membership_stores",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "membership_id"],
            ["memberships.organisation_id", "memberships.id"],
            name=op.f("fk_membership_stores_organisation_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "store_id"],
            ["stores.organisation_id", "stores.id"],
            name=op.f("fk_membership_stores_organisation_id_store_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_membership_stores_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_membership_stores")),
        sa.UniqueConstraint(
            "organisation_id",
            "membership_id",
            "store_id",
            name=op.f("uq_membership_stores_organisation_id_membership_id_store_id"),
        ),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("membership_stores")
    op.drop_table("membership_regions")
    op.drop_table("stores")
    op.drop_table("regions")
