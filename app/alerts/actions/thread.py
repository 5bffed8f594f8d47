"""The shopper's side: replies go out, are seen, and are written back to."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.alerts.actions.handling import answer
from app.alerts.actions.history import append
from app.alerts.actions.ladder import tell_assignee
from app.alerts.actions.rounds import make_reachable, reopen
from app.alerts.letters import compose_reply
from app.alerts.models import Alert, AlertEvent, Message
from app.alerts.queries import is_repeat, lock_again, written_by_shopper
from app.alerts.rules import DONE_STATES, AlertState, Author, Deed, Grade, Via
from app.channels.delivery import Delivery, Outcome, deliver_due
from app.channels.email.sender import Email
from app.db import OrganisationSession, get_row
from app.errors import Conflict, TooMany
from app.events import EventName, record

_MOST_IN_AN_HOUR = 20
_HOUR = timedelta(hours=1)


def shopper_writes(session: OrganisationSession, alert: Alert, text: str, *, now: datetime) -> None:
    """The shopper writes back: proof that the answer arrived, and news for whoever holds the alert.

    A resolved or closed alert comes back with a new clock, and a bare tap can be answered from now on.
    The same words sent twice are one message. Raises `Conflict` on a dismissed alert, `TooMany` past 20
    in an hour.
    """
    lock_again(session, alert)
    message = Message(
        alert_id=alert.id, author=Author.SHOPPER, via=Via.RETURN_PAGE, text=text, written_at=now
    )
    if is_repeat(session, message):
        return
    if alert.state == AlertState.DISMISSED:
        raise Conflict("already_done", {"state": alert.state})
    if written_by_shopper(session, alert, since=now - _HOUR) >= _MOST_IN_AN_HOUR:
        raise TooMany(retry_after_seconds=int(_HOUR.total_seconds()))
    session.add(message)
    append(session, alert, Deed.WROTE, at=now)
    _take_to_heart(session, alert, now=now)
    tell_assignee(session, alert, now=now)
    record(session, EventName.SHOPPER_WROTE, alert.id, at=now)


def confirm_seen(session: OrganisationSession, alert: Alert, *, now: datetime) -> None:
    """The shopper has opened the page with the reply: there is no better proof of an answer."""
    lock_again(session, alert)
    unseen = session.scalars(
        select(Message).where(
            Message.alert_id == alert.id, Message.author == Author.STORE, Message.seen_at.is_(None)
        )
    ).all()
    for message in unseen:
        message.seen_at = now
    if unseen:
        append(session, alert, Deed.SEEN, at=now)
    if any(_is_of_this_round(session, message) for message in unseen):
        answer(session, alert, Grade.CONFIRMED, unseen[-1].member_id, now=now)


def send_due_replies(secret: str, base_url: str, *, now: datetime, limit: int = 5) -> int:
    """Send e-mail replies that are due, of any organisation; how many were taken."""

    def compose(session: OrganisationSession, message: Message) -> Email | None:
        return compose_reply(session, message, secret, base_url)

    def mark(session: OrganisationSession, message: Message, outcome: Outcome, reason: str) -> None:
        if outcome is Outcome.SENT:
            _mark_delivered(session, message, now=now)
        else:
            _mark_undelivered(session, message, reason or "no_address", now=now)

    return deliver_due(Delivery(Message, compose, mark), now=now, limit=limit)


def _is_of_this_round(session: OrganisationSession, message: Message) -> bool:
    """Whether it was written since the alert last came back: what is older answers nothing new."""
    came_back_at = session.scalar(
        select(func.max(AlertEvent.at)).where(
            AlertEvent.alert_id == message.alert_id, AlertEvent.kind == Deed.REOPENED
        )
    )
    return came_back_at is None or message.written_at >= came_back_at


def _take_to_heart(session: OrganisationSession, alert: Alert, *, now: datetime) -> None:
    """What a word from the shopper changes."""
    if alert.answered_at:
        alert.answer_grade = Grade.CONFIRMED
    if alert.state in DONE_STATES:
        reopen(session, alert, now=now)
    elif not alert.is_reachable:
        make_reachable(session, alert, start=now)


def _mark_delivered(session: OrganisationSession, message: Message, *, now: datetime) -> None:
    """The mail server took the reply: that is the answer."""
    alert = lock_again(session, get_row(session, Alert, message.alert_id))
    message.delivered_at = now
    append(session, alert, Deed.DELIVERED, at=now, actor_id=message.member_id, via=message.via)
    if _is_of_this_round(session, message):
        answer(session, alert, Grade.CONFIRMED, message.member_id, now=now)


def _mark_undelivered(session: OrganisationSession, message: Message, reason: str, *, now: datetime) -> None:
    """It never will: whoever holds the alert has to find another way."""
    alert = lock_again(session, get_row(session, Alert, message.alert_id))
    message.failure = reason
    append(session, alert, Deed.UNDELIVERED, at=now, actor_id=message.member_id, reason=reason)
    tell_assignee(session, alert, now=now)
