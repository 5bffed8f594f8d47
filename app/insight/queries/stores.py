"""What the pages of stores ask: who they are, how they are rated, and what is open there."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import InstrumentedAttribute

from app.alerts.models import Alert
from app.alerts.rules import OPEN_STATES
from app.db import OrganisationSession
from app.errors import NotFound
from app.insight.rules import GROUP_RATINGS, PERIOD_DAYS, Group, Tally
from app.responses.models import Response
from app.stores.models import Region, Store
from app.stores.queries import EVERY_STORE, Scope, StoreFilter, has_words, inside
from app.text import sort_key
from app.touchpoints.models import Touchpoint


@dataclass(frozen=True, slots=True)
class Place:
    """A store as lists show it."""

    id: UUID
    code: str
    name: str
    kind: str
    zone: str
    region_id: UUID
    region: str
    labels: list[str]
    address: str
    retired_at: datetime | None


_PLACES = select(
    Store.id,
    Store.code,
    Store.name,
    Store.kind,
    Store.time_zone.label("zone"),
    Region.id.label("region_id"),
    Region.name.label("region"),
    Store.labels,
    Store.address,
    Store.retired_at,
).join(Region, Region.id == Store.region_id)


@dataclass(frozen=True, slots=True)
class Pulse:
    """What is open in a store, and when it last had an answer."""

    open_alerts: int = 0
    last_answer_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """A touchpoint with its answers of the period."""

    id: UUID
    name: str
    tally: Tally
    last_answer_at: datetime | None


def places(
    session: OrganisationSession, scope: Scope, wanted: StoreFilter = EVERY_STORE, search: str = ""
) -> list[Place]:
    """Every store in scope that is wanted and not retired, in the order of the alphabet."""
    rows = session.execute(
        _PLACES.where(
            Store.retired_at.is_(None), inside(Store.id, scope), wanted.holds(Store.id), has_words(search)
        )
    )
    return sorted(
        (Place(**row._asdict()) for row in rows), key=lambda place: (sort_key(place.name), place.code)
    )


def zones(session: OrganisationSession, scope: Scope, wanted: StoreFilter = EVERY_STORE) -> dict[UUID, str]:
    """The time zone of every store in scope that is wanted and not retired."""
    rows = session.execute(
        select(Store.id, Store.time_zone).where(
            Store.retired_at.is_(None), inside(Store.id, scope), wanted.holds(Store.id)
        )
    )
    return {row.id: row.time_zone for row in rows}


def get_place(session: OrganisationSession, store_id: UUID) -> Place:
    """The store of that id, retired or not; raises `NotFound`."""
    row = session.execute(_PLACES.where(Store.id == store_id)).one_or_none()
    if row is None:
        raise NotFound()
    return Place(**row._asdict())


def tallies(session: OrganisationSession, store_ids: Collection[UUID], *, now: datetime) -> dict[UUID, Tally]:
    """Answers of the last 28 days by store; suspect ones count nowhere."""
    return _tallies(session, Response.store_id, Response.store_id.in_(store_ids), now=now)


def pulses(session: OrganisationSession, store_ids: Collection[UUID]) -> dict[UUID, Pulse]:
    """Open alerts and the last answer of each store."""
    alerts = (
        select(func.count(Alert.id))
        .where(Alert.store_id == Store.id, Alert.state.in_(OPEN_STATES))
        .correlate(Store)
        .scalar_subquery()
    )
    last = (
        select(func.max(Response.received_at))
        .where(Response.store_id == Store.id)
        .correlate(Store)
        .scalar_subquery()
    )
    rows = session.execute(select(Store.id, alerts, last).where(Store.id.in_(store_ids)))
    return {store_id: Pulse(n, at) for store_id, n, at in rows}


def points(session: OrganisationSession, store_id: UUID, *, now: datetime) -> list[Point]:
    """The touchpoints of a store that are in use, by name, with their answers of the last 28 days."""
    last = (
        select(func.max(Response.received_at))
        .where(Response.touchpoint_id == Touchpoint.id, Response.store_id == store_id)
        .correlate(Touchpoint)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Touchpoint.id, Touchpoint.name, last).where(
            Touchpoint.store_id == store_id, Touchpoint.retired_at.is_(None)
        )
    ).all()
    found = _tallies(session, Response.touchpoint_id, Response.store_id == store_id, now=now)
    listed = [Point(key, name, found.get(key, Tally()), at) for key, name, at in rows]
    return sorted(listed, key=lambda point: sort_key(point.name))


def _tallies(
    session: OrganisationSession,
    by: InstrumentedAttribute[UUID],
    where: ColumnElement[bool],
    *,
    now: datetime,
) -> dict[UUID, Tally]:
    in_group = [
        func.sum(case((Response.rating.between(*GROUP_RATINGS[group]), 1), else_=0))
        for group in (Group.PROMOTER, Group.PASSIVE, Group.DETRACTOR)
    ]
    rows = session.execute(
        select(by, *in_group)
        .where(where, Response.received_at >= now - timedelta(days=PERIOD_DAYS), ~Response.is_suspect)
        .group_by(by)
    )
    return {key: Tally(*counts) for key, *counts in rows}
