"""Changing stores and regions."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app.db import OrganisationSession, get_row
from app.stores.models import Region, Store
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
    store = Store(created_at=now)
    _apply(store, draft)
    session.add(store)
    session.flush()
    return store.id


def edit_store(session: OrganisationSession, store_id: UUID, draft: StoreDraft) -> None:
    """Change a store. Open alerts keep the deadlines that they were opened with."""
    _apply(get_row(session, Store, store_id), draft)


def _apply(store: Store, draft: StoreDraft) -> None:
    for name in StoreDraft.__dataclass_fields__:
        setattr(store, name, getattr(draft, name))


def retire_store(session: OrganisationSession, store_id: UUID, *, now: datetime) -> None:
    """Close a store: its codes answer in words. Open alerts stay with those who have them."""
    get_row(session, Store, store_id).retired_at = now


def restore_store(session: OrganisationSession, store_id: UUID) -> None:
    """Take answers for a closed store again."""
    get_row(session, Store, store_id).retired_at = None
