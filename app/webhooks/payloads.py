"""What a webhook says: which thing, where it stands, where to read the rest. Never a comment or a contact."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema
from sqlalchemy import func, select

from app.alerts.models import Alert, AlertEvent
from app.alerts.rules import AlertState, Deed, Reason, Severity
from app.classification.rules import Flag, Polarity, Sentiment, Topic
from app.db import OrganisationSession, get_row
from app.events import Event, EventName
from app.responses.models import Response
from app.responses.rules import Channel
from app.stores.models import Store
from app.webhooks.rules import TEST_TYPE


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Instant = Annotated[
    datetime,
    PlainSerializer(_written, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]


class Part(BaseModel):
    """A part of a payload."""

    model_config = ConfigDict(frozen=True)


class StoreInShort(Part):
    """A store in short."""

    id: UUID
    code: str = Field(description="The chain's own code of the store.")


class ResponseData(Part):
    """A response, without what the shopper wrote."""

    id: UUID
    url: str = Field(description="Where the API shows all of it.")
    store: StoreInShort
    rating: int = Field(ge=0, le=10)
    channel: Channel
    suspect: bool = Field(description="Kept out of scores: a machine may have sent it.")
    late: bool = Field(description="It waited for more than 24 hours on a phone without network.")
    answered_at: Instant
    received_at: Instant
    occurred_at: Instant


class ClassifiedData(ResponseData):
    """A response whose comment has been read."""

    sentiment: Sentiment | None = Field(description="Null when the comment holds nothing to judge.")
    topics: dict[Topic, Polarity] = Field(
        description="What it talks about: -1 blamed, 0 mentioned, 1 praised."
    )
    flags: list[Flag] = Field(description="Signs that matter whatever the topic.")


class AlertData(Part):
    """An alert as it stood when the event occurred."""

    number: int
    url: str = Field(description="Where the API shows all of it.")
    state: AlertState
    severity: Severity
    reason: Reason = Field(description="What opened it.")
    reachable: bool = Field(description="Whether the shopper can be answered.")
    response_id: UUID
    rating: int = Field(ge=0, le=10)
    store: StoreInShort
    suspect: bool
    late: bool
    opened_at: Instant
    acknowledge_due_at: Instant
    answer_due_at: Instant | None = Field(description="Null for a shopper who cannot be answered.")
    acknowledged_at: Instant | None
    answered_at: Instant | None
    breached_at: Instant | None
    resolved_at: Instant | None
    closed_at: Instant | None
    sequence: int = Field(description="Its place in the alert's history: the larger one of two is the newer.")
    occurred_at: Instant


class TrialData(Part):
    """What a test says."""

    message: str
    occurred_at: Instant


class ResponseReceived(Part):
    """A shopper has answered."""

    type: Literal[EventName.RESPONSE_RECEIVED] = EventName.RESPONSE_RECEIVED
    timestamp: Instant
    data: ResponseData


class ResponseClassified(Part):
    """The shopper's comment has been read, or read again after a correction."""

    type: Literal[EventName.RESPONSE_CLASSIFIED] = EventName.RESPONSE_CLASSIFIED
    timestamp: Instant
    data: ClassifiedData


class AlertMoved(Part):
    """An alert was opened, taken, answered, not answered in time, or is over."""

    type: Literal[
        EventName.ALERT_OPENED,
        EventName.ALERT_ACKNOWLEDGED,
        EventName.ALERT_ANSWERED,
        EventName.ALERT_BREACHED,
        EventName.ALERT_CLOSED,
    ]
    timestamp: Instant
    data: AlertData


class WebhookTrial(Part):
    """Somebody wants to see whether it works."""

    type: Literal["webhook.test"] = "webhook.test"
    timestamp: Instant
    data: TrialData


Payload = ResponseReceived | ResponseClassified | AlertMoved | WebhookTrial
# For each type the model of its body: what the API document tells of.
MODELS: dict[str, type[BaseModel]] = {
    EventName.RESPONSE_RECEIVED: ResponseReceived,
    EventName.RESPONSE_CLASSIFIED: ResponseClassified,
    EventName.ALERT_OPENED: AlertMoved,
    EventName.ALERT_ACKNOWLEDGED: AlertMoved,
    EventName.ALERT_ANSWERED: AlertMoved,
    EventName.ALERT_BREACHED: AlertMoved,
    EventName.ALERT_CLOSED: AlertMoved,
    TEST_TYPE: WebhookTrial,
}
# The line of an alert's history that an event stands for.
_LINES = {
    EventName.ALERT_OPENED: (Deed.OPENED,),
    EventName.ALERT_ACKNOWLEDGED: (Deed.ACKNOWLEDGED,),
    EventName.ALERT_ANSWERED: (Deed.ANSWERED,),
    EventName.ALERT_BREACHED: (Deed.BREACHED,),
    EventName.ALERT_CLOSED: (Deed.CLOSED, Deed.DISMISSED),
}


def written(payload: Payload) -> str:
    """The body as it is signed and sent."""
    return payload.model_dump_json()


def trial_payload(*, now: datetime) -> WebhookTrial:
    """What a test event says."""
    data = TrialData(message="This is a test. Nothing happened in any store.", occurred_at=now)
    return WebhookTrial(timestamp=now, data=data)


def payload_of(session: OrganisationSession, event: Event, base_url: str) -> tuple[Payload, UUID]:
    """What is said of a public event, and the store that it is about."""
    name = EventName(event.name)
    if name in _LINES:
        alert = get_row(session, Alert, event.subject_id)
        return _alert_moved(session, name, alert, base_url, at=event.at), alert.store_id
    response = get_row(session, Response, event.subject_id)
    data = _response_data(session, response, base_url, at=event.at)
    if name is EventName.RESPONSE_RECEIVED:
        return ResponseReceived(timestamp=event.at, data=data), response.store_id
    verdict = event.data.get("sentiment")
    classified = ClassifiedData(
        **dict(data),
        sentiment=Sentiment(verdict) if verdict else None,
        topics={Topic(topic): Polarity(sign) for topic, sign in event.data.get("topics", {}).items()},
        flags=[Flag(flag) for flag in event.data.get("flags", ())],
    )
    return ResponseClassified(timestamp=event.at, data=classified), response.store_id


def _response_data(
    session: OrganisationSession, response: Response, base_url: str, *, at: datetime
) -> ResponseData:
    return ResponseData(
        id=response.id,
        url=f"{base_url}/api/v1/responses/{response.id}",
        store=_store_name(session, response.store_id),
        rating=response.rating,
        channel=Channel(response.channel),
        suspect=response.is_suspect,
        late=response.is_late,
        answered_at=response.answered_at,
        received_at=response.received_at,
        occurred_at=at,
    )


def _alert_moved(
    session: OrganisationSession, name: EventName, alert: Alert, base_url: str, *, at: datetime
) -> AlertMoved:
    response = get_row(session, Response, alert.response_id)
    data = AlertData(
        number=alert.number,
        url=f"{base_url}/api/v1/alerts/{alert.number}",
        state=AlertState(alert.state),
        severity=Severity(alert.severity),
        reason=Reason(alert.reason),
        reachable=alert.is_reachable,
        response_id=alert.response_id,
        rating=response.rating,
        store=_store_name(session, alert.store_id),
        suspect=response.is_suspect,
        late=response.is_late,
        opened_at=alert.opened_at,
        acknowledge_due_at=alert.acknowledge_due_at,
        answer_due_at=alert.answer_due_at,
        acknowledged_at=alert.acknowledged_at,
        answered_at=alert.answered_at,
        breached_at=alert.breached_at,
        resolved_at=alert.resolved_at,
        closed_at=alert.closed_at,
        sequence=_sequence(session, name, alert),
        occurred_at=at,
    )
    return AlertMoved.model_validate({"type": name, "timestamp": at, "data": data})


def _store_name(session: OrganisationSession, store_id: UUID) -> StoreInShort:
    store = get_row(session, Store, store_id)
    return StoreInShort(id=store.id, code=store.code)


def _sequence(session: OrganisationSession, name: EventName, alert: Alert) -> int:
    lines = (AlertEvent.alert_id == alert.id, AlertEvent.kind.in_(_LINES[name]))
    return session.scalar(select(func.max(AlertEvent.sequence)).where(*lines)) or 0
