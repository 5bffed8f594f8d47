"""Rows that go straight into their table: what a shopper waits for is not worth a mapper's round trip."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Insert, Table, text
from sqlalchemy.dialects import postgresql, sqlite

from app.db.rows import OrganisationRow
from app.db.session import OrganisationSession
from app.ids import new_id


def insert_once(
    session: OrganisationSession, kind: type[OrganisationRow], unique: list[str], /, **values: object
) -> UUID | None:
    """Insert a row unless one with the same `unique` columns is there; the new id, or ``None``."""
    statement = _once(_table(kind), tuple(unique), session.get_bind().dialect.name)
    return session.execute(statement, _complete(session, values), execution_options=_STAMPED).scalar()


def insert_missing(
    session: OrganisationSession,
    kind: type[OrganisationRow],
    unique: tuple[str, ...],
    rows: Sequence[dict[str, object]],
    *,
    where: str | None = None,
) -> set[UUID]:
    """Insert rows with the same columns, unless others with the same `unique` ones are there; the new ids.

    `where` is the condition of a partial index. Rows come in one order always, so that two processes never
    wait for each other.
    """
    if not rows:
        return set()
    statement = _once(_table(kind), unique, session.get_bind().dialect.name, where)
    complete = [_complete(session, row) for row in rows]
    return set(session.scalars(statement, complete, execution_options=_STAMPED))


def insert_row(session: OrganisationSession, kind: type[OrganisationRow], /, **values: object) -> UUID:
    """Insert a row at once; its id. What it refers to has to be flushed before."""
    row_id = new_id()
    row = _complete(session, {"id": row_id, **values})
    session.execute(_plain(_table(kind)), row, execution_options=_STAMPED)
    return row_id


def insert_rows(
    session: OrganisationSession, kind: type[OrganisationRow], rows: Sequence[dict[str, object]]
) -> None:
    """Insert many rows with the same columns, in as few statements as the database allows."""
    if rows:
        complete = [_complete(session, row) for row in rows]
        session.execute(_plain(_table(kind)), complete, execution_options=_STAMPED)


# The organisation stands in every row already; the session need not look for it.
_STAMPED = {"is_stamped": True}


def _complete(session: OrganisationSession, values: dict[str, object]) -> dict[str, Any]:
    return {"id": new_id(), **values, "organisation_id": session.scope()}


def _table(kind: type[OrganisationRow]) -> Table:
    assert isinstance(kind.__table__, Table)
    return kind.__table__


@lru_cache
def _plain(table: Table) -> Insert:
    return table.insert()


@lru_cache
def _once(table: Table, unique: tuple[str, ...], dialect: str, where: str | None = None) -> Insert:
    """Made once: building the same statement anew costs as much as running it."""
    insert = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
    condition = text(where) if where else None
    return insert.on_conflict_do_nothing(index_elements=unique, index_where=condition).returning(table.c.id)
