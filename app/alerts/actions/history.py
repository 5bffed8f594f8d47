"""The one way to move an alert: change the state and append the line that says so, together."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.alerts.models import Alert, AlertEvent
from app.alerts.rules import AlertState, Deed
from app.db import OrganisationSession, insert_row


def append(
    session: OrganisationSession,
    alert: Alert,
    deed: Deed,
    *,
    at: datetime,
    actor_id: UUID | None = None,
    to_state: AlertState | None = None,
    **data: Any,
) -> None:
    """Add a line to the history; with `to_state`, the alert moves there in the same breath.

    The caller has locked the alert, so that lines are numbered without a gap or a clash.
    """
    from_state = alert.state if to_state and deed is not Deed.OPENED else None
    last = 0 if deed is Deed.OPENED else _last_sequence(session, alert)
    if to_state:
        alert.state = to_state
    insert_row(
        session,
        AlertEvent,
        alert_id=alert.id,
        sequence=last + 1,
        at=at,
        kind=deed,
        actor_id=actor_id,
        from_state=from_state,
        to_state=to_state,
        data={**data, "through": session.through} if session.through else data,
    )


def _last_sequence(session: OrganisationSession, alert: Alert) -> int:
    last = session.scalar(select(func.max(AlertEvent.sequence)).where(AlertEvent.alert_id == alert.id))
    return last or 0
