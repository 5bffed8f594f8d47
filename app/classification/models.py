"""Classifications: a promise while pending, the verdict afterwards."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.classification.rules import Sentiment, Source
from app.db import LeasedRow, belongs_to, one_of


class Classification(LeasedRow):
    """The verdict on one response's comment. While `due_at` is set, it is still to be given."""

    __tablename__ = "classifications"

    response_id: Mapped[UUID]
    sentiment: Mapped[str | None]
    scores: Mapped[dict[str, float]] = mapped_column(default=dict)
    source: Mapped[str | None]
    model_version: Mapped[str | None]
    requested_at: Mapped[datetime]
    classified_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("organisation_id", "response_id"),
        belongs_to("responses", "response_id"),
        one_of("sentiment", list(Sentiment)),
        one_of("source", list(Source)),
    )
