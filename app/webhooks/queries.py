"""Finding endpoints and deliveries: for events that are to be told, and for people who look after them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select, tuple_

from app.db import OrganisationSession, get_row, is_free, locking
from app.errors import NotFound
from app.ids import OrganisationId
from app.memory import Memory
from app.stores.models import Store
from app.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookTally
from app.webhooks.rules import RUN, RUNS_AT_ONCE, UNDELIVERED, DeliveryState, EndpointState

_DAY = timedelta(hours=24)
_REMEMBERED = "webhook_wishes"
_MOST_CHAINS = 1_000
_without_endpoints: Memory[OrganisationId, None] = Memory(_MOST_CHAINS)


# From the table, its organisation named by hand: every tap pays for this, through the mapper more than twice.
_table = WebhookEndpoint.__table__
_WISHES = (
    select(
        _table.c.id, _table.c.event_types, _table.c.store_ids, _table.c.state == EndpointState.ACTIVE.value
    )
    .where(_table.c.organisation_id == bindparam("own"))
    .execution_options(is_stamped=True)
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What an endpoint wants to hear of."""

    endpoint_id: UUID
    event_types: frozenset[str]
    store_ids: frozenset[str]
    is_active: bool

    def is_about(self, store_id: UUID) -> bool:
        """Whether it wants to hear of that store."""
        return not self.store_ids or str(store_id) in self.store_ids


@dataclass(frozen=True, slots=True)
class Lane:
    """An endpoint with work that is due and nothing under way.

    To one in health two runs of several deliveries may go at once, to one that fails a single delivery.
    """

    organisation_id: OrganisationId
    endpoint_id: UUID
    is_failing: bool

    @property
    def runs(self) -> int:
        """How many may speak to it at once."""
        return 1 if self.is_failing else RUNS_AT_ONCE

    @property
    def run(self) -> int:
        """How many deliveries one may take along."""
        return 1 if self.is_failing else RUN


@dataclass(frozen=True, slots=True)
class Health:
    """How an endpoint fared in the last 24 hours."""

    delivered: int = 0
    failed: int = 0
    cancelled: int = 0
    pending: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deliveries a list shows; what is left empty narrows nothing."""

    endpoint_id: UUID | None = None
    state: DeliveryState | None = None
    type: str | None = None
    since: datetime | None = None


def sealing_purpose(endpoint_id: UUID) -> str:
    """What an endpoint's secrets are sealed for: in another row they cannot be read."""
    return f"webhook/{endpoint_id}"


def wishes(session: OrganisationSession) -> list[Wish]:
    """What the organisation's endpoints want to hear of, asked once in a transaction.

    Most organisations have none: that is remembered, and the first one hears nothing for up to five seconds.
    """
    if session.scope() in _without_endpoints:
        return []
    remembered: list[Wish] | None = session.info.get(_REMEMBERED)
    if remembered is None:
        rows = session.execute(_WISHES, {"own": session.scope()})
        remembered = [Wish(row[0], frozenset(row[1]), frozenset(row[2]), row[3]) for row in rows]
        session.info[_REMEMBERED] = remembered
        if not remembered:
            _without_endpoints.keep(session.scope(), None)
    return remembered


def note_first_endpoint(session: OrganisationSession) -> None:
    """The organisation has an endpoint now."""
    _without_endpoints.forget(session.scope())


def due_lanes(session: OrganisationSession, *, now: datetime) -> list[Lane]:
    """Every endpoint of any organisation with deliveries due and none under way.

    Those in health come first, then who waits longest: a receiver that hangs holds up nobody else.
    """
    own = (
        WebhookDelivery.organisation_id == WebhookEndpoint.organisation_id,
        WebhookDelivery.endpoint_id == WebhookEndpoint.id,
    )
    oldest = (
        select(WebhookDelivery.due_at)
        .where(*own, WebhookDelivery.due_at <= now, is_free(WebhookDelivery, now=now))
        .order_by(WebhookDelivery.due_at)
        .limit(1)
        .scalar_subquery()
    )
    is_under_way = select(WebhookDelivery.id).where(*own, WebhookDelivery.lease_until >= now).exists()
    rows = session.execute(
        select(
            WebhookEndpoint.organisation_id,
            WebhookEndpoint.id,
            WebhookEndpoint.failing_since.is_not(None),
            oldest.label("oldest"),
        ).where(
            or_(WebhookEndpoint.waits_until.is_(None), WebhookEndpoint.waits_until <= now),
            ~is_under_way,
        )
    )
    waiting = [row for row in rows if row[3] is not None]
    return [Lane(*row[:3]) for row in sorted(waiting, key=lambda row: (row[2], row[3]))]


def get_endpoint(session: OrganisationSession, endpoint_id: UUID) -> WebhookEndpoint:
    """An endpoint of the organisation."""
    return get_row(session, WebhookEndpoint, endpoint_id)


def endpoints(session: OrganisationSession) -> list[WebhookEndpoint]:
    """Every endpoint, oldest first."""
    order = (WebhookEndpoint.created_at, WebhookEndpoint.id)
    return list(session.scalars(select(WebhookEndpoint).order_by(*order)))


def health_of_endpoints(session: OrganisationSession, *, now: datetime) -> Mapping[UUID, Health]:
    """How each endpoint fared in the last 24 hours; those without a delivery are left out."""
    rows = session.execute(
        select(WebhookDelivery.endpoint_id, WebhookDelivery.state, func.count())
        .where(WebhookDelivery.created_at >= now - _DAY)
        .group_by(WebhookDelivery.endpoint_id, WebhookDelivery.state)
    )
    counts: dict[UUID, dict[str, int]] = {}
    for endpoint_id, state, count in rows:
        counts.setdefault(endpoint_id, {})[state] = count
    return {endpoint_id: Health(**found) for endpoint_id, found in counts.items()}


def undelivered(endpoint_id: UUID, *, since: datetime) -> ColumnElement[bool]:
    """The deliveries to an endpoint, made since then, that were given up or held back."""
    return and_(
        WebhookDelivery.endpoint_id == endpoint_id,
        WebhookDelivery.state.in_(UNDELIVERED),
        WebhookDelivery.created_at >= since,
    )


def undelivered_count(session: OrganisationSession, endpoint_id: UUID, *, since: datetime) -> int:
    """How many those are."""
    counted = select(func.count()).select_from(WebhookDelivery)
    return session.scalar(counted.where(undelivered(endpoint_id, since=since))) or 0


def deliveries(wanted: Wanted) -> Select[WebhookDelivery]:
    """The deliveries that a list wants, in no order yet."""
    statement = select(WebhookDelivery)
    if wanted.endpoint_id:
        statement = statement.where(WebhookDelivery.endpoint_id == wanted.endpoint_id)
    if wanted.state:
        statement = statement.where(WebhookDelivery.state == wanted.state)
    if wanted.type:
        statement = statement.where(WebhookDelivery.type == wanted.type)
    if wanted.since:
        statement = statement.where(WebhookDelivery.created_at >= wanted.since)
    return statement


def deliveries_page(
    session: OrganisationSession, wanted: Wanted, *, before: UUID | None, limit: int
) -> tuple[list[WebhookDelivery], UUID | None]:
    """Deliveries, newest first, from after the one named, and after which the next page begins."""
    place = tuple_(WebhookDelivery.created_at, WebhookDelivery.id)
    last = session.get(WebhookDelivery, (session.scope(), before)) if before else None
    statement = deliveries(wanted)
    if last:
        statement = statement.where(place < (last.created_at, last.id))
    newest_first = (WebhookDelivery.created_at.desc(), WebhookDelivery.id.desc())
    rows = list(session.scalars(statement.order_by(*newest_first).limit(limit + 1)))
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None


def get_delivery(session: OrganisationSession, delivery_id: UUID) -> WebhookDelivery:
    """A delivery of the organisation."""
    return get_row(session, WebhookDelivery, delivery_id)


def lock_delivery(session: OrganisationSession, delivery_id: UUID) -> WebhookDelivery:
    """As `get_delivery`, locked."""
    row = session.scalar(locking(select(WebhookDelivery).where(WebhookDelivery.id == delivery_id)))
    if row is None:
        raise NotFound()
    return row


def attempts_of(session: OrganisationSession, delivery: WebhookDelivery) -> list[WebhookAttempt]:
    """Every attempt, newest first."""
    own = select(WebhookAttempt).where(WebhookAttempt.delivery_id == delivery.id)
    return list(session.scalars(own.order_by(WebhookAttempt.number.desc())))


def home_zone(session: OrganisationSession) -> str:
    """The time zone of most stores: times on pages about no store in particular are told in it."""
    zones = select(Store.time_zone).group_by(Store.time_zone).order_by(func.count().desc(), Store.time_zone)
    return session.scalar(zones.limit(1)) or "Europe/Kyiv"


def attempts_by_outcome(session: OrganisationSession) -> dict[str, int]:
    """How many attempts ended how, ever, over all organisations that the session sees."""
    total = func.sum(WebhookTally.attempts)
    rows = session.execute(select(WebhookTally.outcome, total).group_by(WebhookTally.outcome))
    return {outcome: int(count) for outcome, count in rows}
