"""The record of deeds."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.db import OrganisationRow, belongs_to


class AuditEntry(OrganisationRow):
    """One deed; only ever added. `doer` and `subject` are kept as the names that they had then.

    `data` holds what changed in short, never a shopper's words or contact.
    """

    __tablename__ = "audit_entries"

    at: Mapped[datetime]
    deed: Mapped[str]
    doer: Mapped[str]
    member_id: Mapped[UUID | None]
    subject: Mapped[str]
    subject_id: Mapped[UUID | None]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)

    __table_args__ = (
        belongs_to("memberships", "member_id"),
        Index("ix_audit_entries_newest", "organisation_id", "at", "id"),
    )
