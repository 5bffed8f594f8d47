"""Bad addresses get a problem document that names what was wrong; none of them is an error of ours."""

from uuid import UUID

import pytest
from flask import Flask

from tests.api.cast import ask, new_api_key
from tests.make import Chain

BAD_QUERIES = {
    "/responses?limit=0": ("limit", "out_of_range"),
    "/responses?limit=201": ("limit", "out_of_range"),
    "/responses?limit=": ("limit", "not_a_number"),
    "/responses?limit=5.0": ("limit", "not_a_number"),
    "/responses?limit=-1": ("limit", "not_a_number"),
    "/responses?limit=1e2": ("limit", "not_a_number"),
    "/responses?limit=%D9%A5": ("limit", "not_a_number"),
    "/responses?limit=" + "9" * 5000: ("limit", "not_a_number"),
    "/responses?limit=5&limit=6": ("limit", "repeated"),
    "/responses?cursor=": ("cursor", "bad_cursor"),
    "/responses?cursor=next": ("cursor", "bad_cursor"),
    "/responses?cursor=" + "A" * 31: ("cursor", "bad_cursor"),
    "/responses?cursor=f" + "_" * 31: ("cursor", "bad_cursor"),
    "/responses?cursor=%D1%96": ("cursor", "bad_cursor"),
    "/responses?since=yesterday": ("since", "bad_datetime"),
    "/responses?since=2026-11-25": ("since", "bad_datetime"),
    "/responses?since=2026-11-25T12:00:00": ("since", "bad_datetime"),
    "/responses?since=2026-02-30T00:00:00Z": ("since", "bad_datetime"),
    "/responses?since=0000-01-01T00:00:00Z": ("since", "bad_datetime"),
    "/responses?since=10000-01-01T00:00:00Z": ("since", "bad_datetime"),
    "/responses?since=9999-12-31T23:59:59-14:00": ("since", "bad_datetime"),
    "/responses?since=1764072000": ("since", "bad_datetime"),
    "/responses?since=1e400": ("since", "bad_datetime"),
    "/responses?until=now": ("until", "bad_datetime"),
    "/responses?sentiment=angry": ("sentiment", "unknown_value"),
    "/responses?store=": ("store", "empty"),
    "/responses?store=%00": ("store", "empty"),
    "/responses?store=nowhere": ("store", "unknown_value"),
    "/responses?store=" + "x" * 121: ("store", "too_long"),
    "/responses?external_id=" + "x%08" * 61: ("external_id", "too_long"),
    "/responses?external_id=%08%08": ("external_id", "empty"),
    "/responses?sort=rating": ("sort", "unknown_parameter"),
    "/alerts?state=open": ("state", "unknown_value"),
    "/alerts?since=x": ("since", "bad_datetime"),
    "/alerts?until=x": ("until", "bad_datetime"),
    "/alerts?severity=bad": ("severity", "unknown_value"),
    "/alerts?store=S9": ("store", "unknown_value"),
    "/alerts?owner=me": ("owner", "unknown_parameter"),
    "/stores?kind=kiosk": ("kind", "unknown_value"),
    "/stores?label=": ("label", "empty"),
    "/touchpoints?store=S9": ("store", "unknown_value"),
    "/alerts/1?limit=1": ("limit", "unknown_parameter"),
}
GOOD_QUERIES = (
    "/responses?limit=200&cursor=" + "A" * 32,
    "/responses?since=2026-11-25T12:00:60Z",
    "/responses?since=2026-11-25t12:00:00.123456789z",
    "/responses?since=2026-11-25T12:00:00-00:00",
    "/responses?since=0001-01-01T00:00:00Z&until=9999-12-31T23:59:59Z",
    "/alerts?state=dismissed",
    "/touchpoints?store=s1",
)
NOWHERE = (
    f"/responses/{UUID(int=7)}",
    f"/responses/{str(UUID(int=7)).upper()}",
    f"/responses/{{{UUID(int=7)}}}",
    f"/responses/{UUID(int=7).hex}",
    "/responses/1",
    "/responses/%D1%96",
    "/alerts/1",
    "/alerts/0",
    "/alerts/-1",
    "/alerts/1.0",
    "/alerts/" + "9" * 30,
    "/alerts/" + "9" * 5000,
    "/alerts/%D9%A1",
    "/nothing",
)


@pytest.mark.parametrize("address", BAD_QUERIES, ids=lambda address: address[:60])
def test_a_bad_parameter_is_named(app: Flask, chain: Chain, address: str) -> None:
    status, problem = ask(app, new_api_key(chain), address)
    path, code = BAD_QUERIES[address]
    assert (status, problem["code"], problem["status"]) == (422, "invalid", 422)
    assert problem["errors"] == [{"path": path, "code": code}]
    assert problem["type"] == "urn:vidhuk:problem:invalid"


def test_every_fault_is_told_at_once(app: Flask, chain: Chain) -> None:
    _, problem = ask(app, new_api_key(chain), "/responses?limit=0&since=x&colour=red")
    assert {fault["path"] for fault in problem["errors"]} == {"limit", "since", "colour"}


@pytest.mark.parametrize("address", GOOD_QUERIES)
def test_what_can_be_understood_is_answered(app: Flask, chain: Chain, address: str) -> None:
    assert ask(app, new_api_key(chain), address)[0] == 200


@pytest.mark.parametrize("address", NOWHERE, ids=lambda address: address[:40])
def test_what_is_not_there_looks_the_same_everywhere(app: Flask, chain: Chain, address: str) -> None:
    status, problem = ask(app, new_api_key(chain), address)
    assert status == 404
    assert {name: problem[name] for name in ("code", "title", "errors")} == {
        "code": "not_found",
        "title": problem["title"],
        "errors": [],
    }


def test_writing_is_answered_with_what_is_allowed(app: Flask, chain: Chain) -> None:
    headers = {"Authorization": f"Bearer {new_api_key(chain)}"}
    reply = app.test_client().delete("/api/v1/responses", headers=headers)
    assert (reply.status_code, reply.get_json()["code"]) == (405, "method_not_allowed")
    assert "GET" in reply.headers["Allow"]
    assert reply.mimetype == "application/problem+json"
