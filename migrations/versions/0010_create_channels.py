"""How each channel does, bots and SMS providers, and how people want to get their notifications."""

import sqlalchemy as sa
from alembic import op

from app.db import UtcInstant

revision = "0010_create_channels"
down_revision = "0009_create_key_scopes"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "channel_states",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=True),
        sa.Column("free_at", UtcInstant(), nullable=True),
        sa.Column("last_worked_at", UtcInstant(), nullable=True),
        sa.Column("last_failed_at", UtcInstant(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("failing_since", UtcInstant(), nullable=True),
        sa.Column("is_broken", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_channel_states_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_channel_states")),
        sa.UniqueConstraint(
            "organisation_id", "channel", name=op.f("uq_channel_states_organisation_id_channel")
        ),
    )
    op.create_table(
        "sms_gateways",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("success_path", sa.Text(), nullable=False),
        sa.Column("success_pattern", sa.Text(), nullable=False),
        sa.Column("secret_sealed", sa.Text(), nullable=True),
        sa.Column("connected_at", UtcInstant(), nullable=False),
        sa.CheckConstraint("kind IN ('json', 'form', 'query')", name=op.f("ck_sms_gateways_kind")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_sms_gateways_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_sms_gateways")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_sms_gateways_organisation_id")),
    )
    op.create_table(
        "telegram_bots",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bot_id", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_sealed", sa.Text(), nullable=False),
        sa.Column("next_update", sa.BigInteger(), nullable=True),
        sa.Column("heard_at", UtcInstant(), nullable=True),
        sa.Column("listens_until", UtcInstant(), nullable=True),
        sa.Column("connected_at", UtcInstant(), nullable=False),
        sa.Column("due_at", UtcInstant(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", UtcInstant(), nullable=True),
        sa.Column("lease_no", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_telegram_bots_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_telegram_bots")),
        sa.UniqueConstraint("bot_id", name=op.f("uq_telegram_bots_bot_id")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_telegram_bots_organisation_id")),
    )
    op.create_index(op.f("ix_telegram_bots_due_at"), "telegram_bots", ["due_at"], unique=False)
    op.create_table(
        "link_codes",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("code_digest", sa.Text(), nullable=False),
        sa.Column("expires_at", UtcInstant(), nullable=False),
        sa.Column("used_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "membership_id"],
            ["memberships.organisation_id", "memberships.id"],
            name=op.f("fk_link_codes_organisation_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_link_codes_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_link_codes")),
        sa.UniqueConstraint(
            "organisation_id", "code_digest", name=op.f("uq_link_codes_organisation_id_code_digest")
        ),
        sa.UniqueConstraint(
            "organisation_id", "membership_id", name=op.f("uq_link_codes_organisation_id_membership_id")
        ),
    )
    op.create_table(
        "personal_addresses",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("since", UtcInstant(), nullable=False),
        sa.Column("broken_at", UtcInstant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "membership_id"],
            ["memberships.organisation_id", "memberships.id"],
            name=op.f("fk_personal_addresses_organisation_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_personal_addresses_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_personal_addresses")),
        sa.UniqueConstraint(
            "organisation_id",
            "membership_id",
            "channel",
            name=op.f("uq_personal_addresses_organisation_id_membership_id_channel"),
        ),
    )
    op.create_index(
        "ix_personal_addresses_address",
        "personal_addresses",
        ["organisation_id", "channel", "address"],
        unique=False,
    )
    op.create_table(
        "personal_settings",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("quiet_from", sa.Text(), nullable=True),
        sa.Column("quiet_to", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "membership_id"],
            ["memberships.organisation_id", "memberships.id"],
            name=op.f("fk_personal_settings_organisation_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_personal_settings_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_personal_settings")),
        sa.UniqueConstraint(
            "organisation_id",
            "membership_id",
            name=op.f("uq_personal_settings_organisation_id_membership_id"),
        ),
    )
    op.create_table(
        "trial_messages",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("requested_at", UtcInstant(), nullable=False),
        sa.Column("ended_at", UtcInstant(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("due_at", UtcInstant(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", UtcInstant(), nullable=True),
        sa.Column("lease_no", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'sent', 'failed', 'suppressed')", name=op.f("ck_trial_messages_state")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "membership_id"],
            ["memberships.organisation_id", "memberships.id"],
            name=op.f("fk_trial_messages_organisation_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_trial_messages_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_trial_messages")),
        sa.UniqueConstraint(
            "organisation_id",
            "membership_id",
            "channel",
            name=op.f("uq_trial_messages_organisation_id_membership_id_channel"),
        ),
    )
    op.create_index(op.f("ix_trial_messages_due_at"), "trial_messages", ["due_at"], unique=False)
    op.create_index(
        "ix_notifications_failed",
        "notifications",
        ["organisation_id", "created_at"],
        unique=False,
        sqlite_where=sa.text("state = 'failed'"),
        postgresql_where=sa.text("state = 'failed'"),
    )
    op.create_index("ix_notifications_id", "notifications", ["id"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_notifications_id", table_name="notifications")
    op.drop_index("ix_notifications_failed", table_name="notifications")
    op.drop_table("trial_messages")
    op.drop_table("personal_settings")
    op.drop_table("personal_addresses")
    op.drop_table("link_codes")
    op.drop_table("telegram_bots")
    op.drop_table("sms_gateways")
    op.drop_table("channel_states")
