"""What the tests of webhooks start from: endpoints, and one round of what the worker does."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from standardwebhooks import Webhook

from app.audit.rules import Doer
from app.channels.http import Guard
from app.db import reading, transaction
from app.webhooks.actions import EndpointDraft, create_endpoint
from app.webhooks.marking import mark_run
from app.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from app.webhooks.queries import get_endpoint
from app.webhooks.rules import TYPES
from app.webhooks.sending import Parcel, Result, Room, send_run, take_runs
from tests.channels.http import zoo
from tests.channels.http.zoo import Receiver
from tests.make import NOON, SECRET, Chain, rows_of

SOMEBODY = Doer("Somebody")
NOWHERE = "https://crm.example/hooks"
ROOM = Room(100, 50)
SECOND = timedelta(seconds=1)


def add_endpoint(
    chain: Chain,
    url: str = NOWHERE,
    *,
    types: Sequence[str] = TYPES,
    stores: Sequence[UUID] = (),
    now: datetime = NOON,
) -> tuple[UUID, str]:
    """An endpoint of the chain, and its secret."""
    draft = EndpointDraft(url, tuple(types), store_ids=tuple(stores))
    with transaction(chain.organisation_id) as session:
        endpoint, secret = create_endpoint(session, draft, SECRET, doer=SOMEBODY, now=now)
        return endpoint.id, secret


def endpoint_of(chain: Chain, endpoint_id: UUID) -> WebhookEndpoint:
    """An endpoint as it stands now."""
    with reading(chain.organisation_id) as session:
        return get_endpoint(session, endpoint_id)


def take(now: datetime = NOON, room: Room = ROOM) -> list[Parcel]:
    """What a worker takes in hand."""
    return [parcel for run in take_runs(SECRET, room, now=now) for parcel in run]


def mark(*results: Result, now: datetime | None = None) -> None:
    """What a worker stores of each."""
    for result in results:
        mark_run((result.parcel,), [result], now=now or result.at)


def send(now: datetime = NOON, guard: Guard = zoo.AT_HOME, room: Room = ROOM) -> list[Result]:
    """One round of the worker, one run after another: take, send, mark."""
    sent = []
    for run in take_runs(SECRET, room, now=now):
        results = send_run(run, guard, lambda: now)
        mark_run(run, results, now=now)
        sent += results
    return sent


def deliveries(chain: Chain) -> list[WebhookDelivery]:
    """Every delivery, oldest first."""
    return rows_of(chain, WebhookDelivery)


def only_delivery(chain: Chain) -> WebhookDelivery:
    """The one delivery that there is."""
    (delivery,) = deliveries(chain)
    return delivery


def attempts(chain: Chain) -> list[WebhookAttempt]:
    """Every attempt, oldest first."""
    return sorted(rows_of(chain, WebhookAttempt), key=lambda attempt: (attempt.at, attempt.number))


def bodies(chain: Chain) -> list[dict[str, Any]]:
    """What is to be said, oldest first."""
    return [json.loads(delivery.body) for delivery in deliveries(chain)]


def read(raw: bytes) -> tuple[dict[str, str], bytes]:
    """A received request taken apart: its headers in small letters, and its body."""
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = [line.split(": ", 1) for line in head.decode().split("\r\n")[1:]]
    return {name.lower(): value for name, value in lines}, body


def verified(receiver: Receiver, secret: str) -> list[dict[str, Any]]:
    """What the receiver heard, once the public library has verified every signature."""
    heard = []
    for raw in receiver.requests:
        headers, body = read(raw)
        Webhook(secret).verify(body, headers)  # refuses what is older than five minutes, too
        heard.append(json.loads(body))
    return heard
