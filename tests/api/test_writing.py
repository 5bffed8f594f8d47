"""Every write is read strictly, stored whole or not at all, and has one effect however often it is sent."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.api.actions import forget_old_calls
from app.api.models import IdempotentCall
from app.audit.models import AuditEntry
from app.db import transaction_across
from app.touchpoints.models import Touchpoint
from tests.api.cast import ask, new_api_key, send, write
from tests.fakes import Hands
from tests.make import Chain, rows_of
from tests.together import together

NEW_POINT = {"store": "S1", "name": "Till 2"}
POINTS = "POST /touchpoints"


def points(chain: Chain) -> list[str]:
    """The names of all touchpoints."""
    return sorted(point.name for point in rows_of(chain, Touchpoint))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Type": "multipart/form-data"}, 415),
        ({"Content-Type": "application/json; charset=utf-16"}, 415),
        ({"Content-Type": "application/vnd.api+json"}, 415),
        ({"Content-Type": ""}, 415),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, 415),
        ({"Content-Type": "application/json", "Content-Encoding": "br, identity"}, 415),
        ({"Content-Type": "application/json; charset=UTF-8"}, 201),
        ({"Content-Type": "Application/JSON"}, 201),
        ({"Content-Type": "application/json", "Content-Encoding": "identity"}, 201),
    ],
)
def test_a_body_is_plain_json(app: Flask, chain: Chain, headers: dict[str, str], status: int) -> None:
    body = '{"store": "S1", "name": "Till 2"}'
    reply = send(app, new_api_key(chain), "POST", "/touchpoints", data=body, headers=headers)
    assert reply.status_code == status
    if status == 415:
        assert reply.get_json()["code"] == "unsupported_media_type"
        assert points(chain) == ["Till 1", "Till 1"]


def test_a_body_has_a_largest_size(app: Flask, chain: Chain) -> None:
    body = {"store": "S1", "name": "Till 2" + " " * 256 * 1024}
    status, problem = write(app, new_api_key(chain), POINTS, body)
    assert (status, problem["code"]) == (413, "request_entity_too_large")


BAD_BODIES: list[tuple[Any, dict[str, str]]] = [
    ({}, {"store": "required", "name": "required"}),
    ({**NEW_POINT, "colour": "red"}, {"colour": "unknown_property"}),
    ({**NEW_POINT, "organisation_id": "x"}, {"organisation_id": "unknown_property"}),
    ({**NEW_POINT, "<b>\u0000": 1}, {"?": "unknown_property"}),
    ({**NEW_POINT, "x" * 65: 1}, {"?": "unknown_property"}),
    ({"store": 1, "name": ["Till 2"]}, {"store": "wrong_type", "name": "wrong_type"}),
    ({"store": None, "name": True}, {"store": "wrong_type", "name": "wrong_type"}),
    ({"store": "S1", "name": " \u200b\u0000"}, {"name": "empty"}),
    ({"store": "S1", "name": ""}, {"name": "empty"}),
    ({"store": "S1", "name": "x" * 121}, {"name": "too_long"}),
    ({"store": "S9", "name": "Till 2"}, {"store": "unknown_value"}),
    ({**NEW_POINT, "survey": "CSAT"}, {"survey": "unknown_value"}),
    ([], {"": "wrong_type"}),
    ("S1", {"": "wrong_type"}),
    (None, {"": "wrong_type"}),
    (5, {"": "wrong_type"}),
]


@pytest.mark.parametrize(("body", "faults"), BAD_BODIES)
def test_every_property_at_fault_is_named(
    app: Flask, chain: Chain, body: Any, faults: dict[str, str]
) -> None:
    headers = {"Content-Type": "application/json"}
    reply = send(app, new_api_key(chain), "POST", "/touchpoints", data=json.dumps(body), headers=headers)
    problem = reply.get_json()
    assert (reply.status_code, problem["code"]) == (422, "invalid")
    assert {fault["path"]: fault["code"] for fault in problem["errors"]} == faults
    assert points(chain) == ["Till 1", "Till 1"]


def test_a_write_takes_no_parameters(app: Flask, chain: Chain) -> None:
    status, problem = write(app, new_api_key(chain), f"{POINTS}?dry_run=1", NEW_POINT)
    assert (status, problem["errors"]) == (422, [{"path": "dry_run", "code": "unknown_parameter"}])


def test_a_write_is_on_record_under_the_name_of_the_key(app: Flask, chain: Chain) -> None:
    _, made = write(app, new_api_key(chain), POINTS, NEW_POINT)
    (entry,) = rows_of(chain, AuditEntry)
    assert (entry.deed, entry.doer, entry.member_id) == ("touchpoint.created", "API key Tests", None)
    assert str(entry.subject_id) == made["id"]


def test_the_same_call_again_gets_the_first_answer(app: Flask, chain: Chain) -> None:
    key = new_api_key(chain)
    first = send(app, key, "POST", "/touchpoints", json=NEW_POINT, headers={"Idempotency-Key": "a b~1"})
    again = send(
        app,
        key,
        "POST",
        "/touchpoints",
        data='{ "name":"Till 2",\n"store":"S1" }',
        headers={"Idempotency-Key": "a b~1", "Content-Type": "application/json"},
    )
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json() == again.get_json()
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert points(chain) == ["Till 1", "Till 1", "Till 2"]


def test_another_call_under_the_same_name_is_refused(app: Flask, chain: Chain) -> None:
    key = new_api_key(chain)
    _, made = write(app, key, POINTS, NEW_POINT, name="once")
    for request, body in (
        (POINTS, {**NEW_POINT, "name": "Till 3"}),
        (f"PATCH /touchpoints/{made['id']}", NEW_POINT),
    ):
        status, problem = write(app, key, request, {"name": "Till 3", **body}, name="once")
        assert (status, problem["code"]) in {(409, "idempotency_key_reused"), (422, "invalid")}
    assert write(app, key, f"PATCH /touchpoints/{made['id']}", {"name": "T"}, name="once")[0] == 409
    assert points(chain) == ["Till 1", "Till 1", "Till 2"]


def test_a_name_of_a_call_belongs_to_its_key(app: Flask, chain: Chain, foreign_chain: Chain) -> None:
    for key in (new_api_key(chain), new_api_key(foreign_chain)):
        reply = send(app, key, "POST", "/touchpoints", json=NEW_POINT, headers={"Idempotency-Key": "1"})
        assert (reply.status_code, "Idempotency-Replayed" in reply.headers) == (201, False)
    status, _ = write(app, new_api_key(chain), POINTS, {**NEW_POINT, "name": "Till 3"}, name="1")
    assert status == 201


def test_a_refusal_is_not_kept(app: Flask, chain: Chain) -> None:
    key = new_api_key(chain)
    assert write(app, key, POINTS, {**NEW_POINT, "store": "S9"}, name="1")[0] == 422
    assert rows_of(chain, IdempotentCall) == []
    assert write(app, key, POINTS, NEW_POINT, name="1")[0] == 201


@pytest.mark.parametrize("name", ["", "x" * 129, "ключ".encode().decode("latin1"), "a\tb", "a\x7f"])
def test_a_name_of_a_call_is_short_printable_ascii(app: Flask, chain: Chain, name: str) -> None:
    reply = send(
        app, new_api_key(chain), "POST", "/touchpoints", json=NEW_POINT, headers={"Idempotency-Key": name}
    )
    assert (reply.status_code, reply.get_json()["code"]) == (400, "bad_idempotency_key")
    assert points(chain) == ["Till 1", "Till 1"]


def test_two_equal_calls_at_the_same_instant_have_one_effect(app: Flask, chain: Chain) -> None:
    key = new_api_key(chain)
    ask(app, key, "/alerts")

    def call() -> tuple[int, Any]:
        return write(app, key, POINTS, NEW_POINT, name="once")

    answers = together(app, [call] * 4)
    assert all(answer == answers[0] for answer in answers)
    assert isinstance(answers[0], tuple)
    assert answers[0][0] == 201
    assert points(chain) == ["Till 1", "Till 1", "Till 2"]


def test_the_same_name_taken_at_the_same_instant_is_a_conflict(app: Flask, chain: Chain) -> None:
    key = new_api_key(chain)
    ask(app, key, "/alerts")
    answers = together(app, [lambda: write(app, key, POINTS, NEW_POINT)] * 4)
    codes = [answer[1].get("code") for answer in answers if isinstance(answer, tuple)]
    assert sorted(codes, key=str) == [None, "name_taken", "name_taken", "name_taken"]


def test_answers_are_kept_sealed_and_for_a_day(app: Flask, chain: Chain, hands: Hands) -> None:
    key = new_api_key(chain)
    write(app, key, POINTS, NEW_POINT, name="1")
    (row,) = rows_of(chain, IdempotentCall)
    assert "Till 2" not in str(row.answer_sealed)
    for hours, left in ((23, 1), (2, 0)):
        hands.move(hours=hours)
        with transaction_across() as session:
            forget_old_calls(session, now=hands.at)
        assert len(rows_of(chain, IdempotentCall)) == left
    assert write(app, key, POINTS, {**NEW_POINT, "name": "Till 3"}, name="1")[0] == 201


def test_house_keeping_forgets_old_calls(app: Flask, chain: Chain, hands: Hands) -> None:
    from worker.sweep import keep_house

    write(app, new_api_key(chain), POINTS, NEW_POINT, name="1")
    keep_house(now=hands.at + timedelta(hours=25))
    assert rows_of(chain, IdempotentCall) == []


def test_a_change_is_told_as_a_change(app: Flask, chain: Chain, hands: Hands) -> None:
    path, key = f"PATCH /touchpoints/{chain.touchpoint_id}", new_api_key(chain)
    status, shown = write(app, key, path, {"name": "Till 7", "retired": True})
    assert (status, shown["name"], shown["retired_at"]) == (200, "Till 7", "2026-11-25T12:00:00Z")
    hands.move(minutes=1)
    assert write(app, key, path, {"retired": True})[1]["retired_at"] == "2026-11-25T12:00:00Z"
    assert write(app, key, path, {"retired": False})[1]["retired_at"] is None
    assert write(app, key, path, {})[1]["name"] == "Till 7"
    deeds = {entry.deed for entry in rows_of(chain, AuditEntry)}
    assert deeds == {"touchpoint.changed", "touchpoint.retired", "touchpoint.restored"}


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"name": None}, ("name", "wrong_type")),
        ({"retired": "true"}, ("retired", "wrong_type")),
        ({"retired": 1}, ("retired", "wrong_type")),
        ({"retired": None}, ("retired", "wrong_type")),
        ({"store": "S2"}, ("store", "unknown_property")),
    ],
)
def test_a_change_is_as_strict(app: Flask, chain: Chain, body: Any, fault: tuple[str, str]) -> None:
    status, problem = write(app, new_api_key(chain), f"PATCH /touchpoints/{chain.touchpoint_id}", body)
    assert status == 422
    assert problem["errors"] == [{"path": fault[0], "code": fault[1]}]


def test_what_is_out_of_reach_cannot_be_changed(app: Flask, chain: Chain, foreign_chain: Chain) -> None:
    limited = new_api_key(chain, stores=[chain.other_store_id])
    for touchpoint_id in (chain.touchpoint_id, foreign_chain.touchpoint_id, "1"):
        status, problem = write(app, limited, f"PATCH /touchpoints/{touchpoint_id}", {"name": "Mine"})
        assert (status, problem["code"]) == (404, "not_found")
    assert "Mine" not in points(chain) + points(foreign_chain)
