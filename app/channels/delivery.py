"""The one loop in which promised messages go out: claim, compose, send, and only then mark."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

import structlog
from sqlalchemy import select

from app.channels import ChannelFailure, retry_after
from app.channels.email.sender import Email, send_email
from app.db import (
    Claim,
    LeasedRow,
    OrganisationSession,
    claim,
    holds,
    locking,
    reading,
    transaction,
    transaction_across,
)

log = structlog.get_logger()
LEASE = timedelta(seconds=60)
Row = TypeVar("Row", bound=LeasedRow)


class Outcome(StrEnum):
    """How a message ended for good."""

    SENT = "sent"
    FAILED = "failed"
    NOT_NEEDED = "not_needed"


Compose = Callable[[OrganisationSession, Row], Email | None]
Mark = Callable[[OrganisationSession, Row, Outcome, str], None]


@dataclass(frozen=True, slots=True)
class Delivery(Generic[Row]):
    """A kind of promised message: how one is composed, and how its end is marked.

    `compose` answers ``None`` for a message that is no longer needed; `mark` hears how a row ended for good,
    and why if it failed.
    """

    kind: type[Row]
    compose: Compose[Row]
    mark: Mark[Row]


def deliver_due(delivery: Delivery[Row], *, now: datetime, limit: int) -> int:
    """Send due rows of any organisation; how many were taken.

    A crash between sending and marking sends again, under the same reference. A message that cannot be
    composed or marked waits like one that cannot be sent, and holds up no other.
    """
    with transaction_across() as session:
        claims = claim(session, delivery.kind, now=now, lease=LEASE, limit=limit)
    for claimed in claims:
        try:
            _deliver(delivery, claimed, now=now)
        except Exception as error:  # noqa: BLE001 - the next message must not wait for this one
            log.error("delivery_failed", row=str(claimed.id), error=type(error).__name__)
    return len(claims)


def _deliver(delivery: Delivery[Row], claimed: Claim, *, now: datetime) -> None:
    try:
        with reading(claimed.organisation_id) as session:
            row = session.scalar(select(delivery.kind).where(holds(delivery.kind, claimed)))
            if row is None:
                return  # our lease ran out while others were sent, and somebody else is at it
            email = delivery.compose(session, row)
        if email:
            send_email(claimed.organisation_id, email, now=now)
        outcome, failure = Outcome.SENT if email else Outcome.NOT_NEEDED, None
    except ChannelFailure as refusal:
        outcome, failure = Outcome.FAILED, refusal
    except Exception as error:  # noqa: BLE001 - whatever it is, the message is tried again and then given up
        log.error("message_failed", row=str(claimed.id), error=type(error).__name__)
        outcome, failure = Outcome.FAILED, ChannelFailure(type(error).__name__)
    _end(delivery, claimed, outcome, failure, now=now)


def _end(
    delivery: Delivery[Row],
    claimed: Claim,
    outcome: Outcome,
    failure: ChannelFailure | None,
    *,
    now: datetime,
) -> None:
    """Mark the end, or wait for the next attempt; nothing if somebody else has claimed the row since."""
    with transaction(claimed.organisation_id) as session:
        row = session.scalar(locking(select(delivery.kind).where(holds(delivery.kind, claimed))))
        if row is None:
            return
        row.lease_until = None
        wait = retry_after(claimed.attempts) if failure and not failure.is_permanent else None
        row.due_at = now + wait if wait else None
        if wait is None:
            delivery.mark(session, row, outcome, failure.reason if failure else "")
