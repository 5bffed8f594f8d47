"""Setting endpoints up: what they hear, their secrets, whether they are sent to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update

from app.audit.actions import record_deed
from app.audit.rules import AuditDeed, Doer
from app.db import OrganisationSession, is_free, locking
from app.errors import Conflict, Invalid, NotFound
from app.events import EventName, record
from app.ids import new_id
from app.stores.models import Store
from app.vault import seal
from app.webhooks.models import EndpointNotice, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from app.webhooks.queries import note_first_endpoint, sealing_purpose
from app.webhooks.rules import (
    MOST_ENDPOINTS,
    TEST_TYPE,
    TWO_SECRETS_FOR,
    DeliveryState,
    Disabled,
    EndpointState,
)
from app.webhooks.signing import new_secret


@dataclass(frozen=True, slots=True)
class EndpointDraft:
    """What an endpoint hears of, and where; no store named means all of them."""

    url: str
    event_types: tuple[str, ...]
    description: str = ""
    store_ids: tuple[UUID, ...] = ()


def create_endpoint(
    session: OrganisationSession, draft: EndpointDraft, secret_key: str, *, doer: Doer, now: datetime
) -> tuple[WebhookEndpoint, str]:
    """A new endpoint and its secret, which nobody is shown again. The address was checked by the caller.

    Raises `Conflict` (``too_many_endpoints``) past twenty, `Invalid` for a store that is not there.
    """
    _require_stores(session, draft)
    if (session.scalar(select(func.count()).select_from(WebhookEndpoint)) or 0) >= MOST_ENDPOINTS:
        raise Conflict("too_many_endpoints")
    secret, endpoint_id = new_secret(), new_id()
    endpoint = WebhookEndpoint(
        id=endpoint_id,
        **_columns(draft),
        state=EndpointState.ACTIVE,
        secret_sealed=seal(secret_key, sealing_purpose(endpoint_id), secret),
        created_at=now,
    )
    session.add(endpoint)
    session.flush()
    note_first_endpoint(session)
    _note(session, AuditDeed.ENDPOINT_CREATED, endpoint, doer, now=now)
    return endpoint, secret


def change_endpoint(
    session: OrganisationSession, endpoint_id: UUID, draft: EndpointDraft, *, doer: Doer, now: datetime
) -> WebhookEndpoint:
    """Hear something else, or somewhere else; what waits goes to the new address too."""
    _require_stores(session, draft)
    endpoint = lock_endpoint(session, endpoint_id)
    changed = {name: value for name, value in _columns(draft).items() if getattr(endpoint, name) != value}
    if not changed:
        return endpoint
    for name, value in changed.items():
        setattr(endpoint, name, value)
    if "url" in changed:  # what failed there says nothing about the new place
        endpoint.failing_since = endpoint.waits_until = None
    _note(session, AuditDeed.ENDPOINT_CHANGED, endpoint, doer, now=now, changed=sorted(changed))
    return endpoint


def rotate_secret(
    session: OrganisationSession, endpoint_id: UUID, secret_key: str, *, doer: Doer, now: datetime
) -> tuple[WebhookEndpoint, str]:
    """A new secret; for 24 hours the one before signs too, so that a receiver can change over in peace."""
    endpoint = lock_endpoint(session, endpoint_id)
    secret = new_secret()
    endpoint.previous_sealed = endpoint.secret_sealed
    endpoint.previous_until = now + TWO_SECRETS_FOR
    endpoint.secret_sealed = seal(secret_key, sealing_purpose(endpoint_id), secret)
    _note(session, AuditDeed.ENDPOINT_CHANGED, endpoint, doer, now=now, changed=["secret"])
    return endpoint, secret


def pause_endpoint(
    session: OrganisationSession, endpoint_id: UUID, *, doer: Doer, now: datetime
) -> WebhookEndpoint:
    """Send nothing until it is enabled again; events are kept for a replay."""
    endpoint = lock_endpoint(session, endpoint_id)
    if endpoint.is_active:
        _disable(session, endpoint, Disabled.PAUSED, now=now)
        _note(session, AuditDeed.ENDPOINT_CHANGED, endpoint, doer, now=now, changed=["state"])
    return endpoint


def enable_endpoint(
    session: OrganisationSession, endpoint_id: UUID, *, doer: Doer, now: datetime
) -> WebhookEndpoint:
    """Send again from now on; what was held back meanwhile waits for a replay."""
    endpoint = lock_endpoint(session, endpoint_id)
    if not endpoint.is_active:
        endpoint.state = EndpointState.ACTIVE
        endpoint.disabled_at = endpoint.disabled_reason = None
        endpoint.failing_since = endpoint.waits_until = None
        _note(session, AuditDeed.ENDPOINT_CHANGED, endpoint, doer, now=now, changed=["state"])
    return endpoint


def remove_endpoint(session: OrganisationSession, endpoint_id: UUID, *, doer: Doer, now: datetime) -> None:
    """Forget an endpoint with its deliveries and attempts."""
    endpoint = lock_endpoint(session, endpoint_id)
    own = select(WebhookDelivery.id).where(WebhookDelivery.endpoint_id == endpoint.id)
    session.execute(delete(WebhookAttempt).where(WebhookAttempt.delivery_id.in_(own)))
    session.execute(delete(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint.id))
    session.execute(delete(EndpointNotice).where(EndpointNotice.endpoint_id == endpoint.id))
    _note(session, AuditDeed.ENDPOINT_REMOVED, endpoint, doer, now=now)
    session.delete(endpoint)


def give_up_endpoint(
    session: OrganisationSession, endpoint: WebhookEndpoint, reason: Disabled, *, now: datetime
) -> None:
    """The receiver is gone, or has only failed for days: nothing is sent to it until somebody enables it."""
    _disable(session, endpoint, reason, now=now)
    record(session, EventName.ENDPOINT_DISABLED, endpoint.id, at=now)


def hold_back(session: OrganisationSession, endpoint: WebhookEndpoint, *, now: datetime) -> None:
    """What waits for a disabled endpoint waits for a replay. What is being sent now ends by itself."""
    waiting = (
        WebhookDelivery.endpoint_id == endpoint.id,
        WebhookDelivery.state == DeliveryState.PENDING,
        WebhookDelivery.type != TEST_TYPE,
        is_free(WebhookDelivery, now=now),
    )
    held = {"state": DeliveryState.CANCELLED, "due_at": None, "ended_at": now}
    session.execute(update(WebhookDelivery).where(*waiting).values(held))


def lock_endpoint(session: OrganisationSession, endpoint_id: UUID) -> WebhookEndpoint:
    """The endpoint as it is now, until we commit. Whoever locks deliveries too locks their endpoint first."""
    endpoint = session.scalar(locking(select(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id)))
    if endpoint is None:
        raise NotFound()
    return endpoint


def _disable(
    session: OrganisationSession, endpoint: WebhookEndpoint, reason: Disabled, *, now: datetime
) -> None:
    endpoint.state = EndpointState.DISABLED
    endpoint.disabled_reason = reason
    endpoint.disabled_at = now
    session.flush()
    hold_back(session, endpoint, now=now)


def _columns(draft: EndpointDraft) -> dict[str, Any]:
    return {
        "url": draft.url,
        "description": draft.description,
        "event_types": list(draft.event_types),
        "store_ids": sorted(str(store_id) for store_id in draft.store_ids),
    }


def _require_stores(session: OrganisationSession, draft: EndpointDraft) -> None:
    found = session.scalars(select(Store.id).where(Store.id.in_(draft.store_ids))).all()
    if set(found) != set(draft.store_ids):
        raise Invalid(faults={"store_ids": "unknown_value"})


def _note(
    session: OrganisationSession,
    deed: AuditDeed,
    endpoint: WebhookEndpoint,
    doer: Doer,
    *,
    now: datetime,
    **data: Any,
) -> None:
    record_deed(session, deed, doer, endpoint.url, now=now, subject_id=endpoint.id, **data)
