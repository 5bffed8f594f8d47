"""Touchpoints, QR codes, and how often each was scanned."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import OrganisationRow, belongs_to


class Touchpoint(OrganisationRow):
    """A place or moment inside a store where feedback is asked."""

    __tablename__ = "touchpoints"

    store_id: Mapped[UUID]
    survey_id: Mapped[UUID]
    name: Mapped[str]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("organisation_id", "store_id", "name"),
        belongs_to("stores", "store_id"),
        belongs_to("surveys", "survey_id"),
    )


class QrCode(OrganisationRow):
    """A printed short code. It may be pointed at another touchpoint, or retired, without a reprint."""

    __tablename__ = "qr_codes"

    touchpoint_id: Mapped[UUID]
    code: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    __table_args__ = (belongs_to("touchpoints", "touchpoint_id"),)


class ScanCount(OrganisationRow):
    """How often a code was opened on one day (UTC)."""

    __tablename__ = "scan_counts"

    qr_code_id: Mapped[UUID]
    on: Mapped[date]
    count: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("organisation_id", "qr_code_id", "on"),
        belongs_to("qr_codes", "qr_code_id"),
    )
