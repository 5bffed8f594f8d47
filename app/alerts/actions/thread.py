"""The shopper's side: replies go out, are seen, and are written back to."""

from datetime import datetime

from sqlalchemy import select

from app.alerts.actions.handling import answer
from app.alerts.actions.history import append
from app.alerts.actions.ladder import plan_answer_steps, tell_assignee
from app.alerts.letters import compose_reply
from app.alerts.models import Alert, Message
from app.alerts.policies import terms_of
from app.alerts.rules import DONE_STATES, AlertState, Author, Deed, Grade, Via
from app.channels.delivery import Outcome, deliver_due
from app.channels.email.sender import Email
from app.db import OrganisationSession, get_row
from app.errors import Conflict
from app.events import EventName, record
from app.stores.models import Store


def shopper_writes(session: OrganisationSession, alert: Alert, text: str, *, now: datetime) -> None:
    """The shopper writes back: proof that the answer arrived, and news for whoever holds the alert.

    A resolved or closed alert comes back with a new clock.
    """
    session.add(
        Message(alert_id=alert.id, author=Author.SHOPPER, via=Via.RETURN_PAGE, text=text, written_at=now)
    )
    append(session, alert, Deed.WROTE, at=now)
    if alert.answered_at:
        alert.answer_grade = Grade.CONFIRMED
    if alert.state in DONE_STATES:
        _reopen(session, alert, now=now)
    tell_assignee(session, alert, now=now)
    record(session, EventName.SHOPPER_WROTE, alert.id, at=now)


def confirm_seen(session: OrganisationSession, alert: Alert, *, now: datetime) -> None:
    """The shopper has opened the page with the reply: an unread answer becomes a confirmed one."""
    unseen = session.scalars(
        select(Message).where(
            Message.alert_id == alert.id, Message.author == Author.STORE, Message.seen_at.is_(None)
        )
    ).all()
    for message in unseen:
        message.seen_at = now
    if unseen:
        append(session, alert, Deed.SEEN, at=now)
    if unseen and alert.answer_grade == Grade.UNREAD:
        alert.answer_grade = Grade.CONFIRMED


def send_due_replies(secret: str, base_url: str, *, now: datetime, limit: int = 20) -> int:
    """Send e-mail replies that are due, of any organisation; how many were taken."""

    def compose(session: OrganisationSession, message: Message) -> Email | None:
        return compose_reply(session, message, secret, base_url)

    def mark(session: OrganisationSession, message: Message, outcome: Outcome, reason: str) -> None:
        if outcome is Outcome.SENT:
            _mark_delivered(session, message, now=now)
        else:
            _mark_undelivered(session, message, reason or "no_address", now=now)

    return deliver_due(Message, compose, mark, now=now, limit=limit)


def _mark_delivered(session: OrganisationSession, message: Message, *, now: datetime) -> None:
    """The mail server took the reply: that is the answer."""
    alert = get_row(session, Alert, message.alert_id)
    message.delivered_at = now
    append(session, alert, Deed.DELIVERED, at=now, actor_id=message.member_id, via=message.via)
    answer(session, alert, Grade.CONFIRMED, message.member_id, now=now)


def _mark_undelivered(
    session: OrganisationSession, message: Message, reason: str, *, now: datetime
) -> None:
    """It never will: whoever holds the alert has to find another way."""
    alert = get_row(session, Alert, message.alert_id)
    message.failure = reason
    append(session, alert, Deed.UNDELIVERED, at=now, actor_id=message.member_id, reason=reason)
    tell_assignee(session, alert, now=now)


def _reopen(session: OrganisationSession, alert: Alert, *, now: datetime) -> None:
    if alert.state == AlertState.DISMISSED:
        raise Conflict("already_done", {"state": alert.state})
    terms = terms_of(session, alert.policy_version_id)
    calendar = get_row(session, Store, alert.store_id).calendar
    alert.rounds += 1
    alert.answered_at = alert.resolved_at = alert.closed_at = None
    alert.answer_due_at = calendar.add_working_minutes(now, terms.answer_minutes)
    append(session, alert, Deed.REOPENED, at=now, to_state=AlertState.ACKNOWLEDGED)
    plan_answer_steps(session, alert, terms.ladder, calendar, start=now)
    record(session, EventName.ALERT_REOPENED, alert.id, at=now)

