"""The outbox table. A row without `dispatched_at` is a promise that workers will hear of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import OrganisationRow


class Event(OrganisationRow):
    """Something that happened to one row (`subject_id`), recorded in the transaction that did it."""

    __tablename__ = "events"

    name: Mapped[str]
    subject_id: Mapped[UUID]
    at: Mapped[datetime]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    dispatched_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "ix_events_undispatched",
            "at",
            sqlite_where=text("dispatched_at IS NULL"),
            postgresql_where=text("dispatched_at IS NULL"),
        ),
    )
