"""The one loop in which promised messages go out: claim, compose, send, and only then mark."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from app.channels import ChannelFailure, retry_after
from app.channels.email.sender import Email, send_email
from app.db import (
    Claim,
    LeasedRow,
    OrganisationSession,
    transaction_across,
    claim,
    get_row,
    reading,
    transaction,
)

LEASE = timedelta(seconds=60)
Row = TypeVar("Row", bound=LeasedRow)


class Outcome(StrEnum):
    """How a message ended for good."""

    SENT = "sent"
    FAILED = "failed"
    NOT_NEEDED = "not_needed"


Compose = Callable[[OrganisationSession, Row], Email | None]
Mark = Callable[[OrganisationSession, Row, Outcome, str], None]


def deliver_due(kind: type[Row], compose: Compose[Row], mark: Mark[Row], *, now: datetime, limit: int) -> int:
    """Send due rows of any organisation; how many were taken.

    A crash between sending and marking sends again, under the same reference. `compose` answers ``None``
    for a message that is no longer needed; `mark` hears how a row ended for good, and why if it failed.
    """
    with transaction_across() as session:
        claims = claim(session, kind, now=now, lease=LEASE, limit=limit)
    for claimed in claims:
        _deliver(kind, claimed, compose, mark, now=now)
    return len(claims)


def _deliver(
    kind: type[Row], claimed: Claim, compose: Compose[Row], mark: Mark[Row], *, now: datetime
) -> None:
    with reading(claimed.organisation_id) as session:
        email = compose(session, get_row(session, kind, claimed.id))
    failure = _send(claimed, email, now=now) if email else None
    with transaction(claimed.organisation_id) as session:
        row = get_row(session, kind, claimed.id)
        if row.lease_no != claimed.lease_no:
            return  # our lease ran out and somebody else is at it
        row.lease_until = None
        wait = retry_after(claimed.attempts) if failure and not failure.is_permanent else None
        row.due_at = now + wait if wait else None
        if wait is None:
            mark(session, row, _outcome(email, failure), failure.reason if failure else "")


def _outcome(email: Email | None, failure: ChannelFailure | None) -> Outcome:
    if email is None:
        return Outcome.NOT_NEEDED
    return Outcome.FAILED if failure else Outcome.SENT


def _send(claimed: Claim, email: Email, *, now: datetime) -> ChannelFailure | None:
    try:
        send_email(claimed.organisation_id, email, now=now)
    except ChannelFailure as failure:
        return failure
    return None
