"""One organisation per session, one transaction per request or job, and the only commit."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Select, TableClause, TextClause, event, select, text
from sqlalchemy.orm import InstrumentedAttribute, ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.sql import visitors
from sqlalchemy.sql.base import ExecutableOption
from sqlalchemy.sql.elements import ClauseElement

from app.db.rows import Base, OrganisationRow
from app.errors import NotFound, Unavailable, UnscopedQuery
from app.ids import OrganisationId

Row = TypeVar("Row", bound=OrganisationRow)


class OrganisationSession(FlaskSession):
    """A session that sees one organisation, and refuses to look at organisations' rows without one.

    `through` names the key of the API by which a change comes, if it does: histories tell it.
    """

    organisation_id: OrganisationId | None = None
    through: str | None = None
    is_across: bool = False
    is_writing: bool = False

    def scope(self) -> OrganisationId:
        """The organisation that this session is bound to; raises `UnscopedQuery` where there is none."""
        if self.organisation_id is None:
            raise UnscopedQuery()
        return self.organisation_id


db = SQLAlchemy(
    metadata=Base.metadata, session_options={"class_": OrganisationSession, "expire_on_commit": False}
)
_sqlite_writer = threading.Lock()
_QUEUE_SECONDS = 20


@contextmanager
def transaction(organisation_id: OrganisationId | None) -> Iterator[OrganisationSession]:
    """One unit of work: all of it is stored at the end, or none of it.

    ``None`` gives a session for the few tables that belong to no organisation.
    """
    _refuse_nesting()
    with _writer(), _session(organisation_id) as session:
        session.is_writing = True
        session.connection(execution_options={"is_write": True})
        yield session
        session.commit()


@contextmanager
def reading(organisation_id: OrganisationId | None) -> Iterator[OrganisationSession]:
    """A look at one organisation's rows; nothing is stored."""
    _refuse_nesting()
    with _session(organisation_id) as session:
        yield session


@contextmanager
def transaction_across() -> Iterator[OrganisationSession]:
    """A transaction over every organisation's rows.

    For the workers' claims and marks, and for what people do to their own account, which several may share.
    """
    with transaction(None) as session:
        session.is_across = True
        yield session


@contextmanager
def looking_across() -> Iterator[OrganisationSession]:
    """A look at every organisation's rows: for the workers, for counts without names, for who signs in."""
    with reading(None) as session:
        session.is_across = True
        yield session


@contextmanager
def snapshot() -> Iterator[OrganisationSession]:
    """A look at every organisation's rows as they are at one instant, however long it takes.

    SQLite gives that to every reader; PostgreSQL has to be asked for it.
    """
    with looking_across() as session:
        if db.engine.dialect.name == "postgresql":
            still = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            session.connection(execution_options=still)
            session.execute(text("SET LOCAL statement_timeout = 0"))
        yield session


def organisation_of(column: InstrumentedAttribute[Any], value: object) -> OrganisationId | None:
    """The door: to whom the row belongs that an address names (a code, a key). Nothing else leaks."""
    with looking_across() as session:
        owner = column.class_.organisation_id
        return session.execute(select(owner).where(column == value)).scalar()


def get_row(session: OrganisationSession, kind: type[Row], row_id: UUID) -> Row:
    """The organisation's row of that id; raises `NotFound` for a missing and for a foreign one alike."""
    row = session.get(kind, (session.scope(), row_id))
    if row is None:
        raise NotFound()
    return row


def locking(statement: Select[Row]) -> Select[Row]:
    """The statement, reading rows as they are now and keeping others from changing them until we commit.

    Rows that refer to them may still be added (``FOR NO KEY UPDATE``). SQLite has one writer anyway.
    """
    return statement.with_for_update(key_share=True).execution_options(populate_existing=True)


@contextmanager
def _session(organisation_id: OrganisationId | None) -> Iterator[OrganisationSession]:
    db.session.remove()
    session = _current()
    session.organisation_id = organisation_id
    try:
        yield session
    finally:
        db.session.remove()


def _current() -> OrganisationSession:
    session = db.session()
    assert isinstance(session, OrganisationSession)
    return session


def _refuse_nesting() -> None:
    """A session inside a transaction would silently undo it, and on SQLite wait for itself for ever."""
    if db.session.registry.has() and _current().is_writing:
        raise RuntimeError("a transaction is open already")


@contextmanager
def _writer() -> Iterator[None]:
    """SQLite has one writer: threads of a process queue here fairly instead of polling the file."""
    if db.engine.dialect.name != "sqlite":
        yield
        return
    if not _sqlite_writer.acquire(timeout=_QUEUE_SECONDS):
        raise Unavailable()
    try:
        yield
    finally:
        _sqlite_writer.release()


@event.listens_for(OrganisationSession, "do_orm_execute")
def _stay_inside(state: ORMExecuteState) -> None:
    """Add the organisation to every statement; refuse statements on organisations' rows without one."""
    session = state.session
    assert isinstance(session, OrganisationSession)
    if session.is_across or state.execution_options.get("is_stamped"):
        return
    if session.organisation_id is None or not state.is_orm_statement or state.is_insert:
        if _touches_organisations(state):
            raise UnscopedQuery()
        return
    state.statement = state.statement.options(_own_rows(session.organisation_id))


@lru_cache(maxsize=1024)
def _own_rows(organisation_id: OrganisationId) -> ExecutableOption:
    """The condition that every statement gets; making it anew each time would cost a fifth of a select."""
    return with_loader_criteria(
        OrganisationRow, lambda row: row.organisation_id == organisation_id, include_aliases=True
    )


def _touches_organisations(state: ORMExecuteState) -> bool:
    assert isinstance(state.statement, ClauseElement)
    return any(_is_organisations(part) for part in visitors.iterate(state.statement))


def _is_organisations(part: object) -> bool:
    """Whether a part of a statement is a table with organisations' rows, or text that might name one."""
    if isinstance(part, TableClause):
        table = db.metadata.tables.get(part.name)
        return table is not None and "organisation_id" in table.c
    return isinstance(part, TextClause)


@event.listens_for(OrganisationSession, "before_flush")
def _stamp(session: Session, *_: object) -> None:
    """New rows get the session's organisation; rows of another one are refused."""
    assert isinstance(session, OrganisationSession)
    for row in (*session.new, *session.dirty, *session.deleted):
        if not isinstance(row, OrganisationRow) or session.is_across:
            continue
        if row.organisation_id is None:
            row.organisation_id = session.scope()
        if row.organisation_id != session.scope():
            raise UnscopedQuery()
