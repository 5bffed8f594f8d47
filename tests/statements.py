"""What the database is asked while something happens."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from app.db import db

_FRAME = ("BEGIN", "COMMIT", "ROLLBACK")


@contextmanager
def asked() -> Iterator[list[str]]:
    """The statements that reach the database meanwhile, without those that only frame transactions."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(_FRAME):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
