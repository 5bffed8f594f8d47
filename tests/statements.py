"""What the database is asked while something happens."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import get_ident

from sqlalchemy import event

from app.db import db

_FRAME = ("BEGIN", "COMMIT", "ROLLBACK")


@contextmanager
def asked() -> Iterator[list[str]]:
    """What this thread asks the database meanwhile, without what only frames transactions.

    Not what other threads ask: scans are stored by one of their own, whenever its clock says so.
    """
    seen: list[str] = []
    asker = get_ident()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if get_ident() == asker and not statement.startswith(_FRAME):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@contextmanager
def held() -> Iterator[set[int]]:
    """The connections that are taken from the pool meanwhile and are not back yet, by a number of each."""
    taken: set[int] = set()

    def take(_connection: object, record: object, *_: object) -> None:
        taken.add(id(record))

    def give_back(_connection: object, record: object, *_: object) -> None:
        taken.discard(id(record))

    event.listen(db.engine, "checkout", take)
    event.listen(db.engine, "checkin", give_back)
    try:
        yield taken
    finally:
        event.remove(db.engine, "checkout", take)
        event.remove(db.engine, "checkin", give_back)
