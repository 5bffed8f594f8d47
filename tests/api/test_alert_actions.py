"""A CRM acts on an alert in a member's name: the same rules as on the page, and the history says how."""

from typing import Any

import pytest
from flask import Flask

from app.accounts.models import Membership
from app.alerts.models import AlertEvent, Message
from app.db import transaction
from tests.api.cast import ask, faults, new_api_key, write
from tests.fakes import Hands
from tests.make import Chain, make_chain, make_response, rows_of, sign_in

MANAGER = {"member": "manager@nova.example"}
OWNER = {"member": "Owner@Nova.example"}
ACTIONS: dict[str, dict[str, Any]] = {
    "acknowledge": {},
    "reply": {"text": "Sorry"},
    "call": {"outcome": "spoken"},
    "note": {"text": "Regular"},
    "resolve": {"root_cause": "process_queue"},
    "dismiss": {"reason": "spam"},
}


@pytest.fixture
def key(app: Flask, chain: Chain, hands: Hands) -> str:
    """A key of a chain with one complaint that can be answered."""
    make_response(chain, 2, comment="bad", contact="anna@shopper.example")
    return new_api_key(chain)


def act(app: Flask, key: str, action: str, body: dict[str, Any]) -> tuple[int, Any]:
    """Do something with the first alert."""
    return write(app, key, f"POST /alerts/1/{action}", body)


def test_an_alert_is_taken_answered_and_settled(app: Flask, chain: Chain, key: str, hands: Hands) -> None:
    status, shown = act(app, key, "acknowledge", MANAGER)
    assert (status, shown["state"], shown["owner"]) == (200, "acknowledged", "Manager")
    hands.move(minutes=1)
    status, shown = act(app, key, "reply", {**MANAGER, "text": "Sorry,\r\nwe were three people short."})
    assert (status, shown["state"], shown["answered_at"]) == (200, "answered", "2026-11-25T12:01:00Z")
    status, shown = act(
        app, key, "resolve", {**MANAGER, "root_cause": "process_queue", "action_taken": "Opened till 3"}
    )
    assert (status, shown["state"], shown["root_cause"]) == (200, "resolved", "process_queue")
    assert ask(app, key, "/alerts/1") == (200, shown)
    (message,) = rows_of(chain, Message)
    assert message.text == "Sorry,\nwe were three people short."


def test_the_history_names_the_member_and_the_key(app: Flask, chain: Chain, key: str) -> None:
    act(app, key, "acknowledge", MANAGER)
    line = rows_of(chain, AlertEvent)[-1]
    assert (line.kind, line.actor_id, line.data) == ("acknowledged", chain.manager_id, {"through": "Tests"})
    page = sign_in(app, chain).get("/alerts/1")
    assert "through the API key Tests" in page.text


def test_what_is_done_on_the_page_names_no_key(app: Flask, chain: Chain, key: str) -> None:
    sign_in(app, chain).post("/alerts/1/acknowledge")
    assert rows_of(chain, AlertEvent)[-1].data == {}


def test_a_call_answers_only_when_they_spoke(app: Flask, key: str) -> None:
    assert act(app, key, "call", {**MANAGER, "outcome": "no_answer"})[1]["state"] == "new"
    assert act(app, key, "call", {**MANAGER, "outcome": "spoken"})[1]["state"] == "answered"


def test_an_email_is_written_and_waits_for_the_mail_server(app: Flask, chain: Chain, key: str) -> None:
    status, shown = act(app, key, "reply", {**MANAGER, "text": "Sorry", "via": "email"})
    assert (status, shown["state"]) == (200, "new")
    assert [message.due_at is not None for message in rows_of(chain, Message)] == [True]


def test_a_note_is_for_colleagues(app: Flask, chain: Chain, key: str) -> None:
    assert act(app, key, "note", {**OWNER, "text": "A regular"})[0] == 200
    line = rows_of(chain, AlertEvent)[-1]
    assert (line.kind, line.actor_id, line.data["text"]) == ("noted", chain.owner_id, "A regular")
    assert rows_of(chain, Message) == []


def test_an_alert_is_dismissed_with_its_reason(app: Flask, chain: Chain, key: str) -> None:
    assert act(app, key, "dismiss", {**MANAGER, "reason": "test"})[1]["state"] == "dismissed"
    assert rows_of(chain, AlertEvent)[-1].data["reason"] == "test"


def test_who_comes_second_sees_who_has_it(app: Flask, key: str) -> None:
    act(app, key, "acknowledge", MANAGER)
    assert act(app, key, "acknowledge", MANAGER)[0] == 200
    status, problem = act(app, key, "acknowledge", OWNER)
    assert (status, problem["code"]) == (409, "already_acknowledged")
    assert problem["details"] == {"owner": "Manager", "state": "acknowledged"}


def test_what_cannot_be_done_now_is_a_conflict(app: Flask, chain: Chain, key: str) -> None:
    make_response(chain, 2)

    def refused(number: int, action: str, body: dict[str, Any]) -> tuple[int, str, str]:
        status, problem = write(app, key, f"POST /alerts/{number}/{action}", {**MANAGER, **body})
        return status, problem["code"], problem["details"]["state"]

    assert refused(1, "resolve", ACTIONS["resolve"]) == (409, "not_answered", "new")
    assert refused(2, "reply", ACTIONS["reply"]) == (409, "not_answerable", "new")
    assert refused(2, "call", ACTIONS["call"]) == (409, "not_answerable", "new")
    act(app, key, "dismiss", {**MANAGER, "reason": "spam"})
    for action in ("acknowledge", "call", "resolve", "dismiss"):
        assert refused(1, action, ACTIONS[action]) == (409, "already_done", "dismissed")
    assert refused(1, "reply", ACTIONS["reply"]) == (409, "not_answerable", "dismissed")


@pytest.mark.parametrize("action", ACTIONS)
def test_nobody_acts_who_may_not(app: Flask, chain: Chain, key: str, action: str) -> None:
    with transaction(chain.organisation_id) as session:
        session.get_one(Membership, (chain.organisation_id, chain.regional_id)).role = "analyst"
    for member in (
        "other@nova.example",
        "regional@nova.example",
        "owner@stranger.example",
        "nobody",
        "\u200b x",
    ):
        status, problem = act(app, key, action, {"member": member, **ACTIONS[action]})
        assert (status, problem["errors"]) == (422, [{"path": "member", "code": "unknown_value"}])
    assert [line.kind for line in rows_of(chain, AlertEvent)] == ["opened", "completed"]


def test_a_member_who_left_acts_no_more(app: Flask, chain: Chain, key: str) -> None:
    with transaction(chain.organisation_id) as session:
        session.get_one(Membership, (chain.organisation_id, chain.manager_id)).is_active = False
    assert act(app, key, "acknowledge", MANAGER)[0] == 422


@pytest.mark.parametrize("action", ACTIONS)
def test_what_is_out_of_reach_is_not_there(app: Flask, chain: Chain, key: str, action: str) -> None:
    limited, foreign = new_api_key(chain, stores=[chain.other_store_id]), new_api_key(make_chain("stranger"))
    for one, number in ((limited, "1"), (foreign, "1"), (key, "2"), (key, "x"), (key, "1" * 9)):
        status, problem = write(app, one, f"POST /alerts/{number}/{action}", {**OWNER, **ACTIONS[action]})
        assert (status, problem["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("action", "body", "fault"),
    [
        ("acknowledge", {"member": ""}, "member: empty"),
        ("reply", {"text": " \n"}, "text: empty"),
        ("reply", {"text": "x" * 2001}, "text: too_long"),
        ("reply", {"text": "Sorry", "via": "pigeon"}, "via: unknown_value"),
        ("call", {}, "outcome: required"),
        ("call", {"outcome": "busy"}, "outcome: unknown_value"),
        ("note", {"text": None}, "text: wrong_type"),
        ("resolve", {"root_cause": "weather"}, "root_cause: unknown_value"),
        ("resolve", {"action_taken": ""}, "action_taken: empty"),
        ("dismiss", {"reason": "corrected"}, "reason: unknown_value"),
        ("dismiss", {"reason": "spam", "note": "x"}, "note: unknown_property"),
    ],
)
def test_a_fault_is_named(app: Flask, key: str, action: str, body: dict[str, Any], *, fault: str) -> None:
    status, problem = act(app, key, action, {**MANAGER, **body})
    assert (status, faults(problem)) == (422, [fault])


def test_what_only_an_answered_alert_can_have_is_asked_for(app: Flask, chain: Chain, key: str) -> None:
    act(app, key, "call", {**MANAGER, "outcome": "spoken"})
    status, problem = act(app, key, "resolve", MANAGER)
    assert (status, problem["errors"]) == (422, [{"path": "root_cause", "code": "required"}])
    make_response(chain, 2, comment="bad")
    status, problem = write(app, key, "POST /alerts/2/reply", {**MANAGER, "text": "Sorry", "via": "email"})
    assert (status, problem["errors"]) == (422, [{"path": "via", "code": "no_address"}])


def test_alerts_are_filtered_by_store_severity_and_time(
    app: Flask, chain: Chain, key: str, hands: Hands
) -> None:
    make_response(chain, 5, now=hands.at, other_store=True)
    hands.move(minutes=5)
    make_response(chain, 5, now=hands.at)

    def numbers(query: str) -> list[int]:
        return [item["number"] for item in ask(app, key, f"/alerts?{query}")[1]["items"]]

    assert numbers("store=S2") == [2]
    assert numbers("severity=high") == [1]
    assert numbers("until=2026-11-25T12:05:00Z") == [2, 1]
    assert numbers("since=2026-11-25T12:05:00Z&store=S1") == [3]
