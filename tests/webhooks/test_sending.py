"""How deliveries travel: signed, at least once, on a plan; receivers that fail are given up in the end."""

import socket
from datetime import timedelta
from time import sleep
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update

from app import clock
from app.channels.email.models import MailboxMessage
from app.channels.http import Guard, Limits
from app.db import looking_across, transaction
from app.web import metrics
from app.webhooks import marking, sending
from app.webhooks.actions import (
    change_endpoint,
    pause_endpoint,
    remove_endpoint,
    rotate_secret,
    send_due_endpoint_notices,
    send_test_event,
)
from app.webhooks.actions.endpoints import EndpointDraft
from app.webhooks.marking import mark_run
from app.webhooks.models import EndpointNotice, WebhookEndpoint
from app.webhooks.queries import attempts_by_outcome
from app.webhooks.sending import Result, Room, send_parcel, send_run, take_runs
from tests.channels.http import zoo
from tests.channels.http.zoo import Receiver, answers
from tests.make import NOON, SECRET, Chain, make_response, rows_of
from tests.webhooks.cast import (
    ROOM,
    SECOND,
    SOMEBODY,
    add_endpoint,
    attempts,
    deliveries,
    endpoint_of,
    mark,
    only_delivery,
    read,
    send,
    take,
    verified,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DOWN = "http://127.0.0.1:9/hook"
RECEIVED = ["response.received"]


@pytest.fixture(autouse=True)
def no_jitter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chance gives each wait as it is planned."""
    monkeypatch.setattr(marking._chance, "random", lambda: 0.5)


def ready(chain: Chain, url: str = DOWN, *, events: int = 1) -> UUID:
    """An endpoint that waits for so many events."""
    endpoint_id, _ = add_endpoint(chain, url, types=RECEIVED)
    for _ in range(events):
        make_response(chain, 9)
    return endpoint_id


def test_a_receiver_can_verify_what_it_gets(chain: Chain) -> None:
    with Receiver(answers(200)) as receiver:
        _, secret = add_endpoint(chain, receiver.url)
        make_response(chain, 2)
        send(clock.now())
    assert sorted(body["type"] for body in verified(receiver, secret)) == [
        "alert.opened",
        "response.received",
    ]
    headers, body = read(receiver.requests[0])
    assert headers["content-type"] == "application/json"
    assert headers["user-agent"] == "Vidhuk-Webhooks/1"
    assert body.decode() in {row.body for row in deliveries(chain)}


def test_what_was_taken_is_marked_and_not_sent_again(chain: Chain) -> None:
    with Receiver(answers(202, b"thanks")) as receiver:
        ready(chain, receiver.url)
        assert len(send()) == 1
        assert send(NOON + HOUR) == []
    row, (attempt,) = only_delivery(chain), attempts(chain)
    assert (row.state, row.due_at, row.ended_at, row.last_status) == ("delivered", None, NOON, 202)
    assert (attempt.number, attempt.status_code, attempt.reason, attempt.snippet) == (1, 202, None, "thanks")


def test_the_plan_is_followed_with_one_id_and_new_stamps(chain: Chain) -> None:
    with Receiver(answers(500, b"broken")) as receiver:
        ready(chain, receiver.url)
        now, seen = NOON, []
        while (due_at := only_delivery(chain).due_at) is not None:
            seen.append(due_at - now)
            now = due_at
            assert len(send(now)) == 1
    assert [round(wait.total_seconds()) for wait in seen] == [
        *(0, 5, 30, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
    ]
    row = only_delivery(chain)
    assert (row.state, row.attempt_count, row.last_status) == ("failed", 11, 500)
    headers = [read(raw)[0] for raw in receiver.requests]
    assert {header["webhook-id"] for header in headers} == {f"evt_{row.event_id.hex}"}
    assert len({header["webhook-timestamp"] for header in headers}) == 11
    assert len({read(raw)[1] for raw in receiver.requests}) == 1


def test_a_receiver_that_is_down_for_three_days_loses_nothing(chain: Chain) -> None:
    statuses = [503]

    def recovering(caller: socket.socket) -> None:
        answers(statuses[-1])(caller)

    with Receiver(recovering) as receiver:
        ready(chain, receiver.url, events=6)
        now = NOON
        while now < NOON + 96 * HOUR:
            statuses.append(503 if now < NOON + 72 * HOUR else 200)
            send(now)
            due = [row.due_at for row in deliveries(chain) if row.due_at]
            now = max(min(due, default=NOON + 100 * HOUR), now + SECOND)
    assert [row.state for row in deliveries(chain)] == ["delivered"] * 6
    ids = {read(raw)[0]["webhook-id"] for raw in receiver.requests}
    assert len(ids) == 6


@pytest.mark.parametrize("status", [100, 199, 300, 301, 302, 304, 400, 401, 404, 418, 500, 502, 504, 599])
def test_any_other_status_is_a_failure(chain: Chain, status: int) -> None:
    ready(chain)
    (parcel,) = take(NOON)
    mark(Result(parcel, NOON, 0.1, status=status, retry_after="7200"))
    row = only_delivery(chain)
    assert (row.state, row.due_at) == ("pending", NOON + 5 * SECOND)


@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_may_ask_for_time_and_then_hears_nothing(chain: Chain, status: int) -> None:
    with Receiver(answers(status, Retry_After="120")) as receiver:
        ready(chain, receiver.url)
        send()
        make_response(chain, 9)
        assert send(NOON + 119 * SECOND) == []
        assert len(send(NOON + 120 * SECOND)) == 1  # one at a time while it fails
    assert receiver.connects == 2


def test_a_short_wait_does_not_use_up_the_plan(chain: Chain) -> None:
    ready(chain)
    for n, expected in enumerate([5, 30, 300], 1):
        (parcel,) = take(NOON + n * DAY)
        mark(Result(parcel, NOON + n * DAY, 0.1, status=429, retry_after="1"))
        assert only_delivery(chain).due_at == NOON + n * DAY + expected * SECOND


def test_410_disables_the_endpoint_and_the_owner_hears_of_it(chain: Chain) -> None:
    with Receiver(answers(410)) as receiver:
        endpoint_id = ready(chain, receiver.url, events=3)
        send(room=Room(1, 1))
        assert send(NOON + DAY) == []
    endpoint = endpoint_of(chain, endpoint_id)
    assert (endpoint.state, endpoint.disabled_reason, endpoint.disabled_at) == ("disabled", "gone", NOON)
    assert {row.state for row in deliveries(chain)} == {"cancelled"}
    send_due_endpoint_notices("https://v.example", now=NOON)
    (mail,) = rows_of(chain, MailboxMessage)
    assert (mail.recipient, mail.subject) == ("owner@nova.example", "Webhooks to 127.0.0.1 are switched off")
    assert f"https://v.example/settings/webhooks/{endpoint_id}" in mail.body
    assert send_due_endpoint_notices("https://v.example", now=NOON + HOUR) == 0


def test_five_days_of_only_failures_disable_it(chain: Chain) -> None:
    endpoint_id = ready(chain)
    send(NOON)
    assert endpoint_of(chain, endpoint_id).failing_since == NOON
    make_response(chain, 9, now=NOON + 4 * DAY)
    send(NOON + 5 * DAY - SECOND, room=Room(1, 1))
    assert endpoint_of(chain, endpoint_id).is_active
    send(NOON + 5 * DAY + 30 * SECOND)
    endpoint = endpoint_of(chain, endpoint_id)
    assert (endpoint.state, endpoint.disabled_reason) == ("disabled", "failing")
    assert len(rows_of(chain, EndpointNotice)) == 1


def test_one_success_ends_the_count(chain: Chain) -> None:
    endpoint_id = ready(chain)
    for days, status in enumerate([500, 500, 500, 500, 200, 500, 500]):
        now = NOON + days * DAY
        make_response(chain, 9, now=now)
        parcels = take(now, Room(1, 1))
        mark(*(Result(parcel, now, 0.1, status=status) for parcel in parcels[:1]))
    assert endpoint_of(chain, endpoint_id).is_active
    assert endpoint_of(chain, endpoint_id).failing_since == NOON + 5 * DAY


def test_a_mail_about_an_endpoint_that_works_again_is_not_sent(chain: Chain) -> None:
    with Receiver(answers(410)) as receiver:
        ready(chain, receiver.url)
        send()
    with transaction(chain.organisation_id) as session:
        session.execute(update(WebhookEndpoint).values(state="active", disabled_at=None))
    assert send_due_endpoint_notices("https://v.example", now=NOON) == 1
    assert rows_of(chain, MailboxMessage) == []


def test_a_crash_between_sending_and_marking_sends_again_under_the_same_id(chain: Chain) -> None:
    with Receiver(answers(200)) as receiver:
        ready(chain, receiver.url)
        (parcel,) = take(NOON)
        send_parcel(parcel, zoo.AT_HOME, now=NOON)  # and the process dies
        assert send(NOON + 59 * SECOND) == []
        assert len(send(NOON + 61 * SECOND)) == 1
    ids = [read(raw)[0]["webhook-id"] for raw in receiver.requests]
    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert only_delivery(chain).state == "delivered"


def test_whoever_lost_the_lease_marks_nothing(chain: Chain) -> None:
    ready(chain)
    (late,) = take(NOON)
    (current,) = take(NOON + 61 * SECOND)
    mark(Result(late, NOON + 62 * SECOND, 62.0, status=500))
    assert attempts(chain) == []
    mark(Result(current, NOON + 62 * SECOND, 0.1, status=200))
    assert only_delivery(chain).state == "delivered"


def test_two_runs_are_under_way_to_an_endpoint_one_delivery_while_it_fails(chain: Chain) -> None:
    ready(chain, events=5)
    runs = take_runs(SECRET, ROOM, now=NOON)
    assert [len(run) for run in runs] == [3, 2]
    assert take() == []
    for run in runs:
        mark_run(run, [Result(run[0], NOON, 0.1, reason="timeout")], now=NOON)
    assert len(take(NOON + SECOND)) == 1
    assert take(NOON + SECOND) == []


def test_the_oldest_go_first(chain: Chain) -> None:
    ready(chain, events=0)
    for n in range(50, 0, -1):
        make_response(chain, 9, now=NOON - n * SECOND)
    first = take(NOON, Room(1, 1))
    assert len(first) == 20
    order = [row.id for row in deliveries(chain)]
    assert [parcel.claimed.id for parcel in first] == order[:20]


def test_a_run_ends_at_the_first_failure_and_the_rest_is_as_due_as_before(chain: Chain) -> None:
    with Receiver(answers(500)) as receiver:
        ready(chain, receiver.url, events=3)
        (run,) = take_runs(SECRET, Room(1, 1), now=NOON)
        results = send_run(run, zoo.AT_HOME, lambda: NOON)
        mark_run(run, results, now=NOON)
    assert receiver.connects == len(results) == 1
    tried, *rest = deliveries(chain)
    assert tried.due_at == NOON + 5 * SECOND
    assert {(row.due_at, row.attempts, row.lease_until) for row in rest} == {(NOON, 0, None)}


def test_a_run_takes_no_more_once_its_time_is_used_up(chain: Chain) -> None:
    def slowly(caller: socket.socket) -> None:
        sleep(0.3)
        answers(200)(caller)

    with Receiver(slowly) as receiver:
        ready(chain, receiver.url, events=5)
        (run,) = take_runs(SECRET, Room(1, 1), now=NOON)
        results = send_run(run, Guard(zoo.LOOPBACK, Limits(0.5, 0.5)), lambda: NOON)
    assert [result.status for result in results] == [200, 200]


def test_healthy_endpoints_go_first_and_failing_ones_never_take_all_the_room(
    chain: Chain, foreign_chain: Chain
) -> None:
    for _ in range(6):
        add_endpoint(chain, types=RECEIVED)
    make_response(chain, 9)
    with transaction(chain.organisation_id) as session:
        session.execute(update(WebhookEndpoint).values(failing_since=NOON - HOUR))
    healthy, _ = add_endpoint(foreign_chain, types=RECEIVED)
    make_response(foreign_chain, 9, now=NOON + SECOND)
    parcels = take(NOON + SECOND, Room(total=5, failing=3))
    assert [parcel.endpoint_id for parcel in parcels if not parcel.is_failing] == [healthy]
    assert len(parcels) == 4


def test_both_secrets_sign_for_a_day_after_a_rotation(chain: Chain) -> None:
    now = clock.now()
    with Receiver(answers(200)) as receiver:
        endpoint_id, old = add_endpoint(chain, receiver.url, types=RECEIVED)
        with transaction(chain.organisation_id) as session:
            _, new = rotate_secret(session, endpoint_id, SECRET, doer=SOMEBODY, now=now)
        make_response(chain, 9)
        send(now)
        assert verified(receiver, old) == verified(receiver, new) != []
        make_response(chain, 9, now=now)
        send(now + 25 * HOUR)
    signatures = [read(raw)[0]["webhook-signature"].split() for raw in receiver.requests]
    assert [len(signature) for signature in signatures] == [2, 1]


def test_a_secret_that_cannot_be_read_is_told_and_stops_no_other(chain: Chain) -> None:
    with Receiver(answers(200)) as receiver:
        ready(chain, receiver.url)
        with transaction(chain.organisation_id) as session:
            session.execute(update(WebhookEndpoint).values(secret_sealed="nonsense"))
        add_endpoint(chain, receiver.url, types=RECEIVED)
        make_response(chain, 9)
        send()
    assert receiver.connects == 1
    assert {row.last_reason for row in deliveries(chain)} == {"bad_secret", None}


def test_a_receiver_inside_our_network_is_never_reached(chain: Chain) -> None:
    with Receiver(answers(200)) as trap:
        ready(chain, trap.url)
        send(guard=Guard())
    assert trap.connects == 0
    assert only_delivery(chain).last_reason == "address_refused"
    assert only_delivery(chain).state == "pending"


def test_what_is_under_way_when_it_is_paused_ends_by_itself(chain: Chain) -> None:
    endpoint_id = ready(chain, events=3)
    runs = take_runs(SECRET, ROOM, now=NOON)
    with transaction(chain.organisation_id) as session:
        pause_endpoint(session, endpoint_id, doer=SOMEBODY, now=NOON)
    for run, status in zip(runs, (500, 200), strict=True):
        mark_run(run, [Result(run[0], NOON, 0.1, status=status)], now=NOON)
    assert sorted(row.state for row in deliveries(chain)) == ["cancelled", "cancelled", "delivered"]
    assert endpoint_of(chain, endpoint_id).failing_since is None


def test_what_is_under_way_when_it_is_removed_is_forgotten(chain: Chain) -> None:
    endpoint_id = ready(chain)
    (parcel,) = take(NOON)
    with transaction(chain.organisation_id) as session:
        remove_endpoint(session, endpoint_id, doer=SOMEBODY, now=NOON)
    mark(Result(parcel, NOON, 0.1, status=200))
    assert (deliveries(chain), attempts(chain)) == ([], [])


def test_what_waits_goes_to_the_new_address(chain: Chain) -> None:
    with Receiver(answers(200)) as receiver:
        endpoint_id = ready(chain)
        send()
        draft = EndpointDraft(receiver.url, tuple(RECEIVED))
        with transaction(chain.organisation_id) as session:
            change_endpoint(session, endpoint_id, draft, doer=SOMEBODY, now=NOON)
        assert endpoint_of(chain, endpoint_id).failing_since is None
        send(NOON + 5 * SECOND)
    assert receiver.connects == 1


def test_a_test_is_tried_once_and_counts_for_nothing(chain: Chain) -> None:
    endpoint_id, _ = add_endpoint(chain, DOWN)
    with transaction(chain.organisation_id) as session:
        send_test_event(session, endpoint_id, now=NOON)
    send()
    row = only_delivery(chain)
    assert (row.type, row.state, row.last_reason) == ("webhook.test", "failed", "connect")
    assert endpoint_of(chain, endpoint_id).failing_since is None


def test_a_disabled_endpoint_can_be_tested(chain: Chain) -> None:
    with Receiver(answers(200)) as receiver:
        endpoint_id, _ = add_endpoint(chain, receiver.url)
        with transaction(chain.organisation_id) as session:
            pause_endpoint(session, endpoint_id, doer=SOMEBODY, now=NOON)
            send_test_event(session, endpoint_id, now=NOON)
        send()
    assert only_delivery(chain).state == "delivered"


def test_one_that_cannot_be_marked_costs_no_other_its_mark(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready(chain, events=2)
    first, second = take()
    real = marking._add_attempt

    def fail_on_one(session: object, delivery: object, result: Result) -> None:
        if result.parcel is first:
            raise LookupError
        real(session, delivery, result)  # type: ignore[arg-type]

    monkeypatch.setattr(marking, "_add_attempt", fail_on_one)
    run = (first, second)
    mark_run(run, [Result(parcel, NOON, 0.1, status=200) for parcel in run], now=NOON)
    assert sorted(row.state for row in deliveries(chain)) == ["delivered", "pending"]


def test_a_fault_of_our_own_is_an_attempt_that_failed(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_: object) -> None:
        raise MemoryError

    ready(chain)
    monkeypatch.setattr(sending, "send_http", break_down)
    send()
    assert (only_delivery(chain).last_reason, only_delivery(chain).state) == ("internal", "pending")


def test_attempts_are_counted_by_how_they_ended(app: Flask, chain: Chain, foreign_chain: Chain) -> None:
    for one in (chain, foreign_chain):
        ready(one, events=2)
    first, second, third, fourth = take()
    mark(Result(first, NOON, 0.1, status=200), Result(second, NOON, 0.1, status=500))
    mark(Result(third, NOON, 0.1, reason="timeout"), Result(fourth, NOON, 0.1, status=204))
    with looking_across() as session:
        assert attempts_by_outcome(session) == {"delivered": 2, "refused": 1, "timeout": 1}
    app.extensions.pop(metrics._PLACE, None)
    scrape = app.test_client().get("/metrics").text
    assert 'webhook_attempts_total{outcome="delivered"} 2.0' in scrape
