"""A response that another system took comes in through the one door, with the same consequences."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.alerts.actions import fire_due_timers
from app.alerts.models import Alert, AlertEvent
from app.classification.models import Classification
from app.contacts.models import Contact
from app.contacts.queries import find_address
from app.db import reading, transaction
from app.notifications.models import Notification
from app.responses.models import Response, ResponseOrigin
from app.touchpoints.actions import create_touchpoint, retire_touchpoint
from tests.api.cast import ask, classify_all, faults, new_api_key, write
from tests.fakes import Hands
from tests.make import NOON, SECRET, Chain, rows_of
from tests.together import together

REQUEST = "POST /responses"
BAD_CALL: dict[str, Any] = {
    "store": "S1",
    "rating": 2,
    "comment": "bad\r\nqueue",
    "contact": "044 123 45 67",
    "channel": "call",
    "language": "en",
    "external_id": "call-1",
}


def test_a_response_is_stored_and_its_alert_opened(app: Flask, chain: Chain, hands: Hands) -> None:
    status, shown = write(app, new_api_key(chain), REQUEST, BAD_CALL)
    assert status == 201
    assert shown == {
        "id": shown["id"],
        "rating": 2,
        "comment": "bad\nqueue",
        "sentiment": None,
        "sentiment_scores": None,
        "topics": [],
        "flags": [],
        "comment_language": None,
        "classified_by": None,
        "model_version": None,
        "language": "en",
        "channel": "call",
        "store": {"id": str(chain.store_id), "code": "S1", "name": "Store 1"},
        "touchpoint": {"id": str(chain.touchpoint_id), "name": "Till 1"},
        "answered_at": "2026-11-25T12:00:00Z",
        "received_at": "2026-11-25T12:00:00Z",
        "alert": 1,
        "external_id": "call-1",
        "verified": False,
        "invitation": None,
        "receipt": None,
        "refunded": False,
        "employee": None,
    }
    (alert,) = rows_of(chain, Alert)
    assert (alert.is_reachable, alert.severity, alert.answer_due_at) == (
        True,
        "high",
        NOON + timedelta(minutes=30),
    )
    (response,) = rows_of(chain, Response)
    with reading(chain.organisation_id) as session:
        address = find_address(session, response.contact_id, SECRET)
    assert address is not None
    assert address.value == "+380441234567"
    assert not response.is_suspect
    assert len(rows_of(chain, Classification)) == 1


def test_people_are_told_at_once_since_nothing_more_will_come(app: Flask, chain: Chain, hands: Hands) -> None:
    write(app, new_api_key(chain), REQUEST, BAD_CALL)
    fire_due_timers(now=hands.at)
    assert len(rows_of(chain, Notification)) == 1


def test_a_bare_rating_is_enough(app: Flask, chain: Chain) -> None:
    status, shown = write(app, new_api_key(chain), REQUEST, {"store": "s1", "rating": 10})
    assert (status, shown["comment"], shown["channel"], shown["language"]) == (201, None, "api", "uk")
    assert (shown["alert"], shown["external_id"]) == (None, None)
    assert rows_of(chain, Contact) == []
    assert rows_of(chain, Alert) == []


def test_an_angry_comment_under_a_good_rating_opens_an_alert_too(
    app: Flask, chain: Chain, hands: Hands
) -> None:
    write(app, new_api_key(chain), REQUEST, {"store": "S1", "rating": 10, "comment": "bad"})
    classify_all()
    assert [alert.reason for alert in rows_of(chain, Alert)] == ["comment"]


BAD: list[tuple[dict[str, Any], str]] = [
    ({"rating": 11}, "rating: out_of_range"),
    ({"rating": -1}, "rating: out_of_range"),
    ({"rating": 2**63}, "rating: out_of_range"),
    ({"rating": "5"}, "rating: wrong_type"),
    ({"rating": 5.0}, "rating: wrong_type"),
    ({"rating": 3.5}, "rating: wrong_type"),
    ({"rating": True}, "rating: wrong_type"),
    ({"rating": None}, "rating: wrong_type"),
    ({"rating": []}, "rating: wrong_type"),
    ({"comment": "x" * 5001}, "comment: too_long"),
    ({"comment": 5}, "comment: wrong_type"),
    ({"contact": "12"}, "contact: bad_contact"),
    ({"contact": "a@b.ua\r\nBcc: c@d.ua"}, "contact: bad_contact"),
    ({"contact": "x" * 321 + "@nova.ua"}, "contact: bad_contact"),
    ({"channel": "qr"}, "channel: unknown_value"),
    ({"channel": "receipt"}, "channel: unknown_value"),
    ({"channel": "fax"}, "channel: unknown_value"),
    ({"language": "ru"}, "language: unknown_value"),
    ({"marketing": "yes"}, "marketing: wrong_type"),
    ({"store": "S9"}, "store: unknown_value"),
    ({"touchpoint": "Till 9"}, "touchpoint: unknown_value"),
    ({"external_id": ""}, "external_id: empty"),
    ({"external_id": "x" * 129}, "external_id: too_long"),
    ({"answered_at": "2026-11-25T12:05:01Z"}, "answered_at: in_future"),
    ({"answered_at": "2026-11-25T12:00:00"}, "answered_at: bad_datetime"),
    ({"answered_at": "2026-11-25T12:00:00 02:00"}, "answered_at: bad_datetime"),
    ({"answered_at": "2026-02-30T12:00:00Z"}, "answered_at: bad_datetime"),
    ({"answered_at": "10000-01-01T00:00:00Z"}, "answered_at: bad_datetime"),
    ({"answered_at": "0001-01-01T00:00:00+14:00"}, "answered_at: bad_datetime"),
    ({"answered_at": 1764072000}, "answered_at: bad_datetime"),
    ({"answered_at": {}}, "answered_at: bad_datetime"),
    ({"organisation_id": "x"}, "organisation_id: unknown_property"),
    ({"is_suspect": False}, "is_suspect: unknown_property"),
]


@pytest.mark.usefixtures("hands")
@pytest.mark.parametrize(("part", "fault"), BAD, ids=lambda part: str(part)[:40])
def test_a_fault_is_named_and_nothing_stored(
    app: Flask, chain: Chain, part: dict[str, Any], fault: str
) -> None:
    status, problem = write(app, new_api_key(chain), REQUEST, {"store": "S1", "rating": 2, **part})
    assert (status, faults(problem)) == (422, [fault])
    assert rows_of(chain, Response) == []


@pytest.mark.usefixtures("hands")
@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("2026-11-25T13:59:60+02:00", "2026-11-25T11:59:59Z"),
        ("2026-11-25T12:05:00Z", "2026-11-25T12:00:00Z"),
        ("2023-11-25T12:00:00-00:00", "2023-11-25T12:00:00Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
    ],
)
def test_the_time_is_taken_as_it_is_told(app: Flask, chain: Chain, told: str, kept: str) -> None:
    body = {"store": "S1", "rating": 9, "answered_at": told}
    status, shown = write(app, new_api_key(chain), REQUEST, body)
    assert (status, shown["answered_at"]) == (201, kept)


@pytest.mark.usefixtures("hands")
@pytest.mark.parametrize(("hours", "alerts"), [(23, 1), (25, 0), (24 * 365 * 3, 0)])
def test_what_was_said_more_than_a_day_ago_opens_no_alert(
    app: Flask, chain: Chain, hours: int, alerts: int
) -> None:
    said_at = (NOON - timedelta(hours=hours)).isoformat()
    for rating in (1, 10):
        body = {"store": "S1", "rating": rating, "comment": "bad", "answered_at": said_at}
        assert write(app, new_api_key(chain), REQUEST, body)[0] == 201
    classify_all()
    assert len(rows_of(chain, Alert)) == 2 * alerts
    assert {response.is_late for response in rows_of(chain, Response)} == {not alerts}


def test_the_same_id_with_the_same_content_is_stored_once(app: Flask, chain: Chain, hands: Hands) -> None:
    key = new_api_key(chain)
    _, first = write(app, key, REQUEST, BAD_CALL)
    hands.move(hours=30)
    again = {**BAD_CALL, "store": str(chain.store_id), "contact": "+38 (044) 123-45-67"}
    assert write(app, key, REQUEST, again) == (200, first)
    assert write(app, new_api_key(chain), REQUEST, BAD_CALL) == (200, first)
    assert len(rows_of(chain, Response)) == len(rows_of(chain, Alert)) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"rating": 9},
        {"comment": "bad"},
        {"contact": None},
        {"store": "S2"},
        {"channel": "staff"},
        {"answered_at": "2026-11-25T11:00:00Z"},
    ],
)
def test_the_same_id_with_other_content_is_a_conflict(
    app: Flask, chain: Chain, hands: Hands, other: dict[str, Any]
) -> None:
    key = new_api_key(chain)
    write(app, key, REQUEST, BAD_CALL)
    status, problem = write(app, key, REQUEST, {**BAD_CALL, **other})
    assert (status, problem["code"]) == (409, "external_id_reused")
    assert [response.rating for response in rows_of(chain, Response)] == [2]


def test_another_chain_may_use_the_same_id(app: Flask, chain: Chain, foreign_chain: Chain) -> None:
    for one in (chain, foreign_chain):
        assert write(app, new_api_key(one), REQUEST, BAD_CALL)[0] == 201


def test_the_same_id_at_the_same_instant_is_stored_once(app: Flask, chain: Chain) -> None:
    key = new_api_key(chain)
    ask(app, key, "/alerts")
    answers = together(app, [lambda: write(app, key, REQUEST, BAD_CALL)] * 5)
    assert sorted(answer[0] for answer in answers if isinstance(answer, tuple)) == [200, 200, 200, 200, 201]
    assert len(rows_of(chain, Response)) == len(rows_of(chain, Alert)) == 1


def test_what_was_sent_is_found_by_the_senders_id(app: Flask, chain: Chain) -> None:
    key = new_api_key(chain)
    write(app, key, REQUEST, BAD_CALL)
    write(app, key, REQUEST, {**BAD_CALL, "external_id": "call-2"})
    _, found = ask(app, key, "/responses?external_id=call-2")
    assert [item["external_id"] for item in found["items"]] == ["call-2"]
    (origin, _other) = rows_of(chain, ResponseOrigin)
    assert "380441234567" not in origin.content_digest


def test_a_touchpoint_is_named_or_the_oldest_open_one(app: Flask, chain: Chain, hands: Hands) -> None:
    with transaction(chain.organisation_id) as session:
        later = create_touchpoint(
            session, chain.store_id, chain.survey_id, "Phone", now=NOON + timedelta(minutes=1)
        )
    key, body = new_api_key(chain), {"store": "S1", "rating": 9}

    def place(**others: str) -> Any:
        status, shown = write(app, key, REQUEST, {**body, **others})
        return shown["touchpoint"]["name"] if status == 201 else shown["code"]

    assert place() == "Till 1"
    assert place(touchpoint="phone") == place(touchpoint=str(later)) == "Phone"
    with transaction(chain.organisation_id) as session:
        retire_touchpoint(session, chain.touchpoint_id, now=NOON)
    assert place() == "Phone"
    assert place(touchpoint="Till 1") == "touchpoint_closed"
    with transaction(chain.organisation_id) as session:
        retire_touchpoint(session, later, now=NOON)
    assert place() == "touchpoint_closed"


def test_a_closed_store_takes_nothing(app: Flask, chain: Chain) -> None:
    key = new_api_key(chain)
    write(app, key, f"PATCH /stores/{chain.store_id}", {"retired": True})
    status, problem = write(app, key, REQUEST, BAD_CALL)
    assert (status, problem["code"]) == (409, "store_closed")


def test_a_limited_key_sends_for_its_stores_only(app: Flask, chain: Chain) -> None:
    key = new_api_key(chain, stores=[chain.other_store_id])
    status, problem = write(app, key, REQUEST, BAD_CALL)
    assert (status, problem["errors"]) == (422, [{"path": "store", "code": "unknown_value"}])
    assert write(app, key, REQUEST, {**BAD_CALL, "store": "S2"})[0] == 201


def test_the_history_says_through_which_key_it_came(app: Flask, chain: Chain) -> None:
    write(app, new_api_key(chain), REQUEST, BAD_CALL)
    lines = rows_of(chain, AlertEvent)
    assert [line.kind for line in lines] == ["opened", "completed"]
    assert {line.data["through"] for line in lines} == {"Tests"}
