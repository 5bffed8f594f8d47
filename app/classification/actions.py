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
from app.db import (
    Claim,
    OrganisationSession,
    claim,
    holds,
    insert_once,
    locking,
    reading,
    transaction,
    transaction_across,
)
from app.events import Event, EventName, record
from app.ids import OrganisationId
from app.responses.models import Response
from app.responses.queries import get_response, lock_responses

log = structlog.get_logger()
LEASE = timedelta(seconds=30)
RETRY = timedelta(seconds=20)
MOST_ATTEMPTS = 5
PATIENCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided, and by whom. No judgement means that there was nothing to judge."""

    judgement: Judgement | None
    source: Source
    version: str


@dataclass(frozen=True, slots=True)
class _Pending:
    """A claimed comment: its text (empty when it was taken away meanwhile) and the rating beside it."""

    claimed: Claim
    response_id: UUID
    requested_at: datetime
    text: str
    rating: int


def request_classification(session: OrganisationSession, event: Event) -> None:
    """On `response.completed`: a comment gets a row that promises its verdict, a changed one anew."""
    if not event.data["has_new_comment"]:
        return
    response = get_response(session, event.subject_id)
    is_first = response.comment is not None and insert_once(
        session,
        Classification,
        ["organisation_id", "response_id"],
        response_id=response.id,
        requested_at=event.at,
        due_at=event.at,
    )
    if not is_first:
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
        try:
            _judge(organisation_id, own, classifier, now=now)
        except Exception as error:  # noqa: BLE001 - one chain's trouble must not cost the others their verdicts
            log.error("judging_failed", organisation=str(organisation_id), error=type(error).__name__)
    return len(claims)


def _judge(
    organisation_id: OrganisationId, claims: list[Claim], classifier: Classifier | None, *, now: datetime
) -> None:
    # The model runs between two sessions: nobody waits for a lock meanwhile.
    with reading(organisation_id) as session:
        pending = _pending(session, claims)
    verdicts = _verdicts(classifier, pending, now=now)
    with transaction(organisation_id) as session:
        lock_responses(session, [one.response_id for one in pending])
        for one, verdict in zip(pending, verdicts, strict=True):
            _store(session, one, verdict, now=now)


def _pending(session: OrganisationSession, claims: list[Claim]) -> list[_Pending]:
    rows = session.execute(
        select(Classification.id, Response.id, Classification.requested_at, Response.comment, Response.rating)
        .join(Response, Response.id == Classification.response_id)
        .where(Classification.id.in_([claimed.id for claimed in claims]))
    )
    found = {row[0]: row for row in rows}
    return [
        _Pending(claimed, response_id, requested_at, comment or "", rating)
        for claimed in claims
        if claimed.id in found
        for _, response_id, requested_at, comment, rating in [found[claimed.id]]
    ]


def _verdicts(
    classifier: Classifier | None, pending: list[_Pending], *, now: datetime
) -> list[Verdict | None]:
    """The model's verdicts, the word list's where none came in time, ``None`` while it still may."""
    # A comment in whose company five attempts ended without a word may be what ends them.
    asked = [one for one in pending if one.claimed.attempts <= MOST_ATTEMPTS]
    answers = _ask(classifier, [one.text for one in asked])
    judged = {one.claimed.id: verdict for one, verdict in zip(asked, answers, strict=True)}
    return [judged.get(one.claimed.id) or _without_model(one, now=now) for one in pending]


def _ask(classifier: Classifier | None, texts: Sequence[str]) -> list[Verdict | None]:
    """The model's verdict on each text, ``None`` where it fails: then each is tried alone."""
    if classifier is None or not texts:
        return [None] * len(texts)
    try:
        judgements = classifier.classify(texts)
        pairs = zip(judgements, texts, strict=True)
        return [Verdict(judgement, Source.MODEL, classifier.version) for judgement, _ in pairs]
    except Exception as error:  # noqa: BLE001 - a model may fail in any way; the word list decides in time
        log.error("classifier_failed", error=type(error).__name__, count=len(texts))
    if len(texts) == 1:
        return [None]
    return [verdict for text in texts for verdict in _ask(classifier, [text])]


def _without_model(one: _Pending, *, now: datetime) -> Verdict | None:
    if one.claimed.attempts < MOST_ATTEMPTS and now - one.requested_at < PATIENCE:
        return None
    return Verdict(judge_by_words(one.text, one.rating), Source.FALLBACK, FALLBACK_VERSION)


def _store(session: OrganisationSession, one: _Pending, verdict: Verdict | None, *, now: datetime) -> None:
    """Give the verdict, unless the comment was claimed or changed since; what fails is tried again."""
    row = session.scalar(locking(select(Classification).where(holds(Classification, one.claimed))))
    if row is None:
        return
    try:
        with session.begin_nested():
            give_verdict(session, row, verdict, now=now)
    except Exception as error:  # noqa: BLE001 - one comment must not cost the others their verdicts
        log.error("verdict_failed", classification=str(one.claimed.id), error=type(error).__name__)
        give_verdict(session, row, None, now=now)


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
        .values(requested_at=now, due_at=now, attempts=0, lease_until=None)
        .values(sentiment=None, scores={}, source=None, model_version=None, classified_at=None)
        .values(lease_no=Classification.lease_no + 1)
    )
