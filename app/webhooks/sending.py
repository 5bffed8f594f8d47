"""Sending what is due: taken in a transaction, then told to receivers without one; `marking` comes after."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

import structlog
from cryptography.fernet import InvalidToken
from sqlalchemy import select

from app.channels import ChannelFailure
from app.channels.http import Guard, HttpReply, HttpRequest, send_http
from app.db import (
    Claim,
    OrganisationSession,
    claim,
    looking_across,
    transaction_across,
)
from app.vault import unseal
from app.webhooks.models import WebhookDelivery, WebhookEndpoint
from app.webhooks.queries import Lane, due_lanes, sealing_purpose
from app.webhooks.rules import (
    is_success,
)
from app.webhooks.signing import signed_headers

log = structlog.get_logger()
LEASE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Room:
    """How many runs may be taken now, and how many of them for endpoints that fail."""

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


Run = tuple[Parcel, ...]


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


def take_runs(secret_key: str, room: Room, *, now: datetime) -> list[Run]:
    """Claim what is due, of any organisation, fairly; nothing is written where nothing is due."""
    with looking_across() as session:
        lanes = list(_fitting(due_lanes(session, now=now), room))
    if not lanes:
        return []
    with transaction_across() as session:
        taken = [_take(session, lane, runs, secret_key, now=now) for lane, runs in lanes]
    return [run for lane_runs in taken for run in lane_runs]


def send_run(run: Run, guard: Guard, now: Callable[[], datetime]) -> list[Result]:
    """Send one delivery after the other; what is left when one fails, or 15 s are used up, is left.

    It touches no database and never raises.
    """
    results: list[Result] = []
    began = monotonic()
    for parcel in run:
        results.append(send_parcel(parcel, guard, now=now()))
        if not is_success(results[-1].status) or monotonic() - began > guard.limits.total_seconds:
            break
    return results


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


def _fitting(lanes: Sequence[Lane], room: Room) -> Iterator[tuple[Lane, int]]:
    """As much as there is room for; endpoints that fail, and may hang, never take all of it."""
    total, failing = room.total, room.failing
    for lane in lanes:
        runs = min(lane.runs, total, failing if lane.is_failing else total)
        total -= runs
        failing -= runs if lane.is_failing else 0
        if runs > 0:
            yield lane, runs


def _take(
    session: OrganisationSession, lane: Lane, runs: int, secret_key: str, *, now: datetime
) -> list[Run]:
    """Claim an endpoint's oldest deliveries and deal them out."""
    own = (WebhookDelivery.organisation_id == lane.organisation_id) & (
        WebhookDelivery.endpoint_id == lane.endpoint_id
    )
    claims = claim(session, WebhookDelivery, now=now, lease=LEASE, limit=runs * lane.run, only=own)
    ids = {claimed.id: claimed for claimed in claims}
    rows = session.execute(
        select(WebhookDelivery, WebhookEndpoint)
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .where(own, WebhookDelivery.id.in_(ids))
        .order_by(WebhookDelivery.due_at, WebhookDelivery.id)
    )
    parcels = [_pack(ids[row.id], row, endpoint, secret_key, now=now) for row, endpoint in rows]
    return [run for n in range(runs) if (run := tuple(parcels[n::runs]))]


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
