"""What the relay asks of the outbox."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_, update

from app.db import OrganisationSession
from app.events.models import Event

Key = tuple[UUID, UUID]


def undispatched(session: OrganisationSession, limit: int) -> list[tuple[Key, str]]:
    """The oldest events that no worker has heard of, locked for this relay: their keys and names.

    By state, never by "newer than the last seen": transactions become visible out of order.
    """
    rows = session.execute(
        select(Event.organisation_id, Event.id, Event.name)
        .where(Event.dispatched_at.is_(None))
        .order_by(Event.at, Event.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [((organisation_id, event_id), name) for organisation_id, event_id, name in rows]


def mark_dispatched(session: OrganisationSession, keys: list[Key], *, now: datetime) -> None:
    """Workers have been told of these events."""
    session.execute(
        update(Event)
        .where(tuple_(Event.organisation_id, Event.id).in_(keys))
        .values(dispatched_at=now)
        .execution_options(synchronize_session=False)
    )


def waiting_events(_: datetime) -> Select[int, datetime | None]:
    """How many events no worker has heard of, and since when the oldest."""
    return select(func.count(), func.min(Event.at)).where(Event.dispatched_at.is_(None))
