"""What the tests of the API start from: a key, and verdicts."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from werkzeug.test import TestResponse

from app.accounts.actions import create_api_key
from app.api.v1.operations.writing import IDEMPOTENCY_HEADER
from app.classification.actions import judge_pending
from app.db import transaction
from app.web.access import Scope
from tests.fakes import FakeClassifier
from tests.make import NOON, Chain


def classify_all(now: datetime = NOON + timedelta(seconds=10)) -> None:
    """Let the fake judge every comment."""
    while judge_pending(FakeClassifier(), now=now):
        pass


def new_api_key(chain: Chain, *scopes: Scope, stores: Sequence[UUID] = ()) -> str:
    """A live key of the chain, good for everything unless told otherwise."""
    with transaction(chain.organisation_id) as session:
        return create_api_key(session, "Tests", now=NOON, scopes=scopes or tuple(Scope), stores=stores)


def ask(app: Flask, key: str, path: str) -> tuple[int, Any]:
    """What the API answers to the key: the status and the document."""
    reply = send(app, key, "GET", path)
    return reply.status_code, reply.get_json()


def write(
    app: Flask, key: str, request: str, body: Any = None, *, name: str | None = None
) -> tuple[int, Any]:
    """What the API answers to a write such as ``POST /stores``, perhaps under an Idempotency-Key."""
    method, path = request.split(" ", 1)
    headers = {IDEMPOTENCY_HEADER: name} if name else {}
    reply = send(app, key, method, path, json=body, headers=headers)
    return reply.status_code, reply.get_json()


def faults(problem: dict[str, Any]) -> list[str]:
    """What a problem document finds wrong, in short: ``rating: out_of_range``."""
    return [f"{fault['path']}: {fault['code']}" for fault in problem["errors"]]


def send(app: Flask, key: str, method: str, path: str, **others: Any) -> TestResponse:
    """The whole answer of the API to the key."""
    headers = {"Authorization": f"Bearer {key}", **others.pop("headers", {})}
    return app.test_client().open(f"/api/v1{path}", method=method, headers=headers, **others)
