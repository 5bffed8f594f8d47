"""/api/v1/deliveries: what was sent to endpoints, how it went, and sending it again."""

from uuid import UUID

from flask import Blueprint
from pydantic import Field

from app import clock
from app.accounts.keys import key_doer, key_organisation, require_whole_organisation
from app.api.v1 import schemas_webhooks as schemas
from app.api.v1.bodies import Nothing
from app.api.v1.operations import operation, write_operation
from app.api.v1.pagination import PageQuery, Place, page, split
from app.api.v1.parameters import Instant, Query, ShortText, read_id
from app.db import OrganisationSession, reading
from app.errors import Invalid, NotFound
from app.web.access import Scope, api_key
from app.webhooks.actions import replay_delivery
from app.webhooks.models import WebhookDelivery
from app.webhooks.queries import Wanted, attempts_of, deliveries, get_delivery, get_endpoint
from app.webhooks.rules import DeliveryState
from app.webhooks.signing import message_id

pages = Blueprint("api_deliveries", __name__, url_prefix="/api/v1")


class DeliveryQuery(PageQuery):
    """Which deliveries."""

    endpoint: ShortText | None = Field(None, description="The id of an endpoint.")
    state: DeliveryState | None = Field(None, description="In this state now.")
    type: ShortText | None = Field(None, description="Of this event, such as `alert.opened`.")
    since: Instant | None = Field(None, description="Of an event of this instant or later.")


@pages.get("/deliveries")
@api_key()
@operation(DeliveryQuery, schemas.DeliveryList)
def list_deliveries(query: DeliveryQuery) -> schemas.DeliveryList:
    """Deliveries of the last 30 days, newest first."""
    require_whole_organisation()
    with reading(key_organisation()) as session:
        wanted = Wanted(_endpoint_id(session, query.endpoint), query.state, query.type, query.since)
        found = page(deliveries(wanted), WebhookDelivery.created_at, WebhookDelivery.id, query)
        rows = session.scalars(found).all()
    shown, following = split(rows, query, lambda row: Place(row.created_at, row.id))
    return schemas.DeliveryList(items=[show_delivery(row) for row in shown], next_cursor=following)


@pages.get("/deliveries/<delivery_id>")
@api_key()
@operation(Query, schemas.DeliveryWithAttempts)
def one_delivery(_: Query, delivery_id: str) -> schemas.DeliveryWithAttempts:
    """One delivery with its attempts."""
    require_whole_organisation()
    with reading(key_organisation()) as session:
        delivery = get_delivery(session, read_id(delivery_id))
        log = [
            schemas.DeliveryAttempt(
                number=attempt.number,
                at=attempt.at,
                milliseconds=attempt.milliseconds,
                status=attempt.status_code,
                reason=attempt.reason,
                snippet=attempt.snippet,
            )
            for attempt in attempts_of(session, delivery)
        ]
    return schemas.DeliveryWithAttempts(**dict(show_delivery(delivery)), body=delivery.body, log=log)


@pages.post("/deliveries/<delivery_id>/replay")
@api_key(Scope.WRITE)
@write_operation(Nothing, schemas.Delivery, 202)
def replay_delivery_(session: OrganisationSession, _: Nothing, delivery_id: str) -> schemas.Delivery:
    """Send a delivery again, under the same `webhook-id`. 409 `endpoint_disabled`."""
    require_whole_organisation()
    return show_delivery(replay_delivery(session, read_id(delivery_id), doer=key_doer(), now=clock.now()))


def show_delivery(delivery: WebhookDelivery) -> schemas.Delivery:
    """A delivery as the API shows it."""
    return schemas.Delivery(
        id=delivery.id,
        endpoint=delivery.endpoint_id,
        event=message_id(delivery.event_id),
        type=delivery.type,
        state=DeliveryState(delivery.state),
        attempts=delivery.attempt_count,
        last_status=delivery.last_status,
        last_reason=delivery.last_reason,
        next_attempt_at=delivery.due_at,
        created_at=delivery.created_at,
        ended_at=delivery.ended_at,
    )


def _endpoint_id(session: OrganisationSession, text: str | None) -> UUID | None:
    """The endpoint that a filter names; raises `Invalid` for none, so that typing errors show."""
    if not text:
        return None
    try:
        return get_endpoint(session, read_id(text)).id
    except NotFound:
        raise Invalid(faults={"endpoint": "unknown_value"}) from None
