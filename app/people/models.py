"""Employees."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import OrganisationRow, belongs_to


class Employee(OrganisationRow):
    """A person whom a receipt named, in one store; not necessarily a user.

    Codes are unique in a store among those who work there: tills number their cashiers from 1, and a code is
    given to somebody else when its owner leaves.
    """

    __tablename__ = "employees"

    store_id: Mapped[UUID]
    code: Mapped[str]
    code_key: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    __table_args__ = (
        belongs_to("stores", "store_id"),
        Index(
            "ix_employees_working",
            "organisation_id",
            "store_id",
            "code_key",
            unique=True,
            sqlite_where=text("retired_at IS NULL"),
            postgresql_where=text("retired_at IS NULL"),
        ),
    )

    @property
    def shown_name(self) -> str:
        """The name, or the code as long as nobody has written one."""
        return self.name or self.code
