"""Finding alerts, and everything that an alert's page shows."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, tuple_

from app.alerts.models import Alert, AlertEvent, AlertTimer, Message
from app.alerts.rules import OPEN_STATES, PHASES, AlertState, Phase
from app.db import OrganisationSession
from app.errors import NotFound
from app.responses.models import Response
from app.stores.models import Store
from app.web.actor import Actor

PAGE = 50
Row = tuple[Alert, Response, Store]


def find_alert_of(session: OrganisationSession, response_id: UUID) -> Alert | None:
    """The alert of a response."""
    return session.scalar(select(Alert).where(Alert.response_id == response_id))


def get_alert(session: OrganisationSession, number: int) -> Alert:
    """The alert of that number."""
    alert = session.scalar(select(Alert).where(Alert.number == number))
    if alert is None:
        raise NotFound()
    return alert


def alerts_page(
    session: OrganisationSession, actor: Actor, phase: Phase | None, before: tuple[datetime, int] | None
) -> tuple[list[Row], tuple[datetime, int] | None]:
    """Fifty alerts of the actor's scope, newest first, and where the next fifty begin."""
    statement = (
        select(Alert, Response, Store)
        .join(Response, Response.id == Alert.response_id)
        .join(Store, Store.id == Alert.store_id)
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


def next_step(session: OrganisationSession, alert: Alert) -> AlertTimer | None:
    """The next step of the ladder that is still to come."""
    return session.scalar(
        select(AlertTimer)
        .where(AlertTimer.alert_id == alert.id, AlertTimer.due_at.is_not(None))
        .order_by(AlertTimer.due_at)
        .limit(1)
    )


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
