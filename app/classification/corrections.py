"""People correct verdicts: a correction counts at once, is never overwritten, and what was before is kept."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.accounts.models import Membership, User
from app.classification.labels import Meaning, meaning_of, meanings_of, store_topics
from app.classification.models import Classification, Correction
from app.classification.rules import Part, Polarity, SaidTopic, Sentiment, Source, Topic
from app.db import OrganisationSession, locking
from app.errors import Conflict
from app.events import EventName, record
from app.responses.models import Response
from app.responses.queries import lock_responses


@dataclass(frozen=True, slots=True)
class PastCorrection:
    """A correction as a page tells of it."""

    at: datetime
    who: str
    part: Part
    was: Mapping[str, Any]
    became: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Corrected:
    """A comment with what a person says of it: what evaluation and retraining learn from."""

    text: str
    language: str | None
    sentiment: Sentiment | None
    meaning: Meaning


def correct_sentiment(
    session: OrganisationSession, response_id: UUID, sentiment: Sentiment, member_id: UUID, *, now: datetime
) -> None:
    """Say what a comment is as a whole. Raises `Conflict` before it has been read."""
    row = _get_given(session, response_id)
    if row.sentiment == sentiment:
        return
    change = _Change(Part.SENTIMENT, {"sentiment": row.sentiment}, {"sentiment": sentiment})
    _keep(session, row, change, member_id, now=now)
    row.sentiment = sentiment
    _tell(session, row, now=now)


def correct_topics(
    session: OrganisationSession,
    response_id: UUID,
    topics: Mapping[Topic, Polarity],
    member_id: UUID,
    *,
    now: datetime,
) -> None:
    """Say what a comment talks about, and how. Raises `Conflict` before it has been read."""
    row = _get_given(session, response_id)
    was = {one.topic: one.polarity for one in meaning_of(session, response_id).topics}
    if was == dict(topics):
        return
    _keep(session, row, _Change(Part.TOPICS, _in_short(was), _in_short(topics)), member_id, now=now)
    store_topics(session, response_id, [SaidTopic(topic, polarity) for topic, polarity in topics.items()])
    _tell(session, row, now=now)


def corrections_of(session: OrganisationSession, response_id: UUID) -> list[PastCorrection]:
    """What was corrected on a response, the newest first."""
    rows = session.execute(
        select(Correction, User.name)
        .join(Membership, Membership.id == Correction.membership_id)
        .join(User, User.id == Membership.user_id)
        .where(Correction.response_id == response_id)
        .order_by(Correction.at.desc(), Correction.id.desc())
    )
    return [PastCorrection(row.at, who, Part(row.part), row.was, row.became) for row, who in rows]


def corrected_comments(session: OrganisationSession) -> Iterator[Corrected]:
    """Every comment that a person has corrected, as it stands now, the oldest first."""
    rows = session.execute(
        select(Response.id, Response.comment, Classification.language, Classification.sentiment)
        .join(Classification, Classification.response_id == Response.id)
        .where(Classification.source == Source.HUMAN, Response.comment.is_not(None))
        .order_by(Response.received_at, Response.id)
    ).all()
    meanings = meanings_of(session, [row[0] for row in rows])
    for response_id, text, language, sentiment in rows:
        yield Corrected(
            str(text), language, Sentiment(sentiment) if sentiment else None, meanings[response_id]
        )


def count_corrections(session: OrganisationSession) -> dict[str, int]:
    """How often each label was taken away or given by people: `was` and `became` of every correction."""
    counts: dict[str, int] = {}
    for part, was, became in session.execute(select(Correction.part, Correction.was, Correction.became)):
        for label in _changed(part, was, became):
            counts[label] = counts.get(label, 0) + 1
    return counts


def corrected_count(session: OrganisationSession) -> int:
    """On how many comments a person has the last word."""
    human = Classification.source == Source.HUMAN
    return session.scalar(select(func.count()).select_from(Classification).where(human)) or 0


def _changed(part: str, was: Mapping[str, Any], became: Mapping[str, Any]) -> Iterator[str]:
    """The labels that a correction touched: `topic:queue`, or the wrong one of `sentiment:negative`."""
    if part == Part.SENTIMENT:
        yield f"sentiment:{was['sentiment']}"
        return
    for topic in {*was, *became}:
        if was.get(topic) != became.get(topic):
            yield f"topic:{topic}"


def _get_given(session: OrganisationSession, response_id: UUID) -> Classification:
    lock_responses(session, [response_id])
    row = session.scalar(locking(select(Classification).where(Classification.response_id == response_id)))
    if row is None or not row.is_given:
        raise Conflict("not_read_yet")
    return row


@dataclass(frozen=True, slots=True)
class _Change:
    """What is corrected: before and after."""

    part: Part
    was: dict[str, Any]
    became: dict[str, Any]


def _keep(
    session: OrganisationSession, row: Classification, change: _Change, member_id: UUID, *, now: datetime
) -> None:
    session.add(
        Correction(
            response_id=row.response_id,
            membership_id=member_id,
            at=now,
            part=change.part,
            was=change.was,
            became=change.became,
            model_version=row.model_version,
        )
    )
    row.source = Source.HUMAN


def _tell(session: OrganisationSession, row: Classification, *, now: datetime) -> None:
    """Whoever follows verdicts hears of this one; a comment that is negative after all opens its alert."""
    session.flush()
    record(
        session,
        EventName.RESPONSE_CLASSIFIED,
        row.response_id,
        at=now,
        sentiment=row.sentiment,
        is_complaint=row.sentiment == Sentiment.NEGATIVE,
        **meaning_of(session, row.response_id).in_short(),
    )


def _in_short(topics: Mapping[Topic, Polarity]) -> dict[str, int]:
    return {str(topic): int(polarity) for topic, polarity in topics.items()}
