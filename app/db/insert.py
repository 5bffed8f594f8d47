"""Rows that go straight into their table: what a shopper waits for is not worth a mapper's round trip."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Insert, Table, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import instance_dict
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from app.db.rows import OrganisationRow
from app.db.session import OrganisationSession
from app.ids import new_id


def insert_once(
    session: OrganisationSession, kind: type[OrganisationRow], unique: list[str], /, **values: object
) -> UUID | None:
    """Insert a row unless one with the same `unique` columns is there; the new id, or ``None``."""
    statement = _once(_table(kind), tuple(unique), session.get_bind().dialect.name)
    return session.execute(statement, _complete(session, values), execution_options=_STAMPED).scalar()


def add_at_once(session: OrganisationSession, row: OrganisationRow) -> None:
    """Insert a new row at once; the session knows it afterwards as if it had read it, and tracks its changes.

    What it refers to has to be flushed before.
    """
    values = _values_of(session, row)
    session.execute(_plain(_table(type(row))), values, execution_options=_STAMPED)
    _take_in(session, row)


def add_once(session: OrganisationSession, row: OrganisationRow, unique: tuple[str, ...]) -> bool:
    """As `add_at_once`, unless a row with the same `unique` columns is there; whether it was added."""
    statement = _once(_table(type(row)), unique, session.get_bind().dialect.name)
    found = session.execute(statement, _values_of(session, row), execution_options=_STAMPED).scalar()
    if found is None:
        return False
    _take_in(session, row)
    return True


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


def _values_of(session: OrganisationSession, row: OrganisationRow) -> dict[str, Any]:
    """What goes into the table, after giving the row what the mapper would have given it."""
    row.organisation_id, row.id = session.scope(), row.id or new_id()
    held = instance_dict(row)
    for name, default in _defaults(type(row)):
        if held.get(name) is None:
            held[name] = default
    return {column.name: held.get(column.name) for column in _table(type(row)).columns}


def _take_in(session: OrganisationSession, row: OrganisationRow) -> None:
    make_transient_to_detached(row)
    session.add(row)


@lru_cache
def _defaults(kind: type[OrganisationRow]) -> tuple[tuple[str, Any], ...]:
    """What each column holds where nothing was said: one value for all rows, or nothing."""
    columns = [column for column in _table(kind).columns if column.name not in ("organisation_id", "id")]
    return tuple((column.name, _default(column)) for column in columns)


def _default(column: Column[Any]) -> Any:
    if column.default is None:
        return None
    assert isinstance(column.default, ScalarElementColumnDefault), column.name
    return column.default.arg


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
