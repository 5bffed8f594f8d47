"""Notifications become rows when an alert's step fires, and go out through their channel."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from app.alerts.actions.ladder import hasten_next_step
from app.alerts.models import Alert
from app.alerts.queries import lock_again
from app.channels.delivery import Delivery, Outcome, deliver_due
from app.channels.email.sender import Email
from app.db import OrganisationSession, get_row, insert_once
from app.events import Event
from app.notifications.letters import compose_notification
from app.notifications.models import Notification
from app.notifications.queries import step_reached_somebody
from app.notifications.rules import NotificationState


def queue_notifications(session: OrganisationSession, event: Event) -> None:
    """On `alert.notified`: one row for each person, once for each step and channel."""
    for member_id in event.data["members"]:
        insert_once(
            session,
            Notification,
            ["organisation_id", "timer_id", "membership_id", "channel"],
            alert_id=event.subject_id,
            timer_id=UUID(event.data["timer"]),
            membership_id=UUID(member_id),
            channel="email",
            created_at=event.at,
            due_at=event.at,
        )


def send_due_notifications(base_url: str, *, now: datetime, limit: int = 5) -> int:
    """Send what is due, of any organisation; how many were taken."""

    def compose(session: OrganisationSession, notification: Notification) -> Email | None:
        return compose_notification(session, notification, base_url)

    def mark(session: OrganisationSession, notification: Notification, outcome: Outcome, why: str) -> None:
        _mark(session, notification, outcome, why, now=now)

    return deliver_due(Delivery(Notification, compose, mark), now=now, limit=limit)


def suppress_history(session: OrganisationSession) -> None:
    """Nobody is told of what has long passed: pending notifications of a made-up history end here."""
    session.execute(
        update(Notification)
        .where(Notification.state == NotificationState.PENDING)
        .values(state=NotificationState.SUPPRESSED, due_at=None)
    )


_STATES = {
    Outcome.SENT: NotificationState.SENT,
    Outcome.FAILED: NotificationState.FAILED,
    Outcome.NOT_NEEDED: NotificationState.SUPPRESSED,
}


def _mark(
    session: OrganisationSession, notification: Notification, outcome: Outcome, why: str, *, now: datetime
) -> None:
    notification.state = _STATES[outcome]
    notification.sent_at = now if outcome is Outcome.SENT else None
    notification.failure = why or None
    session.flush()
    if outcome is Outcome.FAILED and not step_reached_somebody(session, notification.timer_id):
        alert = lock_again(session, get_row(session, Alert, notification.alert_id))
        hasten_next_step(session, alert, now=now)
