"""The one loop in which promised messages go out: claim, compose, send, and only then mark."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

import structlog
from sqlalchemy import select

from app.channels import ChannelFailure, Outgoing, retry_after
from app.channels.actions import note_result, take_turn
from app.channels.queries import find_state
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
# A turn that comes later than this is as bad as a failure: another way may be faster.
SOON = timedelta(seconds=10)
Row = TypeVar("Row", bound=LeasedRow)


class Outcome(StrEnum):
    """How a message ended for good."""

    SENT = "sent"
    FAILED = "failed"
    NOT_NEEDED = "not_needed"


Compose = Callable[[OrganisationSession, Row], Outgoing | None]
Mark = Callable[[OrganisationSession, Row, Outcome, str], None]
Falter = Callable[[OrganisationSession, Row, ChannelFailure], None]


@dataclass(frozen=True, slots=True)
class Delivery(Generic[Row]):
    """A kind of promised message: how one is composed, and how its end is marked.

    `compose` answers ``None`` for a message that is no longer needed, and raises `ChannelFailure` for one
    that has no address any more; `mark` hears how a row ended for good,
    and why if it failed; `falter` hears of a failure after which the row is tried again.
    """

    kind: type[Row]
    compose: Compose[Row]
    mark: Mark[Row]
    falter: Falter[Row] | None = None


@dataclass(frozen=True, slots=True)
class _Result:
    """How one attempt went, through which channel; `not_before` when it was not our turn."""

    outcome: Outcome
    channel: str | None = None
    failure: ChannelFailure | None = None
    not_before: datetime | None = None


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
            outgoing = delivery.compose(session, row)
            has_pace = outgoing is not None and _has_pace(session, outgoing.channel)
        result = _send(claimed, outgoing, has_pace=has_pace, now=now)
    except ChannelFailure as failure:
        result = _Result(Outcome.FAILED, failure=failure)
    except Exception as error:  # noqa: BLE001 - whatever it is, the message is tried again and then given up
        log.error("message_failed", row=str(claimed.id), error=type(error).__name__)
        result = _Result(Outcome.FAILED, failure=ChannelFailure(type(error).__name__))
    _end(delivery, claimed, result, now=now)


def _has_pace(session: OrganisationSession, channel: str) -> bool:
    state = find_state(session, channel)
    return state is not None and (state.per_minute is not None or state.free_at is not None)


def _send(claimed: Claim, outgoing: Outgoing | None, *, has_pace: bool, now: datetime) -> _Result:
    if outgoing is None:
        return _Result(Outcome.NOT_NEEDED)
    if has_pace:
        with transaction(claimed.organisation_id) as session:
            not_before = take_turn(session, outgoing.channel, now=now)
        if not_before:
            return _Result(Outcome.FAILED, not_before=not_before)
    try:
        outgoing.send(claimed.organisation_id, now=now)
    except ChannelFailure as failure:
        return _Result(Outcome.FAILED, outgoing.channel, failure)
    return _Result(Outcome.SENT, outgoing.channel)


def _end(delivery: Delivery[Row], claimed: Claim, result: _Result, *, now: datetime) -> None:
    """Mark the end, or wait for the next attempt; nothing if somebody else has claimed the row since."""
    with transaction(claimed.organisation_id) as session:
        row = session.scalar(locking(select(delivery.kind).where(holds(delivery.kind, claimed))))
        if row is None:
            return
        row.lease_until = None
        if result.not_before:
            _wait_for_turn(delivery, session, row, result.not_before, now=now)
            return
        row.due_at = _next_attempt(result.failure, claimed.attempts, now=now)
        if row.due_at is None:
            delivery.mark(session, row, result.outcome, result.failure.reason if result.failure else "")
        elif result.failure and delivery.falter:
            delivery.falter(session, row, result.failure)
        if result.channel:
            note_result(session, result.channel, result.failure, now=now)


def _wait_for_turn(
    delivery: Delivery[Row], session: OrganisationSession, row: Row, not_before: datetime, *, now: datetime
) -> None:
    """The channel is busy. That is no attempt; only a long wait is a reason to try another way."""
    row.due_at = not_before
    row.attempts -= 1
    if delivery.falter and not_before - now > SOON:
        delivery.falter(session, row, ChannelFailure("busy"))


def _next_attempt(failure: ChannelFailure | None, attempts: int, *, now: datetime) -> datetime | None:
    if failure is None or failure.is_permanent:
        return None
    wait = retry_after(attempts)
    return now + max(wait, failure.retry_after or wait) if wait else None
