"""Webhook endpoints, deliveries, attempts, and mails about endpoints that were given up."""

from uuid import UUID

import sqlalchemy as sa
from alembic import op

from app.db import UtcInstant

revision = "0011_create_webhooks"
down_revision = "0010_create_channels"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "webhook_endpoints",
        *_keys(),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("event_types", sa.JSON(), nullable=False),
        sa.Column("store_ids", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("disabled_reason", sa.Text(), nullable=True),
        sa.Column("disabled_at", UtcInstant(), nullable=True),
        sa.Column("failing_since", UtcInstant(), nullable=True),
        sa.Column("waits_until", UtcInstant(), nullable=True),
        sa.Column("secret_sealed", sa.Text(), nullable=False),
        sa.Column("previous_sealed", sa.Text(), nullable=True),
        sa.Column("previous_until", UtcInstant(), nullable=True),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.CheckConstraint("state IN ('active', 'disabled')", name=op.f("ck_webhook_endpoints_state")),
        sa.CheckConstraint(
            "disabled_reason IN ('paused', 'gone', 'failing')",
            name=op.f("ck_webhook_endpoints_disabled_reason"),
        ),
        *_constraints("webhook_endpoints"),
    )
    op.create_table(
        "webhook_deliveries",
        *_keys(),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("ended_at", UtcInstant(), nullable=True),
        sa.Column("attempt_count", sa.Integer(), nullable=False),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_reason", sa.Text(), nullable=True),
        *_lease(),
        sa.CheckConstraint(
            "state IN ('pending', 'delivered', 'failed', 'cancelled')",
            name=op.f("ck_webhook_deliveries_state"),
        ),
        _belongs_to("webhook_deliveries", "webhook_endpoints", "endpoint_id"),
        *_constraints("webhook_deliveries"),
        sa.UniqueConstraint(
            "organisation_id",
            "endpoint_id",
            "event_id",
            name=op.f("uq_webhook_deliveries_organisation_id_endpoint_id_event_id"),
        ),
    )
    op.create_index(op.f("ix_webhook_deliveries_due_at"), "webhook_deliveries", ["due_at"])
    op.create_index(
        "ix_webhook_deliveries_lane", "webhook_deliveries", ["organisation_id", "endpoint_id", "due_at"]
    )
    op.create_index(
        "ix_webhook_deliveries_newest", "webhook_deliveries", ["organisation_id", "created_at", "id"]
    )
    op.create_index(
        "ix_webhook_deliveries_in_hand",
        "webhook_deliveries",
        ["organisation_id", "endpoint_id"],
        sqlite_where=sa.text("lease_until IS NOT NULL"),
        postgresql_where=sa.text("lease_until IS NOT NULL"),
    )
    _create_attempts()
    _create_tallies()
    _create_notices()


def downgrade() -> None:
    """Undo."""
    for table in (
        "endpoint_notices",
        "webhook_tallies",
        "webhook_attempts",
        "webhook_deliveries",
        "webhook_endpoints",
    ):
        op.drop_table(table)


def _create_attempts() -> None:
    op.create_table(
        "webhook_attempts",
        *_keys(),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("snippet", sa.Text(), nullable=False),
        _belongs_to("webhook_attempts", "webhook_deliveries", "delivery_id"),
        *_constraints("webhook_attempts"),
        sa.UniqueConstraint(
            "organisation_id",
            "delivery_id",
            "number",
            name=op.f("uq_webhook_attempts_organisation_id_delivery_id_number"),
        ),
    )


def _create_tallies() -> None:
    op.create_table(
        "webhook_tallies",
        *_keys(),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        *_constraints("webhook_tallies"),
        sa.UniqueConstraint(
            "organisation_id", "outcome", name=op.f("uq_webhook_tallies_organisation_id_outcome")
        ),
    )


def _create_notices() -> None:
    op.create_table(
        "endpoint_notices",
        *_keys(),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("disabled_at", UtcInstant(), nullable=False),
        sa.Column("sent_at", UtcInstant(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        *_lease(),
        _belongs_to("endpoint_notices", "webhook_endpoints", "endpoint_id"),
        _belongs_to("endpoint_notices", "memberships", "membership_id"),
        *_constraints("endpoint_notices"),
        sa.UniqueConstraint(
            "organisation_id",
            "endpoint_id",
            "membership_id",
            "disabled_at",
            name=op.f("uq_endpoint_notices_organisation_id_endpoint_id_membership_id_disabled_at"),
        ),
    )
    op.create_index(op.f("ix_endpoint_notices_due_at"), "endpoint_notices", ["due_at"])


def _keys() -> list[sa.Column[UUID]]:
    return [
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
    ]


def _lease() -> list[sa.Column[object]]:
    return [
        sa.Column("due_at", UtcInstant(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", UtcInstant(), nullable=True),
        sa.Column("lease_no", sa.Integer(), nullable=False),
    ]


def _belongs_to(table: str, other: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", column],
        [f"{other}.organisation_id", f"{other}.id"],
        name=op.f(f"fk_{table}_organisation_id_{column}"),
    )


def _constraints(table: str) -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f(f"fk_{table}_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f(f"pk_{table}")),
    ]
