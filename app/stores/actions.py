"""Changing stores and regions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.audit.actions import record_deed
from app.audit.rules import AuditDeed, Doer
from app.db import OrganisationSession, get_row
from app.errors import Conflict
from app.stores.hours import HoursPlan
from app.stores.models import Region, Store
from app.stores.queries import forget_calendars
from app.stores.rules import StoreKind


@dataclass(frozen=True, slots=True)
class StoreDraft:
    """Everything about a store that people may edit; hours as `Store` keeps them."""

    region_id: UUID
    code: str
    name: str
    kind: StoreKind = StoreKind.SHOP
    address: str = ""
    country: str = "UA"
    currency: str = "UAH"
    time_zone: str = "Europe/Kyiv"
    languages: list[str] = field(default_factory=lambda: ["uk", "en"])
    labels: list[str] = field(default_factory=list)
    weekly_hours: dict[str, Any] = field(default_factory=dict)
    dated_hours: dict[str, Any] = field(default_factory=dict)


def create_region(session: OrganisationSession, name: str) -> UUID:
    """A new region."""
    region = Region(name=name)
    session.add(region)
    session.flush()
    return region.id


def create_store(session: OrganisationSession, draft: StoreDraft, *, now: datetime) -> UUID:
    """A new store."""
    return create_stores(session, [draft], now=now)[0]


def create_stores(
    session: OrganisationSession, drafts: Iterable[StoreDraft], *, now: datetime
) -> Sequence[UUID]:
    """Any number of new stores in a few statements; their ids in the same order."""
    stores = [_store_of(draft, now=now) for draft in drafts]
    session.add_all(stores)
    session.flush()
    return [store.id for store in stores]


def edit_store(session: OrganisationSession, store_id: UUID, draft: StoreDraft) -> list[str]:
    """Change a store; the names of the fields that are others now.

    Open alerts keep the deadlines that they were opened with.
    """
    changed = _apply(get_row(session, Store, store_id), draft)
    forget_calendars()
    return changed


def change_stores(session: OrganisationSession, changes: Mapping[UUID, Mapping[str, Any]]) -> None:
    """Change fields of any number of stores in a few statements. Open alerts keep their deadlines."""
    for store in session.scalars(select(Store).where(Store.id.in_(changes))):
        for name, value in changes[store.id].items():
            setattr(store, name, value)
    session.flush()
    forget_calendars()


def change_hours(
    session: OrganisationSession, plan: HoursPlan, mark: str, doer: Doer, *, now: datetime
) -> None:
    """Do what the plan says and record it; open alerts keep their deadlines.

    The plan was made on rows locked in this very transaction. Raises `Conflict` (``plan_changed``) when it is
    not the one whose `mark` was confirmed.
    """
    if plan.mark != mark:
        raise Conflict("plan_changed")
    change_stores(session, {row.store_id: row.fields for row in plan.rows})
    for row in plan.rows:
        record_deed(
            session,
            AuditDeed.STORE_CHANGED,
            doer,
            row.code,
            now=now,
            subject_id=row.store_id,
            fields=list(row.fields),
        )


def retire_store(session: OrganisationSession, store_id: UUID, *, now: datetime) -> None:
    """Close a store: its codes answer in words. Open alerts stay with those who have them."""
    get_row(session, Store, store_id).retired_at = now


def restore_store(session: OrganisationSession, store_id: UUID) -> None:
    """Take answers for a closed store again."""
    get_row(session, Store, store_id).retired_at = None


def _store_of(draft: StoreDraft, *, now: datetime) -> Store:
    store = Store(created_at=now)
    _apply(store, draft)
    return store


def _apply(store: Store, draft: StoreDraft) -> list[str]:
    changed = []
    for name in StoreDraft.__dataclass_fields__:
        value = getattr(draft, name)
        if getattr(store, name) != value:
            setattr(store, name, value)
            changed.append(name)
    return changed
