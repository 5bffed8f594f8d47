"""Contacts, responses, classifications."""

import sqlalchemy as sa
from alembic import op

from app.db import UtcInstant

revision = "0005_create_responses"
down_revision = "0004_create_touchpoints"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "contacts",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value_encrypted", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        sa.Column("marketing_consent_at", UtcInstant(), nullable=True),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("erase_at", UtcInstant(), nullable=True),
        sa.CheckConstraint("kind IN ('phone', 'email')", name=op.f("ck_contacts_kind")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_contacts_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_contacts")),
    )
    op.create_index(op.f("ix_contacts_erase_at"), "contacts", ["erase_at"], unique=False)
    op.create_index("ix_contacts_fingerprint", "contacts", ["organisation_id", "fingerprint"], unique=False)
    op.create_table(
        "responses",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("touchpoint_id", sa.Uuid(), nullable=False),
        sa.Column("qr_code_id", sa.Uuid(), nullable=True),
        sa.Column("survey_version_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("is_suspect", sa.Boolean(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("answered_at", UtcInstant(), nullable=False),
        sa.Column("received_at", UtcInstant(), nullable=False),
        sa.Column("completed_at", UtcInstant(), nullable=True),
        sa.Column("corrected_at", UtcInstant(), nullable=True),
        sa.CheckConstraint(
            "channel IN ('qr', 'receipt', 'viber', 'sms', 'email', 'call', 'kiosk', 'web', 'messenger', 'staff', 'api')",
            name=op.f("ck_responses_channel"),
        ),
        sa.CheckConstraint("rating BETWEEN 0 AND 10", name=op.f("ck_responses_rating")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "contact_id"],
            ["contacts.organisation_id", "contacts.id"],
            name=op.f("fk_responses_organisation_id_contact_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "qr_code_id"],
            ["qr_codes.organisation_id", "qr_codes.id"],
            name=op.f("fk_responses_organisation_id_qr_code_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "store_id"],
            ["stores.organisation_id", "stores.id"],
            name=op.f("fk_responses_organisation_id_store_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "survey_version_id"],
            ["survey_versions.organisation_id", "survey_versions.id"],
            name=op.f("fk_responses_organisation_id_survey_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "touchpoint_id"],
            ["touchpoints.organisation_id", "touchpoints.id"],
            name=op.f("fk_responses_organisation_id_touchpoint_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_responses_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_responses")),
        sa.UniqueConstraint("key", name=op.f("uq_responses_key")),
    )
    op.create_index(
        "ix_responses_newest", "responses", ["organisation_id", "received_at", "id"], unique=False
    )
    op.create_index(
        "ix_responses_store",
        "responses",
        ["organisation_id", "store_id", "received_at", "rating", "is_suspect"],
        unique=False,
    )
    op.create_table(
        "classifications",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("sentiment", sa.Text(), nullable=True),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("model_version", sa.Text(), nullable=True),
        sa.Column("requested_at", UtcInstant(), nullable=False),
        sa.Column("classified_at", UtcInstant(), nullable=True),
        sa.Column("due_at", UtcInstant(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", UtcInstant(), nullable=True),
        sa.Column("lease_no", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "sentiment IN ('negative', 'neutral', 'positive')", name=op.f("ck_classifications_sentiment")
        ),
        sa.CheckConstraint(
            "source IN ('model', 'fallback', 'human')", name=op.f("ck_classifications_source")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "response_id"],
            ["responses.organisation_id", "responses.id"],
            name=op.f("fk_classifications_organisation_id_response_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_classifications_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_classifications")),
        sa.UniqueConstraint(
            "organisation_id", "response_id", name=op.f("uq_classifications_organisation_id_response_id")
        ),
    )
    op.create_index(op.f("ix_classifications_due_at"), "classifications", ["due_at"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_table("classifications")
    op.drop_table("responses")
    op.drop_table("contacts")
