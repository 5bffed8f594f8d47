"""What comments talk about, what people corrected, and which words decided."""

import sqlalchemy as sa
from alembic import op

from app.db import UtcInstant

revision = "0016_create_comment_labels"
down_revision = "0015_create_print_runs"

TOPICS = (
    "'staff_attitude', 'staff_competence', 'staff_availability', 'queue', 'checkout_payment', "
    "'price', 'promo', 'assortment', 'availability', 'product_quality', 'returns_warranty', "
    "'delivery', 'order_pickup', 'cleanliness', 'atmosphere', 'access_location', 'digital', "
    "'loyalty', 'contact_centre', 'brand_general', 'other'"
)
FLAGS = (
    "'safety', 'discrimination', 'harassment', 'fraud_theft', 'health_allergy', 'data_leak', "
    "'minors', 'legal_threat', 'media_threat', 'churn_intent', 'repeat_complaint', "
    "'callback_request', 'praise_named_person', 'personal_data_in_text', 'abuse_spam', "
    "'suggestion', 'question'"
)
DEEDS = (
    "'opened', 'completed', 'corrected', 'notified', 'nobody', 'breached', 'reassigned', "
    "'acknowledged', 'called', 'replied', 'delivered', 'undelivered', 'seen', 'wrote', 'noted', "
    "'answered', 'resolved', 'dismissed', 'closed', 'reopened'"
)
LANGUAGES = "language IN ('uk', 'ru', 'mixed', 'en', 'pl', 'other')"


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("classifications") as verdicts:
        verdicts.add_column(sa.Column("language", sa.Text(), nullable=True))
        verdicts.add_column(sa.Column("confidence", sa.Double(), nullable=True))
        verdicts.add_column(sa.Column("asked_version", sa.Text(), nullable=True))
        verdicts.create_check_constraint(op.f("ck_classifications_language"), LANGUAGES)
    op.create_index("ix_classifications_asked", "classifications", ["asked_version"])
    _create_topics()
    _create_flags()
    _create_corrections()
    _create_explanations()
    _change_deeds(f"{DEEDS}, 'raised'")


def downgrade() -> None:
    """Undo."""
    op.execute(sa.text("DELETE FROM alert_events WHERE kind = 'raised'"))
    _change_deeds(DEEDS)
    for table in ("explanations", "corrections", "comment_flags", "comment_topics"):
        op.drop_table(table)
    op.drop_index("ix_classifications_asked", "classifications")
    with op.batch_alter_table("classifications") as verdicts:
        verdicts.drop_constraint(op.f("ck_classifications_language"), type_="check")
        for column in ("asked_version", "confidence", "language"):
            verdicts.drop_column(column)


def _change_deeds(kinds: str) -> None:
    """Another set of words for a line of history."""
    name = op.f("ck_alert_events_kind")
    with op.batch_alter_table("alert_events") as lines:
        lines.drop_constraint(name, type_="check")
        lines.create_check_constraint(name, f"kind IN ({kinds})")


def _own_columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
    )


def _own_constraints(table: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["organisation_id", "response_id"],
            ["responses.organisation_id", "responses.id"],
            name=op.f(f"fk_{table}_organisation_id_response_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f(f"fk_{table}_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f(f"pk_{table}")),
    )


def _create_topics() -> None:
    op.create_table(
        "comment_topics",
        *_own_columns(),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("polarity", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.CheckConstraint(f"topic IN ({TOPICS})", name=op.f("ck_comment_topics_topic")),
        sa.CheckConstraint("polarity BETWEEN -1 AND 1", name=op.f("ck_comment_topics_polarity")),
        *_own_constraints("comment_topics"),
        sa.UniqueConstraint(
            "organisation_id",
            "response_id",
            "topic",
            name=op.f("uq_comment_topics_organisation_id_response_id_topic"),
        ),
    )
    columns = ["organisation_id", "topic", "polarity", "response_id"]
    op.create_index("ix_comment_topics_topic", "comment_topics", columns)


def _create_flags() -> None:
    op.create_table(
        "comment_flags",
        *_own_columns(),
        sa.Column("flag", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("is_certain", sa.Boolean(), nullable=False),
        sa.CheckConstraint(f"flag IN ({FLAGS})", name=op.f("ck_comment_flags_flag")),
        *_own_constraints("comment_flags"),
        sa.UniqueConstraint(
            "organisation_id",
            "response_id",
            "flag",
            name=op.f("uq_comment_flags_organisation_id_response_id_flag"),
        ),
    )
    op.create_index("ix_comment_flags_flag", "comment_flags", ["organisation_id", "flag", "response_id"])


def _create_corrections() -> None:
    op.create_table(
        "corrections",
        *_own_columns(),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("was", sa.JSON(), nullable=False),
        sa.Column("became", sa.JSON(), nullable=False),
        sa.Column("model_version", sa.Text(), nullable=True),
        sa.CheckConstraint("part IN ('sentiment', 'topics')", name=op.f("ck_corrections_part")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "membership_id"],
            ["memberships.organisation_id", "memberships.id"],
            name=op.f("fk_corrections_organisation_id_membership_id"),
        ),
        *_own_constraints("corrections"),
    )
    op.create_index("ix_corrections_response", "corrections", ["organisation_id", "response_id", "at"])
    op.create_index("ix_corrections_newest", "corrections", ["organisation_id", "at"])


def _create_explanations() -> None:
    op.create_table(
        "explanations",
        *_own_columns(),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("model_version", sa.Text(), nullable=True),
        sa.Column("due_at", UtcInstant(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", UtcInstant(), nullable=True),
        sa.Column("lease_no", sa.Integer(), nullable=False),
        *_own_constraints("explanations"),
        sa.UniqueConstraint(
            "organisation_id", "response_id", name=op.f("uq_explanations_organisation_id_response_id")
        ),
    )
    op.create_index(op.f("ix_explanations_due_at"), "explanations", ["due_at"])
