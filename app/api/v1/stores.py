"""/api/v1/stores: the units that serve shoppers, kept in step with the chain's own list."""

import json
from dataclasses import fields
from typing import Annotated
from uuid import UUID

from flask import Blueprint
from pydantic import AfterValidator, Field
from sqlalchemy import Select, Text, cast

from app import clock
from app.accounts.keys import (
    key_doer,
    key_organisation,
    key_scope,
    require_key_store,
    require_whole_organisation,
)
from app.api.v1 import queries, schemas
from app.api.v1.bodies import obeying
from app.api.v1.operations import operation, write_operation
from app.api.v1.pagination import PageQuery, Place, page, split
from app.api.v1.parameters import Query, ShortText, read_id
from app.api.v1.store_bodies import NewStore, StoreChange, written
from app.audit.actions import record_deed
from app.audit.rules import AuditDeed
from app.db import OrganisationSession, SearchForm, get_row, reading
from app.errors import Conflict, Invalid, NotFound
from app.stores import places
from app.stores.actions import (
    StoreDraft,
    create_region,
    create_store,
    edit_store,
    restore_store,
    retire_store,
)
from app.stores.models import Region, Store
from app.stores.queries import find_region, find_store
from app.stores.rules import DayHours, StoreKind, hours_text
from app.text import search_form
from app.web.access import Scope, api_key

pages = Blueprint("api_stores", __name__, url_prefix="/api/v1")


class StoreQuery(PageQuery):
    """Which stores."""

    code: ShortText | None = Field(None, description="With this code, whatever its case.")
    region: ShortText | None = Field(None, description="In the region of this name.")
    kind: StoreKind | None = Field(None, description="Of this kind.")
    country: Annotated[ShortText, AfterValidator(obeying(places.country_code))] | None = Field(
        None, description="In this country, two letters (ISO 3166-1)."
    )
    label: ShortText | None = Field(None, description="With exactly this label.")


@pages.get("/stores")
@api_key()
@operation(StoreQuery, schemas.StoreList)
def list_stores(query: StoreQuery) -> schemas.StoreList:
    """Stores with their opening hours, newest first."""
    with reading(key_organisation()) as session:
        wanted = _chosen(session, query)
        rows = session.execute(page(wanted, Store.created_at, Store.id, query)).all()
    shown, following = split(rows, query, lambda row: Place(row.Store.created_at, row.Store.id))
    return schemas.StoreList(items=[_show(row) for row in shown], next_cursor=following)


@pages.get("/stores/<store_id>")
@api_key()
@operation(Query, schemas.Store)
def one_store(_: Query, store_id: str) -> schemas.Store:
    """One store."""
    with reading(key_organisation()) as session:
        return _shown(session, read_id(store_id))


@pages.post("/stores")
@api_key(Scope.WRITE)
@write_operation(NewStore, schemas.Store)
def add_store(session: OrganisationSession, body: NewStore) -> schemas.Store:
    """Add a store.

    409 `code_taken`: `details` holds the `id` of the store that has the code.
    """
    require_whole_organisation()
    _refuse_taken_code(session, body.code, None)
    draft = StoreDraft(region_id=_region_id(session, body.region), **written(body))
    store_id = create_store(session, draft, now=clock.now())
    _record(session, AuditDeed.STORE_CREATED, store_id)
    return _shown(session, store_id)


@pages.patch("/stores/<store_id>")
@api_key(Scope.WRITE)
@write_operation(StoreChange, schemas.Store, 200)
def change_store(session: OrganisationSession, body: StoreChange, store_id: str) -> schemas.Store:
    """Change a store, close it or open it again.

    Open alerts keep the deadlines that they were opened with. 409: `code_taken`.
    """
    store = get_row(session, Store, read_id(store_id))
    require_key_store(store.id)
    changes = written(body)
    if "code" in changes:
        _refuse_taken_code(session, body.code, store.id)
    if "region" in body.model_fields_set:
        changes["region_id"] = _region_id(session, body.region)
    if changes:
        kept = {field.name: getattr(store, field.name) for field in fields(StoreDraft)}
        edit_store(session, store.id, StoreDraft(**{**kept, **changes}))
        _record(session, AuditDeed.STORE_CHANGED, store.id)
    if "retired" in body.model_fields_set:
        _open_or_close(session, store, is_wanted=not body.retired)
    return _shown(session, store.id)


def _chosen(session: OrganisationSession, query: StoreQuery) -> Select[*queries.StoreColumns]:
    wanted = queries.stores(key_scope())
    if query.code:
        wanted = wanted.where(SearchForm(Store.code) == search_form(query.code))
    if query.region:
        wanted = wanted.where(Store.region_id == _known_region(session, query.region).id)
    if query.kind:
        wanted = wanted.where(Store.kind == query.kind)
    if query.country:
        wanted = wanted.where(Store.country == query.country)
    if query.label:
        # Labels are kept as a JSON list of texts: one of them stands there between its quotation marks.
        wanted = wanted.where(cast(Store.labels, Text).contains(_as_kept(query.label), autoescape=True))
    return wanted


def _open_or_close(session: OrganisationSession, store: Store, *, is_wanted: bool) -> None:
    """What is as it should be already stays as it is."""
    if is_wanted and store.retired_at:
        restore_store(session, store.id)
        _record(session, AuditDeed.STORE_RESTORED, store.id)
    elif not is_wanted and not store.retired_at:
        retire_store(session, store.id, now=clock.now())
        _record(session, AuditDeed.STORE_RETIRED, store.id)


def _refuse_taken_code(session: OrganisationSession, code: str, own_id: UUID | None) -> None:
    holder = find_store(session, code, None)
    if holder and holder.id != own_id:
        raise Conflict("code_taken", {"id": str(holder.id)})


def _region_id(session: OrganisationSession, name: str) -> UUID:
    """The region of that name; only a key of the whole organisation makes one that is not there yet."""
    region = find_region(session, name)
    if region:
        return region.id
    if key_scope() is not None:
        raise Invalid(faults={"region": "unknown_value"})
    return create_region(session, name)


def _known_region(session: OrganisationSession, name: str) -> Region:
    region = find_region(session, name)
    if region is None:
        raise Invalid(faults={"region": "unknown_value"})
    return region


def _record(session: OrganisationSession, deed: AuditDeed, store_id: UUID) -> None:
    code = get_row(session, Store, store_id).code
    record_deed(session, deed, key_doer(), code, now=clock.now(), subject_id=store_id)


def _shown(session: OrganisationSession, store_id: UUID) -> schemas.Store:
    """The store as it is now; raises `NotFound` outside the key's stores."""
    session.flush()
    row = session.execute(queries.stores(key_scope()).where(Store.id == store_id)).one_or_none()
    if row is None:
        raise NotFound()
    return _show(row)


def _as_kept(label: str) -> str:
    return json.dumps(label)


def _spelt(hours: DayHours) -> list[str]:
    return [hours_text([interval]) for interval in hours]


def _show(row: queries.StoreRow) -> schemas.Store:
    store, region = row
    return schemas.Store(
        id=store.id,
        code=store.code,
        name=store.name,
        region=region,
        kind=StoreKind(store.kind),
        address=store.address,
        country=store.country,
        currency=store.currency,
        time_zone=store.time_zone,
        languages=store.languages,
        labels=store.labels,
        weekly_hours={day: _spelt(hours) for day, hours in sorted(store.weekly_hours.items())},
        dated_hours={day: _spelt(hours) for day, hours in sorted(store.dated_hours.items())},
        created_at=store.created_at,
        retired_at=store.retired_at,
    )
