"""The relay tells workers what happened; when they cannot be told, the work is done where the relay runs."""

from collections.abc import Iterator

import pytest
from flask import Flask
from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from app.alerts.actions import fire_due_timers
from app.classification.models import Classification
from app.events import Event
from app.flow import FLOW, JUDGE, NOTIFY
from app.notifications.models import Notification
from app.printing.models import PrintRun
from tests.fakes import FakeClassifier, Hands
from tests.make import NOON, Chain, make_response, order_print_run, rows_of
from worker import jobs
from worker.hurry import Hurry
from worker.queues import BULK, CLASSIFY, JOB_SECONDS, NOTIFICATIONS, QUEUE_OF, QUEUES, WEBHOOKS
from worker.relay import relay


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    """A real Redis, emptied."""
    client = Redis.from_url(redis_url)
    client.flushall()
    yield client
    client.flushall()
    client.close()


@pytest.fixture
def classifier(monkeypatch: pytest.MonkeyPatch) -> FakeClassifier:
    """The model of every job in this process."""
    fake = FakeClassifier()
    monkeypatch.setattr(jobs, "current_classifier", lambda: fake)
    return fake


def waiting(redis: Redis, queue: str) -> list[str]:
    """The ids of the jobs that wait in a queue."""
    return Queue(queue, connection=redis, serializer=JSONSerializer).job_ids


def comment(chain: Chain) -> None:
    """A shopper comments on a bad visit."""
    make_response(chain, 2, comment="bad queue")


def test_every_job_of_the_flow_has_a_queue_and_a_function() -> None:
    named = {job for reaction in FLOW.values() for job in reaction.later}
    assert named == set(QUEUE_OF) == set(jobs.JOBS)
    assert set(QUEUES) == set(JOB_SECONDS) == {BULK, CLASSIFY, NOTIFICATIONS, WEBHOOKS}
    for job in named:
        assert callable(getattr(jobs, job))


def test_the_relay_tells_jobs_and_marks_the_events(
    chain: Chain, redis: Redis, redis_url: str, hands: Hands
) -> None:
    comment(chain)
    fire_due_timers(now=NOON)
    assert relay(Hurry(redis_url)) == 2
    assert len(waiting(redis, CLASSIFY)) == len(waiting(redis, NOTIFICATIONS)) == 1
    assert relay(Hurry(redis_url)) == 0
    assert all(event.dispatched_at for event in rows_of(chain, Event))


def test_many_events_are_one_job(chain: Chain, redis: Redis, redis_url: str, hands: Hands) -> None:
    for _ in range(5):
        comment(chain)
    relay(Hurry(redis_url))
    assert len(waiting(redis, CLASSIFY)) == 1


def test_a_repeated_mark_queues_a_job_once(app: Flask, redis: Redis, redis_url: str) -> None:
    for _ in range(3):
        Hurry(redis_url).tell([JUDGE], mark="same")
    Hurry(redis_url).tell([JUDGE], mark="other")
    assert len(waiting(redis, CLASSIFY)) == 2


def test_without_workers_the_queue_does_not_grow_for_ever(app: Flask, redis: Redis, redis_url: str) -> None:
    for number in range(130):
        Hurry(redis_url).tell([JUDGE], mark=str(number))
    assert len(waiting(redis, CLASSIFY)) == 100


@pytest.mark.usefixtures("hands")
def test_a_worker_runs_what_was_told(
    chain: Chain, redis: Redis, redis_url: str, classifier: FakeClassifier
) -> None:
    comment(chain)
    relay(Hurry(redis_url))
    queue = Queue(CLASSIFY, connection=redis, serializer=JSONSerializer)
    SimpleWorker([queue], connection=redis, serializer=JSONSerializer).work(
        burst=True, logging_level="WARNING"
    )
    assert rows_of(chain, Classification)[0].sentiment == "negative"
    assert redis.keys("rq:job:*") == []


@pytest.mark.parametrize("address", [None, "unix:///nowhere/redis.sock"])
def test_without_redis_jobs_run_where_the_relay_runs(
    chain: Chain, classifier: FakeClassifier, hands: Hands, address: str | None
) -> None:
    comment(chain)
    fire_due_timers(now=NOON)
    relay(Hurry(address))
    assert rows_of(chain, Classification)[0].sentiment == "negative"
    assert {row.state for row in rows_of(chain, Notification)} == {"sent"}


def test_a_job_that_fails_here_stops_no_other(
    chain: Chain, classifier: FakeClassifier, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(jobs.JOBS, JUDGE, lambda: 1 / 0)
    comment(chain)
    fire_due_timers(now=NOON)
    relay(Hurry(None))
    assert {row.state for row in rows_of(chain, Notification)} == {"sent"}


def test_every_job_run_twice_changes_nothing(chain: Chain, classifier: FakeClassifier, hands: Hands) -> None:
    comment(chain)
    fire_due_timers(now=NOON)
    order_print_run(chain)
    for job in jobs.JOBS.values():
        job()
    before = (
        [(row.sentiment, row.attempts) for row in rows_of(chain, Classification)],
        [(row.state, row.attempts, row.sent_at) for row in rows_of(chain, Notification)],
        [(row.state, row.attempts, row.expires_at) for row in rows_of(chain, PrintRun)],
        len(rows_of(chain, Event)),
    )
    for job in jobs.JOBS.values():
        job()
    assert before == (
        [(row.sentiment, row.attempts) for row in rows_of(chain, Classification)],
        [(row.state, row.attempts, row.sent_at) for row in rows_of(chain, Notification)],
        [(row.state, row.attempts, row.expires_at) for row in rows_of(chain, PrintRun)],
        len(rows_of(chain, Event)),
    )
    assert classifier.calls == [["bad queue"]]


def test_a_job_ends_in_time_and_leaves_the_rest_to_the_next(hands: Hands) -> None:
    """RQ would cut it off in the middle of a message, which would then be sent twice."""
    rounds = []

    def endless() -> int:
        rounds.append(hands.at)
        hands.move(seconds=10)
        return 1

    jobs._until_none_is_left(endless)
    assert len(rounds) == 3
    assert jobs.LONGEST.total_seconds() < min(JOB_SECONDS.values())


def test_notifications_wait_in_the_queue_of_their_kind() -> None:
    assert QUEUE_OF[NOTIFY] == NOTIFICATIONS
