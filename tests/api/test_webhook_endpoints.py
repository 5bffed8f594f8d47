"""Endpoints and deliveries over the API: set up, rotated, tested, listed, replayed."""

from typing import Any

import pytest
from flask import Flask

from app.api.models import IdempotentCall
from app.audit.models import AuditEntry
from app.db import transaction
from app.web.access import Scope
from app.webhooks.models import WebhookEndpoint
from app.webhooks.rules import TYPES
from tests.api.cast import ask, new_api_key, write
from tests.channels.http.zoo import Receiver, answers
from tests.make import NOON, Chain, make_response, rows_of
from tests.webhooks.cast import add_endpoint, deliveries, only_delivery, read, send

pytestmark = pytest.mark.usefixtures("hands")
URL = "https://8.8.8.8/hooks"
ENDPOINTS = "/webhook-endpoints"


def faults(problem: Any) -> dict[str, str]:
    """The code of each property at fault."""
    return {fault["path"]: fault["code"] for fault in problem["errors"]}


def test_a_new_endpoint_answers_its_secret_and_never_again(app: Flask, chain: Chain) -> None:
    key = new_api_key(chain)
    body = {"url": URL, "description": "CRM", "event_types": ["alert.opened"], "stores": ["s1"]}
    status, made = write(app, key, f"POST {ENDPOINTS}", body)
    assert status == 201
    assert made.pop("secret").startswith("whsec_")
    assert made.pop("previous_secret_until") is None
    assert (made["url"], made["event_types"], made["state"]) == (URL, ["alert.opened"], "active")
    assert [store["code"] for store in made["stores"]] == ["S1"]
    assert ask(app, key, f"{ENDPOINTS}/{made['id']}") == (200, made)
    assert ask(app, key, ENDPOINTS) == (200, {"items": [made], "next_cursor": None})
    assert [entry.doer for entry in rows_of(chain, AuditEntry)] == ["API key Tests"]


def test_it_hears_of_everything_unless_told(app: Flask, chain: Chain) -> None:
    _, made = write(app, new_api_key(chain), f"POST {ENDPOINTS}", {"url": URL})
    assert (made["event_types"], made["stores"], made["description"]) == (list(TYPES), [], "")


def test_a_repeated_call_gets_the_same_secret_which_is_kept_sealed(app: Flask, chain: Chain) -> None:
    key = new_api_key(chain)
    first = write(app, key, f"POST {ENDPOINTS}", {"url": URL}, name="one")
    assert write(app, key, f"POST {ENDPOINTS}", {"url": URL}, name="one") == first
    assert len(rows_of(chain, WebhookEndpoint)) == 1
    (call,) = rows_of(chain, IdempotentCall)
    assert first[1]["secret"] not in (call.answer_sealed or "")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"url": "http://8.8.8.8/"}, {"url": "needs_https"}),
        ({"url": "https://127.0.0.1/"}, {"url": "address_refused"}),
        ({"url": "https://0x7f000001/"}, {"url": "address_refused"}),
        ({"url": "https://[::ffff:127.0.0.1]/"}, {"url": "address_refused"}),
        ({"url": "https://8.8.8.8:22/"}, {"url": "port_refused"}),
        ({"url": "https://a:b@8.8.8.8/"}, {"url": "credentials_refused"}),
        ({"url": "nonsense"}, {"url": "bad_url"}),
        ({"url": ""}, {"url": "bad_url"}),
        ({"url": "\ud800"}, None),
        ({"url": 5}, {"url": "wrong_type"}),
        ({"event_types": []}, {"event_types": "empty"}),
        ({"event_types": ["alert.closed", "x"]}, {"event_types": "unknown_value"}),
        ({"event_types": ["webhook.test"]}, {"event_types": "unknown_value"}),
        ({"event_types": "alert.closed"}, {"event_types": "wrong_type"}),
        ({"stores": ["X9"]}, {"store": "unknown_value"}),
        ({"description": "x" * 121}, {"description": "too_long"}),
        ({"secret": "whsec_mine"}, {"secret": "unknown_property"}),
        ({"state": "paused"}, {"state": "unknown_property"}),
    ],
)
def test_what_is_not_right_is_named(
    app: Flask, chain: Chain, change: dict[str, Any], fault: dict[str, str] | None
) -> None:
    status, problem = write(app, new_api_key(chain), f"POST {ENDPOINTS}", {"url": URL, **change})
    assert status == (422 if fault else 400)
    assert not fault or faults(problem) == fault
    assert rows_of(chain, WebhookEndpoint) == []


def test_only_what_is_sent_changes(app: Flask, chain: Chain) -> None:
    key = new_api_key(chain)
    _, made = write(app, key, f"POST {ENDPOINTS}", {"url": URL, "stores": ["S1"]})
    path = f"{ENDPOINTS}/{made['id']}"
    status, changed = write(app, key, f"PATCH {path}", {"description": "CRM"})
    assert status == 200
    assert changed == {**_shown(made), "description": "CRM"}
    _, changed = write(app, key, f"PATCH {path}", {"stores": [], "event_types": ["alert.closed"]})
    assert (changed["stores"], changed["event_types"]) == ([], ["alert.closed"])
    assert write(app, key, f"PATCH {path}", {"url": "https://10.0.0.1/"})[0] == 422
    assert write(app, key, f"PATCH {path}", {"url": None})[0] == 422


def test_it_can_be_paused_and_enabled(app: Flask, chain: Chain) -> None:
    key = new_api_key(chain)
    endpoint_id, _ = add_endpoint(chain)
    path = f"PATCH {ENDPOINTS}/{endpoint_id}"
    _, paused = write(app, key, path, {"state": "disabled"})
    assert (paused["state"], paused["disabled_reason"]) == ("disabled", "paused")
    _, enabled = write(app, key, path, {"state": "active"})
    assert (enabled["state"], enabled["disabled_reason"], enabled["disabled_at"]) == ("active", None, None)
    assert write(app, key, path, {"state": "gone"})[0] == 422


def test_a_rotated_secret_signs_beside_the_one_before(app: Flask, chain: Chain) -> None:
    endpoint_id, old = add_endpoint(chain)
    status, rotated = write(app, new_api_key(chain), f"POST {ENDPOINTS}/{endpoint_id}/rotate-secret")
    assert status == 200
    assert rotated["secret"] != old
    assert rotated["previous_secret_until"] == "2026-11-26T12:00:00Z"


def test_a_test_event_can_be_followed(app: Flask, chain: Chain) -> None:
    key = new_api_key(chain)
    with Receiver(answers(200, b"thanks")) as receiver:
        endpoint_id, _ = add_endpoint(chain, receiver.url)
        status, delivery = write(app, key, f"POST {ENDPOINTS}/{endpoint_id}/test")
        assert (status, delivery["type"], delivery["state"]) == (202, "webhook.test", "pending")
        send()
    headers, body = read(receiver.requests[0])
    assert headers["webhook-id"] == delivery["event"]
    _, shown = ask(app, key, f"/deliveries/{delivery['id']}")
    assert (shown["state"], shown["body"], shown["attempts"]) == ("delivered", body.decode(), 1)
    (attempt,) = shown["log"]
    assert (attempt["status"], attempt["reason"], attempt["snippet"]) == (200, None, "thanks")


def test_deliveries_are_listed_by_endpoint_state_type_and_time(app: Flask, chain: Chain) -> None:
    key = new_api_key(chain)
    first, _ = add_endpoint(chain, types=["response.received"])
    second, _ = add_endpoint(chain, types=["alert.opened"])
    make_response(chain, 2)
    make_response(chain, 9)

    def found(query: str) -> int:
        status, document = ask(app, key, f"/deliveries?{query}")
        return len(document["items"]) if status == 200 else -status

    assert found("") == 3
    assert found(f"endpoint={first}") == 2
    assert found(f"endpoint={second}") == 1
    assert found("type=alert.opened") == 1
    assert found("state=pending") == 3
    assert found("state=failed") == 0
    assert found("since=2026-11-25T12:00:00Z") == 3
    assert found("since=2026-11-25T12:00:01Z") == 0
    assert found("endpoint=" + "0" * 8) == -422
    assert found("state=x") == -422
    _, page = ask(app, key, "/deliveries?limit=2")
    rest = ask(app, key, f"/deliveries?limit=2&cursor={page['next_cursor']}")[1]["items"]
    assert len({item["id"] for item in [*page["items"], *rest]}) == 3


def test_what_was_not_delivered_can_be_sent_again(app: Flask, chain: Chain) -> None:
    key = new_api_key(chain)
    endpoint_id, _ = add_endpoint(chain, types=["response.received"])
    write(app, key, f"PATCH {ENDPOINTS}/{endpoint_id}", {"state": "disabled"})
    make_response(chain, 9)
    replay = f"POST {ENDPOINTS}/{endpoint_id}/replay"
    status, problem = write(app, key, replay, {"since": NOON.isoformat()})
    assert (status, problem["code"]) == (409, "endpoint_disabled")
    write(app, key, f"PATCH {ENDPOINTS}/{endpoint_id}", {"state": "active"})
    assert write(app, key, replay, {"since": NOON.isoformat()}) == (202, {"count": 1})
    assert write(app, key, replay, {})[0] == 422
    assert only_delivery(chain).state == "pending"
    with Receiver(answers(200)) as receiver:
        write_url(chain, receiver.url)
        send()
    one = f"POST /deliveries/{only_delivery(chain).id}/replay"
    status, shown = write(app, key, one)
    assert (status, shown["state"]) == (202, "pending")


def write_url(chain: Chain, url: str) -> None:
    """Let every endpoint lead there."""
    with transaction(chain.organisation_id) as session:
        session.query(WebhookEndpoint).update({"url": url})


def test_an_endpoint_can_be_removed(app: Flask, chain: Chain) -> None:
    key = new_api_key(chain)
    endpoint_id, _ = add_endpoint(chain)
    make_response(chain, 9)
    path = f"{ENDPOINTS}/{endpoint_id}"
    assert write(app, key, f"DELETE {path}") == (200, {"id": str(endpoint_id), "removed": True})
    assert ask(app, key, path)[0] == 404
    assert write(app, key, f"DELETE {path}")[0] == 404
    assert deliveries(chain) == []


EVERYTHING = [
    "GET /webhook-endpoints",
    "GET /webhook-endpoints/{endpoint}",
    "PATCH /webhook-endpoints/{endpoint}",
    "DELETE /webhook-endpoints/{endpoint}",
    "POST /webhook-endpoints",
    "POST /webhook-endpoints/{endpoint}/rotate-secret",
    "POST /webhook-endpoints/{endpoint}/test",
    "POST /webhook-endpoints/{endpoint}/replay",
    "GET /deliveries",
    "GET /deliveries/{delivery}",
    "POST /deliveries/{delivery}/replay",
]
BODIES = {"POST /webhook-endpoints": {"url": URL}, "replay": {"since": "2026-11-25T12:00:00Z"}}


def body_for(request: str) -> dict[str, str] | None:
    """A body that would do."""
    if request.startswith("GET"):
        return None
    is_replay = request.endswith("{endpoint}/replay")
    return BODIES.get(request) or (BODIES["replay"] if is_replay else {})


def try_all(app: Flask, key: str, owner: Chain) -> dict[str, int]:
    """The status of every operation on an endpoint and a delivery of that chain."""
    endpoint_id, _ = add_endpoint(owner)
    make_response(owner, 9)
    ids = {"endpoint": endpoint_id, "delivery": deliveries(owner)[0].id}
    return {one: write(app, key, one.format(**ids), body_for(one))[0] for one in EVERYTHING}


def test_a_key_of_some_stores_may_not_touch_webhooks(app: Flask, chain: Chain) -> None:
    key = new_api_key(chain, stores=[chain.store_id])
    assert set(try_all(app, key, chain).values()) == {403}


def test_a_key_that_only_reads_may_look(app: Flask, chain: Chain) -> None:
    for request, status in try_all(app, new_api_key(chain, Scope.READ), chain).items():
        assert status == (200 if request.startswith("GET") else 403), request


def test_what_belongs_to_others_is_not_there(app: Flask, chain: Chain, foreign_chain: Chain) -> None:
    found = try_all(app, new_api_key(chain), foreign_chain)
    assert {status for request, status in found.items() if "{" in request} == {404}


def _shown(made: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in made.items() if name not in ("secret", "previous_secret_until")}
