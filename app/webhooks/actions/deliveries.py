"""Events become deliveries, in the transaction in which they happen; old ones are sent again or forgotten."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CursorResult, delete, select, tuple_, update

from app.audit.actions import record_deed
from app.audit.rules import AuditDeed, Doer
from app.db import OrganisationSession, is_free
from app.errors import Conflict
from app.events import Event, EventName, record
from app.ids import new_id
from app.web.settings import settings
from app.webhooks.actions.endpoints import lock_endpoint
from app.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from app.webhooks.payloads import payload_of, trial_payload, written
from app.webhooks.queries import get_delivery, get_endpoint, lock_delivery, undelivered, wishes
from app.webhooks.rules import KEPT, TEST_TYPE, DeliveryState

_AT_A_TIME = 1000


def promise_deliveries(session: OrganisationSession, event: Event) -> None:
    """On a public event: a delivery for each endpoint that wants it, held back where it is disabled."""
    wishing = [wish for wish in wishes(session) if event.name in wish.event_types]
    if not wishing:
        return
    session.flush()  # the event gets its id, and what it tells of is there to be read
    payload, store_id = payload_of(session, event, settings().base_url)
    body = written(payload)
    chosen = [wish for wish in wishing if wish.is_about(store_id)]
    for wish in chosen:
        delivery = _new(wish.endpoint_id, event.id, event.name, body, now=event.at)
        if not wish.is_active:
            delivery.state, delivery.due_at, delivery.ended_at = DeliveryState.CANCELLED, None, event.at
        session.add(delivery)
    if any(wish.is_active for wish in chosen):
        record(session, EventName.DELIVERY_PROMISED, event.id, at=event.at)


def send_test_event(session: OrganisationSession, endpoint_id: UUID, *, now: datetime) -> WebhookDelivery:
    """A test goes the way of every event, once, to a disabled endpoint too."""
    endpoint = get_endpoint(session, endpoint_id)
    delivery = _new(endpoint.id, new_id(), TEST_TYPE, written(trial_payload(now=now)), now=now)
    session.add(delivery)
    session.flush()
    record(session, EventName.DELIVERY_PROMISED, delivery.event_id, at=now)
    return delivery


def replay_delivery(
    session: OrganisationSession, delivery_id: UUID, *, doer: Doer, now: datetime
) -> WebhookDelivery:
    """Send a delivery again, at once, under the id that it had; one that is being sent now is left alone.

    Raises `Conflict` (``endpoint_disabled``).
    """
    endpoint = _live_endpoint(session, get_delivery(session, delivery_id).endpoint_id)
    delivery = lock_delivery(session, delivery_id)
    if delivery.lease_until and delivery.lease_until >= now:
        return delivery
    for name, value in _anew(now).items():
        setattr(delivery, name, value)
    session.flush()
    _replayed(session, endpoint, doer, 1, now=now)
    return delivery


def replay_deliveries(
    session: OrganisationSession, endpoint_id: UUID, *, since: datetime, doer: Doer, now: datetime
) -> int:
    """Send again what was given up or held back since then; how many there were. Raises as for one."""
    endpoint = _live_endpoint(session, endpoint_id)
    chosen = (undelivered(endpoint_id, since=since), is_free(WebhookDelivery, now=now))
    done = session.execute(update(WebhookDelivery).where(*chosen).values(_anew(now)))
    assert isinstance(done, CursorResult)
    if done.rowcount:
        _replayed(session, endpoint, doer, done.rowcount, now=now)
    return done.rowcount


def forget_old_deliveries(session: OrganisationSession, *, now: datetime) -> int:
    """Delete up to a thousand deliveries older than 30 days, with their attempts; how many there were."""
    keys = [
        tuple(row)
        for row in session.execute(
            select(WebhookDelivery.organisation_id, WebhookDelivery.id)
            .where(WebhookDelivery.created_at < now - KEPT, WebhookDelivery.state != DeliveryState.PENDING)
            .limit(_AT_A_TIME)
        )
    ]
    of_attempts = tuple_(WebhookAttempt.organisation_id, WebhookAttempt.delivery_id)
    session.execute(delete(WebhookAttempt).where(of_attempts.in_(keys)))
    of_deliveries = tuple_(WebhookDelivery.organisation_id, WebhookDelivery.id)
    session.execute(delete(WebhookDelivery).where(of_deliveries.in_(keys)))
    return len(keys)


def _new(endpoint_id: UUID, event_id: UUID, kind: str, body: str, *, now: datetime) -> WebhookDelivery:
    return WebhookDelivery(
        endpoint_id=endpoint_id, event_id=event_id, type=kind, body=body, created_at=now, due_at=now
    )


def _live_endpoint(session: OrganisationSession, endpoint_id: UUID) -> WebhookEndpoint:
    endpoint = lock_endpoint(session, endpoint_id)
    if not endpoint.is_active:
        raise Conflict("endpoint_disabled")
    endpoint.waits_until = None  # somebody who replays knows better than what the receiver asked for
    return endpoint


def _anew(now: datetime) -> dict[str, object]:
    return {
        "state": DeliveryState.PENDING,
        "due_at": now,
        "ended_at": None,
        "attempts": 0,
        "lease_until": None,
    }


def _replayed(
    session: OrganisationSession, endpoint: WebhookEndpoint, doer: Doer, count: int, *, now: datetime
) -> None:
    record(session, EventName.DELIVERY_PROMISED, endpoint.id, at=now)
    deed = AuditDeed.DELIVERIES_REPLAYED
    record_deed(session, deed, doer, endpoint.url, now=now, subject_id=endpoint.id, count=count)
