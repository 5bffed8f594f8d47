"""Which stores and regions there are, and how people find them."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true

from app.db import OrganisationSession, SearchForm
from app.stores.models import Region, Store
from app.text import search_form, sort_key

Scope = frozenset[UUID] | None


class StoreName(NamedTuple):
    """A store in a list."""

    id: UUID
    name: str
    code: str
    time_zone: str
    retired_at: datetime | None


def regions(session: OrganisationSession) -> list[Region]:
    """Every region in the order of the alphabet."""
    return sorted(session.scalars(select(Region)), key=lambda region: sort_key(region.name))


def find_region(session: OrganisationSession, name: str) -> Region | None:
    """The region of that name, whatever its case."""
    return session.scalars(select(Region).where(SearchForm(Region.name) == search_form(name))).first()


def stores(session: OrganisationSession, scope: Scope, search: str = "") -> list[StoreName]:
    """The stores in scope, retired ones too, in the order of the alphabet; `search` is in name or code."""
    has = [
        SearchForm(column).contains(search_form(search), autoescape=True)
        for column in (Store.name, Store.code)
    ]
    rows = session.execute(
        select(Store.id, Store.name, Store.code, Store.time_zone, Store.retired_at).where(
            _inside(scope), or_(*has) if search else true()
        )
    )
    return sorted((StoreName(*row) for row in rows), key=lambda store: (sort_key(store.name), store.code))


def time_zones_of(session: OrganisationSession, scope: Scope) -> list[str]:
    """The time zone of each store in scope."""
    return list(session.scalars(select(Store.time_zone).where(_inside(scope))))


def find_store(session: OrganisationSession, code: str, scope: Scope) -> Store | None:
    """The store in scope with that code, whatever its case."""
    where = SearchForm(Store.code) == search_form(code)
    return session.scalars(select(Store).where(where, _inside(scope))).first()


def _inside(scope: Scope) -> ColumnElement[bool]:
    return true() if scope is None else Store.id.in_(scope)
