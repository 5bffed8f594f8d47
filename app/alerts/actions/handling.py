"""What people do with an alert: take it, call, reply, note, resolve, dismiss."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, update

from app.accounts.queries import get_member
from app.alerts.actions.clock import mark_breach
from app.alerts.actions.history import append
from app.alerts.actions.ladder import cancel_steps, plan_closing
from app.alerts.models import Alert, Message
from app.alerts.queries import is_repeat, lock_alert
from app.alerts.rules import (
    DONE_STATES,
    AlertState,
    Author,
    CallOutcome,
    Deed,
    Dismissal,
    Grade,
    RootCause,
    Via,
    better,
)
from app.contacts.queries import can_be_mailed
from app.db import OrganisationSession
from app.errors import Conflict, Invalid
from app.events import EventName, record
from app.responses.queries import get_response


@dataclass(frozen=True, slots=True)
class Resolution:
    """Why it happened and what was done. A bare tap may be resolved without a cause."""

    root_cause: RootCause | None
    action_taken: str | None = None


def acknowledge_alert(session: OrganisationSession, number: int, member_id: UUID, *, now: datetime) -> Alert:
    """One person takes a new alert, by compare-and-set; the same person again changes nothing.

    Raises `Conflict` (``already_acknowledged``) with the name of whoever has it, or ``already_done``.
    """
    is_free = or_(Alert.owner_id.is_(None), Alert.owner_id == member_id)
    taken = session.scalar(
        update(Alert)
        .where(Alert.number == number, Alert.state == AlertState.NEW, is_free)
        .values(acknowledged_at=now, owner_id=member_id)
        .returning(Alert.id)
        .execution_options(synchronize_session=False)
    )
    alert = lock_alert(session, number)
    if taken:
        _taken(session, alert, member_id, now=now)
    elif alert.state in DONE_STATES:
        raise Conflict("already_done", {"state": alert.state})
    elif alert.owner_id and alert.owner_id != member_id:
        owner = get_member(session, alert.owner_id).name
        raise Conflict("already_acknowledged", {"owner": owner, "state": alert.state})
    return alert


def log_call(
    session: OrganisationSession, number: int, member_id: UUID, outcome: CallOutcome, *, now: datetime
) -> Alert:
    """A call to the shopper: spoken answers the alert (declared), no answer is an attempt.

    Raises `Conflict` (``not_answerable``) where the shopper left nothing to answer to.
    """
    alert = _open_alert(session, number)
    if not alert.is_reachable:
        raise Conflict("not_answerable", {"state": alert.state})
    append(session, alert, Deed.CALLED, at=now, actor_id=member_id, outcome=outcome)
    if outcome is CallOutcome.SPOKEN:
        answer(session, alert, Grade.DECLARED, member_id, now=now)
    return alert


def reply_to_shopper(
    session: OrganisationSession,
    number: int,
    member_id: UUID,
    text: str,
    *,
    via: Via,
    now: datetime,
) -> Alert:
    """Write to the shopper. On the return page this answers at once; an e-mail answers when it is accepted.

    The same words sent twice are one reply. Raises `Conflict` (``not_answerable``), and `Invalid` for an
    e-mail to somebody who left no address.
    """
    alert = lock_alert(session, number)
    if alert.state in (AlertState.DISMISSED, AlertState.CLOSED) or not alert.is_reachable:
        raise Conflict("not_answerable", {"state": alert.state})
    contact_id = get_response(session, alert.response_id).contact_id
    if via is Via.EMAIL and not can_be_mailed(session, contact_id):
        raise Invalid(faults={"via": "no_address"})
    message = Message(
        alert_id=alert.id,
        author=Author.STORE,
        via=via,
        member_id=member_id,
        text=text,
        written_at=now,
        due_at=now if via is Via.EMAIL else None,
    )
    if is_repeat(session, message):
        return alert
    session.add(message)
    append(session, alert, Deed.REPLIED, at=now, actor_id=member_id, via=via)
    if via is Via.RETURN_PAGE:
        answer(session, alert, Grade.UNREAD, member_id, now=now)
    record(session, EventName.REPLY_WRITTEN, alert.id, at=now)
    return alert


def note_on_alert(
    session: OrganisationSession, number: int, member_id: UUID, text: str, *, now: datetime
) -> Alert:
    """A remark for colleagues; the shopper never sees it."""
    alert = lock_alert(session, number)
    append(session, alert, Deed.NOTED, at=now, actor_id=member_id, text=text)
    return alert


def resolve_alert(
    session: OrganisationSession, number: int, member_id: UUID, resolution: Resolution, *, now: datetime
) -> Alert:
    """The matter is settled. A reachable alert must have been answered, and needs its root cause."""
    alert = _open_alert(session, number)
    if alert.is_reachable and alert.state != AlertState.ANSWERED:
        raise Conflict("not_answered", {"state": alert.state})
    if alert.is_reachable and resolution.root_cause is None:
        raise Invalid(faults={"root_cause": "required"})
    _take_in_passing(session, alert, member_id, now=now)
    alert.resolved_at = now
    alert.root_cause = resolution.root_cause
    alert.action_taken = resolution.action_taken
    append(
        session,
        alert,
        Deed.RESOLVED,
        at=now,
        actor_id=member_id,
        to_state=AlertState.RESOLVED,
        cause=resolution.root_cause,
    )
    cancel_steps(session, alert, "resolved")
    plan_closing(session, alert, now=now)
    record(session, EventName.ALERT_RESOLVED, alert.id, at=now)
    return alert


def dismiss_alert(
    session: OrganisationSession, number: int, member_id: UUID, reason: Dismissal, *, now: datetime
) -> Alert:
    """No complaint after all; the reason stays in the history."""
    alert = _open_alert(session, number)
    _take_in_passing(session, alert, member_id, now=now)
    append(
        session,
        alert,
        Deed.DISMISSED,
        at=now,
        actor_id=member_id,
        to_state=AlertState.DISMISSED,
        reason=reason,
    )
    cancel_steps(session, alert, "dismissed")
    record(session, EventName.ALERT_CLOSED, alert.id, at=now)
    return alert


def answer(
    session: OrganisationSession, alert: Alert, grade: Grade, member_id: UUID | None, *, now: datetime
) -> None:
    """The shopper has an answer, with its grade of proof: the first stops the clock, a better one counts."""
    if alert.state not in (AlertState.NEW, AlertState.ACKNOWLEDGED):
        if alert.answered_at:
            alert.answer_grade = better(alert.answer_grade, grade)
        return
    if member_id:
        _take_in_passing(session, alert, member_id, now=now)
    alert.answered_at = now
    alert.answer_grade = grade
    append(
        session, alert, Deed.ANSWERED, at=now, actor_id=member_id, to_state=AlertState.ANSWERED, grade=grade
    )
    if alert.answer_due_at and now > alert.answer_due_at:
        mark_breach(session, alert, now=now)
    record(session, EventName.ALERT_ANSWERED, alert.id, at=now, grade=grade)


def _open_alert(session: OrganisationSession, number: int) -> Alert:
    alert = lock_alert(session, number)
    if alert.state in DONE_STATES:
        raise Conflict("already_done", {"state": alert.state})
    return alert


def _take_in_passing(session: OrganisationSession, alert: Alert, member_id: UUID, *, now: datetime) -> None:
    """Whoever answers or settles a new alert has taken it, unless it was passed on to somebody."""
    if alert.state == AlertState.NEW:
        alert.acknowledged_at = now
        alert.owner_id = alert.owner_id or member_id
        _taken(session, alert, member_id, now=now)


def _taken(session: OrganisationSession, alert: Alert, member_id: UUID, *, now: datetime) -> None:
    append(session, alert, Deed.ACKNOWLEDGED, at=now, actor_id=member_id, to_state=AlertState.ACKNOWLEDGED)
    if not alert.is_reachable and now > alert.acknowledge_due_at:
        mark_breach(session, alert, now=now)
    record(session, EventName.ALERT_ACKNOWLEDGED, alert.id, at=now)
