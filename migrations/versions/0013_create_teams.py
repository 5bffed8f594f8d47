"""Who is invited, who is signed in, letters about accounts; deeds that cannot be changed."""

import sqlalchemy as sa
from alembic import op

from app.db import UtcInstant

revision = "0013_create_teams"
down_revision = "0012_create_invitations"

_SQLITE_TRIGGERS = (
    """
    CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
    BEGIN SELECT RAISE(ABORT, 'audit entries are only ever added'); END
    """,
    """
    CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
    WHEN OLD.at > strftime('%Y-%m-%d %H:%M:%f', 'now', '-700 days')
        AND EXISTS (SELECT 1 FROM organisations WHERE id = OLD.organisation_id)
    BEGIN SELECT RAISE(ABORT, 'audit entries are only ever added'); END
    """,
)
_POSTGRES_TRIGGERS = (
    """
    CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND (
            OLD.at <= now() - interval '700 days'
            OR NOT EXISTS (SELECT 1 FROM organisations WHERE id = OLD.organisation_id)
        ) THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'audit entries are only ever added';
    END $$
    """,
    """
    CREATE TRIGGER audit_entries_no_change BEFORE UPDATE OR DELETE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()
    """,
    """
    CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()
    """,
)


def upgrade() -> None:
    """Apply."""
    op.add_column("memberships", sa.Column("seen_on", sa.Date(), nullable=True))
    op.create_index("ix_memberships_user_id", "memberships", ["user_id"])
    _create_sign_ins()
    _create_invitations()
    _create_passwords()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _SQLITE_TRIGGERS if is_sqlite else _POSTGRES_TRIGGERS:
        op.execute(statement)


def _create_sign_ins() -> None:
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.Text(), nullable=False),
        sa.Column("current_id", sa.Uuid(), nullable=True),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("seen_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_sign_ins_user_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["current_id"],
            ["organisations.id"],
            name=op.f("fk_sign_ins_current_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_sign_ins_token_digest")),
    )
    op.create_index("ix_sign_ins_user_id", "sign_ins", ["user_id"])


def _create_invitations() -> None:
    op.create_table(
        "team_invitations",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("region_ids", sa.JSON(), nullable=False),
        sa.Column("store_ids", sa.JSON(), nullable=False),
        sa.Column("secret_digest", sa.Text(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=True),
        sa.Column("sent_at", UtcInstant(), nullable=False),
        sa.Column("expires_at", UtcInstant(), nullable=False),
        sa.Column("accepted_at", UtcInstant(), nullable=True),
        sa.Column("withdrawn_at", UtcInstant(), nullable=True),
        sa.CheckConstraint(
            "role IN ('owner', 'analyst', 'regional_manager', 'store_manager')",
            name=op.f("ck_team_invitations_role"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_team_invitations_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "invited_by"],
            ["memberships.organisation_id", "memberships.id"],
            name=op.f("fk_team_invitations_organisation_id_invited_by"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_team_invitations")),
        sa.UniqueConstraint("secret_digest", name=op.f("uq_team_invitations_secret_digest")),
    )
    op.create_index(
        "ix_team_invitations_waiting",
        "team_invitations",
        ["organisation_id", "email"],
        unique=True,
        sqlite_where=sa.text("accepted_at IS NULL AND withdrawn_at IS NULL"),
        postgresql_where=sa.text("accepted_at IS NULL AND withdrawn_at IS NULL"),
    )
    op.create_table(
        "account_letters",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("due_at", UtcInstant(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", UtcInstant(), nullable=True),
        sa.Column("lease_no", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("invitation_id", sa.Uuid(), nullable=True),
        sa.Column("sealed_link", sa.Text(), nullable=True),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("sent_at", UtcInstant(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('invitation', 'reset', 'password_changed')", name=op.f("ck_account_letters_kind")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "invitation_id"],
            ["team_invitations.organisation_id", "team_invitations.id"],
            name=op.f("fk_account_letters_organisation_id_invitation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_account_letters_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_account_letters_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_account_letters")),
    )
    op.create_index("ix_account_letters_due_at", "account_letters", ["due_at"])


def _create_passwords() -> None:
    op.create_table(
        "password_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_requests")),
    )
    op.create_table(
        "password_resets",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("secret_digest", sa.Text(), nullable=False),
        sa.Column("expires_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_password_resets_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_password_resets")),
        sa.UniqueConstraint("secret_digest", name=op.f("uq_password_resets_secret_digest")),
    )


def downgrade() -> None:
    """Undo."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER audit_entries_no_delete")
        op.execute("DROP TRIGGER audit_entries_no_update")
    else:
        op.execute("DROP TRIGGER audit_entries_no_truncate ON audit_entries")
        op.execute("DROP TRIGGER audit_entries_no_change ON audit_entries")
        op.execute("DROP FUNCTION refuse_audit_change()")
    op.drop_table("password_resets")
    op.drop_table("password_requests")
    op.drop_table("account_letters")
    op.drop_table("team_invitations")
    op.drop_table("sign_ins")
    op.drop_index("ix_memberships_user_id", "memberships")
    op.drop_column("memberships", "seen_on")
