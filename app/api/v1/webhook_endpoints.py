"""/api/v1/webhook-endpoints: who is told of events. For keys of the whole organisation only."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint
from sqlalchemy import select

from app import clock
from app.accounts.keys import key_doer, key_organisation, require_whole_organisation
from app.api.v1 import schemas_webhooks as schemas
from app.api.v1.bodies import Nothing
from app.api.v1.deliveries import show_delivery
from app.api.v1.named import named_store
from app.api.v1.operations import operation, write_operation
from app.api.v1.pagination import PageQuery, Place, page, split
from app.api.v1.parameters import Query, read_id
from app.api.v1.schemas import StoreName
from app.db import OrganisationSession, reading
from app.stores.models import Store
from app.web.access import Scope, api_key
from app.web.settings import settings
from app.webhooks.actions import (
    EndpointDraft,
    change_endpoint,
    create_endpoint,
    enable_endpoint,
    pause_endpoint,
    remove_endpoint,
    replay_deliveries,
    rotate_secret,
    send_test_event,
)
from app.webhooks.models import WebhookEndpoint
from app.webhooks.queries import get_endpoint
from app.webhooks.rules import Disabled, EndpointState

pages = Blueprint("api_webhook_endpoints", __name__, url_prefix="/api/v1")


@pages.get("/webhook-endpoints")
@api_key()
@operation(PageQuery, schemas.WebhookEndpointList)
def list_endpoints(query: PageQuery) -> schemas.WebhookEndpointList:
    """Every endpoint, newest first; their secrets are never shown again."""
    require_whole_organisation()
    with reading(key_organisation()) as session:
        wanted = page(select(WebhookEndpoint), WebhookEndpoint.created_at, WebhookEndpoint.id, query)
        rows = session.scalars(wanted).all()
        shown, following = split(rows, query, lambda row: Place(row.created_at, row.id))
        items = [_show(session, endpoint) for endpoint in shown]
    return schemas.WebhookEndpointList(items=items, next_cursor=following)


@pages.get("/webhook-endpoints/<endpoint_id>")
@api_key()
@operation(Query, schemas.WebhookEndpoint)
def one_endpoint(_: Query, endpoint_id: str) -> schemas.WebhookEndpoint:
    """One endpoint."""
    require_whole_organisation()
    with reading(key_organisation()) as session:
        return _show(session, get_endpoint(session, read_id(endpoint_id)))


@pages.post("/webhook-endpoints")
@api_key(Scope.WRITE)
@write_operation(schemas.NewWebhookEndpoint, schemas.WebhookEndpointWithSecret)
def add_endpoint(
    session: OrganisationSession, body: schemas.NewWebhookEndpoint
) -> schemas.WebhookEndpointWithSecret:
    """Add an endpoint; the answer holds its secret, once. 409 `too_many_endpoints`."""
    require_whole_organisation()
    draft = EndpointDraft(
        url=body.url,
        event_types=tuple(body.event_types),
        description=body.description,
        store_ids=_store_ids(session, body.stores),
    )
    made = create_endpoint(session, draft, settings().secret_key, doer=key_doer(), now=clock.now())
    return _show_with_secret(session, *made)


@pages.patch("/webhook-endpoints/<endpoint_id>")
@api_key(Scope.WRITE)
@write_operation(schemas.WebhookEndpointChange, schemas.WebhookEndpoint, 200)
def change_endpoint_(
    session: OrganisationSession, body: schemas.WebhookEndpointChange, endpoint_id: str
) -> schemas.WebhookEndpoint:
    """Change an endpoint, pause it or enable it."""
    require_whole_organisation()
    endpoint, now = get_endpoint(session, read_id(endpoint_id)), clock.now()
    draft = _changed(session, endpoint, body)
    change_endpoint(session, endpoint.id, draft, doer=key_doer(), now=now)
    if "state" in body.model_fields_set:
        move = enable_endpoint if body.state == EndpointState.ACTIVE else pause_endpoint
        move(session, endpoint.id, doer=key_doer(), now=now)
    return _show(session, endpoint)


@pages.delete("/webhook-endpoints/<endpoint_id>")
@api_key(Scope.WRITE)
@write_operation(Nothing, schemas.RemovedWebhookEndpoint, 200)
def remove_endpoint_(
    session: OrganisationSession, _: Nothing, endpoint_id: str
) -> schemas.RemovedWebhookEndpoint:
    """Remove an endpoint with its deliveries."""
    require_whole_organisation()
    found = read_id(endpoint_id)
    remove_endpoint(session, found, doer=key_doer(), now=clock.now())
    return schemas.RemovedWebhookEndpoint(id=found)


@pages.post("/webhook-endpoints/<endpoint_id>/rotate-secret")
@api_key(Scope.WRITE)
@write_operation(Nothing, schemas.WebhookEndpointWithSecret, 200)
def rotate_secret_(
    session: OrganisationSession, _: Nothing, endpoint_id: str
) -> schemas.WebhookEndpointWithSecret:
    """Make a new secret; the one before signs beside it for 24 hours."""
    require_whole_organisation()
    made = rotate_secret(
        session, read_id(endpoint_id), settings().secret_key, doer=key_doer(), now=clock.now()
    )
    return _show_with_secret(session, *made)


@pages.post("/webhook-endpoints/<endpoint_id>/test")
@api_key(Scope.WRITE)
@write_operation(Nothing, schemas.Delivery, 202)
def send_test(session: OrganisationSession, _: Nothing, endpoint_id: str) -> schemas.Delivery:
    """Send a `webhook.test`, once, the way of every event; its delivery tells how it went."""
    require_whole_organisation()
    return show_delivery(send_test_event(session, read_id(endpoint_id), now=clock.now()))


@pages.post("/webhook-endpoints/<endpoint_id>/replay")
@api_key(Scope.WRITE)
@write_operation(schemas.ReplaySince, schemas.Replayed, 202)
def replay_endpoint(
    session: OrganisationSession, body: schemas.ReplaySince, endpoint_id: str
) -> schemas.Replayed:
    """Send again what was given up or held back since then. 409 `endpoint_disabled`."""
    require_whole_organisation()
    found = read_id(endpoint_id)
    count = replay_deliveries(session, found, since=body.since, doer=key_doer(), now=clock.now())
    return schemas.Replayed(count=count)


def _store_ids(session: OrganisationSession, named: Sequence[str]) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(named_store(session, name).id for name in named))


def _changed(
    session: OrganisationSession, endpoint: WebhookEndpoint, body: schemas.WebhookEndpointChange
) -> EndpointDraft:
    sent = body.model_fields_set
    own = tuple(UUID(store_id) for store_id in endpoint.store_ids)
    return EndpointDraft(
        url=body.url if "url" in sent else endpoint.url,
        event_types=tuple(body.event_types if "event_types" in sent else endpoint.event_types),
        description=body.description if "description" in sent else endpoint.description,
        store_ids=_store_ids(session, body.stores) if "stores" in sent else own,
    )


def _show(session: OrganisationSession, endpoint: WebhookEndpoint) -> schemas.WebhookEndpoint:
    wanted = [UUID(store_id) for store_id in endpoint.store_ids]
    stores = session.scalars(select(Store).where(Store.id.in_(wanted)).order_by(Store.code)) if wanted else ()
    return schemas.WebhookEndpoint(
        id=endpoint.id,
        url=endpoint.url,
        description=endpoint.description,
        event_types=endpoint.event_types,
        stores=[StoreName(id=store.id, code=store.code, name=store.name) for store in stores],
        state=EndpointState(endpoint.state),
        disabled_reason=Disabled(endpoint.disabled_reason) if endpoint.disabled_reason else None,
        disabled_at=endpoint.disabled_at,
        failing_since=endpoint.failing_since,
        created_at=endpoint.created_at,
    )


def _show_with_secret(
    session: OrganisationSession, endpoint: WebhookEndpoint, secret: str
) -> schemas.WebhookEndpointWithSecret:
    shown = dict(_show(session, endpoint))
    until = endpoint.previous_until
    return schemas.WebhookEndpointWithSecret(**shown, secret=secret, previous_secret_until=until)
