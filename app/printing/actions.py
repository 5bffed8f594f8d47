"""Ordering print runs, making them piece by piece, and forgetting them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.orm import undefer

from app.audit.actions import record_deed
from app.audit.rules import AuditDeed, Doer
from app.db import Claim, OrganisationSession, claim, holds, reading, transaction, transaction_across
from app.errors import Invalid
from app.events import EventName, record
from app.printing.models import PrintRun
from app.printing.press import Press
from app.printing.queries import Edition, Printable, cards, still_printable
from app.printing.rules import FORMATS, KEPT, REMEMBERED, Failure, Format, Languages, RunState
from app.printing.words import file_title

log = structlog.get_logger()
LEASE = timedelta(seconds=60)
RETRY = timedelta(seconds=20)
MOST_ATTEMPTS = 3
BATCH = 100
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants to have printed: which codes, how, and the name of the choice."""

    own: Format
    languages: Languages
    rows: Sequence[Printable]
    place: str
    language: str
    copies: int = 1


def order_run(
    session: OrganisationSession, order: Order, membership_id: UUID, doer: Doer, *, now: datetime
) -> UUID:
    """Promise the file of an order; a worker makes it."""
    run = PrintRun(
        membership_id=membership_id,
        format=order.own.name,
        first_language=order.languages.first,
        further_languages=list(order.languages.further),
        place=order.place,
        language=order.language,
        copies=order.copies,
        codes=" ".join(row.code for row in order.rows),
        store_ids=sorted({str(row.store_id) for row in order.rows}),
        total_count=len(order.rows),
        created_at=now,
        due_at=now,
    )
    session.add(run)
    session.flush()
    record_order(session, order, doer, now=now, subject_id=run.id)
    record(session, EventName.PRINT_RUN_ORDERED, run.id, at=now)
    return run.id


def record_order(
    session: OrganisationSession, order: Order, doer: Doer, *, now: datetime, subject_id: UUID | None = None
) -> None:
    """Remember who had what printed."""
    about: dict[str, Any] = {"format": order.own.name, "codes": len(order.rows), "copies": order.copies}
    record_deed(
        session, AuditDeed.PRINT_RUN_ORDERED, doer, order.place, now=now, subject_id=subject_id, **about
    )


def make_due_runs(base_url: str, clock: Clock) -> int:
    """Make the print run that waits longest, of any organisation; how many were taken.

    A process that dies over it leaves the row leased: another begins it anew when the lease is over.
    """
    with transaction_across() as session:
        claims = claim(session, PrintRun, now=clock(), lease=LEASE, limit=1)
    for claimed in claims:
        try:
            _make(claimed, base_url, clock)
        except Invalid:
            _end(claimed, now=clock(), failure=Failure.LONG_ADDRESS)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again and then given up
            log.error("print_run_failed", run=str(claimed.id), error=type(error).__name__)
            _try_again(claimed, now=clock())
    return len(claims)


def forget_runs(session: OrganisationSession, *, now: datetime) -> None:
    """Erase files whose time is over, and after a month what was ordered too."""
    session.execute(
        update(PrintRun)
        .where(PrintRun.expires_at <= now, PrintRun.state == RunState.MADE)
        .values(state=RunState.EXPIRED, file=None, codes="", store_ids=[])
        .execution_options(synchronize_session=False)
    )
    session.execute(
        delete(PrintRun)
        .where(PrintRun.created_at <= now - REMEMBERED, PrintRun.state != RunState.WAITING)
        .execution_options(synchronize_session=False)
    )


def _make(claimed: Claim, base_url: str, clock: Clock) -> None:
    with reading(claimed.organisation_id) as session:
        run = session.scalar(
            select(PrintRun).where(holds(PrintRun, claimed)).options(undefer(PrintRun.codes))
        )
    if run is None:
        return
    if claimed.attempts > MOST_ATTEMPTS:
        _end(claimed, now=clock(), failure=Failure.GIVEN_UP)
        return
    languages = Languages(run.first_language, tuple(run.further_languages))
    edition = Edition(FORMATS[run.format], languages, base_url, run.created_at)
    title = file_title(edition.own, run.place, run.language)
    press = Press(edition.own, title=title, language=run.language, copies=run.copies)
    codes = run.codes.split()
    printed = 0
    for first in range(0, len(codes), BATCH):
        batch = codes[first : first + BATCH]
        with reading(claimed.organisation_id) as session:
            found = cards(session, still_printable(session, batch), edition)
        press.print(found)
        printed += len(found)
        if not _go_on(claimed, first + len(batch), now=clock()):
            return  # our lease ran out, and somebody else is at it
    file = press.finish() if printed else None
    _end(claimed, now=clock(), file=file, failure=None if printed else Failure.NOTHING_LEFT)


def _go_on(claimed: Claim, done: int, *, now: datetime) -> bool:
    """Tell how far we are and renew the lease; false when somebody else has taken the run."""
    values = {"done_count": done, "lease_until": now + LEASE}
    return _change(claimed, values)


def _end(claimed: Claim, *, now: datetime, file: bytes | None = None, failure: Failure | None = None) -> None:
    _change(
        claimed,
        {
            "state": RunState.FAILED if failure else RunState.MADE,
            "failure": failure,
            "file": file,
            "file_bytes": len(file or b""),
            "expires_at": now + KEPT,
            "due_at": None,
            "lease_until": None,
        },
    )


def _try_again(claimed: Claim, *, now: datetime) -> None:
    if claimed.attempts >= MOST_ATTEMPTS:
        _end(claimed, now=now, failure=Failure.GIVEN_UP)
    else:
        _change(claimed, {"due_at": now + RETRY, "lease_until": None, "done_count": 0})


def _change(claimed: Claim, values: dict[str, Any]) -> bool:
    """Change the run while we hold it; false when we do not any more."""
    with transaction(claimed.organisation_id) as session:
        statement = (
            update(PrintRun)
            .where(holds(PrintRun, claimed))
            .values(values)
            .returning(PrintRun.id)
            .execution_options(synchronize_session=False)
        )
        return session.scalar(statement) is not None
