"""Recording a deed, in the transaction that does it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from app.audit.models import AuditEntry
from app.audit.rules import AuditDeed, Doer
from app.db import OrganisationSession


def record_deed(
    session: OrganisationSession,
    deed: AuditDeed,
    doer: Doer,
    subject: str,
    *,
    now: datetime,
    subject_id: UUID | None = None,
    **data: Any,
) -> None:
    """Remember who did what to whom or what; `subject` is its name, such as a store's code."""
    session.add(
        AuditEntry(
            at=now,
            deed=deed,
            doer=doer.name,
            member_id=doer.membership_id,
            subject=subject,
            subject_id=subject_id,
            data=data,
        )
    )
