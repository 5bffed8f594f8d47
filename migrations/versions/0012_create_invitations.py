"""Employees, till keys, invitations, and what a response owes to them."""

import sqlalchemy as sa
from alembic import op

from app.db import UtcInstant

revision = "0012_create_invitations"
down_revision = "0011_create_webhooks"

KINDS = "kind IN ('receipt', 'call', 'order')"
# Copying a table, as SQLite needs for a new reference, forgets its checks unless they are said again.
RESPONSE_CHECKS = (
    sa.CheckConstraint(
        "channel IN ('qr', 'receipt', 'viber', 'sms', 'email', 'call', 'kiosk', 'web', 'messenger', 'staff', 'api')",
        name=op.f("ck_responses_channel"),
    ),
    sa.CheckConstraint("rating BETWEEN 0 AND 10", name=op.f("ck_responses_rating")),
)


def upgrade() -> None:
    """Apply."""
    _create_employees()
    _create_till_keys()
    _create_points_and_terms()
    _create_invitations()
    with op.batch_alter_table("responses", table_args=RESPONSE_CHECKS) as responses:
        responses.add_column(sa.Column("invitation_id", sa.Uuid(), nullable=True))
        responses.add_column(sa.Column("employee_id", sa.Uuid(), nullable=True))
        for column, table in (("invitation_id", "invitations"), ("employee_id", "employees")):
            responses.create_foreign_key(
                op.f(f"fk_responses_organisation_id_{column}"),
                table,
                ["organisation_id", column],
                ["organisation_id", "id"],
            )
    _create_partial("ix_responses_invitation", "responses", ["invitation_id"], "invitation_id", unique=True)
    _create_partial("ix_responses_employee", "responses", ["employee_id", "received_at"], "employee_id")


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_responses_employee", "responses")
    op.drop_index("ix_responses_invitation", "responses")
    with op.batch_alter_table("responses", table_args=RESPONSE_CHECKS) as responses:
        for column in ("invitation_id", "employee_id"):
            responses.drop_constraint(op.f(f"fk_responses_organisation_id_{column}"), type_="foreignkey")
            responses.drop_column(column)
    for table in ("invitations", "receipt_terms", "invitation_points", "till_keys", "employees"):
        op.drop_table(table)


def _create_employees() -> None:
    op.create_table(
        "employees",
        *_own_columns(),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("retired_at", UtcInstant(), nullable=True),
        _reference("employees", "store_id", "stores"),
        *_own_constraints("employees"),
    )
    works = sa.text("retired_at IS NULL")
    op.create_index(
        "ix_employees_working",
        "employees",
        ["organisation_id", "store_id", "code_key"],
        unique=True,
        sqlite_where=works,
        postgresql_where=works,
    )


def _create_till_keys() -> None:
    op.create_table(
        "till_keys",
        *_own_columns(),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("secret_sealed", sa.Text(), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("valid_until", UtcInstant(), nullable=True),
        sa.Column("revoked_at", UtcInstant(), nullable=True),
        _reference("till_keys", "store_id", "stores"),
        *_own_constraints("till_keys"),
        sa.UniqueConstraint("key_id", name=op.f("uq_till_keys_key_id")),
    )
    op.create_index("ix_till_keys_store", "till_keys", ["organisation_id", "store_id"])


def _create_points_and_terms() -> None:
    op.create_table(
        "invitation_points",
        *_own_columns(),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("touchpoint_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("ck_invitation_points_kind")),
        _reference("invitation_points", "store_id", "stores"),
        _reference("invitation_points", "touchpoint_id", "touchpoints"),
        *_own_constraints("invitation_points"),
        sa.UniqueConstraint(
            "organisation_id",
            "store_id",
            "kind",
            name=op.f("uq_invitation_points_organisation_id_store_id_kind"),
        ),
    )
    op.create_table(
        "receipt_terms",
        *_own_columns(),
        sa.Column("life_days", sa.Integer(), nullable=False),
        *_own_constraints("receipt_terms"),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_receipt_terms_organisation_id")),
    )


def _create_invitations() -> None:
    op.create_table(
        "invitations",
        *_own_columns(),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("touchpoint_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("number_key", sa.Text(), nullable=False),
        sa.Column("issued_at", UtcInstant(), nullable=True),
        sa.Column("total_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("employee_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("till_key_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("expires_at", UtcInstant(), nullable=False),
        sa.Column("cancelled_at", UtcInstant(), nullable=True),
        sa.Column("response_key", sa.Text(), nullable=True),
        sa.Column("redeemed_at", UtcInstant(), nullable=True),
        sa.CheckConstraint(KINDS, name=op.f("ck_invitations_kind")),
        _reference("invitations", "store_id", "stores"),
        _reference("invitations", "touchpoint_id", "touchpoints"),
        _reference("invitations", "employee_id", "employees"),
        _reference("invitations", "contact_id", "contacts"),
        _reference("invitations", "till_key_id", "till_keys"),
        *_own_constraints("invitations"),
        sa.UniqueConstraint("token", name=op.f("uq_invitations_token")),
        sa.UniqueConstraint(
            "organisation_id",
            "store_id",
            "kind",
            "number_key",
            name=op.f("uq_invitations_organisation_id_store_id_kind_number_key"),
        ),
    )
    op.create_index("ix_invitations_newest", "invitations", ["organisation_id", "created_at", "id"])
    unanswered = sa.text("redeemed_at IS NULL")
    op.create_index(
        "ix_invitations_unanswered",
        "invitations",
        ["expires_at"],
        sqlite_where=unanswered,
        postgresql_where=unanswered,
    )


def _create_partial(name: str, table: str, columns: list[str], present: str, *, unique: bool = False) -> None:
    is_present = sa.text(f"{present} IS NOT NULL")
    op.create_index(
        name,
        table,
        ["organisation_id", *columns],
        unique=unique,
        sqlite_where=is_present,
        postgresql_where=is_present,
    )


def _own_columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
    )


def _own_constraints(table: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f(f"fk_{table}_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f(f"pk_{table}")),
    )


def _reference(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", column],
        [f"{to}.organisation_id", f"{to}.id"],
        name=op.f(f"fk_{table}_organisation_id_{column}"),
    )
