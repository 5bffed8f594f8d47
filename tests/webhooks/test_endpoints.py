"""Setting endpoints up: secrets are sealed, limits hold, what was held back can be sent after all."""

from datetime import timedelta
from uuid import UUID

import pytest
from cryptography.fernet import InvalidToken

from app.audit.models import AuditEntry
from app.db import transaction, transaction_across
from app.errors import Conflict, Invalid, NotFound
from app.events import Event
from app.vault import unseal
from app.webhooks.actions import (
    EndpointDraft,
    change_endpoint,
    create_endpoint,
    enable_endpoint,
    forget_old_deliveries,
    pause_endpoint,
    remove_endpoint,
    replay_deliveries,
    replay_delivery,
    rotate_secret,
)
from app.webhooks.models import WebhookEndpoint
from app.webhooks.queries import sealing_purpose
from app.webhooks.rules import MOST_ENDPOINTS
from app.webhooks.sending import Result
from tests.channels.http.zoo import Receiver, answers
from tests.make import NOON, SECRET, Chain, make_response, rows_of
from tests.webhooks.cast import (
    NOWHERE,
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
)
from worker.sweep import keep_house

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RECEIVED = ("response.received",)


def replay(chain: Chain, endpoint_id: UUID, since: timedelta) -> int:
    """Replay what was not delivered since so long before noon."""
    with transaction(chain.organisation_id) as session:
        return replay_deliveries(session, endpoint_id, since=NOON - since, doer=SOMEBODY, now=NOON)


def replay_one(chain: Chain) -> None:
    """Replay the one delivery that there is."""
    delivery_id = only_delivery(chain).id
    with transaction(chain.organisation_id) as session:
        replay_delivery(session, delivery_id, doer=SOMEBODY, now=NOON)


def pause(chain: Chain, endpoint_id: UUID) -> None:
    """Pause it at noon."""
    with transaction(chain.organisation_id) as session:
        pause_endpoint(session, endpoint_id, doer=SOMEBODY, now=NOON)


def enable(chain: Chain, endpoint_id: UUID) -> None:
    """Enable it at noon."""
    with transaction(chain.organisation_id) as session:
        enable_endpoint(session, endpoint_id, doer=SOMEBODY, now=NOON)


def test_the_secret_lies_in_the_database_only_sealed_and_for_its_own_row(chain: Chain) -> None:
    endpoint_id, secret = add_endpoint(chain)
    other_id, other = add_endpoint(chain)
    row = endpoint_of(chain, endpoint_id)
    assert secret not in row.secret_sealed
    assert secret != other
    assert unseal(SECRET, sealing_purpose(endpoint_id), row.secret_sealed) == secret
    with pytest.raises(InvalidToken):
        unseal(SECRET, sealing_purpose(other_id), row.secret_sealed)


def test_a_rotation_keeps_the_secret_before_for_a_day(chain: Chain) -> None:
    endpoint_id, old = add_endpoint(chain)
    with transaction(chain.organisation_id) as session:
        _, new = rotate_secret(session, endpoint_id, SECRET, doer=SOMEBODY, now=NOON)
    row = endpoint_of(chain, endpoint_id)
    assert row.previous_until == NOON + DAY
    assert row.previous_sealed
    purpose = sealing_purpose(endpoint_id)
    assert unseal(SECRET, purpose, row.secret_sealed) == new != old
    assert unseal(SECRET, purpose, row.previous_sealed) == old


def test_there_are_twenty_endpoints_at_most(chain: Chain) -> None:
    for _ in range(MOST_ENDPOINTS):
        add_endpoint(chain)
    with pytest.raises(Conflict, match="too_many_endpoints"):
        add_endpoint(chain)


def test_only_stores_of_the_chain_can_be_chosen(chain: Chain, foreign_chain: Chain) -> None:
    with pytest.raises(Invalid):
        add_endpoint(chain, stores=[foreign_chain.store_id])
    endpoint_id, _ = add_endpoint(chain)
    draft = EndpointDraft(NOWHERE, RECEIVED, store_ids=(foreign_chain.store_id,))
    with pytest.raises(Invalid), transaction(chain.organisation_id) as session:
        change_endpoint(session, endpoint_id, draft, doer=SOMEBODY, now=NOON)


def test_nobody_touches_an_endpoint_of_another_chain(chain: Chain, foreign_chain: Chain) -> None:
    endpoint_id, _ = add_endpoint(foreign_chain)
    make_response(foreign_chain, 9)
    for act in (pause_endpoint, enable_endpoint, remove_endpoint):
        with pytest.raises(NotFound), transaction(chain.organisation_id) as session:
            act(session, endpoint_id, doer=SOMEBODY, now=NOON)
    delivery_id = only_delivery(foreign_chain).id
    with pytest.raises(NotFound), transaction(chain.organisation_id) as session:
        replay_delivery(session, delivery_id, doer=SOMEBODY, now=NOON)
    with pytest.raises(NotFound):
        replay(chain, endpoint_id, DAY)


def test_deeds_are_on_record_and_hold_no_secret(chain: Chain) -> None:
    endpoint_id, secret = add_endpoint(chain)
    draft = EndpointDraft(NOWHERE, RECEIVED, description="CRM")
    with transaction(chain.organisation_id) as session:
        change_endpoint(session, endpoint_id, draft, doer=SOMEBODY, now=NOON)
        change_endpoint(session, endpoint_id, draft, doer=SOMEBODY, now=NOON)  # changes nothing
        rotate_secret(session, endpoint_id, SECRET, doer=SOMEBODY, now=NOON)
        remove_endpoint(session, endpoint_id, doer=SOMEBODY, now=NOON)
    entries = rows_of(chain, AuditEntry)
    assert [(entry.deed, entry.data.get("changed")) for entry in entries] == [
        ("endpoint.created", None),
        ("endpoint.changed", ["description", "event_types"]),
        ("endpoint.changed", ["secret"]),
        ("endpoint.removed", None),
    ]
    assert {(entry.doer, entry.subject, entry.subject_id) for entry in entries} == {
        ("Somebody", NOWHERE, endpoint_id)
    }
    assert not [entry for entry in entries if secret in str(entry.data)]


def test_a_pause_holds_back_what_waits_and_a_replay_sends_it(chain: Chain) -> None:
    with Receiver(answers(200)) as receiver:
        endpoint_id, _ = add_endpoint(chain, receiver.url, types=RECEIVED)
        make_response(chain, 9)
        pause(chain, endpoint_id)
        make_response(chain, 9)
        assert send() == []
        enable(chain, endpoint_id)
        assert send() == []  # only from now on, unless somebody asks for the rest
        assert replay(chain, endpoint_id, DAY) == 2
        send()
    assert len(receiver.requests) == 2
    assert {row.state for row in deliveries(chain)} == {"delivered"}


def test_a_replay_keeps_the_id_and_begins_the_plan_anew(chain: Chain) -> None:
    endpoint_id, _ = add_endpoint(chain, types=RECEIVED)
    make_response(chain, 9)
    for n in range(11):
        (parcel,) = take(NOON + n * DAY)
        mark(Result(parcel, NOON + n * DAY, 0.1, reason="timeout"), now=NOON)
        with transaction(chain.organisation_id) as session:
            session.query(WebhookEndpoint).update({"failing_since": None})
    failed = only_delivery(chain)
    assert (failed.state, failed.attempts) == ("failed", 11)
    assert replay(chain, endpoint_id, DAY) == 1
    with Receiver(answers(200)) as receiver:
        draft = EndpointDraft(receiver.url, RECEIVED)
        with transaction(chain.organisation_id) as session:
            change_endpoint(session, endpoint_id, draft, doer=SOMEBODY, now=NOON)
        send(NOON)
    assert read(receiver.requests[0])[0]["webhook-id"] == f"evt_{failed.event_id.hex}"
    assert only_delivery(chain).attempts == 1
    assert sorted(attempt.number for attempt in attempts(chain)) == list(range(1, 13))
    assert only_delivery(chain).attempt_count == 12


def test_a_replay_takes_only_what_was_not_delivered_since_then(chain: Chain) -> None:
    endpoint_id, _ = add_endpoint(chain, types=RECEIVED)
    pause(chain, endpoint_id)
    for hours in (48, 3, 1):
        make_response(chain, 9, now=NOON - hours * HOUR)
    enable(chain, endpoint_id)
    assert replay(chain, endpoint_id, 2 * HOUR) == 1
    assert replay(chain, endpoint_id, 24 * HOUR) == 1
    assert replay(chain, endpoint_id, 24 * HOUR) == 0


def test_one_that_was_delivered_can_be_sent_again(chain: Chain) -> None:
    with Receiver(answers(200)) as receiver:
        add_endpoint(chain, receiver.url, types=RECEIVED)
        make_response(chain, 9)
        send()
        replay_one(chain)
        send()
    assert len(receiver.requests) == 2
    assert len({read(raw)[0]["webhook-id"] for raw in receiver.requests}) == 1


def test_one_that_is_being_sent_is_left_alone(chain: Chain) -> None:
    add_endpoint(chain, types=RECEIVED)
    make_response(chain, 9)
    (parcel,) = take()
    replay_one(chain)
    assert take() == []
    mark(Result(parcel, NOON, 0.1, status=200))
    assert only_delivery(chain).state == "delivered"


def test_nothing_is_replayed_to_a_disabled_endpoint(chain: Chain) -> None:
    endpoint_id, _ = add_endpoint(chain, types=RECEIVED)
    make_response(chain, 9)
    pause(chain, endpoint_id)
    with pytest.raises(Conflict, match="endpoint_disabled"):
        replay(chain, endpoint_id, DAY)
    with pytest.raises(Conflict, match="endpoint_disabled"):
        replay_one(chain)


def test_deliveries_and_events_are_forgotten_after_thirty_days(chain: Chain) -> None:
    with Receiver(answers(200)) as receiver:
        add_endpoint(chain, receiver.url, types=RECEIVED)
        make_response(chain, 9)
        send()
        make_response(chain, 9, now=NOON + DAY)  # nobody has sent this one
    keep_house(now=NOON + 30 * DAY)
    assert len(deliveries(chain)) == 2
    before = len(rows_of(chain, Event))
    keep_house(now=NOON + 30 * DAY + HOUR)
    assert [row.state for row in deliveries(chain)] == ["pending"]
    assert attempts(chain) == []
    left = rows_of(chain, Event)
    assert len(left) < before
    assert all(event.at > NOON or event.dispatched_at is None for event in left)


def test_a_thousand_are_forgotten_at_a_time(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.webhooks.actions.deliveries._AT_A_TIME", 2)
    endpoint_id, _ = add_endpoint(chain, types=RECEIVED)
    pause(chain, endpoint_id)
    for _ in range(5):
        make_response(chain, 9)
    with transaction_across() as session:
        assert forget_old_deliveries(session, now=NOON + 31 * DAY) == 2
    keep_house(now=NOON + 31 * DAY)
    assert deliveries(chain) == []


def test_a_new_endpoint_hears_of_what_happens_next(chain: Chain) -> None:
    """The transaction that makes it does not remember that there was none."""
    draft = EndpointDraft(NOWHERE, RECEIVED)
    with transaction(chain.organisation_id) as session:
        create_endpoint(session, draft, SECRET, doer=SOMEBODY, now=NOON)
    make_response(chain, 9)
    assert len(deliveries(chain)) == 1
