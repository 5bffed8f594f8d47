"""Looking into the record: a page of it, or all of it for a file."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select, tuple_

from app.audit.models import AuditEntry
from app.audit.rules import DeedGroup, deeds_of
from app.db import OrganisationSession
from app.places import Place

PAGE = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deeds: of a group, of a member, from an instant on, before an instant. Empty narrows nothing."""

    group: DeedGroup | None = None
    member_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


def deeds_page(
    session: OrganisationSession, wanted: Wanted, before: Place | None
) -> tuple[list[AuditEntry], Place | None]:
    """Fifty deeds, newest first, and where the next fifty begin."""
    statement = _newest(wanted).limit(PAGE + 1)
    if before:
        statement = statement.where(tuple_(AuditEntry.at, AuditEntry.id) < before)
    rows = list(session.scalars(statement))
    if len(rows) <= PAGE:
        return rows, None
    last = rows[PAGE - 1]
    return rows[:PAGE], Place(last.at, last.id)


def newest_deeds(session: OrganisationSession, wanted: Wanted, most: int) -> list[AuditEntry]:
    """The newest of them, at most so many."""
    return list(session.scalars(_newest(wanted).limit(most)))


def _newest(wanted: Wanted) -> Select[AuditEntry]:
    statement = select(AuditEntry).order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    if wanted.group:
        statement = statement.where(AuditEntry.deed.in_(deeds_of(wanted.group)))
    if wanted.member_id:
        statement = statement.where(AuditEntry.member_id == wanted.member_id)
    if wanted.since:
        statement = statement.where(AuditEntry.at >= wanted.since)
    if wanted.until:
        statement = statement.where(AuditEntry.at < wanted.until)
    return statement
