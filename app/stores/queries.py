"""Which stores and regions there are, and how people find them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from app.db import HasItem, OrganisationSession, SearchForm, get_row, locking
from app.ids import OrganisationId
from app.memory import Memory
from app.stores.calendar import Calendar
from app.stores.hours import Hours, HoursChange, HoursPlan, HoursRow
from app.stores.models import Region, Store
from app.text import search_form, sort_key

Scope = frozenset[UUID] | None
MOST_LISTED = 200
_MOST_CALENDARS = 10_000
_calendars: Memory[tuple[OrganisationId, UUID], Calendar] = Memory(_MOST_CALENDARS)


class StoreName(NamedTuple):
    """A store in a list."""

    id: UUID
    name: str
    code: str
    time_zone: str
    retired_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoreFilter:
    """Which stores are wanted; what is left empty narrows nothing, and an impossible filter holds none."""

    store_ids: frozenset[UUID] | None = None
    region_id: UUID | None = None
    kind: str = ""
    country: str = ""
    label: str = ""
    is_impossible: bool = False

    def holds(self, column: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
        """Whether the store that a row belongs to is wanted."""
        if self.is_impossible:
            return false()
        named = true() if self.store_ids is None else column.in_(self.store_ids)
        traits = self._traits()
        return and_(named, column.in_(select(Store.id).where(*traits))) if traits else named

    def _traits(self) -> list[ColumnElement[bool]]:
        wanted = {Store.region_id: self.region_id, Store.kind: self.kind, Store.country: self.country}
        traits = [column == value for column, value in wanted.items() if value]
        # Stores are few, seven thousand at most: reading their labels costs less than keeping them twice.
        return [*traits, HasItem(Store.labels, self.label)] if self.label else traits


EVERY_STORE = StoreFilter()


def calendar_of(session: OrganisationSession, store_id: UUID) -> Calendar:
    """The hours of a store; new hours count within five seconds. Raises `NotFound`."""
    place = (session.scope(), store_id)
    return _calendars.find(place, lambda: get_row(session, Store, store_id).calendar)


def forget_calendars() -> None:
    """Let hours that have just changed count at once in this process."""
    _calendars.clear()


@dataclass(frozen=True, slots=True)
class StoreChoices:
    """What a list may be narrowed to; `stores` are codes with names, none where they would be too many."""

    regions: dict[UUID, str]
    kinds: set[str]
    countries: set[str]
    labels: set[str]
    stores: dict[str, str]


def regions(session: OrganisationSession) -> list[Region]:
    """Every region in the order of the alphabet."""
    return sorted(session.scalars(select(Region)), key=lambda region: sort_key(region.name))


def find_region(session: OrganisationSession, name: str) -> Region | None:
    """The region of that name, whatever its case."""
    return session.scalars(select(Region).where(SearchForm(Region.name) == search_form(name))).first()


def stores(
    session: OrganisationSession, scope: Scope, search: str = "", *, wanted: StoreFilter = EVERY_STORE
) -> list[StoreName]:
    """The stores in scope, retired ones too, in the order of the alphabet; `search` is in name or code."""
    rows = session.execute(
        select(Store.id, Store.name, Store.code, Store.time_zone, Store.retired_at).where(
            inside(Store.id, scope), wanted.holds(Store.id), has_words(search)
        )
    )
    return sorted((StoreName(*row) for row in rows), key=lambda store: (sort_key(store.name), store.code))


def time_zones_of(session: OrganisationSession, scope: Scope) -> list[str]:
    """The time zone of each store in scope."""
    return list(session.scalars(select(Store.time_zone).where(inside(Store.id, scope))))


def has_words(search: str) -> ColumnElement[bool]:
    """Whether a store's name or code holds what somebody searches for."""
    if not search:
        return true()
    columns = (Store.name, Store.code)
    return or_(*(SearchForm(column).contains(search_form(search), autoescape=True) for column in columns))


def find_store(session: OrganisationSession, code: str, scope: Scope) -> Store | None:
    """The store in scope with that code, whatever its case."""
    where = SearchForm(Store.code) == search_form(code)
    return session.scalars(select(Store).where(where, inside(Store.id, scope))).first()


def find_stores(session: OrganisationSession, codes: Sequence[str], scope: Scope) -> dict[str, UUID]:
    """The stores in scope with those codes, by the folded code."""
    folded = [search_form(code) for code in codes]
    rows = session.execute(
        select(Store.code, Store.id).where(SearchForm(Store.code).in_(folded), inside(Store.id, scope))
    )
    return {search_form(code): store_id for code, store_id in rows}


def hours_plan(
    session: OrganisationSession,
    scope: Scope,
    wanted: StoreFilter,
    change: HoursChange,
    *,
    lock: bool = False,
) -> HoursPlan:
    """What a change of hours would do to the open stores in scope that are wanted; locked, they stay so."""
    statement = (
        select(Store)
        .where(Store.retired_at.is_(None), inside(Store.id, scope), wanted.holds(Store.id))
        .order_by(Store.id)
    )
    found = session.scalars(locking(statement) if lock else statement).all()
    rows = []
    for store in sorted(found, key=lambda store: (sort_key(store.name), store.code)):
        week = {day: hours for day, hours in sorted(store.weekly_hours.items()) if hours}
        before = Hours(week, store.dated_hours)
        after = before.changed(change)
        if after != before:
            rows.append(HoursRow(store.id, store.code, store.name, before, after))
    return HoursPlan(rows, len(found))


def store_choices(session: OrganisationSession, scope: Scope) -> StoreChoices:
    """What the stores in scope differ by, closed ones too."""
    rows = session.execute(
        select(Store.code, Store.name, Store.kind, Store.country, Store.labels, Region.id, Region.name)
        .join(Region, Region.id == Store.region_id)
        .where(inside(Store.id, scope))
    ).all()
    listed = sorted(rows, key=lambda row: (sort_key(row[1]), row[0])) if len(rows) <= MOST_LISTED else []
    return StoreChoices(
        regions={row[5]: row[6] for row in rows},
        kinds={row[2] for row in rows},
        countries={row[3] for row in rows},
        labels={label for row in rows for label in row[4]},
        stores={row[0]: row[1] for row in listed},
    )


def inside(column: InstrumentedAttribute[UUID], scope: Scope) -> ColumnElement[bool]:
    """Whether the row's store is in scope; ``None`` is every store of the organisation."""
    return true() if scope is None else column.in_(scope)
