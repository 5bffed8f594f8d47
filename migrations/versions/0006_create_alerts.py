"""Policies, alerts, timers, the thread with the shopper."""

import sqlalchemy as sa
from alembic import op

from app.db import UtcInstant

revision = "0006_create_alerts"
down_revision = "0005_create_responses"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "alert_counters",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_alert_counters_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_alert_counters")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_alert_counters_organisation_id")),
    )
    op.create_table(
        "policies",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_in_use", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_policies_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_policies")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_policies_organisation_id_name")),
    )
    op.create_table(
        "policy_versions",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("acknowledge_minutes", sa.Integer(), nullable=False),
        sa.Column("answer_minutes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "policy_id"],
            ["policies.organisation_id", "policies.id"],
            name=op.f("fk_policy_versions_organisation_id_policy_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_policy_versions_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_policy_versions")),
        sa.UniqueConstraint(
            "organisation_id",
            "policy_id",
            "number",
            name=op.f("uq_policy_versions_organisation_id_policy_id_number"),
        ),
    )
    op.create_table(
        "ladder_steps",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("after_minutes", sa.Integer(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.CheckConstraint("action IN ('notify', 'reassign', 'close')", name=op.f("ck_ladder_steps_action")),
        sa.CheckConstraint(
            "condition IN ('always', 'not_acknowledged', 'not_answered')",
            name=op.f("ck_ladder_steps_condition"),
        ),
        sa.CheckConstraint(
            "target IN ('store_managers', 'regional_managers', 'owners', 'assignee')",
            name=op.f("ck_ladder_steps_target"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "version_id"],
            ["policy_versions.organisation_id", "policy_versions.id"],
            name=op.f("fk_ladder_steps_organisation_id_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_ladder_steps_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_ladder_steps")),
        sa.UniqueConstraint(
            "organisation_id",
            "version_id",
            "position",
            name=op.f("uq_ladder_steps_organisation_id_version_id_position"),
        ),
    )
    op.create_table(
        "alerts",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("policy_version_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_reachable", sa.Boolean(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", UtcInstant(), nullable=False),
        sa.Column("acknowledge_due_at", UtcInstant(), nullable=False),
        sa.Column("answer_due_at", UtcInstant(), nullable=True),
        sa.Column("acknowledged_at", UtcInstant(), nullable=True),
        sa.Column("answered_at", UtcInstant(), nullable=True),
        sa.Column("answer_grade", sa.Text(), nullable=True),
        sa.Column("breached_at", UtcInstant(), nullable=True),
        sa.Column("resolved_at", UtcInstant(), nullable=True),
        sa.Column("root_cause", sa.Text(), nullable=True),
        sa.Column("action_taken", sa.Text(), nullable=True),
        sa.Column("closed_at", UtcInstant(), nullable=True),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "answer_grade IN ('confirmed', 'declared', 'unread')", name=op.f("ck_alerts_answer_grade")
        ),
        sa.CheckConstraint("reason IN ('rating', 'comment')", name=op.f("ck_alerts_reason")),
        sa.CheckConstraint(
            "root_cause IN ('people_attitude', 'people_knowledge', 'people_error', 'people_understaffed', 'process_queue', 'process_returns', 'process_hand_over', 'process_information', 'product_defect', 'product_description', 'product_out_of_stock', 'product_expired', 'price_shelf', 'price_promo_terms', 'price_bonus', 'place_cleanliness', 'place_climate', 'place_access', 'place_safety', 'platform_till', 'platform_site', 'platform_messaging', 'partner_courier', 'partner_repair', 'partner_landlord', 'policy_head_office', 'shopper_misunderstanding', 'shopper_not_reproduced')",
            name=op.f("ck_alerts_root_cause"),
        ),
        sa.CheckConstraint(
            "severity IN ('critical', 'high', 'normal', 'low')", name=op.f("ck_alerts_severity")
        ),
        sa.CheckConstraint(
            "state IN ('new', 'acknowledged', 'answered', 'resolved', 'closed', 'dismissed')",
            name=op.f("ck_alerts_state"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "owner_id"],
            ["memberships.organisation_id", "memberships.id"],
            name=op.f("fk_alerts_organisation_id_owner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "policy_version_id"],
            ["policy_versions.organisation_id", "policy_versions.id"],
            name=op.f("fk_alerts_organisation_id_policy_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "response_id"],
            ["responses.organisation_id", "responses.id"],
            name=op.f("fk_alerts_organisation_id_response_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "store_id"],
            ["stores.organisation_id", "stores.id"],
            name=op.f("fk_alerts_organisation_id_store_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_alerts_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("organisation_id", "number", name=op.f("uq_alerts_organisation_id_number")),
        sa.UniqueConstraint(
            "organisation_id", "response_id", name=op.f("uq_alerts_organisation_id_response_id")
        ),
    )
    op.create_index("ix_alerts_state", "alerts", ["organisation_id", "state", "opened_at"], unique=False)
    op.create_table(
        "alert_events",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('opened', 'completed', 'corrected', 'notified', 'nobody', 'breached', 'reassigned', 'acknowledged', 'called', 'replied', 'delivered', 'undelivered', 'seen', 'wrote', 'noted', 'answered', 'resolved', 'dismissed', 'closed', 'reopened')",
            name=op.f("ck_alert_events_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "actor_id"],
            ["memberships.organisation_id", "memberships.id"],
            name=op.f("fk_alert_events_organisation_id_actor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "alert_id"],
            ["alerts.organisation_id", "alerts.id"],
            name=op.f("fk_alert_events_organisation_id_alert_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_alert_events_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_alert_events")),
        sa.UniqueConstraint(
            "organisation_id",
            "alert_id",
            "sequence",
            name=op.f("uq_alert_events_organisation_id_alert_id_sequence"),
        ),
    )
    op.create_table(
        "alert_timers",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("planned_at", UtcInstant(), nullable=False),
        sa.Column("fired_at", UtcInstant(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("due_at", UtcInstant(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", UtcInstant(), nullable=True),
        sa.Column("lease_no", sa.Integer(), nullable=False),
        sa.CheckConstraint("action IN ('notify', 'reassign', 'close')", name=op.f("ck_alert_timers_action")),
        sa.CheckConstraint(
            "condition IN ('always', 'not_acknowledged', 'not_answered')",
            name=op.f("ck_alert_timers_condition"),
        ),
        sa.CheckConstraint(
            "target IN ('store_managers', 'regional_managers', 'owners', 'assignee')",
            name=op.f("ck_alert_timers_target"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "alert_id"],
            ["alerts.organisation_id", "alerts.id"],
            name=op.f("fk_alert_timers_organisation_id_alert_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_alert_timers_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_alert_timers")),
        sa.UniqueConstraint(
            "organisation_id",
            "alert_id",
            "round",
            "position",
            name=op.f("uq_alert_timers_organisation_id_alert_id_round_position"),
        ),
    )
    op.create_index(op.f("ix_alert_timers_due_at"), "alert_timers", ["due_at"], unique=False)
    op.create_table(
        "messages",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", UtcInstant(), nullable=False),
        sa.Column("delivered_at", UtcInstant(), nullable=True),
        sa.Column("seen_at", UtcInstant(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("due_at", UtcInstant(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", UtcInstant(), nullable=True),
        sa.Column("lease_no", sa.Integer(), nullable=False),
        sa.CheckConstraint("author IN ('shopper', 'store')", name=op.f("ck_messages_author")),
        sa.CheckConstraint("via IN ('return_page', 'email')", name=op.f("ck_messages_via")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "alert_id"],
            ["alerts.organisation_id", "alerts.id"],
            name=op.f("fk_messages_organisation_id_alert_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "member_id"],
            ["memberships.organisation_id", "memberships.id"],
            name=op.f("fk_messages_organisation_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_messages_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_messages")),
    )
    op.create_index(op.f("ix_messages_due_at"), "messages", ["due_at"], unique=False)
    op.create_index(
        "ix_messages_thread", "messages", ["organisation_id", "alert_id", "written_at"], unique=False
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("messages")
    op.drop_table("alert_timers")
    op.drop_table("alert_events")
    op.drop_table("alerts")
    op.drop_table("alert_counters")
    op.drop_table("ladder_steps")
    op.drop_table("policy_versions")
    op.drop_table("policies")
