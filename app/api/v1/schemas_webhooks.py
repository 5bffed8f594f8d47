"""What the API shows of webhooks, and what it takes to set them up."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from app.api.v1.bodies import Body, Moment, Name, fault, obeying, omittable
from app.api.v1.schemas import Shown, StoreName
from app.channels.http import check_target
from app.text import NAME_GRAPHEMES, clean_line, grapheme_count
from app.webhooks.rules import TYPES, DeliveryState, Disabled, EndpointState

_MOST_STORES = 500


def _target(url: str) -> str:
    check_target(url)
    return url


def _remark(text: str) -> str:
    line = clean_line(text)
    if grapheme_count(line) > NAME_GRAPHEMES:
        raise fault("too_long")
    return line


def _types(names: list[str]) -> list[str]:
    if any(name not in TYPES for name in names):
        raise fault("unknown_value")
    return [name for name in TYPES if name in names]


Url = Annotated[str, AfterValidator(obeying(_target))]
Remark = Annotated[str, AfterValidator(_remark)]
EventTypes = Annotated[
    list[str],
    AfterValidator(_types),
    Field(min_length=1, max_length=100, json_schema_extra={"items": {"type": "string", "enum": list(TYPES)}}),
]
Stores = Annotated[list[Name], Field(max_length=_MOST_STORES)]


class NewWebhookEndpoint(Body):
    """An address to be told of events."""

    url: Url = Field(
        description="https, on port 443 or 8443; a public address or in a network that the operator allows.",
        examples=["https://crm.example/hooks/vidhuk"],
    )
    description: Remark = Field("", description="What it is, for people.")
    event_types: EventTypes = Field(
        default_factory=lambda: list(TYPES), description="All of them unless told."
    )
    stores: Stores = Field(
        default_factory=list, description="Codes or ids of stores; none means all of them."
    )


class WebhookEndpointChange(Body):
    """What is to be different; what is left out stays as it is."""

    url: Url = omittable("What waits goes to the new address too.")
    description: Remark = omittable("What it is, for people.")
    event_types: EventTypes = omittable("What it hears of.")
    stores: Stores = omittable("Codes or ids of stores; none means all of them.")
    state: EndpointState = omittable("`disabled` pauses it; `active` sends again from now on.")


class ReplaySince(Body):
    """From when on."""

    since: Moment = Field(description="Events of this instant or later that were given up or held back.")


class WebhookEndpoint(Shown):
    """An address that is told of events."""

    id: UUID
    url: str
    description: str
    event_types: list[str]
    stores: list[StoreName] = Field(description="Only of these stores; empty means all of them.")
    state: EndpointState
    disabled_reason: Disabled | None = Field(
        description="`paused` by somebody, `gone` after a 410, `failing` after five days of only failures."
    )
    disabled_at: datetime | None
    failing_since: datetime | None = Field(description="The first failure since the last success.")
    created_at: datetime


class WebhookEndpointWithSecret(WebhookEndpoint):
    """An endpoint with the secret that signs from now on: it is shown only this once."""

    secret: str = Field(description="`whsec_` and 32 bytes in base64, as libraries take it.")
    previous_secret_until: datetime | None = Field(description="Until then the secret before signs too.")


class RemovedWebhookEndpoint(Shown):
    """An endpoint that is no longer there."""

    id: UUID
    removed: Literal[True] = True


class Replayed(Shown):
    """How much is sent again."""

    count: int


class DeliveryAttempt(Shown):
    """One attempt: a status, or the reason why there was no answer."""

    number: int
    at: datetime
    milliseconds: int
    status: int | None
    reason: str | None
    snippet: str = Field(description="The first KiB of what the receiver said.")


class Delivery(Shown):
    """One event for one endpoint."""

    id: UUID
    endpoint: UUID
    event: str = Field(description="The `webhook-id`: the same in every attempt and every replay.")
    type: str
    state: DeliveryState
    attempts: int
    last_status: int | None
    last_reason: str | None
    next_attempt_at: datetime | None
    created_at: datetime
    ended_at: datetime | None


class DeliveryWithAttempts(Delivery):
    """A delivery with what is sent and every attempt, newest first."""

    body: str
    log: list[DeliveryAttempt]


class WebhookEndpointList(Shown):
    """Every endpoint, newest first."""

    items: list[WebhookEndpoint]
    next_cursor: str | None = Field(description="Null on the last page.")


class DeliveryList(Shown):
    """A page of deliveries, newest first."""

    items: list[Delivery]
    next_cursor: str | None = Field(description="Null on the last page.")
