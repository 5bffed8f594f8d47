"""Writes that came with an Idempotency-Key."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import OrganisationRow, belongs_to


class IdempotentCall(OrganisationRow):
    """A write by a key of the API under a name of the caller's choice, with the answer that it got.

    The answer is sealed: it may hold a secret that is shown once. Rows are kept for a day.
    """

    __tablename__ = "idempotent_calls"

    api_key_id: Mapped[UUID]
    key: Mapped[str]
    fingerprint: Mapped[str]
    status: Mapped[int | None]
    answer_sealed: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (
        UniqueConstraint("organisation_id", "api_key_id", "key"),
        belongs_to("api_keys", "api_key_id"),
    )
