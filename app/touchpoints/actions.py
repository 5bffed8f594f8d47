"""Changing touchpoints and their printed codes."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import case, select
from sqlalchemy.dialects import postgresql, sqlite

from app.db import OrganisationSession, get_row, insert_once
from app.ids import new_id, new_printed_code
from app.touchpoints.models import QrCode, ScanCount, Touchpoint

# By code and day (UTC): how often, and the last time.
Scans = dict[tuple[UUID, date], tuple[int, datetime]]
_ROWS_AT_ONCE = 500


def create_touchpoint(
    session: OrganisationSession, store_id: UUID, survey_id: UUID, name: str, *, now: datetime
) -> UUID:
    """A new touchpoint with its first printed code."""
    touchpoint = Touchpoint(store_id=store_id, survey_id=survey_id, name=name, created_at=now)
    session.add(touchpoint)
    session.flush()
    create_code(session, touchpoint.id, now=now)
    return touchpoint.id


def create_plain_touchpoint(
    session: OrganisationSession, store_id: UUID, survey_id: UUID, name: str, *, now: datetime
) -> UUID:
    """A touchpoint without a printed code; the store's own of that name where there is one."""
    values = {"store_id": store_id, "survey_id": survey_id, "name": name, "created_at": now}
    unique = ["organisation_id", "store_id", "name"]
    new = insert_once(session, Touchpoint, unique, **values)
    own = select(Touchpoint.id).where(Touchpoint.store_id == store_id, Touchpoint.name == name)
    return new or session.scalars(own).one()


def create_code(session: OrganisationSession, touchpoint_id: UUID, *, now: datetime) -> UUID:
    """A further printed code for a touchpoint; codes are unique over all organisations."""
    code_id = None
    while code_id is None:
        code_id = insert_once(
            session,
            QrCode,
            ["code"],
            touchpoint_id=touchpoint_id,
            code=new_printed_code(),
            created_at=now,
        )
    return code_id


def repoint_code(session: OrganisationSession, code_id: UUID, touchpoint_id: UUID) -> None:
    """Let a printed code lead to another touchpoint; nothing has to be printed again."""
    get_row(session, Touchpoint, touchpoint_id)
    get_row(session, QrCode, code_id).touchpoint_id = touchpoint_id


def retire_code(session: OrganisationSession, code_id: UUID, *, now: datetime) -> None:
    """Stop taking answers through a code."""
    get_row(session, QrCode, code_id).retired_at = now


def restore_code(session: OrganisationSession, code_id: UUID) -> None:
    """Take answers through a retired code again."""
    get_row(session, QrCode, code_id).retired_at = None


def retire_touchpoint(session: OrganisationSession, touchpoint_id: UUID, *, now: datetime) -> None:
    """Close a touchpoint; its codes answer in words."""
    get_row(session, Touchpoint, touchpoint_id).retired_at = now


def restore_touchpoint(session: OrganisationSession, touchpoint_id: UUID) -> None:
    """Open a touchpoint again."""
    get_row(session, Touchpoint, touchpoint_id).retired_at = None


def edit_touchpoint(
    session: OrganisationSession, touchpoint_id: UUID, name: str, survey_id: UUID
) -> list[str]:
    """Give a touchpoint another name or survey; the names of the fields that are others now.

    Its codes stay as they are printed.
    """
    touchpoint = get_row(session, Touchpoint, touchpoint_id)
    wanted = {"name": name, "survey_id": survey_id}
    changed = [field for field, value in wanted.items() if getattr(touchpoint, field) != value]
    touchpoint.name, touchpoint.survey_id = name, survey_id
    session.flush()
    return changed


def add_scans(session: OrganisationSession, scans: Scans) -> None:
    """Add counted scans to what is stored. Scans of codes that are there no more are left out."""
    code_ids = {code_id for code_id, _on in scans}
    known = set(session.scalars(select(QrCode.id).where(QrCode.id.in_(code_ids))))
    # In one order, so that two processes never wait for each other.
    rows = [
        {"qr_code_id": code_id, "on": on, "count": count, "last_at": last_at}
        for (code_id, on), (count, last_at) in sorted(scans.items())
        if code_id in known
    ]
    for first in range(0, len(rows), _ROWS_AT_ONCE):
        _add_rows(session, rows[first : first + _ROWS_AT_ONCE])


def _add_rows(session: OrganisationSession, rows: list[dict[str, object]]) -> None:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    own = {"organisation_id": session.scope()}
    insert = dialect.insert(ScanCount).values([{**own, "id": new_id(), **row} for row in rows])
    new = insert.excluded
    statement = insert.on_conflict_do_update(
        index_elements=["organisation_id", "qr_code_id", "on"],
        set_={
            "count": ScanCount.count + new.count,
            "last_at": case((new.last_at > ScanCount.last_at, new.last_at), else_=ScanCount.last_at),
        },
    )
    session.execute(statement.execution_options(is_stamped=True))
