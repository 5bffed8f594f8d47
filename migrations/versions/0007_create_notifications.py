"""Notifications and the local mailbox."""

import sqlalchemy as sa
from alembic import op

from app.db import UtcInstant

revision = "0007_create_notifications"
down_revision = "0006_create_alerts"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "mailbox_messages",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sent_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_mailbox_messages_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_mailbox_messages")),
        sa.UniqueConstraint(
            "organisation_id", "reference", name=op.f("uq_mailbox_messages_organisation_id_reference")
        ),
    )
    op.create_table(
        "notifications",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("timer_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("sent_at", UtcInstant(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("due_at", UtcInstant(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", UtcInstant(), nullable=True),
        sa.Column("lease_no", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'sent', 'failed', 'suppressed')", name=op.f("ck_notifications_state")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "alert_id"],
            ["alerts.organisation_id", "alerts.id"],
            name=op.f("fk_notifications_organisation_id_alert_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "membership_id"],
            ["memberships.organisation_id", "memberships.id"],
            name=op.f("fk_notifications_organisation_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "timer_id"],
            ["alert_timers.organisation_id", "alert_timers.id"],
            name=op.f("fk_notifications_organisation_id_timer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_notifications_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_notifications")),
        sa.UniqueConstraint(
            "organisation_id",
            "timer_id",
            "membership_id",
            "channel",
            name=op.f("uq_notifications_organisation_id_timer_id_membership_id_channel"),
        ),
    )
    op.create_index(op.f("ix_notifications_due_at"), "notifications", ["due_at"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_table("mailbox_messages")
    op.drop_table("notifications")
