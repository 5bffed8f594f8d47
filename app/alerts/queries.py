"""Finding alerts, and everything that an alert's page shows."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, or_, select, tuple_

from app.alerts.models import Alert, AlertEvent, AlertTimer, Message
from app.alerts.rules import OPEN_STATES, PHASES, AlertState, Author, Phase, holds
from app.db import OrganisationSession, locking
from app.errors import NotFound
from app.responses.models import Response
from app.stores.models import Store
from app.stores.queries import EVERY_STORE, StoreFilter
from app.web.actor import Actor

PAGE = 50
REPEAT = timedelta(minutes=10)
MOST_NUMBER = 2**31 - 1
# Positions of timers that come from no step of the ladder.
POSITION_CLOSE = 900
POSITION_TELL = 901
Row = tuple[Alert, Response, Store]


def find_alert_of(session: OrganisationSession, response_id: UUID) -> Alert | None:
    """The alert of a response."""
    return session.scalar(select(Alert).where(Alert.response_id == response_id))


def get_alert(session: OrganisationSession, number: int) -> Alert:
    """The alert of that number."""
    return _one(session, _numbered(number))


def lock_alert(session: OrganisationSession, number: int) -> Alert:
    """As `get_alert`, locked: whoever changes it next waits for us."""
    return _one(session, locking(_numbered(number)))


def lock_again(session: OrganisationSession, alert: Alert) -> Alert:
    """An alert that was read already, locked and as it is now."""
    return _one(session, locking(select(Alert).where(Alert.id == alert.id)))


def lock_alert_of(session: OrganisationSession, response_id: UUID) -> Alert | None:
    """As `find_alert_of`, locked."""
    return session.scalar(locking(select(Alert).where(Alert.response_id == response_id)))


def _numbered(number: int) -> Select[Alert]:
    if number > MOST_NUMBER:
        raise NotFound()
    return select(Alert).where(Alert.number == number)


def _one(session: OrganisationSession, statement: Select[Alert]) -> Alert:
    alert = session.scalar(statement)
    if alert is None:
        raise NotFound()
    return alert


def alerts_page(
    session: OrganisationSession,
    actor: Actor,
    phase: Phase | None,
    before: tuple[datetime, int] | None,
    *,
    wanted: StoreFilter = EVERY_STORE,
) -> tuple[list[Row], tuple[datetime, int] | None]:
    """Fifty alerts of the stores that are wanted in the actor's scope, newest first, and the next place."""
    statement = (
        select(Alert, Response, Store)
        .join(Response, Response.id == Alert.response_id)
        .join(Store, Store.id == Alert.store_id)
        .where(wanted.holds(Alert.store_id))
        .order_by(Alert.opened_at.desc(), Alert.number.desc())
        .limit(PAGE + 1)
    )
    if actor.store_ids is not None:
        statement = statement.where(Alert.store_id.in_(actor.store_ids))
    if phase:
        statement = statement.where(Alert.state.in_(PHASES[phase]))
    if before:
        statement = statement.where(tuple_(Alert.opened_at, Alert.number) < before)
    rows: list[Row] = [(alert, response, store) for alert, response, store in session.execute(statement)]
    if len(rows) <= PAGE:
        return rows, None
    last = rows[PAGE - 1][0]
    return rows[:PAGE], (last.opened_at, last.number)


def history(session: OrganisationSession, alert: Alert) -> list[AlertEvent]:
    """Every line of the alert's history, oldest first."""
    rows = select(AlertEvent).where(AlertEvent.alert_id == alert.id).order_by(AlertEvent.sequence)
    return list(session.scalars(rows))


def thread(session: OrganisationSession, alert: Alert) -> list[Message]:
    """What shopper and store wrote to each other, oldest first."""
    rows = select(Message).where(Message.alert_id == alert.id).order_by(Message.written_at)
    return list(session.scalars(rows))


def is_repeat(session: OrganisationSession, message: Message) -> bool:
    """Whether the thread already ends with the same words of the same side, sent a moment ago."""
    last = session.scalar(
        select(Message)
        .where(Message.alert_id == message.alert_id)
        .order_by(Message.written_at.desc(), Message.id.desc())
        .limit(1)
    )
    if last is None or message.written_at - last.written_at > REPEAT:
        return False
    return (last.author, last.via, last.text) == (message.author, message.via, message.text)


def written_by_shopper(session: OrganisationSession, alert: Alert, *, since: datetime) -> int:
    """How many messages the shopper has written since then."""
    statement = select(func.count()).where(
        Message.alert_id == alert.id, Message.author == Author.SHOPPER, Message.written_at > since
    )
    return session.scalar(statement) or 0


def latest_news(session: OrganisationSession, alert: Alert) -> Message | None:
    """The last thing in the thread that the store has to hear of: the shopper's words, or a failed e-mail."""
    return session.scalar(
        select(Message)
        .where(
            Message.alert_id == alert.id,
            or_(Message.author == Author.SHOPPER, Message.failure.is_not(None)),
        )
        .order_by(Message.written_at.desc(), Message.id.desc())
        .limit(1)
    )


def next_step(session: OrganisationSession, alert: Alert) -> AlertTimer | None:
    """The next step of the ladder that would be taken if nothing changed."""
    coming = session.scalars(
        select(AlertTimer)
        .where(
            AlertTimer.alert_id == alert.id,
            AlertTimer.due_at.is_not(None),
            AlertTimer.position < POSITION_CLOSE,
        )
        .order_by(AlertTimer.due_at, AlertTimer.position.desc())
    )
    return next(
        (step for step in coming if holds(step.condition, alert.state, is_reachable=alert.is_reachable)), None
    )


def was_told(session: OrganisationSession, alert: Alert) -> bool:
    """Whether a step of the ladder has fired since the alert opened, or came back."""
    fired = select(func.count(AlertTimer.fired_at)).where(
        AlertTimer.alert_id == alert.id,
        AlertTimer.round == alert.rounds,
        AlertTimer.position < POSITION_CLOSE,
    )
    return bool(session.scalar(fired))


def waiting_count(session: OrganisationSession, actor: Actor) -> int:
    """How many alerts in the actor's scope nobody has taken yet."""
    statement = select(func.count()).select_from(Alert).where(Alert.state == AlertState.NEW)
    if actor.store_ids is not None:
        statement = statement.where(Alert.store_id.in_(actor.store_ids))
    return session.scalar(statement) or 0


def overdue_count(session: OrganisationSession, *, now: datetime) -> int:
    """How many open alerts are past the instant their answer was due."""
    statement = select(func.count()).select_from(Alert)
    return (
        session.scalar(
            statement.where(
                Alert.state.in_(OPEN_STATES), Alert.answered_at.is_(None), Alert.answer_due_at < now
            )
        )
        or 0
    )
