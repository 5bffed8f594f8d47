"""Recording a deed, in the transaction that does it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from app.audit.models import AuditEntry
from app.audit.rules import AuditDeed, Doer
from app.db import OrganisationSession
from app.ids import OrganisationId

# Two years. The database itself refuses to delete anything younger than 700 days (see the migration).
DEEDS_KEPT = timedelta(days=730)


def record_deed(
    session: OrganisationSession,
    deed: AuditDeed,
    doer: Doer,
    subject: str,
    *,
    now: datetime,
    subject_id: UUID | None = None,
    organisation_id: OrganisationId | None = None,
    **data: Any,
) -> None:
    """Remember who did what to whom or what; `subject` is its name, such as a store's code.

    A session that looks across has to name the organisation; any other has its own.
    """
    session.add(
        AuditEntry(
            organisation_id=organisation_id,
            at=now,
            deed=deed,
            doer=doer.name,
            member_id=doer.membership_id,
            subject=subject,
            subject_id=subject_id,
            data=data,
        )
    )


def forget_old_deeds(session: OrganisationSession, *, now: datetime) -> None:
    """Delete deeds of more than two years ago, of all organisations."""
    session.execute(delete(AuditEntry).where(AuditEntry.at < now - DEEDS_KEPT))
