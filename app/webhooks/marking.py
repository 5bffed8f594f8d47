"""How attempts end: delivered, to be tried again, given up; an endpoint that only fails is given up too."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from random import Random

import structlog
from sqlalchemy import select, tuple_, update

from app.db import OrganisationSession, holds, insert_once, locking, transaction
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
    organisation_id = run[0].claimed.organisation_id
    try:
        with transaction(organisation_id) as session:
            _release(session, run[len(results) :])
            _mark_all(session, results, now=now)
            _hold_back_if_disabled(session, run[0], now=now)
    except Exception as error:  # noqa: BLE001 - the other runs must not lose their marks for it
        log.error("marking_failed", organisation=str(organisation_id), error=type(error).__name__)


def _mark_all(session: OrganisationSession, results: Iterable[Result], *, now: datetime) -> None:
    ended: Counter[str] = Counter()
    for result in results:
        try:
            with session.begin_nested():
                if _mark(session, result, now=now):
                    ended[_outcome(result)] += 1
        except Exception as error:  # noqa: BLE001 - one delivery must not cost the others their marks
            log.error("mark_failed", delivery=str(result.parcel.claimed.id), error=type(error).__name__)
    _tally(session, ended)


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


def _hold_back_if_disabled(session: OrganisationSession, parcel: Parcel, *, now: datetime) -> None:
    """The endpoint may have been disabled while this run was under way."""
    endpoint = session.get(WebhookEndpoint, (session.scope(), parcel.endpoint_id))
    if endpoint and not endpoint.is_active:
        hold_back(session, endpoint, now=now)


def _mark(session: OrganisationSession, result: Result, *, now: datetime) -> bool:
    """Whether the attempt was still ours to mark. The endpoint is locked first, as everywhere."""
    parcel = result.parcel
    endpoint = session.scalar(
        locking(select(WebhookEndpoint).where(WebhookEndpoint.id == parcel.endpoint_id))
    )
    delivery = session.scalar(locking(select(WebhookDelivery).where(holds(WebhookDelivery, parcel.claimed))))
    if endpoint is None or delivery is None:
        return False
    _add_attempt(session, delivery, result)
    if is_success(result.status):
        _delivered(endpoint, delivery, now=now)
    else:
        _failed(session, endpoint, delivery, result, now=now)
    session.flush()
    return True


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
