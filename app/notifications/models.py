"""Notifications, and how each person wants to get them."""

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import LeasedRow, OrganisationRow, belongs_to, one_of
from app.notifications.rules import HOME_ZONE, NotificationState, QuietHours

_FAILED = text("state = 'failed'")


class Notification(LeasedRow):
    """One message to one person about one alert by one channel. While `due_at` is set, it is to be sent.

    `failure` is set from the first failure on: by then the person's next channel has its row.
    """

    __tablename__ = "notifications"

    alert_id: Mapped[UUID]
    timer_id: Mapped[UUID]
    membership_id: Mapped[UUID]
    channel: Mapped[str]
    state: Mapped[str] = mapped_column(default=NotificationState.PENDING)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    failure: Mapped[str | None]

    __table_args__ = (
        UniqueConstraint("organisation_id", "timer_id", "membership_id", "channel"),
        belongs_to("alerts", "alert_id"),
        belongs_to("alert_timers", "timer_id"),
        belongs_to("memberships", "membership_id"),
        one_of("state", list(NotificationState)),
        Index("ix_notifications_id", "id"),
        Index(
            "ix_notifications_failed",
            "organisation_id",
            "created_at",
            sqlite_where=_FAILED,
            postgresql_where=_FAILED,
        ),
    )


class PersonalSettings(OrganisationRow):
    """A member's channels in the order of their wish, and their quiet hours. Without a row: e-mail alone."""

    __tablename__ = "personal_settings"

    membership_id: Mapped[UUID]
    channels: Mapped[list[str]]
    quiet_from: Mapped[str | None]
    quiet_to: Mapped[str | None]
    time_zone: Mapped[str] = mapped_column(default=HOME_ZONE)

    __table_args__ = (
        UniqueConstraint("organisation_id", "membership_id"),
        belongs_to("memberships", "membership_id"),
    )

    @property
    def quiet_hours(self) -> QuietHours | None:
        """When the phone stays silent."""
        if not self.quiet_from or not self.quiet_to:
            return None
        return QuietHours(
            time.fromisoformat(self.quiet_from), time.fromisoformat(self.quiet_to), self.time_zone
        )


class PersonalAddress(OrganisationRow):
    """Where a member is reached by a channel other than e-mail: a chat, a phone number.

    `broken_at` is set when the other side says that nothing will arrive there any more.
    """

    __tablename__ = "personal_addresses"

    membership_id: Mapped[UUID]
    channel: Mapped[str]
    address: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    since: Mapped[datetime]
    broken_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("organisation_id", "membership_id", "channel"),
        belongs_to("memberships", "membership_id"),
        Index("ix_personal_addresses_address", "organisation_id", "channel", "address"),
    )


class LinkCode(OrganisationRow):
    """The one code by which a member links a chat. Only its digest is kept; `used_by` is the chat."""

    __tablename__ = "link_codes"

    membership_id: Mapped[UUID]
    code_digest: Mapped[str]
    expires_at: Mapped[datetime]
    used_by: Mapped[str | None]

    __table_args__ = (
        UniqueConstraint("organisation_id", "membership_id"),
        UniqueConstraint("organisation_id", "code_digest"),
        belongs_to("memberships", "membership_id"),
    )


class Trial(LeasedRow):
    """The last test message that a member asked for by a channel."""

    __tablename__ = "trial_messages"

    membership_id: Mapped[UUID]
    channel: Mapped[str]
    state: Mapped[str] = mapped_column(default=NotificationState.PENDING)
    requested_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    failure: Mapped[str | None]

    __table_args__ = (
        UniqueConstraint("organisation_id", "membership_id", "channel"),
        belongs_to("memberships", "membership_id"),
        one_of("state", list(NotificationState)),
    )
