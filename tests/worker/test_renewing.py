"""A new model reads again what others have read, only when nothing waits and not all at once."""

from datetime import timedelta

import pytest

from app import clock
from app.classification.actions import judge_pending
from app.classification.models import Classification, Explanation
from tests.fakes import FakeClassifier
from tests.make import NOON, Chain, make_response, rows_of
from worker import jobs
from worker.renewing import AGAIN_AFTER, AT_ONCE, _Renewals


class Newer(FakeClassifier):
    """The next version."""

    version = "fake-2"


def read(chain: Chain, count: int) -> None:
    """So many comments, read by the first model."""
    for number in range(count):
        make_response(chain, 9, comment=f"good {number}")
    while judge_pending(FakeClassifier(), now=NOON):
        pass


def test_some_at_a_time_until_none_is_left(chain: Chain) -> None:
    read(chain, AT_ONCE + 3)
    renewals = _Renewals()
    assert renewals.renew(Newer(), now=NOON) == AT_ONCE
    while judge_pending(Newer(), now=NOON):
        pass
    assert renewals.renew(Newer(), now=NOON) == 3


def test_after_the_last_one_nobody_looks_for_a_while(chain: Chain) -> None:
    renewals = _Renewals()
    assert renewals.renew(Newer(), now=NOON) == 0
    read(chain, 1)
    assert renewals.renew(Newer(), now=NOON + timedelta(minutes=1)) == 0
    assert renewals.renew(Newer(), now=NOON + AGAIN_AFTER) == 1


def test_without_a_model_nothing_is_promised(chain: Chain) -> None:
    read(chain, 1)
    assert _Renewals().renew(None, now=NOON) == 0


def test_the_jobs_read_what_waits_then_again_and_then_explain(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(chain, 2)
    make_response(chain, 9, comment="bad queue")
    monkeypatch.setattr(jobs, "current_classifier", Newer)
    monkeypatch.setattr(jobs, "renew", _Renewals().renew)
    monkeypatch.setattr(clock, "now", lambda: NOON)
    jobs.judge_pending_comments()
    assert {row.model_version for row in rows_of(chain, Classification)} == {"fake-2"}
    jobs.explain_verdicts()
    assert all(row.due_at is None for row in rows_of(chain, Explanation))
    assert any(row.marks for row in rows_of(chain, Explanation))
