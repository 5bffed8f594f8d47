"""How attempts end: delivered, to be tried again, given up; an endpoint that only fails is given up too."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from random import Random
from uuid import UUID

import structlog
from sqlalchemy import select, tuple_, update

from app.db import OrganisationSession, insert_once, locking, transaction
from app.webhooks.actions.endpoints import give_up_endpoint, hold_back
from app.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookTally
from app.webhooks.rules import (
    TEST_TYPE,
    DeliveryState,
    Disabled,
    Outcome,
    asked_wait,
    has_failed_too_long,
    is_success,
    retry_wait,
)
from app.webhooks.sending import Parcel, Result, Run

log = structlog.get_logger()
_GONE = 410
_chance = Random()  # noqa: S311 - spreads retries; nobody may gain by guessing it


def mark_run(run: Run, results: Sequence[Result], *, now: datetime) -> None:
    """Store how a run ended. What cannot be marked is sent again when its lease is over."""
    if _try_to_store(run, results, now=now):
        return
    for result in results:  # one of them cannot be marked: that must not cost the others their marks
        _try_to_store((result.parcel,), [result], now=now)


def _try_to_store(run: Run, results: Sequence[Result], *, now: datetime) -> bool:
    try:
        with transaction(run[0].claimed.organisation_id) as session:
            _store(session, run, results, now=now)
    except Exception as error:  # noqa: BLE001 - other runs must not lose their marks for it
        log.error("marking_failed", endpoint=str(run[0].endpoint_id), error=type(error).__name__)
        return False
    return True


def _store(session: OrganisationSession, run: Run, results: Sequence[Result], *, now: datetime) -> None:
    """The endpoint is locked first, as everywhere; whoever lost a lease changes nothing."""
    found = select(WebhookEndpoint).where(WebhookEndpoint.id == run[0].endpoint_id)
    endpoint = session.scalar(locking(found))
    if endpoint is None:
        return
    _release(session, run[len(results) :])
    held = _held(session, results)
    ours = [(held[key], result) for result in results if (key := result.parcel.claimed.id) in held]
    for delivery, result in ours:
        _add_attempt(session, delivery, result)
        if is_success(result.status):
            _delivered(endpoint, delivery, now=now)
        else:
            _failed(session, endpoint, delivery, result, now=now)
    session.flush()
    if not endpoint.is_active:  # perhaps only since this run was taken
        hold_back(session, endpoint, now=now)
    _tally(session, Counter(_outcome(result) for _, result in ours))


def _held(session: OrganisationSession, results: Sequence[Result]) -> dict[UUID, WebhookDelivery]:
    """The deliveries that are still ours, locked."""
    keys = [(result.parcel.claimed.id, result.parcel.claimed.lease_no) for result in results]
    ours = tuple_(WebhookDelivery.id, WebhookDelivery.lease_no).in_(keys)
    rows = session.scalars(locking(select(WebhookDelivery).where(ours).order_by(WebhookDelivery.id)))
    return {row.id: row for row in rows}


def _release(session: OrganisationSession, unsent: Sequence[Parcel]) -> None:
    """Give back what was taken along and not tried: it is as due as it was."""
    keys = [(parcel.claimed.id, parcel.claimed.lease_no) for parcel in unsent]
    if keys:
        session.execute(
            update(WebhookDelivery)
            .where(tuple_(WebhookDelivery.id, WebhookDelivery.lease_no).in_(keys))
            .values(lease_until=None, attempts=WebhookDelivery.attempts - 1)
            .execution_options(synchronize_session=False)
        )


def _add_attempt(session: OrganisationSession, delivery: WebhookDelivery, result: Result) -> None:
    delivery.attempt_count += 1
    delivery.lease_until = None
    delivery.last_status, delivery.last_reason = result.status, result.reason
    session.add(
        WebhookAttempt(
            delivery_id=delivery.id,
            number=delivery.attempt_count,
            at=result.at,
            milliseconds=round(result.seconds * 1000),
            status_code=result.status,
            reason=result.reason,
            snippet=result.snippet,
        )
    )


def _delivered(endpoint: WebhookEndpoint, delivery: WebhookDelivery, *, now: datetime) -> None:
    delivery.state, delivery.due_at, delivery.ended_at = DeliveryState.DELIVERED, None, now
    endpoint.failing_since = endpoint.waits_until = None


def _failed(
    session: OrganisationSession,
    endpoint: WebhookEndpoint,
    delivery: WebhookDelivery,
    result: Result,
    *,
    now: datetime,
) -> None:
    asked = asked_wait(result.status, result.retry_after, now=now)
    wait = retry_wait(delivery.attempts, delivery.type, chance=_chance.random())
    if wait and endpoint.is_active:
        delivery.due_at = now + max(wait, asked or wait)
    else:
        is_held_back = wait is not None
        delivery.state = DeliveryState.CANCELLED if is_held_back else DeliveryState.FAILED
        delivery.due_at, delivery.ended_at = None, now
    session.flush()
    if delivery.type != TEST_TYPE and endpoint.is_active:
        endpoint.failing_since = endpoint.failing_since or result.at
        endpoint.waits_until = now + asked if asked else endpoint.waits_until
        _consider_giving_up(session, endpoint, result, now=now)


def _consider_giving_up(
    session: OrganisationSession, endpoint: WebhookEndpoint, result: Result, *, now: datetime
) -> None:
    if result.status == _GONE:
        give_up_endpoint(session, endpoint, Disabled.GONE, now=now)
    elif has_failed_too_long(endpoint.failing_since, now=now):
        give_up_endpoint(session, endpoint, Disabled.FAILING, now=now)


def _outcome(result: Result) -> str:
    if result.status is None:
        return result.reason or "internal"
    return Outcome.DELIVERED if is_success(result.status) else Outcome.REFUSED


def _tally(session: OrganisationSession, ended: Counter[str]) -> None:
    for outcome, count in sorted(ended.items()):
        counted = (
            update(WebhookTally)
            .where(WebhookTally.outcome == outcome)
            .values(attempts=WebhookTally.attempts + count)
            .returning(WebhookTally.id)
            .execution_options(synchronize_session=False)
        )
        if session.scalar(counted) is None:
            insert_once(session, WebhookTally, ["organisation_id", "outcome"], outcome=outcome, attempts=0)
            session.execute(counted)
