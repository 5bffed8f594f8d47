"""Regions and stores."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import OrganisationRow, belongs_to, one_of
from app.stores.calendar import Calendar
from app.stores.rules import StoreKind


class Region(OrganisationRow):
    """A group of stores with managers of its own."""

    __tablename__ = "regions"

    name: Mapped[str]

    __table_args__ = (UniqueConstraint("organisation_id", "name"),)


class Store(OrganisationRow):
    """A unit that serves shoppers.

    `weekly_hours` maps ISO weekdays ("1" is Monday) to intervals ["09:00", "21:00"]; `dated_hours` maps
    dates ("2026-12-25") to the intervals of that day alone, none meaning closed.
    """

    __tablename__ = "stores"

    region_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(default=StoreKind.SHOP)
    code: Mapped[str]
    name: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="UA")
    currency: Mapped[str] = mapped_column(default="UAH")
    time_zone: Mapped[str] = mapped_column(default="Europe/Kyiv")
    languages: Mapped[list[str]] = mapped_column(default=lambda: ["uk", "en"])
    labels: Mapped[list[str]] = mapped_column(default=list)
    weekly_hours: Mapped[dict[str, Any]] = mapped_column(default=dict)
    dated_hours: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("organisation_id", "code"),
        belongs_to("regions", "region_id"),
        one_of("kind", list(StoreKind)),
    )

    @property
    def calendar(self) -> Calendar:
        """The store's opening hours in its own time zone."""
        return Calendar.from_hours(self.time_zone, self.weekly_hours, self.dated_hours)


class StoreImport(OrganisationRow):
    """A table that a member has sent and not confirmed yet; the bytes go when it is applied or too old.

    `summary` says what was done, once `applied_at` is set.
    """

    __tablename__ = "store_imports"

    member_id: Mapped[UUID]
    name: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[datetime]
    expire_at: Mapped[datetime] = mapped_column(index=True)
    applied_at: Mapped[datetime | None]
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict)

    __table_args__ = (belongs_to("memberships", "member_id"),)
