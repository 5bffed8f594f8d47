"""Webhooks go out side by side: who hangs holds up nobody, and every delivery is sent once."""

import socket
from collections import Counter
from datetime import timedelta
from threading import Event

import pytest
from flask import Flask
from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from app import clock
from app.channels.http import Guard, Limits
from app.flow import DELIVER
from app.webhooks.sending import Room, take_runs
from tests.channels.http import zoo
from tests.channels.http.zoo import LOOPBACK, Receiver, answers
from tests.fakes import Hands
from tests.make import NOON, SECRET, Chain, make_response
from tests.together import together
from tests.webhooks.cast import add_endpoint, deliveries, read
from worker import delivering, jobs, sweep
from worker.delivering import deliver_until
from worker.hurry import Hurry
from worker.queues import JOB_SECONDS, NOTIFICATIONS, WEBHOOKS
from worker.sweep import do_alone, stand_in

SECOND = timedelta(seconds=1)
RECEIVED = ["response.received"]
SLOW = Guard(LOOPBACK, Limits(1.5, 0.5))


def deliver(guard: Guard = SLOW) -> int:
    """One job of the worker."""
    return deliver_until(clock.now() + 30 * SECOND, SECRET, guard)


def test_all_that_is_due_is_delivered(chain: Chain) -> None:
    with Receiver(answers(200)) as receiver:
        add_endpoint(chain, receiver.url, types=RECEIVED)
        for _ in range(30):
            make_response(chain, 9)
        assert deliver() == 30
        assert deliver() == 0
    assert {row.state for row in deliveries(chain)} == {"delivered"}
    assert len({read(raw)[0]["webhook-id"] for raw in receiver.requests}) == 30


def test_endpoints_that_hang_hold_up_no_other(chain: Chain, foreign_chain: Chain) -> None:
    """Twenty endpoints answer only once another one has heard everything: nobody waits for them."""
    released = Event()

    def hangs_until_released(caller: socket.socket) -> None:
        released.wait(20)
        answers(200)(caller)

    def counts(caller: socket.socket) -> None:
        answers(200)(caller)
        if len(healthy.requests) == 5:
            released.set()

    with Receiver(hangs_until_released) as hanging, Receiver(counts) as healthy:
        for _ in range(20):
            add_endpoint(chain, hanging.url, types=RECEIVED)
        add_endpoint(foreign_chain, healthy.url, types=RECEIVED)
        for _ in range(5):
            make_response(chain, 9)
            make_response(foreign_chain, 9)
        assert deliver(Guard(LOOPBACK, Limits(15, 5))) == 105
    assert {row.last_status for row in [*deliveries(chain), *deliveries(foreign_chain)]} == {200}


def test_when_time_is_up_nothing_more_is_taken(chain: Chain) -> None:
    add_endpoint(chain, types=RECEIVED)
    make_response(chain, 9)
    assert deliver_until(clock.now(), SECRET, SLOW) == 0
    assert deliveries(chain)[0].attempts == 0


def test_what_becomes_due_while_others_hang_does_not_wait_for_them(
    chain: Chain, foreign_chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = []
    real = take_runs

    def take(*args: object, **kwargs: object) -> object:
        rounds.append(args)
        if len(rounds) == 3:
            make_response(foreign_chain, 9)
        return real(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(delivering, "take_runs", take)
    with Receiver(zoo.hangs) as hanging, Receiver(answers(200)) as healthy:
        add_endpoint(chain, hanging.url, types=RECEIVED)
        add_endpoint(foreign_chain, healthy.url, types=RECEIVED)
        make_response(chain, 9)
        deliver()
    assert [row.state for row in deliveries(foreign_chain)] == ["delivered"]


def test_several_workers_send_each_once(app: Flask, chain: Chain) -> None:
    with Receiver(answers(200)) as receiver:
        for _ in range(4):
            add_endpoint(chain, receiver.url, types=RECEIVED)
        for _ in range(10):
            make_response(chain, 9)
        ended = together(app, [deliver] * 3)
    assert sum(count for count in ended if isinstance(count, int)) == 40
    heard = Counter(read(raw)[0]["webhook-id"] for raw in receiver.requests)
    assert set(heard.values()) == {4}


def test_the_job_allows_for_what_is_under_way_when_its_time_is_over() -> None:
    assert jobs.LONGEST.total_seconds() + 2 * Limits().total_seconds < JOB_SECONDS[WEBHOOKS]


@pytest.fixture
def run_here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The jobs that the ticker ran itself."""
    ran: list[str] = []
    monkeypatch.setattr(sweep, "run_here", ran.append)
    monkeypatch.setattr("worker.hurry.run_here", ran.append)
    return ran


@pytest.fixture
def promised(chain: Chain) -> Chain:
    """A chain with a delivery that is due at noon."""
    add_endpoint(chain, types=RECEIVED)
    make_response(chain, 9)
    return chain


def test_the_loops_of_alerts_never_wait_for_receivers(promised: Chain, run_here: list[str]) -> None:
    Hurry(None).tell([DELIVER], mark="x")
    stand_in(now=NOON + 60 * SECOND)
    assert run_here == []


def test_without_a_worker_the_ticker_delivers_in_a_loop_of_its_own(
    promised: Chain, run_here: list[str]
) -> None:
    assert do_alone(DELIVER, has_worker=False, now=NOON)
    assert run_here == [DELIVER]


def test_a_worker_gets_ten_seconds(promised: Chain, run_here: list[str]) -> None:
    assert not do_alone(DELIVER, has_worker=True, now=NOON + 9 * SECOND)
    assert do_alone(DELIVER, has_worker=True, now=NOON + 10 * SECOND)


def test_a_worker_that_is_at_work_gets_all_of_it(promised: Chain, run_here: list[str], hands: Hands) -> None:
    make_response(promised, 9)
    make_response(promised, 9)
    take_runs(SECRET, Room(1, 1), now=NOON + 30 * SECOND)
    assert not do_alone(DELIVER, has_worker=True, now=NOON + 60 * SECOND)
    assert do_alone(DELIVER, has_worker=True, now=NOON + 91 * SECOND)


def test_a_worker_is_known_while_it_lives(redis_url: str) -> None:
    client = Redis.from_url(redis_url)
    queue = Queue(WEBHOOKS, connection=client, serializer=JSONSerializer)
    worker = SimpleWorker([queue], connection=client, serializer=JSONSerializer)
    hurry = Hurry(redis_url)
    assert not hurry.has_worker(WEBHOOKS)
    worker.register_birth()  # type: ignore[no-untyped-call]
    assert hurry.has_worker(WEBHOOKS)
    assert not hurry.has_worker(NOTIFICATIONS)
    client.delete(worker.key)  # killed, and its time has run out
    assert not hurry.has_worker(WEBHOOKS)
    client.flushall()
    client.close()
    assert not Hurry("unix:///nowhere/redis.sock").has_worker(WEBHOOKS)
    assert not Hurry(None).has_worker(WEBHOOKS)


def test_nothing_is_done_where_nothing_is_due(chain: Chain, run_here: list[str]) -> None:
    assert not do_alone(DELIVER, has_worker=False, now=NOON)
    assert run_here == []
