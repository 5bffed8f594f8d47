"""What the database knows of the replayed answers: stored, judged, alerted, told; and the wait for it."""

import time  # only its monotonic side: how long we wait
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy import func, select

from app import clock
from app.alerts.models import Alert, AlertTimer
from app.alerts.rules import HOLD, Reason
from app.classification.models import Classification
from app.db import OrganisationSession, reading
from app.ids import OrganisationId
from app.notifications.models import Notification
from app.responses.models import Response
from app.stores.models import Store
from app.touchpoints.models import QrCode, Touchpoint

_CHUNK = 500
_LOOKS_EVERY_SECONDS = 0.5
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Stored:
    """One stored answer. Delays in seconds, by the instants that the database keeps."""

    key: str
    rating: int
    sentiment: str | None
    is_judged: bool
    classified_after: float | None
    alert_reason: Reason | None
    told_after: float | None


def live_codes(session: OrganisationSession) -> list[str]:
    """Every code that takes answers now."""
    rows = session.scalars(
        select(QrCode.code)
        .join(Touchpoint, Touchpoint.id == QrCode.touchpoint_id)
        .join(Store, Store.id == Touchpoint.store_id)
        .where(QrCode.retired_at.is_(None), Touchpoint.retired_at.is_(None), Store.retired_at.is_(None))
        .order_by(QrCode.code)
    )
    return list(rows)


def wait_until_done(
    organisation_id: OrganisationId, keys: Sequence[str], seconds: float, tell: Callable[[int], None]
) -> int:
    """Wait until every comment is judged and everybody told who is to be told by now; how many are not.

    Gives up after so many seconds.
    """
    until = time.monotonic() + seconds
    while True:
        with reading(organisation_id) as session:
            left = sum(_unfinished(session, chunk, now=clock.now()) for chunk in _chunks(keys))
        tell(left)
        if not left or time.monotonic() >= until:
            return left
        time.sleep(_LOOKS_EVERY_SECONDS)


def stored_answers(session: OrganisationSession, keys: Sequence[str]) -> list[Stored]:
    """What is stored of the keys, one for each row and alert: a doubled one would be seen twice."""
    return [stored for chunk in _chunks(keys) for stored in _stored(session, chunk)]


def _unfinished(session: OrganisationSession, keys: Sequence[str], *, now: datetime) -> int:
    ours = select(Response.id).where(Response.key.in_(keys))
    alerts = select(Alert.id).where(Alert.response_id.in_(ours))
    waiting = (
        select(func.count()).where(Classification.response_id.in_(ours), Classification.due_at.is_not(None)),
        select(func.count()).where(AlertTimer.alert_id.in_(alerts), AlertTimer.due_at <= now),
        select(func.count()).where(Notification.alert_id.in_(alerts), Notification.due_at <= now),
    )
    return sum(session.scalar(count) or 0 for count in waiting)


def _stored(session: OrganisationSession, keys: Sequence[str]) -> Iterator[Stored]:
    rows = session.execute(
        select(Response, Classification, Alert)
        .outerjoin(Classification, Classification.response_id == Response.id)
        .outerjoin(Alert, Alert.response_id == Response.id)
        .where(Response.key.in_(keys))
    ).all()
    told = _told(session, [alert.id for _, _, alert in rows if alert])
    for response, verdict, alert in rows:
        classified_at = verdict.classified_at if verdict else None
        yield Stored(
            key=response.key,
            rating=response.rating,
            sentiment=verdict.sentiment if verdict else None,
            is_judged=classified_at is not None,
            classified_after=_seconds(response.completed_at, classified_at),
            alert_reason=Reason(alert.reason) if alert else None,
            told_after=_told_after(response, alert, told.get(alert.id)) if alert else None,
        )


def _told(session: OrganisationSession, alerts: Sequence[UUID]) -> dict[UUID, tuple[datetime, datetime]]:
    """For each alert whose first step has reached somebody: for when it was planned, and when it did."""
    rows = session.execute(
        select(AlertTimer.alert_id, AlertTimer.planned_at, func.min(Notification.sent_at))
        .join(Notification, Notification.timer_id == AlertTimer.id)
        .where(AlertTimer.alert_id.in_(alerts), AlertTimer.position == 0, Notification.sent_at.is_not(None))
        .group_by(AlertTimer.alert_id, AlertTimer.planned_at)
    )
    return {alert_id: (planned_at, sent_at) for alert_id, planned_at, sent_at in rows if sent_at}


def _told_after(response: Response, alert: Alert, told: tuple[datetime, datetime] | None) -> float | None:
    """Counted from the end of the hold: the comment, or 90 s after the tap; in the night, from opening."""
    if told is None:
        return None
    planned_at, sent_at = told
    held_until = alert.opened_at
    if alert.reason == Reason.RATING:
        held_until = min(alert.opened_at + HOLD, response.completed_at or alert.opened_at + HOLD)
    return _seconds(max(planned_at, held_until), sent_at)


def _seconds(start: datetime | None, end: datetime | None) -> float | None:
    return (end - start) / timedelta(seconds=1) if start and end else None


def _chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
