"""Print runs."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from app.db import LeasedRow, belongs_to, one_of
from app.printing.rules import FORMATS, RunState


class PrintRun(LeasedRow):
    """An order of many cards, made by a worker. While `due_at` is set, it is still to be made.

    What is printed is frozen: `codes` are the printed codes in their order, with spaces between them, and
    `store_ids` the stores that they belonged to, outside of whose scope nobody may have the file. The file
    stands in the database so that any host may make it and any other hand it out; it is not loaded unless
    asked for, and erased at `expires_at`. `place` says in the member's words what was chosen.
    """

    __tablename__ = "print_runs"

    membership_id: Mapped[UUID]
    format: Mapped[str]
    first_language: Mapped[str | None]
    further_languages: Mapped[list[str]]
    place: Mapped[str]
    language: Mapped[str]
    copies: Mapped[int] = mapped_column(default=1)
    codes: Mapped[str] = mapped_column(deferred=True)
    store_ids: Mapped[list[str]] = mapped_column(deferred=True)
    state: Mapped[str] = mapped_column(default=RunState.WAITING)
    done_count: Mapped[int] = mapped_column(default=0)
    total_count: Mapped[int]
    failure: Mapped[str | None]
    file: Mapped[bytes | None] = mapped_column(deferred=True)
    file_bytes: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)

    __table_args__ = (
        belongs_to("memberships", "membership_id"),
        one_of("format", list(FORMATS)),
        one_of("state", list(RunState)),
    )
