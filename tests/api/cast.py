"""What the tests of the API start from: a key, and verdicts."""

from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from app.accounts.actions import create_api_key
from app.classification.actions import judge_pending
from app.db import transaction
from tests.fakes import FakeClassifier
from tests.make import NOON, Chain


def classify_all(now: datetime = NOON + timedelta(seconds=10)) -> None:
    """Let the fake judge every comment."""
    while judge_pending(FakeClassifier(), now=now):
        pass


def new_api_key(chain: Chain) -> str:
    """A live key of the chain."""
    with transaction(chain.organisation_id) as session:
        return create_api_key(session, "Tests", now=NOON)


def ask(app: Flask, key: str, path: str) -> tuple[int, Any]:
    """What the API answers to the key: the status and the document."""
    reply = app.test_client().get(f"/api/v1{path}", headers={"Authorization": f"Bearer {key}"})
    return reply.status_code, reply.get_json()
