"""Policies and ladders, alerts with their history, the clock's timers, and the thread with the shopper."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.alerts.rules import (
    AlertState,
    Author,
    Condition,
    Deed,
    Grade,
    Reason,
    RootCause,
    Severity,
    StepAction,
    Target,
    Via,
)
from app.db import LeasedRow, OrganisationRow, belongs_to, one_of


class Policy(OrganisationRow):
    """How fast, and who is told when. One policy is in use for new alerts."""

    __tablename__ = "policies"

    name: Mapped[str]
    is_in_use: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (UniqueConstraint("organisation_id", "name"),)


class PolicyVersion(OrganisationRow):
    """A policy's minutes as they were when alerts opened under it; a change makes the next version."""

    __tablename__ = "policy_versions"

    policy_id: Mapped[UUID]
    number: Mapped[int]
    acknowledge_minutes: Mapped[int]
    answer_minutes: Mapped[int]

    __table_args__ = (
        UniqueConstraint("organisation_id", "policy_id", "number"),
        belongs_to("policies", "policy_id"),
    )


class LadderStep(OrganisationRow):
    """One line of a version's ladder, in the order of `position`."""

    __tablename__ = "ladder_steps"

    version_id: Mapped[UUID]
    position: Mapped[int]
    after_minutes: Mapped[int]
    condition: Mapped[str]
    target: Mapped[str]
    action: Mapped[str]

    __table_args__ = (
        UniqueConstraint("organisation_id", "version_id", "position"),
        belongs_to("policy_versions", "version_id"),
        one_of("condition", list(Condition)),
        one_of("target", list(Target)),
        one_of("action", list(StepAction)),
    )


class AlertCounter(OrganisationRow):
    """The last alert number given in an organisation."""

    __tablename__ = "alert_counters"

    last_number: Mapped[int] = mapped_column(default=0)

    __table_args__ = (UniqueConstraint("organisation_id"),)


class Alert(OrganisationRow):
    """The follow-up of one negative response. Deadlines are instants computed when it opens."""

    __tablename__ = "alerts"

    number: Mapped[int]
    response_id: Mapped[UUID]
    store_id: Mapped[UUID]
    policy_version_id: Mapped[UUID]
    reason: Mapped[str]
    severity: Mapped[str]
    state: Mapped[str] = mapped_column(default=AlertState.NEW)
    is_reachable: Mapped[bool] = mapped_column(default=False)
    owner_id: Mapped[UUID | None]
    opened_at: Mapped[datetime]
    acknowledge_due_at: Mapped[datetime]
    answer_due_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answer_grade: Mapped[str | None]
    breached_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    root_cause: Mapped[str | None]
    action_taken: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    rounds: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        UniqueConstraint("organisation_id", "number"),
        UniqueConstraint("organisation_id", "response_id"),
        belongs_to("responses", "response_id"),
        belongs_to("stores", "store_id"),
        belongs_to("policy_versions", "policy_version_id"),
        belongs_to("memberships", "owner_id"),
        one_of("state", list(AlertState)),
        one_of("severity", list(Severity)),
        one_of("reason", list(Reason)),
        one_of("answer_grade", list(Grade)),
        one_of("root_cause", list(RootCause)),
        Index("ix_alerts_state", "organisation_id", "state", "opened_at"),
    )

    @property
    def deadline(self) -> datetime | None:
        """What the clock runs towards now: the answer, or for a bare tap the acknowledgement."""
        if self.state not in (AlertState.NEW, AlertState.ACKNOWLEDGED):
            return None
        if self.is_reachable:
            return self.answer_due_at
        return self.acknowledge_due_at if self.state == AlertState.NEW else None


class AlertEvent(OrganisationRow):
    """One line of an alert's history; only ever added. Every state can be derived from these."""

    __tablename__ = "alert_events"

    alert_id: Mapped[UUID]
    sequence: Mapped[int]
    at: Mapped[datetime]
    kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    from_state: Mapped[str | None]
    to_state: Mapped[str | None]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)

    __table_args__ = (
        UniqueConstraint("organisation_id", "alert_id", "sequence"),
        belongs_to("alerts", "alert_id"),
        belongs_to("memberships", "actor_id"),
        one_of("kind", list(Deed)),
    )


class AlertTimer(LeasedRow):
    """A step of the ladder that is due at a stored instant: the policy, frozen into the alert as rows."""

    __tablename__ = "alert_timers"

    alert_id: Mapped[UUID]
    round: Mapped[int]
    position: Mapped[int]
    condition: Mapped[str]
    target: Mapped[str]
    action: Mapped[str]
    planned_at: Mapped[datetime]
    fired_at: Mapped[datetime | None]
    outcome: Mapped[str | None]

    __table_args__ = (
        UniqueConstraint("organisation_id", "alert_id", "round", "position"),
        belongs_to("alerts", "alert_id"),
        one_of("condition", list(Condition)),
        one_of("target", list(Target)),
        one_of("action", list(StepAction)),
    )


class Message(LeasedRow):
    """What shopper and store wrote to each other. While `due_at` is set, an e-mail is still to be sent."""

    __tablename__ = "messages"

    alert_id: Mapped[UUID]
    author: Mapped[str]
    via: Mapped[str]
    member_id: Mapped[UUID | None]
    text: Mapped[str]
    written_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    failure: Mapped[str | None]

    __table_args__ = (
        belongs_to("alerts", "alert_id"),
        belongs_to("memberships", "member_id"),
        one_of("author", list(Author)),
        one_of("via", list(Via)),
        Index("ix_messages_thread", "organisation_id", "alert_id", "written_at"),
    )
