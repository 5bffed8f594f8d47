"""Which words decided: promised with a verdict, worked out when no comment waits for its own."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import delete, select

from app.classification.labels import meanings_of
from app.classification.models import Classification, Explanation
from app.classification.rules import Classifier
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
from app.ids import OrganisationId
from app.responses.models import Response

log = structlog.get_logger()
LEASE = timedelta(seconds=60)
RETRY = timedelta(minutes=5)
MOST_ATTEMPTS = 3
Marks = Mapping[str, Sequence[tuple[int, int]]]


def promise_explanation(session: OrganisationSession, response_id: UUID, *, now: datetime) -> None:
    """On a model's verdict: the words that decided are to be found, anew for a new verdict."""
    key = ["organisation_id", "response_id"]
    if insert_once(session, Explanation, key, response_id=response_id, due_at=now):
        return
    row = session.scalar(locking(select(Explanation).where(Explanation.response_id == response_id)))
    if row:
        row.due_at, row.attempts, row.marks, row.lease_until = now, 0, {}, None
        row.lease_no += 1


def drop_explanation(session: OrganisationSession, response_id: UUID) -> None:
    """The words that decided are those of another verdict, or of another comment."""
    session.execute(delete(Explanation).where(Explanation.response_id == response_id))


def find_marks(session: OrganisationSession, response_id: UUID) -> Marks:
    """The stretches of a comment that decided, by label; none while they are being looked for."""
    row = session.scalar(select(Explanation).where(Explanation.response_id == response_id))
    return (
        {label: [(start, end) for start, end in found] for label, found in row.marks.items()} if row else {}
    )


def explain_pending(classifier: Classifier | None, *, now: datetime, limit: int = 8) -> int:
    """Explain up to `limit` verdicts of any organisation; how many were taken. Without a model, none."""
    if classifier is None:
        return 0
    with transaction_across() as session:
        claims = claim(session, Explanation, now=now, lease=LEASE, limit=limit)
    for organisation_id, own in by_organisation(claims).items():
        try:
            _explain(organisation_id, own, classifier, now=now)
        except Exception as error:  # noqa: BLE001 - one chain's trouble must not cost the others their words
            log.error("explaining_failed", organisation=str(organisation_id), error=type(error).__name__)
    return len(claims)


def _explain(
    organisation_id: OrganisationId, claims: list[Claim], classifier: Classifier, *, now: datetime
) -> None:
    # As with verdicts, the model runs between two sessions.
    with reading(organisation_id) as session:
        # A comment in whose company the attempts ended without a word may be what ends them.
        asked = _asked(session, [claimed for claimed in claims if claimed.attempts <= MOST_ATTEMPTS])
    found = {claim_id: _marks(classifier, text, labels) for claim_id, (text, labels) in asked.items()}
    with transaction(organisation_id) as session:
        for claimed in claims:
            row = session.scalar(locking(select(Explanation).where(holds(Explanation, claimed))))
            if row:
                _store(row, found.get(claimed.id, {}), classifier.version, claimed, now=now)


def _store(row: Explanation, marks: Marks | None, version: str, claimed: Claim, *, now: datetime) -> None:
    """Keep what was found. What cannot be explained is left alone after three attempts."""
    row.lease_until = None
    if marks is None and claimed.attempts < MOST_ATTEMPTS:
        row.due_at = now + RETRY
        return
    row.due_at, row.model_version = None, version
    row.marks = {label: [list(stretch) for stretch in found] for label, found in (marks or {}).items()}


def _asked(session: OrganisationSession, claims: Sequence[Claim]) -> dict[UUID, tuple[str, list[str]]]:
    """For each claim the comment and its labels, as the model names them."""
    rows = session.execute(
        select(Explanation.id, Response.id, Response.comment, Classification.sentiment)
        .join(Response, Response.id == Explanation.response_id)
        .join(Classification, Classification.response_id == Response.id)
        .where(Explanation.id.in_([claimed.id for claimed in claims]))
    ).all()
    meanings = meanings_of(session, [row[1] for row in rows])
    return {
        own_id: (
            comment,
            [
                f"sentiment:{sentiment}",
                *(f"topic:{one.topic}" for one in meanings[response_id].topics),
                *(f"flag:{one.flag}" for one in meanings[response_id].flags),
            ],
        )
        for own_id, response_id, comment, sentiment in rows
        if comment and sentiment
    }


def _marks(classifier: Classifier, text: str, labels: Sequence[str]) -> Marks | None:
    try:
        return classifier.explain(text, labels)
    except Exception as error:  # noqa: BLE001 - a model may fail in any way; the verdict stands without its words
        log.error("explaining_failed", error=type(error).__name__)
        return None
