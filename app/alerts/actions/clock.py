"""What happens when a stored instant comes: the ladder's steps fire, breaches are marked, alerts close."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select

from app.accounts.queries import Member, find_active_member, members_of_store
from app.accounts.rules import Role
from app.alerts.actions.history import append
from app.alerts.models import Alert, AlertEvent, AlertTimer
from app.alerts.queries import POSITION_CLOSE, POSITION_TELL
from app.alerts.rules import (
    ATTEMPT_COUNTS,
    NEXT_LEVEL,
    AlertState,
    Condition,
    Deed,
    StepAction,
    Target,
    holds,
)
from app.db import (
    Claim,
    OrganisationSession,
    claim,
    get_row,
    locking,
    transaction,
    transaction_across,
)
from app.db import holds as holds_claim
from app.events import EventName, record
from app.stores.models import Store

log = structlog.get_logger()
LEASE = timedelta(seconds=15)

ROLES = {
    Target.STORE_MANAGERS: Role.STORE_MANAGER,
    Target.REGIONAL_MANAGERS: Role.REGIONAL_MANAGER,
    Target.OWNERS: Role.OWNER,
}


def fire_due_timers(*, now: datetime, limit: int = 100) -> int:
    """Fire what is due, of any organisation; how many timers were taken.

    Each alert is one transaction: a poisoned one waits out its lease and holds up nobody.
    """
    with transaction_across() as session:
        claims = claim(session, AlertTimer, now=now, lease=LEASE, limit=limit)
    for claimed in claims:
        try:
            with transaction(claimed.organisation_id) as session:
                _fire(session, claimed, now=now)
        except Exception as error:  # noqa: BLE001 - the next alert must not wait for this one
            log.error("timer_failed", timer=str(claimed.id), error=type(error).__name__)
    return len(claims)


def _fire(session: OrganisationSession, claimed: Claim, *, now: datetime) -> None:
    timer = session.scalar(select(AlertTimer).where(holds_claim(AlertTimer, claimed)))
    if timer is not None and timer.due_at is not None:
        alert = session.scalars(locking(select(Alert).where(Alert.id == timer.alert_id))).one()
        fire_steps_of(session, alert, now=now)


def fire_steps_of(session: OrganisationSession, alert: Alert, *, now: datetime) -> None:
    """Fire what is due of one alert that the caller has locked, in the caller's transaction."""
    due = session.scalars(
        select(AlertTimer)
        .where(AlertTimer.alert_id == alert.id, AlertTimer.due_at <= now)
        .order_by(AlertTimer.round, AlertTimer.position)
    ).all()
    # News and the closing stand beside the ladder: none of them may swallow a step of it.
    _fire_highest(session, alert, [timer for timer in due if timer.position < POSITION_CLOSE], now=now)
    _fire_highest(session, alert, [timer for timer in due if timer.position == POSITION_CLOSE], now=now)
    _fire_highest(session, alert, [timer for timer in due if timer.position >= POSITION_TELL], now=now)


def _fire_highest(
    session: OrganisationSession, alert: Alert, due: list[AlertTimer], *, now: datetime
) -> None:
    """After an outage only the highest step that still applies fires; the others are recorded as skipped."""
    applying = [timer for timer in due if _applies(timer, alert)]
    for timer in due:
        timer.due_at = None
        timer.fired_at = now if timer in applying[-1:] else None
        timer.outcome = _outcome(timer, applying)
    session.flush()
    if applying:
        _act(session, alert, applying[-1], now=now)


def _applies(timer: AlertTimer, alert: Alert) -> bool:
    if timer.action == StepAction.CLOSE:
        return alert.state == AlertState.RESOLVED
    if timer.target == Target.ASSIGNEE:
        return alert.state not in (AlertState.CLOSED, AlertState.DISMISSED)
    return holds(timer.condition, alert.state, is_reachable=alert.is_reachable)


def _outcome(timer: AlertTimer, applying: list[AlertTimer]) -> str:
    if timer not in applying:
        return "not_needed"
    return "fired" if timer is applying[-1] else "skipped"


def _act(session: OrganisationSession, alert: Alert, timer: AlertTimer, *, now: datetime) -> None:
    if timer.action == StepAction.CLOSE:
        alert.closed_at = now
        append(session, alert, Deed.CLOSED, at=now, to_state=AlertState.CLOSED)
        record(session, EventName.ALERT_CLOSED, alert.id, at=now)
        return
    members = _audience(session, alert, Target(timer.target), now=now)
    if _is_breach(alert, timer, now=now):
        mark_breach(session, alert, now=now)
    if timer.action == StepAction.REASSIGN and not _was_tried(session, alert, now=now):
        _reassign(session, alert, members, now=now)
    if members:
        _tell(session, alert, timer, members, now=now)
    else:
        log.error("nobody_to_tell", alert=str(alert.id), step=timer.position)


def mark_breach(session: OrganisationSession, alert: Alert, *, now: datetime) -> None:
    """The promise was not kept; it is marked once and never unmarked."""
    if alert.breached_at is None:
        alert.breached_at = now
        append(session, alert, Deed.BREACHED, at=now)
        record(session, EventName.ALERT_BREACHED, alert.id, at=now)


def _is_breach(alert: Alert, timer: AlertTimer, *, now: datetime) -> bool:
    if timer.condition == Condition.NOT_ANSWERED:
        return alert.answer_due_at is not None and alert.answer_due_at <= now
    is_missed = timer.condition == Condition.NOT_ACKNOWLEDGED and alert.acknowledge_due_at <= now
    return is_missed and not alert.is_reachable


def _audience(session: OrganisationSession, alert: Alert, target: Target, *, now: datetime) -> list[Member]:
    """The people of the level; an empty level is skipped at once for the next, and the history says so."""
    owner = find_active_member(session, alert.owner_id) if alert.owner_id else None
    if target is Target.ASSIGNEE and owner:
        return [owner]
    store = get_row(session, Store, alert.store_id)
    role = ROLES.get(target)
    members = members_of_store(session, role, store) if role else []
    if members:
        return members
    if role:
        append(session, alert, Deed.NOBODY, at=now, target=target)
    following = NEXT_LEVEL.get(target)
    return _audience(session, alert, following, now=now) if following else []


def _was_tried(session: OrganisationSession, alert: Alert, *, now: datetime) -> bool:
    """Whether somebody called in vain in the last 20 minutes: then nobody takes the alert away."""
    called = select(func.count()).where(
        AlertEvent.alert_id == alert.id,
        AlertEvent.kind == Deed.CALLED,
        AlertEvent.at > now - ATTEMPT_COUNTS,
    )
    return bool(session.scalar(called))


def _reassign(session: OrganisationSession, alert: Alert, members: list[Member], *, now: datetime) -> None:
    """The alert passes to the first of the level, unless somebody of that level has it already."""
    if not members or alert.owner_id in {member.id for member in members}:
        return
    before = str(alert.owner_id) if alert.owner_id else None
    alert.owner_id = members[0].id
    append(session, alert, Deed.REASSIGNED, at=now, to=str(members[0].id), before=before)


def _tell(
    session: OrganisationSession, alert: Alert, timer: AlertTimer, members: list[Member], *, now: datetime
) -> None:
    told = [str(member.id) for member in members]
    append(session, alert, Deed.NOTIFIED, at=now, members=told, step=timer.position)
    record(session, EventName.ALERT_NOTIFIED, alert.id, at=now, timer=str(timer.id), members=told)
