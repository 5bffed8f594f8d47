"""Work is claimed by one conditional update, with a lease and a fencing number."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true, tuple_, update

from app.db.rows import LeasedRow
from app.db.session import OrganisationSession
from app.ids import OrganisationId


@dataclass(frozen=True, slots=True)
class Claim:
    """A row that this process may work on until its lease ends."""

    organisation_id: OrganisationId
    id: UUID
    lease_no: int
    attempts: int


def claim(
    session: OrganisationSession,
    kind: type[LeasedRow],
    *,
    now: datetime,
    lease: timedelta,
    limit: int,
    only: ColumnElement[bool] | None = None,
) -> list[Claim]:
    """Take up to `limit` due rows of any organisation that nobody holds, oldest first; perhaps `only` some.

    PostgreSQL skips rows that another process is taking at this moment; SQLite has one writer.
    """
    ready = (
        select(kind.organisation_id, kind.id)
        .where(kind.due_at <= now, is_free(kind, now=now), true() if only is None else only)
        .order_by(kind.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("ready")  # by name, so that PostgreSQL looks once and never takes more than the limit
    )
    taken = (
        update(kind)
        .where(tuple_(kind.organisation_id, kind.id).in_(select(ready)))
        .values(lease_until=now + lease, lease_no=kind.lease_no + 1, attempts=kind.attempts + 1)
        .returning(kind.due_at, kind.organisation_id, kind.id, kind.lease_no, kind.attempts)
        .execution_options(synchronize_session=False)
    )
    rows = sorted(session.execute(taken), key=lambda row: (row.due_at, row.id))
    return [Claim(*row[1:]) for row in rows]


def by_organisation(claims: Iterable[Claim]) -> dict[OrganisationId, list[Claim]]:
    """The claims of each organisation: work on them goes on in its own session."""
    found: dict[OrganisationId, list[Claim]] = {}
    for claimed in claims:
        found.setdefault(claimed.organisation_id, []).append(claimed)
    return found


def is_free(kind: type[LeasedRow], *, now: datetime) -> ColumnElement[bool]:
    """Whether no process is at work on the row."""
    return or_(kind.lease_until.is_(None), kind.lease_until < now)


def holds(kind: type[LeasedRow], claimed: Claim) -> ColumnElement[bool]:
    """The fence: true only while nobody else has claimed the row since."""
    return (kind.id == claimed.id) & (kind.lease_no == claimed.lease_no)
