"""Keeping a table until it is confirmed, and applying exactly what was confirmed, all of it or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from app.audit.actions import record_deed
from app.audit.rules import AuditDeed, Doer
from app.db import OrganisationSession
from app.errors import Conflict, Invalid
from app.stores.actions import StoreDraft, change_stores, create_region, create_stores
from app.stores.imports.columns import Column
from app.stores.imports.plan import Outcome, Plan, PlannedRow
from app.stores.models import Region, StoreImport
from app.stores.points import point_keeper

KEPT_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Order:
    """What a person has confirmed: the mark of the plan they saw, perhaps without its refused rows."""

    mark: str
    doer: Doer
    file_name: str
    good_rows_only: bool = False


def keep_import(
    session: OrganisationSession, member_id: UUID, name: str, content: bytes, *, now: datetime
) -> UUID:
    """Keep a table for 24 hours; it takes the place of an unconfirmed one of the same member."""
    session.execute(
        delete(StoreImport).where(StoreImport.member_id == member_id, StoreImport.applied_at.is_(None))
    )
    kept = StoreImport(
        member_id=member_id, name=name, content=content, created_at=now, expire_at=now + KEPT_FOR
    )
    session.add(kept)
    session.flush()
    return kept.id


def drop_old_imports(session: OrganisationSession, *, now: datetime) -> None:
    """Delete the imports whose time is over, of every organisation that the session sees."""
    session.execute(delete(StoreImport).where(StoreImport.expire_at <= now))


def close_import(kept: StoreImport, summary: dict[str, Any], *, now: datetime) -> None:
    """Note what an import has done; its bytes are not needed any more."""
    kept.content, kept.applied_at, kept.summary = b"", now, summary


def apply_plan(session: OrganisationSession, plan: Plan, order: Order, *, now: datetime) -> dict[str, Any]:
    """Do what the plan says, and record it; the plan was made on rows locked in this very transaction.

    Raises `Conflict` (``plan_changed``) when it is not what was confirmed, and `Invalid` (``refused_rows``)
    when rows were refused and the good ones were not asked for alone.
    """
    if plan.mark != order.mark:
        raise Conflict("plan_changed")
    if plan.of(Outcome.REFUSED) and not order.good_rows_only:
        raise Invalid(faults={"good_rows": "refused_rows"})
    regions = _regions(session, plan)
    store_ids = _create(session, plan.of(Outcome.NEW), regions, now=now)
    _change(session, plan.of(Outcome.CHANGED), regions, now=now)
    wanted = {**store_ids, **{row.store_id: row.points for row in plan.of(Outcome.CHANGED) if row.store_id}}
    made = point_keeper().add(session, {key: names for key, names in wanted.items() if names}, now)
    summary = {**{str(outcome): n for outcome, n in plan.counts.items()}, "touchpoints": made}
    _record(session, plan, order, summary, now=now)
    return summary


def _regions(session: OrganisationSession, plan: Plan) -> dict[str, UUID]:
    """Every region by its name, the new ones made."""
    known = {region.name: region.id for region in session.scalars(select(Region))}
    return known | {name: create_region(session, name) for name in plan.new_regions}


def _create(
    session: OrganisationSession, rows: list[PlannedRow], regions: Mapping[str, UUID], *, now: datetime
) -> dict[UUID, tuple[str, ...]]:
    """Make the new stores; the touchpoints that each of them wants."""
    drafts = [StoreDraft(code=row.code, **_fields(row.values, regions)) for row in rows]
    made = dict(zip(create_stores(session, drafts, now=now), rows, strict=True))
    closed = {store_id: _closing(row.values, now=now) for store_id, row in made.items()}
    change_stores(session, {store_id: fields for store_id, fields in closed.items() if fields})
    return {store_id: row.points for store_id, row in made.items()}


def _change(
    session: OrganisationSession, rows: list[PlannedRow], regions: Mapping[str, UUID], *, now: datetime
) -> None:
    after = {row.store_id: {one.column: one.after for one in row.changes} for row in rows if row.store_id}
    change_stores(
        session,
        {
            store_id: {**_fields(values, regions), **_closing(values, now=now)}
            for store_id, values in after.items()
        },
    )


def _fields(values: Mapping[Column, Any], regions: Mapping[str, UUID]) -> dict[str, Any]:
    """Values by column as the fields of a store."""
    fields: dict[str, Any] = {
        str(column): value
        for column, value in values.items()
        if column not in (Column.CODE, Column.REGION, Column.CLOSED)
    }
    if Column.REGION in values:
        fields["region_id"] = regions[values[Column.REGION]]
    return fields


def _closing(values: Mapping[Column, Any], *, now: datetime) -> dict[str, Any]:
    """When a store was closed, where its row says anything about that."""
    if Column.CLOSED not in values:
        return {}
    return {"retired_at": now if values[Column.CLOSED] else None}


def _record(
    session: OrganisationSession, plan: Plan, order: Order, summary: dict[str, Any], *, now: datetime
) -> None:
    """One deed for the import, and one for each store that was there before and is another now."""
    if not plan.of(Outcome.NEW, Outcome.CHANGED):
        return
    record_deed(session, AuditDeed.STORES_IMPORTED, order.doer, order.file_name, now=now, **summary)
    for row in plan.of(Outcome.CHANGED):
        fields = {change.column: change.after for change in row.changes}
        is_closed = fields.pop(Column.CLOSED, None)
        for deed, is_done in (
            (AuditDeed.STORE_CHANGED, bool(fields)),
            (AuditDeed.STORE_RETIRED, is_closed is True),
            (AuditDeed.STORE_RESTORED, is_closed is False),
        ):
            if is_done:
                data: dict[str, Any] = {"fields": list(fields)} if deed is AuditDeed.STORE_CHANGED else {}
                record_deed(session, deed, order.doer, row.code, now=now, subject_id=row.store_id, **data)
