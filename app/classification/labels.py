"""Topics and flags of comments as rows: written with a verdict, read for lists."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from app.classification.models import CommentFlag, CommentTopic
from app.classification.rules import Flag, Polarity, SaidFlag, SaidTopic, Topic
from app.db import OrganisationSession, insert_rows


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a comment talks about, and the signs in it, the likeliest first."""

    topics: tuple[SaidTopic, ...] = ()
    flags: tuple[SaidFlag, ...] = ()

    def in_short(self) -> dict[str, Any]:
        """As an event carries it: topics with their polarity, and flags."""
        return {
            "topics": {str(one.topic): int(one.polarity) for one in self.topics},
            "flags": [str(one.flag) for one in self.flags],
        }


def store_meaning(session: OrganisationSession, response_id: UUID, meaning: Meaning) -> None:
    """Make these the labels of a comment, in place of those it had."""
    store_topics(session, response_id, meaning.topics)
    session.execute(delete(CommentFlag).where(CommentFlag.response_id == response_id))
    flags: list[dict[str, object]] = [
        {
            "response_id": response_id,
            "flag": one.flag,
            "score": round(one.chance, 4),
            "is_certain": one.is_certain,
        }
        for one in meaning.flags
    ]
    insert_rows(session, CommentFlag, flags)


def store_topics(session: OrganisationSession, response_id: UUID, topics: Iterable[SaidTopic]) -> None:
    """Make these the topics of a comment."""
    session.execute(delete(CommentTopic).where(CommentTopic.response_id == response_id))
    rows: list[dict[str, object]] = [
        {
            "response_id": response_id,
            "topic": one.topic,
            "polarity": int(one.polarity),
            "score": round(one.chance, 4),
        }
        for one in topics
    ]
    insert_rows(session, CommentTopic, rows)


def meanings_of(session: OrganisationSession, response_ids: Iterable[UUID]) -> dict[UUID, Meaning]:
    """The labels of many comments, in two statements; every id has an entry."""
    wanted = list(response_ids)
    topics: dict[UUID, list[SaidTopic]] = defaultdict(list)
    flags: dict[UUID, list[SaidFlag]] = defaultdict(list)
    said = select(CommentTopic).where(CommentTopic.response_id.in_(wanted))
    for topic in session.scalars(said.order_by(CommentTopic.score.desc(), CommentTopic.topic)):
        one = SaidTopic(Topic(topic.topic), Polarity(topic.polarity), topic.score)
        topics[topic.response_id].append(one)
    signs = select(CommentFlag).where(CommentFlag.response_id.in_(wanted))
    for flag in session.scalars(signs.order_by(CommentFlag.score.desc(), CommentFlag.flag)):
        flags[flag.response_id].append(SaidFlag(Flag(flag.flag), flag.score, flag.is_certain))
    return {it: Meaning(tuple(topics[it]), tuple(flags[it])) for it in wanted}


def meaning_of(session: OrganisationSession, response_id: UUID) -> Meaning:
    """The labels of one comment."""
    return meanings_of(session, [response_id])[response_id]
