"""Which events become deliveries, in the same transaction, and what they say."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app.alerts.actions import acknowledge_alert
from app.alerts.rules import Dismissal, Via
from app.classification.actions import judge_pending
from app.db import transaction
from app.events import Event, EventName
from app.responses.models import Response
from app.webhooks.actions import pause_endpoint
from app.webhooks.models import WebhookDelivery
from app.webhooks.payloads import MODELS
from app.webhooks.rules import TYPES
from tests.alerts.deeds import Case, fire
from tests.fakes import FakeClassifier
from tests.make import NOON, Chain, complete, make_response, response_of, rows_of, tap_again
from tests.statements import asked
from tests.webhooks.cast import SOMEBODY, add_endpoint, bodies, deliveries, only_delivery

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def types(chain: Chain) -> list[str]:
    """The types of all deliveries, oldest first."""
    return [delivery.type for delivery in deliveries(chain)]


def data_of(chain: Chain, kind: str) -> dict[str, Any]:
    """What the newest delivery of that type says."""
    return next(dict(body["data"]) for body in reversed(bodies(chain)) if body["type"] == kind)


def test_the_story_of_a_complaint_is_told_from_the_first_tap_to_the_end(chain: Chain) -> None:
    add_endpoint(chain)
    case = Case(chain, make_response(chain, 2, comment="bad queue", contact="ann@example.com"))
    judge_pending(FakeClassifier(), now=NOON + MINUTE)
    case.acknowledge(now=NOON + 2 * MINUTE)
    case.reply(now=NOON + 3 * MINUTE)
    case.resolve(now=NOON + 4 * MINUTE)
    fire(NOON + 8 * DAY)
    assert types(chain) == [
        "response.received",
        "alert.opened",
        "response.classified",
        "alert.acknowledged",
        "alert.answered",
        "alert.closed",
    ]
    told = [body["data"] for body in bodies(chain) if body["type"].startswith("alert.")]
    assert [data["state"] for data in told] == ["new", "acknowledged", "answered", "closed"]
    assert [data["occurred_at"] for data in told] == [
        "2026-11-25T12:00:00.000Z",
        "2026-11-25T12:02:00.000Z",
        "2026-11-25T12:03:00.000Z",
        "2026-12-03T12:00:00.000Z",
    ]
    sequences = [data["sequence"] for data in told]
    assert sequences == sorted(set(sequences))


def test_a_breach_is_told_at_the_minute_at_which_the_promise_was_broken(chain: Chain) -> None:
    add_endpoint(chain, types=["alert.breached"])
    make_response(chain, 2, comment="bad queue")
    fire(*(NOON + minutes * MINUTE for minutes in range(30)))
    assert types(chain) == []
    fire(NOON + 30 * MINUTE)
    assert data_of(chain, "alert.breached")["breached_at"] == "2026-11-25T12:30:00.000Z"
    fire(*(NOON + minutes * MINUTE for minutes in range(31, 90)))
    assert types(chain) == ["alert.breached"]


def test_a_late_answer_is_a_breach_and_an_answer(chain: Chain) -> None:
    add_endpoint(chain, types=["alert.breached", "alert.answered"])
    case = Case(chain, make_response(chain, 2, comment="bad queue"))
    case.reply(now=NOON + 45 * MINUTE, via=Via.RETURN_PAGE)
    assert sorted(types(chain)) == ["alert.answered", "alert.breached"]
    sequence = {body["type"]: body["data"]["sequence"] for body in bodies(chain)}
    assert sequence["alert.answered"] < sequence["alert.breached"]


def test_a_dismissed_alert_is_over_too(chain: Chain) -> None:
    add_endpoint(chain, types=["alert.closed"])
    Case(chain, make_response(chain, 2)).dismiss(Dismissal.SPAM, now=NOON + MINUTE)
    assert data_of(chain, "alert.closed")["state"] == "dismissed"


def test_so_is_one_that_was_a_slip_of_the_finger(chain: Chain) -> None:
    add_endpoint(chain, types=["alert.closed"])
    tap_again(chain, make_response(chain, 2), 9, now=NOON + MINUTE)
    data = data_of(chain, "alert.closed")
    assert (data["state"], data["rating"]) == ("dismissed", 9)


def test_a_payload_says_where_to_read_the_rest(chain: Chain) -> None:
    add_endpoint(chain, types=["response.received"])
    key = make_response(chain, 9)
    (body,) = bodies(chain)
    response = response_of(chain, key)
    assert body == {
        "type": "response.received",
        "timestamp": "2026-11-25T12:00:00.000Z",
        "data": {
            "id": str(response.id),
            "url": f"http://127.0.0.1:8000/api/v1/responses/{response.id}",
            "store": {"id": str(chain.store_id), "code": "S1"},
            "rating": 9,
            "channel": "qr",
            "suspect": False,
            "late": False,
            "answered_at": "2026-11-25T12:00:00.000Z",
            "received_at": "2026-11-25T12:00:00.000Z",
            "occurred_at": "2026-11-25T12:00:00.000Z",
        },
    }


def test_what_is_late_or_suspect_is_marked(chain: Chain) -> None:
    add_endpoint(chain)
    key = make_response(chain, 2, answered_at=NOON - 30 * timedelta(hours=1))
    assert data_of(chain, "response.received")["late"]
    assert data_of(chain, "alert.opened")["late"]
    with transaction(chain.organisation_id) as session:
        session.execute(update(Response).values(is_suspect=True))
    Case(chain, key).acknowledge(now=NOON)
    assert data_of(chain, "alert.acknowledged")["suspect"]


def test_no_comment_and_no_contact_ever_leaves(chain: Chain) -> None:
    add_endpoint(chain)
    key = make_response(chain, 2, comment="bad secretwords", contact="ann@example.com")
    judge_pending(FakeClassifier(), now=NOON)
    case = Case(chain, key)
    case.acknowledge(now=NOON)
    case.note("bad secretnote", now=NOON)
    case.reply("secretreply", now=NOON)
    case.resolve(now=NOON)
    for delivery in deliveries(chain):
        assert not [word for word in ("secret", "ann@", "Друга", "Manager") if word in delivery.body]
        assert len(delivery.body.encode()) < 20_000


def test_a_comment_that_is_changed_is_told_again(chain: Chain) -> None:
    add_endpoint(chain, types=["response.classified"])
    key = make_response(chain, 9, comment="good")
    judge_pending(FakeClassifier(), now=NOON)
    complete(chain, key, "bad", now=NOON + MINUTE)
    judge_pending(FakeClassifier(), now=NOON + MINUTE)
    assert [body["data"]["sentiment"] for body in bodies(chain)] == ["positive", "negative"]


def test_an_endpoint_hears_only_what_it_wants(chain: Chain) -> None:
    add_endpoint(chain, types=["alert.opened"])
    make_response(chain, 9)
    assert types(chain) == []
    make_response(chain, 2)
    assert types(chain) == ["alert.opened"]


def test_and_only_of_its_stores(chain: Chain) -> None:
    add_endpoint(chain, types=["response.received"], stores=[chain.other_store_id])
    make_response(chain, 9)
    assert types(chain) == []
    make_response(chain, 9, other_store=True)
    assert bodies(chain)[0]["data"]["store"]["code"] == "S2"


def test_each_endpoint_gets_its_own(chain: Chain) -> None:
    first, second = (add_endpoint(chain, types=["response.received"])[0] for _ in range(2))
    make_response(chain, 9)
    assert {row.endpoint_id for row in deliveries(chain)} == {first, second}
    assert len({row.event_id for row in deliveries(chain)}) == 1


def test_what_happens_while_it_is_disabled_is_held_back(chain: Chain) -> None:
    endpoint_id, _ = add_endpoint(chain, types=["response.received"])
    with transaction(chain.organisation_id) as session:
        pause_endpoint(session, endpoint_id, doer=SOMEBODY, now=NOON)
    make_response(chain, 9)
    row = only_delivery(chain)
    assert (row.state, row.due_at, row.ended_at) == ("cancelled", None, NOON)


def test_workers_hear_of_it_only_where_there_is_something_to_deliver(
    chain: Chain, foreign_chain: Chain
) -> None:
    add_endpoint(chain, types=["response.received"])
    for one in (chain, foreign_chain):
        make_response(one, 9)
    names = [event.name for event in rows_of(chain, Event)]
    assert names == [EventName.RESPONSE_RECEIVED, EventName.DELIVERY_PROMISED]
    assert [event.name for event in rows_of(foreign_chain, Event)] == [EventName.RESPONSE_RECEIVED]
    assert deliveries(foreign_chain) == []


def test_nothing_is_told_of_what_was_not_stored(chain: Chain) -> None:
    add_endpoint(chain)
    number = Case(chain, make_response(chain, 2)).alert.number
    before = len(deliveries(chain))
    with pytest.raises(ZeroDivisionError):
        acknowledge_in_vain(chain, number)
    assert len(deliveries(chain)) == before


def acknowledge_in_vain(chain: Chain, number: int) -> None:
    """Take an alert in a transaction that fails."""
    with transaction(chain.organisation_id) as session:
        acknowledge_alert(session, number, chain.manager_id, now=NOON)
        assert session.query(WebhookDelivery).filter_by(type="alert.acknowledged").count() == 1
        raise ZeroDivisionError


def test_a_chain_without_endpoints_pays_one_select_for_a_tap(app: Flask, chain: Chain) -> None:
    with asked() as statements:
        make_response(chain, 2)
    about_webhooks = [statement for statement in statements if "webhook" in statement]
    assert len(about_webhooks) == 1
    assert about_webhooks[0].startswith("SELECT webhook_endpoints.id")


def test_every_payload_is_in_the_document_and_true_to_it(app: Flask, chain: Chain) -> None:
    add_endpoint(chain)
    case = Case(chain, make_response(chain, 2, comment="bad"))
    judge_pending(FakeClassifier(), now=NOON)
    case.acknowledge(now=NOON)
    case.reply(now=NOON + 45 * MINUTE)
    case.resolve(now=NOON + 46 * MINUTE)
    fire(NOON + 8 * DAY)
    assert set(types(chain)) == set(TYPES)
    document = app.test_client().get("/api/v1/openapi.json").get_json()
    assert set(document["webhooks"]) == {*TYPES, "webhook.test"} == set(MODELS)
    for delivery in deliveries(chain):
        model = MODELS[delivery.type]
        assert set(json.loads(delivery.body)) == set(model.model_fields)
        assert json.loads(model.model_validate_json(delivery.body).model_dump_json()) == json.loads(
            delivery.body
        )
