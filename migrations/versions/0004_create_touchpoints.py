"""Touchpoints, printed codes, scans."""

import sqlalchemy as sa
from alembic import op

from app.db import UtcInstant

revision = "0004_create_touchpoints"
down_revision = "0003_create_surveys"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "touchpoints",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("retired_at", UtcInstant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "store_id"],
            ["stores.organisation_id", "stores.id"],
            name=op.f("fk_touchpoints_organisation_id_store_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "survey_id"],
            ["surveys.organisation_id", "surveys.id"],
            name=op.f("fk_touchpoints_organisation_id_survey_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_touchpoints_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_touchpoints")),
        sa.UniqueConstraint(
            "organisation_id", "store_id", "name", name=op.f("uq_touchpoints_organisation_id_store_id_name")
        ),
    )
    op.create_table(
        "qr_codes",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("touchpoint_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("retired_at", UtcInstant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "touchpoint_id"],
            ["touchpoints.organisation_id", "touchpoints.id"],
            name=op.f("fk_qr_codes_organisation_id_touchpoint_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_qr_codes_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_qr_codes")),
        sa.UniqueConstraint("code", name=op.f("uq_qr_codes_code")),
    )
    op.create_table(
        "scan_counts",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("qr_code_id", sa.Uuid(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "qr_code_id"],
            ["qr_codes.organisation_id", "qr_codes.id"],
            name=op.f("fk_scan_counts_organisation_id_qr_code_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_scan_counts_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_scan_counts")),
        sa.UniqueConstraint(
            "organisation_id", "qr_code_id", "on", name=op.f("uq_scan_counts_organisation_id_qr_code_id_on")
        ),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("scan_counts")
    op.drop_table("qr_codes")
    op.drop_table("touchpoints")
