"""What an import has to know of the organisation, and the tables that wait to be confirmed."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from app.db import OrganisationSession, locking
from app.errors import NotFound
from app.stores.imports.columns import Column
from app.stores.imports.plan import Chain, Known
from app.stores.models import Region, Store, StoreImport
from app.stores.points import point_keeper
from app.stores.queries import Scope, StoreFilter, inside
from app.text import search_form, sort_key

_COLUMNS = tuple(
    getattr(Store, name)
    for name in (
        *("id", "region_id", "code", "name", "kind", "country", "currency", "time_zone"),
        *("address", "languages", "labels", "weekly_hours", "retired_at"),
    )
)


def chain_before(
    session: OrganisationSession, languages: Collection[str], scope: Scope, *, lock: bool = False
) -> Chain:
    """The organisation's stores, regions and touchpoints as they are now; locked, nobody changes the stores.

    With a scope, stores outside it are as if they were not there, and new ones cannot be made.
    """
    statement = select(*_COLUMNS).order_by(Store.id)
    stores = session.execute(locking(statement) if lock else statement).all()
    regions = {region.id: region.name for region in session.scalars(select(Region))}
    keeper = point_keeper()
    names = keeper.names(session)
    return Chain(
        stores={
            search_form(store.code): Known(
                id=store.id,
                values=values_of(store, regions[store.region_id]),
                points=[name for name, _is_closed in names.get(store.id, ())],
                is_in_scope=scope is None or store.id in scope,
            )
            for store in stores
        },
        regions=list(regions.values()),
        languages=languages,
        may_create=scope is None,
        has_survey=keeper.survey(session) is not None,
    )


def values_of(store: Store | Row[*tuple[Any, ...]], region: str) -> dict[Column, object]:
    """A store's fields as the columns of a table hold them."""
    hours = {day: hours for day, hours in sorted(store.weekly_hours.items()) if hours}
    return {
        Column.CODE: store.code,
        Column.NAME: store.name,
        Column.REGION: region,
        Column.KIND: store.kind,
        Column.COUNTRY: store.country,
        Column.CURRENCY: store.currency,
        Column.TIME_ZONE: store.time_zone,
        Column.ADDRESS: store.address,
        Column.LANGUAGES: store.languages,
        Column.LABELS: store.labels,
        Column.HOURS: hours,
        Column.CLOSED: store.retired_at is not None,
    }


def rows_of(
    session: OrganisationSession, scope: Scope, wanted: StoreFilter
) -> Iterator[dict[Column, object]]:
    """The stores in scope that are wanted, closed ones too, by name, as the rows of a table."""
    rows = session.execute(
        select(Store, Region.name)
        .join(Region, Region.id == Store.region_id)
        .where(inside(Store.id, scope), wanted.holds(Store.id))
    ).all()
    names = point_keeper().names(session)
    for store, region in sorted(rows, key=lambda row: (sort_key(row[0].name), row[0].code)):
        points = [name for name, is_closed in names.get(store.id, ()) if not is_closed]
        yield {**values_of(store, region), Column.POINTS: points}


def get_import(
    session: OrganisationSession, import_id: UUID, member_id: UUID, *, now: datetime, lock: bool = False
) -> StoreImport:
    """The member's own import that is not too old; raises `NotFound`. Locked, it is confirmed once."""
    statement = select(StoreImport).where(StoreImport.id == import_id)
    kept = session.scalar(locking(statement) if lock else statement)
    if kept is None or kept.member_id != member_id or kept.expire_at <= now:
        raise NotFound()
    return kept
