"""Classifications, a promise while pending and the verdict afterwards; labels; what people corrected."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.classification.rules import Flag, Language, Part, Sentiment, Source, Topic
from app.db import LeasedRow, OrganisationRow, belongs_to, one_of


class Classification(LeasedRow):
    """The verdict on one response's comment. While `due_at` is set, it is still to be given, or given anew.

    `asked_version` is the newest model that was asked, whatever came of it; `model_version` is whose verdict
    it is, and `confidence` the probability that it gave to its sentiment.
    """

    __tablename__ = "classifications"

    response_id: Mapped[UUID]
    language: Mapped[str | None]
    sentiment: Mapped[str | None]
    scores: Mapped[dict[str, float]] = mapped_column(default=dict)
    confidence: Mapped[float | None]
    source: Mapped[str | None]
    model_version: Mapped[str | None]
    asked_version: Mapped[str | None]
    requested_at: Mapped[datetime]
    classified_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("organisation_id", "response_id"),
        belongs_to("responses", "response_id"),
        one_of("sentiment", list(Sentiment)),
        one_of("source", list(Source)),
        one_of("language", list(Language)),
        Index("ix_classifications_asked", "asked_version"),
    )

    @property
    def is_given(self) -> bool:
        """Whether there is a verdict, be it that a newer model is to be asked once more."""
        return self.classified_at is not None


class CommentTopic(OrganisationRow):
    """A topic that a comment talks about, and how. `score` is the probability; 1 where a person says so."""

    __tablename__ = "comment_topics"

    response_id: Mapped[UUID]
    topic: Mapped[str]
    polarity: Mapped[int]
    score: Mapped[float]

    __table_args__ = (
        UniqueConstraint("organisation_id", "response_id", "topic"),
        belongs_to("responses", "response_id"),
        one_of("topic", list(Topic)),
        CheckConstraint("polarity BETWEEN -1 AND 1", name="polarity"),
        Index("ix_comment_topics_topic", "organisation_id", "topic", "polarity", "response_id"),
    )


class CommentFlag(OrganisationRow):
    """An urgent or telling sign in a comment. `is_certain` flags may wake somebody by themselves."""

    __tablename__ = "comment_flags"

    response_id: Mapped[UUID]
    flag: Mapped[str]
    score: Mapped[float]
    is_certain: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        UniqueConstraint("organisation_id", "response_id", "flag"),
        belongs_to("responses", "response_id"),
        one_of("flag", list(Flag)),
        Index("ix_comment_flags_flag", "organisation_id", "flag", "response_id"),
    )


class Correction(OrganisationRow):
    """That a person corrected a verdict: what it was, whose it was, what it became. Only ever added."""

    __tablename__ = "corrections"

    response_id: Mapped[UUID]
    membership_id: Mapped[UUID]
    at: Mapped[datetime]
    part: Mapped[str]
    was: Mapped[dict[str, Any]]
    became: Mapped[dict[str, Any]]
    model_version: Mapped[str | None]

    __table_args__ = (
        belongs_to("responses", "response_id"),
        belongs_to("memberships", "membership_id"),
        one_of("part", list(Part)),
        Index("ix_corrections_response", "organisation_id", "response_id", "at"),
        Index("ix_corrections_newest", "organisation_id", "at"),
    )


class Explanation(LeasedRow):
    """Which words of a comment decided: by label, stretches as pairs of places. Promised while due."""

    __tablename__ = "explanations"

    response_id: Mapped[UUID]
    marks: Mapped[dict[str, Any]] = mapped_column(default=dict)
    model_version: Mapped[str | None]

    __table_args__ = (
        UniqueConstraint("organisation_id", "response_id"),
        belongs_to("responses", "response_id"),
    )
