"""GET /api/v1/alerts: who follows up, and whether in time. What can be done with one: `alert_actions`."""

from flask import Blueprint
from pydantic import Field
from sqlalchemy import Select

from app.accounts.keys import key_organisation, key_scope
from app.alerts.models import Alert
from app.alerts.rules import AlertState, Reason, RootCause, Severity
from app.api.v1 import queries, schemas
from app.api.v1.named import named_store
from app.api.v1.operations import operation
from app.api.v1.pagination import PageQuery, Place, page, split
from app.api.v1.parameters import Instant, Query, ShortText, read_number
from app.api.v1.responses import show_response
from app.classification.labels import Meaning, meaning_of, meanings_of
from app.db import OrganisationSession, reading
from app.errors import NotFound
from app.web.access import api_key

pages = Blueprint("api_alerts", __name__, url_prefix="/api/v1")


class AlertQuery(PageQuery):
    """Which alerts."""

    state: AlertState | None = Field(None, description="In this state now.")
    severity: Severity | None = Field(None, description="So grave.")
    store: ShortText | None = Field(None, description="The code or the id of a store.")
    since: Instant | None = Field(None, description="Opened at this instant or later.")
    until: Instant | None = Field(None, description="Opened before this instant.")


@pages.get("/alerts")
@api_key()
@operation(AlertQuery, schemas.AlertList)
def list_alerts(query: AlertQuery) -> schemas.AlertList:
    """Alerts, newest first."""
    with reading(key_organisation()) as session:
        statement = _chosen(session, query)
        rows = session.execute(page(statement, Alert.opened_at, Alert.id, query)).all()
        meanings = meanings_of(session, [row.Response.id for row in rows])
    shown, following = split(rows, query, lambda row: Place(row.Alert.opened_at, row.Alert.id))
    return schemas.AlertList(
        items=[_show(row, meanings[row.Response.id]) for row in shown], next_cursor=following
    )


@pages.get("/alerts/<number>")
@api_key()
@operation(Query, schemas.Alert)
def one_alert(_: Query, number: str) -> schemas.Alert:
    """One alert by its number."""
    with reading(key_organisation()) as session:
        return shown_alert(session, read_number(number))


def shown_alert(session: OrganisationSession, number: int) -> schemas.Alert:
    """The alert as it is now; raises `NotFound` outside the key's stores."""
    session.flush()
    row = session.execute(queries.alerts(key_scope()).where(Alert.number == number)).one_or_none()
    if row is None:
        raise NotFound()
    return _show(row, meaning_of(session, row.Response.id))


def _chosen(session: OrganisationSession, query: AlertQuery) -> Select[*queries.AlertColumns]:
    statement = queries.alerts(key_scope())
    if query.state:
        statement = statement.where(Alert.state == query.state)
    if query.severity:
        statement = statement.where(Alert.severity == query.severity)
    if query.store:
        statement = statement.where(Alert.store_id == named_store(session, query.store).id)
    if query.since:
        statement = statement.where(Alert.opened_at >= query.since)
    if query.until:
        statement = statement.where(Alert.opened_at < query.until)
    return statement


def _show(row: queries.AlertRow, meaning: Meaning) -> schemas.Alert:
    alert, owner = row[8:]
    return schemas.Alert(
        number=alert.number,
        state=AlertState(alert.state),
        severity=Severity(alert.severity),
        reason=Reason(alert.reason),
        reachable=alert.is_reachable,
        owner=owner,
        opened_at=alert.opened_at,
        acknowledge_due_at=alert.acknowledge_due_at,
        answer_due_at=alert.answer_due_at,
        acknowledged_at=alert.acknowledged_at,
        answered_at=alert.answered_at,
        breached_at=alert.breached_at,
        resolved_at=alert.resolved_at,
        root_cause=RootCause(alert.root_cause) if alert.root_cause else None,
        response=show_response(row, meaning),
    )
