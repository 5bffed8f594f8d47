"""What the API shows: explicit public fields, so that a new column never leaks out."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.alerts.rules import AlertState, Reason, RootCause, Severity
from app.classification.rules import Flag, Language, Polarity, Sentiment, Source, Topic
from app.people.models import Employee
from app.responses.rules import Channel
from app.stores.rules import StoreKind


class Shown(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(frozen=True)


class StoreName(Shown):
    """A store in short."""

    id: UUID
    code: str = Field(description="The chain's own code of the store.")
    name: str


class Store(Shown):
    """A unit that serves shoppers."""

    id: UUID
    code: str = Field(description="The chain's own code of the store.")
    name: str
    region: str = Field(description="The name of its region.")
    kind: StoreKind
    address: str
    country: str
    currency: str
    time_zone: str
    languages: list[str]
    labels: list[str]
    weekly_hours: dict[str, list[str]] = Field(description="By ISO weekday, 1 being Monday.")
    dated_hours: dict[str, list[str]] = Field(description="Days that differ; no hours means closed.")
    created_at: datetime
    retired_at: datetime | None


class TouchpointName(Shown):
    """A touchpoint in short."""

    id: UUID
    name: str


class SurveyName(Shown):
    """A survey in short."""

    id: UUID
    name: str


class Code(Shown):
    """A printed QR code."""

    code: str
    url: str = Field(description="What the code opens on a shopper's phone.")
    retired_at: datetime | None


class Touchpoint(Shown):
    """A place or moment inside a store where feedback is asked."""

    id: UUID
    name: str
    url: str | None = Field(description="What its newest live code opens; null when every code is retired.")
    codes: list[Code]
    store: StoreName
    survey: SurveyName
    created_at: datetime
    retired_at: datetime | None


class EmployeeName(Shown):
    """A person whom a receipt names."""

    id: UUID
    code: str = Field(description="As the till knows the cashier; unique in a store.")
    name: str = Field(description="Empty until somebody has written one.")


class CommentTopic(Shown):
    """Something that a comment talks about."""

    key: Topic
    polarity: Polarity = Field(description="-1 blamed, 0 mentioned, 1 praised.")
    score: float = Field(ge=0, le=1, description="Its probability; 1 where a person says so.")


class CommentFlag(Shown):
    """A sign in a comment."""

    key: Flag
    score: float = Field(ge=0, le=1, description="Its probability.")
    certain: bool = Field(description="Certain enough to wake somebody by itself.")


class Response(Shown):
    """What a shopper said."""

    id: UUID
    rating: int = Field(ge=0, le=10, description="Likelihood to recommend, 0 to 10.")
    comment: str | None
    sentiment: Sentiment | None = Field(
        description="The comment as a whole; null without one, and until it is classified."
    )
    sentiment_scores: dict[Sentiment, float] | None = Field(
        description="A probability for each sentiment; null as long as there is none."
    )
    topics: list[CommentTopic] = Field(description="What the comment talks about, the likeliest first.")
    flags: list[CommentFlag] = Field(description="Signs that matter whatever the topic, the likeliest first.")
    comment_language: Language | None = Field(description="What the comment is written in.")
    classified_by: Source | None = Field(
        description="Who had the last word: a model, the word list when none answered, or a person."
    )
    model_version: str | None = Field(description="Which model, or word list, judged it.")
    language: str = Field(description="The language of the page that the shopper answered on.")
    channel: Channel
    store: StoreName
    touchpoint: TouchpointName
    verified: bool = Field(description="Whether a receipt stands behind it, and so no more than one answer.")
    invitation: UUID | None = Field(description="The invitation that was answered.")
    receipt: str | None = Field(description="The receipt's number as printed.")
    refunded: bool = Field(description="Whether the receipt was refunded after the answer.")
    employee: EmployeeName | None = Field(description="Who rang up.")
    answered_at: datetime
    received_at: datetime
    alert: int | None = Field(description="The number of the alert that follows it up.")
    external_id: str | None = Field(description="What the system that sent it calls it.")


class Alert(Shown):
    """The follow-up of one negative response."""

    number: int
    state: AlertState
    severity: Severity
    reason: Reason = Field(description="What opened it.")
    reachable: bool = Field(description="Whether the shopper can be answered.")
    owner: str | None = Field(description="The name of whoever has it in hand.")
    opened_at: datetime
    acknowledge_due_at: datetime
    answer_due_at: datetime | None = Field(description="Null for a shopper who cannot be answered.")
    acknowledged_at: datetime | None
    answered_at: datetime | None
    breached_at: datetime | None = Field(description="When a deadline passed without what it asked for.")
    resolved_at: datetime | None
    root_cause: RootCause | None
    response: Response


class StoreList(Shown):
    """A page of stores, newest first."""

    items: list[Store]
    next_cursor: str | None = Field(description="Null on the last page.")


class TouchpointList(Shown):
    """A page of touchpoints, newest first."""

    items: list[Touchpoint]
    next_cursor: str | None = Field(description="Null on the last page.")


class ResponseList(Shown):
    """A page of responses, newest received first."""

    items: list[Response]
    next_cursor: str | None = Field(description="Null on the last page.")


class AlertList(Shown):
    """A page of alerts, newest first."""

    items: list[Alert]
    next_cursor: str | None = Field(description="Null on the last page.")


class Fault(Shown):
    """One part of the request that was refused."""

    path: str = Field(description="Its name, or where in the body it stands: `items.3.rating`.")
    code: str


class Problem(Shown):
    """Why a request was refused (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str = Field(description="A stable word for machines.")
    errors: list[Fault] = Field(description="Each parameter or property that was refused, and why.")
    details: dict[str, str] = Field(description="What stands in the way of a conflict, such as the owner.")
    request_id: str


def employee_name(employee: Employee | None) -> EmployeeName | None:
    """An employee in short."""
    if employee is None:
        return None
    return EmployeeName(id=employee.id, code=employee.code, name=employee.name)
