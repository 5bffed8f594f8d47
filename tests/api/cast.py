"""What the tests of the API start from: a key, and responses stored through the one door."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from app.accounts.actions import create_api_key
from app.classification.actions import judge_pending
from app.classification.rules import Judgement, Sentiment
from app.contacts.actions import Keeping
from app.db import transaction
from app.ids import new_key
from app.responses.actions import Completion, ResponseDraft, complete_response, record_response
from app.responses.rules import Channel
from app.touchpoints.doors import find_door
from tests.make import SECRET
from tests.make import NOON, Chain


class Grumbler:
    """A classifier that finds "bad" negative and everything else positive."""

    version = "grumbler-1"

    def classify(self, texts: Sequence[str]) -> list[Judgement | None]:
        """Judge by one word."""
        return [self._judge("bad" in text) for text in texts]

    def _judge(self, is_bad: bool) -> Judgement:
        sentiment = Sentiment.NEGATIVE if is_bad else Sentiment.POSITIVE
        scores = {word: 0.8 if word is sentiment else 0.1 for word in Sentiment}
        return Judgement(sentiment, scores)


def answer(
    chain: Chain, rating: int, comment: str | None = None, *, now: datetime = NOON, other: bool = False
) -> str:
    """A shopper answers at the first store (or the other one); the response's key."""
    key = new_key()
    draft = _draft(chain.other_code if other else chain.code, key, rating)
    with transaction(chain.organisation_id) as session:
        record_response(session, draft, now=now)
        if comment:
            completion = Completion(comment, None)
            complete_response(session, key, completion, Keeping(SECRET, 90), now=now + timedelta(seconds=5))
    return key


def classify_all(now: datetime = NOON + timedelta(seconds=10)) -> None:
    """Let the grumbler judge every comment."""
    while judge_pending(Grumbler(), now=now):
        pass


def new_api_key(chain: Chain) -> str:
    """A live key of the chain."""
    with transaction(chain.organisation_id) as session:
        return create_api_key(session, "Tests", now=NOON)


def ask(app: Flask, key: str, path: str) -> tuple[int, Any]:
    """What the API answers to the key: the status and the document."""
    reply = app.test_client().get(f"/api/v1{path}", headers={"Authorization": f"Bearer {key}"})
    return reply.status_code, reply.get_json()


def _draft(code: str, key: str, rating: int) -> ResponseDraft:
    door = find_door(code)
    assert door is not None
    return ResponseDraft(
        key=key,
        store_id=door.store_id,
        touchpoint_id=door.touchpoint_id,
        survey_version_id=door.survey_version_id,
        channel=Channel.QR,
        language="uk",
        rating=rating,
    )
