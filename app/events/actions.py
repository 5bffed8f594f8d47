"""Recording an event: the reactions of now run in the same transaction, those of later wait in the outbox."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, tuple_

from app.db import OrganisationSession, insert_row
from app.events.catalogue import EventName
from app.events.models import Event

KEPT = timedelta(days=30)
_AT_A_TIME = 1000

Handler = Callable[[OrganisationSession, Event], None]


@dataclass(frozen=True, slots=True)
class Reaction:
    """What follows an event: actions in the same transaction, and names of jobs after commit."""

    now: tuple[Handler, ...] = ()
    later: tuple[str, ...] = ()


Flow = Mapping[EventName, Reaction]
_flow: dict[EventName, Reaction] = {}


def use_flow(flow: Flow) -> None:
    """Set the table of reactions; the factory does this once, from ``app.flow``."""
    _flow.clear()
    _flow.update(flow)


def record(
    session: OrganisationSession, name: EventName, subject_id: UUID, *, at: datetime, **data: Any
) -> None:
    """Remember that something happened, and run what must happen in the same transaction."""
    reaction = _flow.get(name, Reaction())
    values = {"name": name, "subject_id": subject_id, "at": at, "data": data}
    event_id = insert_row(session, Event, **values, dispatched_at=None if reaction.later else at)
    event = Event(organisation_id=session.scope(), id=event_id, **values)
    for handler in reaction.now:
        handler(session, event)


def jobs_after(name: str) -> tuple[str, ...]:
    """The jobs that workers run after this event; none after one that this version does not know."""
    return _flow[EventName(name)].later if name in _flow else ()


def forget_old_events(session: OrganisationSession, *, now: datetime) -> int:
    """Delete up to a thousand events older than 30 days that workers have heard of; how many there were."""
    old = select(Event.organisation_id, Event.id).where(
        Event.at < now - KEPT, Event.dispatched_at.is_not(None)
    )
    keys = [tuple(row) for row in session.execute(old.limit(_AT_A_TIME))]
    session.execute(delete(Event).where(tuple_(Event.organisation_id, Event.id).in_(keys)))
    return len(keys)
