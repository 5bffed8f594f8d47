"""Notifications."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import LeasedRow, belongs_to, one_of
from app.notifications.rules import NotificationState


class Notification(LeasedRow):
    """One message to one person about one alert. While `due_at` is set, it is still to be sent."""

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
    )
