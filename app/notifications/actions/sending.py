"""Notifications become rows when an alert's step fires, and go out through their channel."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from app.accounts.queries import find_active_member
from app.alerts.actions.ladder import hasten_next_step
from app.alerts.models import Alert
from app.alerts.queries import lock_again
from app.alerts.rules import Severity
from app.channels import ChannelFailure, Outgoing
from app.channels.catalogue import is_gone
from app.channels.delivery import Delivery, Outcome, deliver_due
from app.db import OrganisationSession, get_row, insert_once
from app.events import Event
from app.notifications.actions.personal import mark_broken, move_address
from app.notifications.letters import Letterhead, compose_notification
from app.notifications.models import Notification
from app.notifications.queries import channels_used, people_of_step, step_reached_somebody
from app.notifications.rules import NotificationState
from app.notifications.ways import is_quiet, spared, ways_of

_STATES = {
    Outcome.SENT: NotificationState.SENT,
    Outcome.FAILED: NotificationState.FAILED,
    Outcome.NOT_NEEDED: NotificationState.SUPPRESSED,
}


def queue_notifications(session: OrganisationSession, event: Event) -> None:
    """On `alert.notified`: one row for each person by their first channel, once for each step."""
    alert = get_row(session, Alert, event.subject_id)
    people = [UUID(member_id) for member_id in event.data["members"]]
    left_alone = spared(session, alert, people, now=event.at)
    timer_id = UUID(event.data["timer"])
    for person in people:
        _queue(session, alert.id, timer_id, person, is_spared=person in left_alone, now=event.at)


def send_due_notifications(secret: str, base_url: str, *, now: datetime, limit: int = 5) -> int:
    """Send what is due, of any organisation; how many were taken."""
    letterhead = Letterhead(secret, base_url)

    def compose(session: OrganisationSession, notification: Notification) -> Outgoing | None:
        return compose_notification(session, notification, letterhead, now=now)

    def mark(session: OrganisationSession, notification: Notification, outcome: Outcome, why: str) -> None:
        _mark(session, notification, outcome, why, now=now)

    def falter(session: OrganisationSession, notification: Notification, failure: ChannelFailure) -> None:
        _falter(session, notification, failure, now=now)

    return deliver_due(Delivery(Notification, compose, mark, falter), now=now, limit=limit)


def suppress_history(session: OrganisationSession) -> None:
    """Nobody is told of what has long passed: pending notifications of a made-up history end here."""
    session.execute(
        update(Notification)
        .where(Notification.state == NotificationState.PENDING)
        .values(state=NotificationState.SUPPRESSED, due_at=None)
    )


def _queue(
    session: OrganisationSession,
    alert_id: UUID,
    timer_id: UUID,
    person: UUID,
    *,
    is_spared: bool,
    now: datetime,
) -> bool:
    """A row for the person's first channel that has none for this step; whether there was one left."""
    member = find_active_member(session, person)
    used = channels_used(session, timer_id, person)
    ways = ways_of(session, member, is_spared=is_spared) if member else []
    channel = next((way.channel for way in ways if way.channel not in used), None)
    if channel is None:
        return False
    insert_once(
        session,
        Notification,
        ["organisation_id", "timer_id", "membership_id", "channel"],
        alert_id=alert_id,
        timer_id=timer_id,
        membership_id=person,
        channel=channel,
        created_at=now,
        due_at=now,
    )
    return True


def _mark(
    session: OrganisationSession, notification: Notification, outcome: Outcome, why: str, *, now: datetime
) -> None:
    is_first_failure = notification.failure is None
    notification.state = _STATES[outcome]
    notification.sent_at = now if outcome is Outcome.SENT else None
    notification.failure = why or None
    session.flush()
    if outcome is Outcome.SENT:
        _silence_others(session, notification)
    if outcome is Outcome.FAILED:
        # Two of a step that fail at once must see each other, or each would rely on the other.
        alert = lock_again(session, get_row(session, Alert, notification.alert_id))
        if is_gone(notification.channel, why):
            mark_broken(session, notification.membership_id, notification.channel, now=now)
        if is_first_failure:
            _try_next_channel(session, alert, notification, now=now)
        if not step_reached_somebody(session, notification.timer_id):
            _give_up_step(session, alert, notification.timer_id, now=now)


def _silence_others(session: OrganisationSession, notification: Notification) -> None:
    """The person has been told: what waits to try them by another channel need not."""
    waiting = session.scalars(
        select(Notification)
        .where(
            Notification.timer_id == notification.timer_id,
            Notification.membership_id == notification.membership_id,
            Notification.state == NotificationState.PENDING,
            Notification.lease_until.is_(None),
        )
        .with_for_update(skip_locked=True)  # one that is being marked may be waiting for us in turn
    )
    for other in waiting:
        other.state, other.due_at = NotificationState.SUPPRESSED, None


def _falter(
    session: OrganisationSession, notification: Notification, failure: ChannelFailure, *, now: datetime
) -> None:
    """It will be tried again; meanwhile the person's next channel does not wait for that."""
    if failure.moved_to:
        move_address(session, notification.membership_id, notification.channel, failure.moved_to)
        notification.due_at = now
        return
    is_first_failure = notification.failure is None
    notification.failure = failure.reason
    session.flush()
    if is_first_failure:
        alert = get_row(session, Alert, notification.alert_id)
        _try_next_channel(session, alert, notification, now=now)


def _try_next_channel(
    session: OrganisationSession, alert: Alert, notification: Notification, *, now: datetime
) -> None:
    person = notification.membership_id
    is_spared = (
        is_quiet(session, person, now=now)
        and alert.severity != Severity.CRITICAL
        and step_reached_somebody(session, notification.timer_id)
    )
    _queue(session, alert.id, notification.timer_id, person, is_spared=is_spared, now=now)


def _give_up_step(session: OrganisationSession, alert: Alert, timer_id: UUID, *, now: datetime) -> None:
    """Nobody was told. Whoever was spared is woken now; where nobody is left, the next step comes."""
    woken = [
        _queue(session, alert.id, timer_id, person, is_spared=False, now=now)
        for person in people_of_step(session, timer_id)
    ]
    if not any(woken):
        hasten_next_step(session, alert, now=now)
