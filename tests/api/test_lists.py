"""What the lists show, page by page, to the holder of a key and to nobody else."""

from datetime import timedelta

import pytest
from flask import Flask

from app.accounts.models import ApiKey
from app.alerts.actions import acknowledge_alert
from app.db import transaction
from app.responses.queries import get_response_by_key
from app.touchpoints.actions import create_code, retire_code
from app.touchpoints.models import QrCode
from tests.api.cast import ask, classify_all, new_api_key
from tests.make import NOON, Chain, make_response
from tests.statements import asked

MINUTE = timedelta(minutes=1)
LISTS = ("/stores", "/touchpoints", "/responses", "/alerts")


def test_a_touchpoint_carries_the_address_of_its_newest_live_code(app: Flask, chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        first = session.query(QrCode).filter_by(code=chain.code).one()
        create_code(session, chain.touchpoint_id, now=NOON + MINUTE)
        retire_code(session, first.id, now=NOON + 2 * MINUTE)
    status, found = ask(app, new_api_key(chain), "/touchpoints")
    shown = next(item for item in found["items"] if item["id"] == str(chain.touchpoint_id))
    assert status == 200
    assert [code["retired_at"] for code in shown["codes"]] == [None, "2026-11-25T12:02:00Z"]
    assert shown["url"] == shown["codes"][0]["url"]
    assert shown["codes"][1]["url"] == f"http://127.0.0.1:8000/q/{chain.code}"
    assert shown["store"] == {"id": str(chain.store_id), "code": "S1", "name": "Store 1"}
    assert shown["survey"] == {"id": str(chain.survey_id), "name": "NPS"}


def test_a_touchpoint_without_a_live_code_has_no_address(app: Flask, chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        retire_code(session, session.query(QrCode).filter_by(code=chain.code).one().id, now=NOON)
    _, found = ask(app, new_api_key(chain), "/touchpoints")
    assert {
        item["name"]: item["url"] is None for item in found["items"] if item["store"]["code"] == "S1"
    } == {"Till 1": True}


def test_a_response_shows_what_was_said_and_how_it_was_judged(app: Flask, chain: Chain) -> None:
    key = make_response(chain, 9, comment="good price but fire")
    classify_all()
    with transaction(chain.organisation_id) as session:
        response_id = str(get_response_by_key(session, key).id)
    status, shown = ask(app, new_api_key(chain), f"/responses/{response_id}")
    assert status == 200
    assert shown == {
        "id": response_id,
        "rating": 9,
        "comment": "good price but fire",
        "sentiment": "positive",
        "sentiment_scores": {"negative": 0.05, "neutral": 0.05, "positive": 0.9},
        "topics": [{"key": "price", "polarity": 1, "score": 0.9}],
        "flags": [{"key": "safety", "score": 0.97, "certain": True}],
        "comment_language": "en",
        "classified_by": "model",
        "model_version": "fake-1",
        "language": "uk",
        "channel": "qr",
        "store": {"id": str(chain.store_id), "code": "S1", "name": "Store 1"},
        "touchpoint": {"id": str(chain.touchpoint_id), "name": "Till 1"},
        "verified": False,
        "invitation": None,
        "receipt": None,
        "refunded": False,
        "employee": None,
        "answered_at": "2026-11-25T12:00:00Z",
        "received_at": "2026-11-25T12:00:00Z",
        "alert": 1,
        "external_id": None,
    }


def test_responses_are_found_by_topic_and_flag(app: Flask, chain: Chain) -> None:
    for comment in ("bad queue", "good price", "fire"):
        make_response(chain, 9, comment=comment)
    classify_all()
    key = new_api_key(chain)
    for query, comments in (
        ("topic=queue", ["bad queue"]),
        ("flag=safety", ["fire"]),
        ("topic=price&flag=safety", []),
        ("topic=price&sentiment=positive", ["good price"]),
    ):
        _, found = ask(app, key, f"/responses?{query}")
        assert [item["comment"] for item in found["items"]] == comments
    assert ask(app, key, "/responses?topic=weather")[0] == 422


def test_a_response_not_yet_judged_has_no_sentiment(app: Flask, chain: Chain) -> None:
    make_response(chain, 9, comment="good service")
    _, found = ask(app, new_api_key(chain), "/responses")
    assert [(item["sentiment"], item["sentiment_scores"]) for item in found["items"]] == [(None, None)]


def test_an_alert_shows_its_clock_and_its_response(app: Flask, chain: Chain) -> None:
    make_response(chain, 2, comment="bad queue")
    with transaction(chain.organisation_id) as session:
        acknowledge_alert(session, 1, chain.manager_id, now=NOON + MINUTE)
    status, shown = ask(app, new_api_key(chain), "/alerts/1")
    response = shown.pop("response")
    assert status == 200
    assert (response["comment"], response["alert"]) == ("bad queue", 1)
    assert shown == {
        "number": 1,
        "state": "acknowledged",
        "severity": "high",
        "reason": "rating",
        "reachable": True,
        "owner": "Manager",
        "opened_at": "2026-11-25T12:00:00Z",
        "acknowledge_due_at": "2026-11-25T12:10:00Z",
        "answer_due_at": "2026-11-25T12:30:00Z",
        "acknowledged_at": "2026-11-25T12:01:00Z",
        "answered_at": None,
        "breached_at": None,
        "resolved_at": None,
        "root_cause": None,
    }


def test_pages_follow_one_another_without_gap_or_repeat(app: Flask, chain: Chain) -> None:
    for minute in range(3):
        # Two at the same instant: the id decides between them.
        make_response(chain, 9, comment=f"{minute} first", now=NOON + minute * MINUTE)
        make_response(chain, 9, comment=f"{minute} second", now=NOON + minute * MINUTE)
    key, seen, address = new_api_key(chain), [], "/responses?limit=2"
    while address:
        _, found = ask(app, key, address)
        seen += [item["comment"] for item in found["items"]]
        cursor = found["next_cursor"]
        address = f"/responses?limit=2&cursor={cursor}" if cursor else ""
    assert len(seen) == len(set(seen)) == 6
    assert [comment[0] for comment in seen] == ["2", "2", "1", "1", "0", "0"]


def test_a_page_that_ends_the_list_has_no_cursor(app: Flask, chain: Chain) -> None:
    make_response(chain, 9)
    make_response(chain, 9)
    _, found = ask(app, new_api_key(chain), "/responses?limit=2")
    assert (len(found["items"]), found["next_cursor"]) == (2, None)


def test_responses_are_filtered_by_time_store_and_sentiment(app: Flask, chain: Chain) -> None:
    make_response(chain, 9, comment="early good")
    make_response(chain, 9, comment="late bad", now=NOON + 5 * MINUTE)
    make_response(chain, 9, comment="other good", other_store=True)
    classify_all(NOON + 6 * MINUTE)
    key = new_api_key(chain)

    def comments(query: str) -> set[str]:
        return {item["comment"] for item in ask(app, key, f"/responses?{query}")[1]["items"]}

    assert comments("since=2026-11-25T12:05:00Z") == {"late bad"}
    assert comments("since=2026-11-25T14:05:00+02:00") == {"late bad"}
    assert comments("until=2026-11-25T12:05:00Z") == {"early good", "other good"}
    assert comments("store=S2") == {"other good"}
    assert comments(f"store={chain.other_store_id}") == {"other good"}
    assert comments("sentiment=negative") == {"late bad"}


def test_alerts_are_filtered_by_state_and_time(app: Flask, chain: Chain) -> None:
    make_response(chain, 1)
    make_response(chain, 2, now=NOON + 5 * MINUTE)
    with transaction(chain.organisation_id) as session:
        acknowledge_alert(session, 1, chain.manager_id, now=NOON + MINUTE)
    key = new_api_key(chain)

    def numbers(query: str) -> list[int]:
        return [item["number"] for item in ask(app, key, f"/alerts?{query}")[1]["items"]]

    assert numbers("") == [2, 1]
    assert numbers("state=acknowledged") == [1]
    assert numbers("since=2026-11-25T12:05:00Z") == [2]


@pytest.mark.parametrize("path", LISTS)
def test_a_list_costs_as_many_statements_for_many_rows_as_for_one(
    app: Flask, chain: Chain, path: str
) -> None:
    key = new_api_key(chain)
    make_response(chain, 1, comment="bad")
    ask(app, key, path)  # the first use of a day is noted
    with asked() as for_one:
        ask(app, key, path)
    for minute in range(5):
        make_response(chain, 1, comment="bad", now=NOON + minute * MINUTE, other_store=bool(minute % 2))
    with asked() as for_many:
        ask(app, key, path)
    assert len(for_many) == len(for_one)


@pytest.mark.parametrize("path", LISTS)
def test_a_key_opens_its_own_organisation_only(
    app: Flask, chain: Chain, foreign_chain: Chain, path: str
) -> None:
    make_response(chain, 1, comment="bad")
    key = make_response(foreign_chain, 1, comment="bad secret")
    with transaction(foreign_chain.organisation_id) as session:
        foreign_id = get_response_by_key(session, key).id
    ours = new_api_key(chain)
    assert "secret" not in str(ask(app, ours, path)[1])
    assert str(foreign_chain.touchpoint_id) not in str(ask(app, ours, path)[1])
    assert ask(app, ours, f"/responses/{foreign_id}")[0] == 404
    assert ask(app, ours, f"/responses?store={foreign_chain.store_id}")[0] == 422


@pytest.mark.parametrize("path", LISTS)
def test_a_stranger_is_refused(app: Flask, chain: Chain, path: str) -> None:
    key = new_api_key(chain)
    odd = "Bearer ключ".encode().decode("latin1")
    for header in (None, "Bearer", "Bearer vh_wrong", f"Basic {key}", key, odd):
        reply = app.test_client().get(f"/api/v1{path}", headers={"Authorization": header} if header else {})
        assert (reply.status_code, reply.get_json()["code"]) == (401, "unauthenticated")


def test_a_revoked_key_opens_nothing(app: Flask, chain: Chain) -> None:
    key = new_api_key(chain)
    with transaction(chain.organisation_id) as session:
        session.query(ApiKey).one().revoked_at = NOON
    assert ask(app, key, "/alerts")[0] == 401


def test_a_key_in_the_address_is_refused_even_beside_the_header(app: Flask, chain: Chain) -> None:
    key = new_api_key(chain)
    status, problem = ask(app, key, f"/alerts?api_key={key}")
    assert (status, problem["code"]) == (400, "key_in_address")
