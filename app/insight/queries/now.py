"""What the Now page asks: who waits, for how long still, and is today as usual."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, and_, case, func, or_, select

from app.accounts.models import Membership, User
from app.alerts.models import Alert
from app.alerts.rules import OPEN_STATES, AlertState
from app.contacts.models import Contact
from app.db import OrganisationSession
from app.insight.rules import Day, same_hours
from app.responses.models import Response
from app.responses.rules import DETRACTOR_MOST
from app.stores.models import Store
from app.stores.queries import EVERY_STORE, Scope, StoreFilter, inside
from app.touchpoints.models import Touchpoint

MOST_CARDS = 25

_RUNNING = (AlertState.NEW, AlertState.ACKNOWLEDGED)
# What the clock runs towards, as `Alert.deadline` says it.
_deadline = case(
    (and_(Alert.state.in_(_RUNNING), Alert.is_reachable), Alert.answer_due_at),
    (and_(Alert.state == AlertState.NEW, ~Alert.is_reachable), Alert.acknowledge_due_at),
)


_OPEN_ALERTS = (
    select(Alert, Response, Store, Touchpoint.name, Contact.kind, User.name)
    .join(Response, Response.id == Alert.response_id)
    .join(Store, Store.id == Alert.store_id)
    .join(Touchpoint, Touchpoint.id == Response.touchpoint_id)
    .outerjoin(Contact, and_(Contact.id == Response.contact_id, Contact.value_encrypted.is_not(None)))
    .outerjoin(Membership, Membership.id == Alert.owner_id)
    .outerjoin(User, User.id == Membership.user_id)
    .where(Alert.state.in_(OPEN_STATES))
)


@dataclass(frozen=True, slots=True)
class Card:
    """An open alert as its card shows it. `opens_at` is the store's next opening while it is closed."""

    number: int
    state: str
    is_reachable: bool
    rating: int
    comment: str | None
    language: str
    contact_kind: str | None
    store: str
    touchpoint: str
    zone: str
    opened_at: datetime
    deadline: datetime | None
    opens_at: datetime | None
    acknowledged_at: datetime | None
    answered_at: datetime | None
    owner: str | None


@dataclass(frozen=True, slots=True)
class Headline:
    """Open alerts in numbers: nobody has them, late among all that still run, in somebody's hands."""

    waiting: int
    late: int
    in_hand: int

    @property
    def n(self) -> int:
        """All open alerts."""
        return self.waiting + self.in_hand


def cards(
    session: OrganisationSession, scope: Scope, wanted: StoreFilter = EVERY_STORE, *, now: datetime
) -> list[Card]:
    """Open alerts by deadline, so that the late ones come first; those without a clock at the end."""
    statement = (
        _OPEN_ALERTS.where(inside(Alert.store_id, scope), wanted.holds(Alert.store_id))
        .order_by(_deadline.is_(None), _deadline, Alert.opened_at, Alert.number)
        .limit(MOST_CARDS)
    )
    return [_card(row, now=now) for row in session.execute(statement)]


def headline(
    session: OrganisationSession, scope: Scope, wanted: StoreFilter = EVERY_STORE, *, now: datetime
) -> Headline:
    """Open alerts counted."""
    waiting = case((Alert.state == AlertState.NEW, 1), else_=0)
    late = case((_deadline <= now, 1), else_=0)
    n, new, overdue = session.execute(
        select(func.count(), func.sum(waiting), func.sum(late)).where(
            Alert.state.in_(OPEN_STATES), inside(Alert.store_id, scope), wanted.holds(Alert.store_id)
        )
    ).one()
    return Headline(waiting=new or 0, late=overdue or 0, in_hand=n - (new or 0))


def last_alert_at(
    session: OrganisationSession, scope: Scope, wanted: StoreFilter = EVERY_STORE
) -> datetime | None:
    """When the newest alert opened."""
    where = inside(Alert.store_id, scope), wanted.holds(Alert.store_id)
    return session.scalar(select(func.max(Alert.opened_at)).where(*where))


def day_so_far(
    session: OrganisationSession, store_ids: Collection[UUID], zone: str, *, now: datetime
) -> list[Day]:
    """Today until now, then the same hours of the same weekday in the four weeks before, newest first."""
    spans = same_hours(now, zone)
    week = case(*((Response.received_at >= start, number) for number, (start, _) in enumerate(spans)))
    negative = case((Response.rating <= DETRACTOR_MOST, 1), else_=0)
    rows = session.execute(
        select(week, func.count(), func.sum(negative))
        .where(
            or_(*(Response.received_at.between(start, end) for start, end in spans)),
            ~Response.is_suspect,
            Response.store_id.in_(store_ids),
        )
        .group_by(week)
    )
    found = {number: Day(n, negatives) for number, n, negatives in rows}
    return [found.get(number, Day(0, 0)) for number in range(len(spans))]


def _card(row: Row[Alert, Response, Store, str, str, str], *, now: datetime) -> Card:
    alert, response, store, touchpoint, contact_kind, owner = row
    opens_at = store.calendar.next_opening(now) if alert.deadline else None
    return Card(
        number=alert.number,
        state=alert.state,
        is_reachable=alert.is_reachable,
        rating=response.rating,
        comment=response.comment,
        language=response.language,
        contact_kind=contact_kind,
        store=store.name,
        touchpoint=touchpoint,
        zone=store.time_zone,
        opened_at=alert.opened_at,
        deadline=alert.deadline,
        opens_at=opens_at if opens_at and opens_at > now else None,
        acknowledged_at=alert.acknowledged_at,
        answered_at=alert.answered_at,
        owner=owner,
    )
