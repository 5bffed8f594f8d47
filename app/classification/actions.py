"""Asking for a verdict on a comment, and giving it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select, update

from app.classification.fallback import FALLBACK_VERSION, judge_by_words
from app.classification.models import Classification
from app.classification.rules import Classifier, Judgement, Source
from app.db import Claim, OrganisationSession, transaction_across, claim, holds, insert_once, transaction
from app.events import Event, EventName, record
from app.ids import OrganisationId
from app.responses.models import Response
from app.responses.queries import get_response

log = structlog.get_logger()
LEASE = timedelta(seconds=60)
RETRY = timedelta(seconds=20)
MOST_ATTEMPTS = 5
PATIENCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided, and by whom. No judgement means that there was nothing to judge."""

    judgement: Judgement | None
    source: Source
    version: str


def request_classification(session: OrganisationSession, event: Event) -> None:
    """On `response.completed`: a comment gets a row that promises its verdict; a changed one, a new promise."""
    response = get_response(session, event.subject_id)
    if response.comment is None:
        return
    made = insert_once(
        session,
        Classification,
        ["organisation_id", "response_id"],
        response_id=response.id,
        requested_at=event.at,
        due_at=event.at,
    )
    if made is None:
        _ask_again(session, response.id, now=event.at)


def judge_pending(classifier: Classifier | None, *, now: datetime, limit: int = 32) -> int:
    """Judge up to `limit` comments that wait for it, of any organisation; how many were taken.

    Comments that no model has judged after 5 attempts or 10 minutes are decided by the word list.
    """
    with transaction_across() as session:
        claims = claim(session, Classification, now=now, lease=LEASE, limit=limit)
    by_organisation: dict[OrganisationId, list[Claim]] = defaultdict(list)
    for claimed in claims:
        by_organisation[claimed.organisation_id].append(claimed)
    for organisation_id, own in by_organisation.items():
        _judge(organisation_id, own, classifier, now=now)
    return len(claims)


def _judge(
    organisation_id: OrganisationId, claims: list[Claim], classifier: Classifier | None, *, now: datetime
) -> None:
    # The model runs between two transactions: nobody waits for a lock meanwhile.
    with transaction(organisation_id) as session:
        comments = [(claimed, *_comment(session, claimed)) for claimed in claims]
    judgements = _ask(classifier, [text for _, text, _ in comments])
    with transaction(organisation_id) as session:
        for place, (claimed, text, rating) in enumerate(comments):
            row = session.scalar(select(Classification).where(holds(Classification, claimed)))
            if row is None:
                continue
            if classifier and judgements:
                verdict = Verdict(judgements[place], Source.MODEL, classifier.version)
            else:
                verdict = _verdict_without_model(row, text, rating, now=now)
            give_verdict(session, row, verdict, now=now)


def _comment(session: OrganisationSession, claimed: Claim) -> tuple[str, int]:
    """The text to judge (empty when it was taken away meanwhile) and the rating beside it."""
    row = session.execute(
        select(Response.comment, Response.rating)
        .join(Classification, Classification.response_id == Response.id)
        .where(Classification.id == claimed.id)
    ).one()
    return row.comment or "", row.rating


def _ask(classifier: Classifier | None, texts: Sequence[str]) -> list[Judgement | None] | None:
    """The model's judgements, or ``None`` when there is no model or it failed."""
    if classifier is None:
        return None
    try:
        return classifier.classify(texts)
    except Exception as error:  # a model may fail in any way; the word list decides in time
        log.error("classifier_failed", error=type(error).__name__, count=len(texts))
        return None


def _verdict_without_model(
    row: Classification, text: str, rating: int, *, now: datetime
) -> Verdict | None:
    """``None`` while there is still time for the model, then the word list's."""
    if row.attempts < MOST_ATTEMPTS and now - row.requested_at < PATIENCE:
        return None
    return Verdict(judge_by_words(text, rating), Source.FALLBACK, FALLBACK_VERSION)


def give_verdict(
    session: OrganisationSession, row: Classification, verdict: Verdict | None, *, now: datetime
) -> None:
    """Store a verdict on a comment, or ask for another attempt when there is none."""
    row.lease_until = None
    if verdict is None:
        row.due_at = now + RETRY
        return
    row.due_at = None
    row.classified_at = now
    row.source, row.model_version = verdict.source, verdict.version
    if verdict.judgement:
        row.sentiment = verdict.judgement.sentiment
        row.scores = {word: round(score, 4) for word, score in verdict.judgement.scores.items()}
    record(session, EventName.RESPONSE_CLASSIFIED, row.response_id, at=now, sentiment=row.sentiment)


def _ask_again(session: OrganisationSession, response_id: UUID, *, now: datetime) -> None:
    session.execute(
        update(Classification)
        .where(Classification.response_id == response_id)
        .values(requested_at=now, due_at=now, attempts=0, lease_until=None, sentiment=None, scores={})
        .values(lease_no=Classification.lease_no + 1)
    )
