"""What a table is made of: UTC instants, constraints with predictable names, rows of one organisation."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    MetaData,
    Text,
    Uuid,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator

from app.ids import OrganisationId, new_id

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcInstant(TypeDecorator[datetime]):
    """An instant in UTC; a value without a zone is refused at the border."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's
        """Store in UTC, so that SQLite, which forgets zones, keeps the right order."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table: strings are text, ids are UUIDs, instants are in UTC."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar = {
        datetime: UtcInstant,
        float: Double,
        str: Text,
        UUID: Uuid,
        OrganisationId: Uuid,
        dict[str, Any]: JSON,
        dict[str, str]: JSON,
        dict[str, float]: JSON,
        list[str]: JSON,
    }


class OrganisationRow(Base):
    """A row of one organisation. Its key begins with the organisation, and so does each reference to it."""

    __abstract__ = True

    @declared_attr
    @classmethod
    def organisation_id(cls) -> Mapped[OrganisationId]:
        """The chain that this row belongs to."""
        return mapped_column(
            Uuid, ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True, sort_order=-2
        )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-1)


class LeasedRow(OrganisationRow):
    """Columns of a promise: when it is due, and which process is at work on it until when.

    `due_at` is empty once nothing more has to happen.
    """

    __abstract__ = True

    due_at: Mapped[datetime | None] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    lease_no: Mapped[int] = mapped_column(default=0)


def belongs_to(table: str, column: str) -> ForeignKeyConstraint:
    """A reference that cannot leave the organisation."""
    return ForeignKeyConstraint(["organisation_id", column], [f"{table}.organisation_id", f"{table}.id"])


def one_of(column: str, words: Sequence[str]) -> CheckConstraint:
    """A column that holds one of a closed set of words."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
