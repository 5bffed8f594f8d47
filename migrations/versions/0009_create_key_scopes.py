"""What an API key may do, where and for how long; answers to writes, kept for repeats; who sent a response."""

import sqlalchemy as sa
from alembic import op

from app.db import UtcInstant

revision = "0009_create_key_scopes"
down_revision = "0008_create_audit"


def upgrade() -> None:
    """Apply."""
    # Keys that are there already were made for an API that could only be read.
    op.add_column("api_keys", sa.Column("scopes", sa.JSON(), nullable=False, server_default='["read"]'))
    op.add_column("api_keys", sa.Column("expires_at", UtcInstant(), nullable=True))
    op.add_column("api_keys", sa.Column("used_on", sa.Date(), nullable=True))
    _create("api_key_stores", sa.Column("api_key_id", sa.Uuid(), nullable=False), *_stores())
    _create("idempotent_calls", *_calls())
    _create("response_origins", *_origins())
    op.create_index(op.f("ix_idempotent_calls_created_at"), "idempotent_calls", ["created_at"])


def _stores() -> list[sa.Column[object] | sa.Constraint]:
    return [
        sa.Column("store_id", sa.Uuid(), nullable=False),
        _belongs_to("api_key_stores", "api_keys", "api_key_id"),
        _belongs_to("api_key_stores", "stores", "store_id"),
        sa.UniqueConstraint(
            "organisation_id",
            "api_key_id",
            "store_id",
            name=op.f("uq_api_key_stores_organisation_id_api_key_id_store_id"),
        ),
    ]


def _calls() -> list[sa.Column[object] | sa.Constraint]:
    return [
        sa.Column("api_key_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer_sealed", sa.Text(), nullable=True),
        sa.Column("created_at", UtcInstant(), nullable=False),
        _belongs_to("idempotent_calls", "api_keys", "api_key_id"),
        sa.UniqueConstraint(
            "organisation_id",
            "api_key_id",
            "key",
            name=op.f("uq_idempotent_calls_organisation_id_api_key_id_key"),
        ),
    ]


def _origins() -> list[sa.Column[object] | sa.Constraint]:
    return [
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("api_key_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("content_digest", sa.Text(), nullable=False),
        _belongs_to("response_origins", "responses", "response_id"),
        _belongs_to("response_origins", "api_keys", "api_key_id"),
        sa.UniqueConstraint(
            "organisation_id", "response_id", name=op.f("uq_response_origins_organisation_id_response_id")
        ),
        sa.UniqueConstraint(
            "organisation_id", "external_id", name=op.f("uq_response_origins_organisation_id_external_id")
        ),
    ]


def _create(table: str, *parts: sa.Column[object] | sa.Constraint) -> None:
    op.create_table(
        table,
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *parts,
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f(f"fk_{table}_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f(f"pk_{table}")),
    )


def _belongs_to(table: str, other: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", column],
        [f"{other}.organisation_id", f"{other}.id"],
        name=op.f(f"fk_{table}_organisation_id_{column}"),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("response_origins")
    op.drop_table("idempotent_calls")
    op.drop_table("api_key_stores")
    op.drop_column("api_keys", "used_on")
    op.drop_column("api_keys", "expires_at")
    op.drop_column("api_keys", "scopes")
