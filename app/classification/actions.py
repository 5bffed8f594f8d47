"""Asking for a verdict on a comment, and giving it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select, tuple_, update

from app.classification.explaining import drop_explanation, promise_explanation
from app.classification.fallback import FALLBACK_VERSION, judge_by_words
from app.classification.labels import Meaning, store_meaning
from app.classification.language import language_of
from app.classification.models import Classification
from app.classification.rules import (
    Classifier,
    Judgement,
    Source,
    Thresholds,
    counts_as_negative,
    said_flags,
    said_topics,
)
from app.db import (
    Claim,
    OrganisationSession,
    by_organisation,
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
    thresholds: Thresholds = field(default_factory=Thresholds)

    @property
    def meaning(self) -> Meaning:
        """The topics and flags that count as said."""
        if self.judgement is None:
            return Meaning()
        found = self.judgement
        return Meaning(said_topics(found, self.thresholds), said_flags(found, self.thresholds))


@dataclass(frozen=True, slots=True)
class _Pending:
    """A claimed comment: its text (empty when it was taken away meanwhile) and the rating beside it."""

    claimed: Claim
    response_id: UUID
    requested_at: datetime
    text: str
    rating: int
    is_renewal: bool


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
    for organisation_id, own in by_organisation(claims).items():
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
            _store(session, one, verdict, asked=classifier.version if classifier else None, now=now)


def _pending(session: OrganisationSession, claims: list[Claim]) -> list[_Pending]:
    rows = session.execute(
        select(
            *(Classification.id, Response.id, Classification.requested_at),
            *(Response.comment, Response.rating, Classification.classified_at),
        )
        .join(Response, Response.id == Classification.response_id)
        .where(Classification.id.in_([claimed.id for claimed in claims]))
    )
    found = {row[0]: row for row in rows}
    return [
        _Pending(claimed, response_id, requested_at, comment or "", rating, given_at is not None)
        for claimed in claims
        if claimed.id in found
        for _, response_id, requested_at, comment, rating, given_at in [found[claimed.id]]
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
        return [
            Verdict(judgement, Source.MODEL, classifier.version, classifier.thresholds)
            for judgement, _ in pairs
        ]
    except Exception as error:  # noqa: BLE001 - a model may fail in any way; the word list decides in time
        log.error("classifier_failed", error=type(error).__name__, count=len(texts))
    if len(texts) == 1:
        return [None]
    return [verdict for text in texts for verdict in _ask(classifier, [text])]


def _without_model(one: _Pending, *, now: datetime) -> Verdict | None:
    """The word list's verdict once there was no other in time; a verdict that stands is not made worse."""
    if one.is_renewal or not _is_over(one, now=now):
        return None
    return Verdict(judge_by_words(one.text, one.rating), Source.FALLBACK, FALLBACK_VERSION)


def _is_over(one: _Pending, *, now: datetime) -> bool:
    return one.claimed.attempts >= MOST_ATTEMPTS or now - one.requested_at >= PATIENCE


def _store(
    session: OrganisationSession, one: _Pending, verdict: Verdict | None, *, asked: str | None, now: datetime
) -> None:
    """Give the verdict, unless the comment was claimed or changed since; what fails is tried again."""
    row = session.scalar(locking(select(Classification).where(holds(Classification, one.claimed))))
    if row is None:
        return
    row.lease_until = None
    row.asked_version = asked or row.asked_version
    try:
        with session.begin_nested():
            _give(session, row, one, verdict, now=now)
    except Exception as error:  # noqa: BLE001 - one comment must not cost the others their verdicts
        log.error("verdict_failed", classification=str(one.claimed.id), error=type(error).__name__)
        row.due_at = now + RETRY


def _give(
    session: OrganisationSession,
    row: Classification,
    one: _Pending,
    verdict: Verdict | None,
    *,
    now: datetime,
) -> None:
    """Give the verdict for the first time, or anew."""
    if one.is_renewal:
        renew_verdict(session, row, verdict, one.text, is_over=_is_over(one, now=now), now=now)
    else:
        give_verdict(session, row, verdict, one.text, now=now)


def give_verdict(
    session: OrganisationSession,
    row: Classification,
    verdict: Verdict | None,
    text: str,
    *,
    now: datetime,
) -> None:
    """Store a verdict on a comment of that text and tell of it, or ask for another attempt without one."""
    if verdict is None:
        row.due_at = now + RETRY
        return
    row.classified_at = now
    meaning = _write(session, row, verdict, text)
    is_complaint = verdict.judgement is not None and counts_as_negative(verdict.judgement, verdict.thresholds)
    record(
        session,
        EventName.RESPONSE_CLASSIFIED,
        row.response_id,
        at=now,
        sentiment=row.sentiment,
        is_complaint=is_complaint,
        **meaning.in_short(),
    )


def renew_verdict(
    session: OrganisationSession,
    row: Classification,
    verdict: Verdict | None,
    text: str,
    *,
    is_over: bool,
    now: datetime,
) -> None:
    """Replace a verdict by a newer model's, unheard. A person's stays; so does one without a new one."""
    if row.source == Source.HUMAN or (verdict is None and is_over):
        row.due_at = None
    elif verdict is None:
        row.due_at = now + RETRY
    else:
        _write(session, row, verdict, text)


def _write(session: OrganisationSession, row: Classification, verdict: Verdict, text: str) -> Meaning:
    row.due_at = None
    row.language = language_of(text, verdict.judgement.language if verdict.judgement else None)
    row.source, row.model_version = verdict.source, verdict.version
    row.sentiment, row.scores, row.confidence = None, {}, None
    if verdict.judgement:
        row.sentiment = verdict.judgement.sentiment
        row.scores = {word: round(score, 4) for word, score in verdict.judgement.scores.items()}
        row.confidence = row.scores[verdict.judgement.sentiment]
    store_meaning(session, row.response_id, verdict.meaning)
    if verdict.source is Source.MODEL and verdict.judgement:
        promise_explanation(session, row.response_id, now=row.requested_at)
    else:
        drop_explanation(session, row.response_id)
    return verdict.meaning


def promise_renewals(version: str, *, now: datetime, limit: int) -> int:
    """Have up to `limit` standing verdicts, of any organisation, given anew by a model not asked yet.

    People's own verdicts stay. How many were promised.
    """
    with transaction_across() as session:
        outdated = (
            select(Classification.organisation_id, Classification.id)
            .where(
                Classification.due_at.is_(None),
                Classification.classified_at.is_not(None),
                Classification.source != Source.HUMAN,
                Classification.sentiment.is_not(None),
                Classification.asked_version.is_distinct_from(version),
            )
            .limit(limit)
        )
        promised = session.execute(
            update(Classification)
            .where(tuple_(Classification.organisation_id, Classification.id).in_(outdated))
            .values(due_at=now, requested_at=now, attempts=0, lease_no=Classification.lease_no + 1)
            .returning(Classification.id)
            .execution_options(synchronize_session=False)
        )
        return len(promised.all())


def _ask_again(session: OrganisationSession, response_id: UUID, *, now: datetime) -> None:
    session.execute(
        update(Classification)
        .where(Classification.response_id == response_id)
        .values(requested_at=now, due_at=now, attempts=0, lease_until=None)
        .values(sentiment=None, scores={}, source=None, model_version=None, classified_at=None)
        .values(language=None, confidence=None)
        .values(lease_no=Classification.lease_no + 1)
    )
    store_meaning(session, response_id, Meaning())
    drop_explanation(session, response_id)
