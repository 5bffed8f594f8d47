"""Sending what is due: taken and marked in transactions, spoken to receivers in between."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from time import monotonic
from uuid import UUID

import structlog
from cryptography.fernet import InvalidToken
from sqlalchemy import select, update

from app.channels import ChannelFailure
from app.channels.http import Guard, HttpReply, HttpRequest, send_http
from app.db import (
    Claim,
    OrganisationSession,
    claim,
    holds,
    insert_once,
    locking,
    looking_across,
    transaction,
    transaction_across,
)
from app.ids import OrganisationId
from app.vault import unseal
from app.webhooks.actions.endpoints import give_up_endpoint
from app.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookTally
from app.webhooks.queries import Lane, due_lanes, sealing_purpose
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
from app.webhooks.signing import signed_headers

log = structlog.get_logger()
LEASE = timedelta(seconds=60)
_GONE = 410
_chance = Random()  # noqa: S311 - spreads retries; nobody may gain by guessing it


@dataclass(frozen=True, slots=True)
class Room:
    """How many may be taken now, and how many of them for endpoints that fail."""

    total: int
    failing: int


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery in hand: where it goes, what it says, and the live secrets, newest first."""

    claimed: Claim
    endpoint_id: UUID
    is_failing: bool
    event_id: UUID
    url: str
    body: bytes
    secrets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """How an attempt ended: with a status, or with the reason why there is none."""

    parcel: Parcel
    at: datetime
    seconds: float
    status: int | None = None
    reason: str | None = None
    retry_after: str | None = None
    snippet: str = ""


def take_parcels(secret_key: str, room: Room, *, now: datetime) -> list[Parcel]:
    """Claim what is due, of any organisation, fairly; nothing is written where nothing is due."""
    with looking_across() as session:
        lanes = list(_fitting(due_lanes(session, now=now), room))
    if not lanes:
        return []
    with transaction_across() as session:
        claims = {
            claimed.id: claimed for lane, slots in lanes for claimed in _claim(session, lane, slots, now)
        }
        rows = session.execute(
            select(WebhookDelivery, WebhookEndpoint)
            .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
            .where(WebhookDelivery.id.in_(claims))
        )
        return [_pack(claims[row.id], row, endpoint, secret_key, now=now) for row, endpoint in rows]


def send_parcel(parcel: Parcel, guard: Guard, *, now: datetime) -> Result:
    """One attempt, which takes 15 s at most; it touches no database and never raises."""
    began = monotonic()
    try:
        reply = _post(parcel, guard, now=now)
    except ChannelFailure as failure:
        return Result(parcel, now, monotonic() - began, reason=failure.reason)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is an attempt that failed
        log.error("attempt_failed", delivery=str(parcel.claimed.id), error=type(error).__name__)
        return Result(parcel, now, monotonic() - began, reason="internal")
    return Result(
        parcel,
        now,
        monotonic() - began,
        status=reply.status,
        retry_after=reply.headers.get("retry-after"),
        snippet=reply.snippet,
    )


def mark_results(results: Iterable[Result], *, now: datetime) -> None:
    """Store how attempts ended. What cannot be marked is sent again when its lease is over."""
    by_organisation: dict[OrganisationId, list[Result]] = defaultdict(list)
    for result in results:
        by_organisation[result.parcel.claimed.organisation_id].append(result)
    for organisation_id, own in by_organisation.items():
        try:
            with transaction(organisation_id) as session:
                _mark_all(session, own, now=now)
        except Exception as error:  # noqa: BLE001 - one chain's trouble must not cost the others their marks
            log.error("marking_failed", organisation=str(organisation_id), error=type(error).__name__)


def _fitting(lanes: Sequence[Lane], room: Room) -> Iterable[tuple[Lane, int]]:
    """As much as there is room for; endpoints that fail, and may hang, never take all of it."""
    total, failing = room.total, room.failing
    for lane in lanes:
        slots = min(lane.slots, total, failing if lane.is_failing else total)
        total -= slots
        failing -= slots if lane.is_failing else 0
        if slots > 0:
            yield lane, slots


def _claim(session: OrganisationSession, lane: Lane, slots: int, now: datetime) -> list[Claim]:
    own = (WebhookDelivery.organisation_id == lane.organisation_id) & (
        WebhookDelivery.endpoint_id == lane.endpoint_id
    )
    return claim(session, WebhookDelivery, now=now, lease=LEASE, limit=slots, only=own)


def _pack(
    claimed: Claim, row: WebhookDelivery, endpoint: WebhookEndpoint, secret_key: str, *, now: datetime
) -> Parcel:
    return Parcel(
        claimed=claimed,
        endpoint_id=endpoint.id,
        is_failing=endpoint.failing_since is not None,
        event_id=row.event_id,
        url=endpoint.url,
        body=row.body.encode(),
        secrets=_live_secrets(endpoint, secret_key, now=now),
    )


def _live_secrets(endpoint: WebhookEndpoint, secret_key: str, *, now: datetime) -> tuple[str, ...]:
    """The secret, and the one before while it lives; none when they cannot be read with this key."""
    is_rotating = endpoint.previous_until is not None and now < endpoint.previous_until
    sealed = [endpoint.secret_sealed, endpoint.previous_sealed if is_rotating else None]
    purpose = sealing_purpose(endpoint.id)
    try:
        return tuple(unseal(secret_key, purpose, one) for one in sealed if one)
    except InvalidToken:
        return ()


def _post(parcel: Parcel, guard: Guard, *, now: datetime) -> HttpReply:
    if not parcel.secrets:
        raise ChannelFailure("bad_secret")
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Vidhuk-Webhooks/1",
        **signed_headers(parcel.event_id, parcel.body, parcel.secrets, at=now),
    }
    return send_http(HttpRequest(parcel.url, headers=headers, body=parcel.body), guard)


def _mark_all(session: OrganisationSession, results: list[Result], *, now: datetime) -> None:
    ended: Counter[str] = Counter()
    for result in sorted(results, key=lambda result: result.parcel.endpoint_id):
        try:
            with session.begin_nested():
                if _mark(session, result, now=now):
                    ended[_outcome(result)] += 1
        except Exception as error:  # noqa: BLE001 - one delivery must not cost the others their marks
            log.error("mark_failed", delivery=str(result.parcel.claimed.id), error=type(error).__name__)
    _tally(session, ended)


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
