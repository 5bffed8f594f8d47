"""Endpoints, what is to be delivered to them, and every attempt."""

from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import LeasedRow, OrganisationRow, belongs_to, one_of
from app.webhooks.rules import DeliveryState, Disabled, EndpointState


class WebhookEndpoint(OrganisationRow):
    """An address that is told of events. No store named means all of them.

    The secrets are sealed for this row; the previous one signs too until `previous_until`. `failing_since`
    is the first failure after the last success; before `waits_until` the receiver wants to hear nothing.
    """

    __tablename__ = "webhook_endpoints"

    url: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    event_types: Mapped[list[str]]
    store_ids: Mapped[list[str]] = mapped_column(default=list)
    state: Mapped[str] = mapped_column(default=EndpointState.ACTIVE)
    disabled_reason: Mapped[str | None]
    disabled_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    waits_until: Mapped[datetime | None]
    secret_sealed: Mapped[str]
    previous_sealed: Mapped[str | None]
    previous_until: Mapped[datetime | None]
    created_at: Mapped[datetime]

    __table_args__ = (
        one_of("state", list(EndpointState)),
        one_of("disabled_reason", list(Disabled)),
    )

    @property
    def host(self) -> str:
        """The name of the receiver's machine, in small letters."""
        return (urlsplit(self.url).hostname or "").casefold()

    @property
    def name(self) -> str:
        """What people call it."""
        return self.description or self.host

    @property
    def is_active(self) -> bool:
        """Whether it is sent to."""
        return self.state == EndpointState.ACTIVE


class WebhookDelivery(LeasedRow):
    """One event for one endpoint. `body` is what is signed and sent, byte for byte, at every attempt.

    `attempts` is the place in the schedule, which a replay begins anew; `attempt_count` counts them all.
    """

    __tablename__ = "webhook_deliveries"

    endpoint_id: Mapped[UUID]
    event_id: Mapped[UUID]
    type: Mapped[str]
    body: Mapped[str]
    state: Mapped[str] = mapped_column(default=DeliveryState.PENDING)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    attempt_count: Mapped[int] = mapped_column(default=0)
    last_status: Mapped[int | None]
    last_reason: Mapped[str | None]

    __table_args__ = (
        UniqueConstraint("organisation_id", "endpoint_id", "event_id"),
        belongs_to("webhook_endpoints", "endpoint_id"),
        one_of("state", list(DeliveryState)),
        Index("ix_webhook_deliveries_lane", "organisation_id", "endpoint_id", "due_at"),
        Index("ix_webhook_deliveries_newest", "organisation_id", "created_at", "id"),
        Index(
            "ix_webhook_deliveries_in_hand",
            "organisation_id",
            "endpoint_id",
            sqlite_where=text("lease_until IS NOT NULL"),
            postgresql_where=text("lease_until IS NOT NULL"),
        ),
    )


class WebhookAttempt(OrganisationRow):
    """One attempt: a status when there was an answer (its first KiB kept), else the reason why not."""

    __tablename__ = "webhook_attempts"

    delivery_id: Mapped[UUID]
    number: Mapped[int]
    at: Mapped[datetime]
    milliseconds: Mapped[int]
    status_code: Mapped[int | None]
    reason: Mapped[str | None]
    snippet: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        UniqueConstraint("organisation_id", "delivery_id", "number"),
        belongs_to("webhook_deliveries", "delivery_id"),
    )


class WebhookTally(OrganisationRow):
    """How many attempts ended so, ever: what /metrics counts, since workers cannot be scraped."""

    __tablename__ = "webhook_tallies"

    outcome: Mapped[str]
    attempts: Mapped[int]

    __table_args__ = (UniqueConstraint("organisation_id", "outcome"),)


class EndpointNotice(LeasedRow):
    """A mail to one owner about an endpoint that was disabled. While `due_at` is set, it is to be sent."""

    __tablename__ = "endpoint_notices"

    endpoint_id: Mapped[UUID]
    membership_id: Mapped[UUID]
    disabled_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    failure: Mapped[str | None]

    __table_args__ = (
        UniqueConstraint("organisation_id", "endpoint_id", "membership_id", "disabled_at"),
        belongs_to("webhook_endpoints", "endpoint_id"),
        belongs_to("memberships", "membership_id"),
    )
