"""What a key opens: its scopes, its stores, its time; and what is remembered of its use."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from app.accounts.actions import create_api_key
from app.accounts.models import ApiKey
from app.accounts.queries import live_key
from app.db import db, looking_across, transaction
from app.web.access import Scope
from tests.api.cast import ask, new_api_key, write
from tests.fakes import Hands
from tests.make import NOON, Chain, make_response, rows_of
from tests.statements import asked

NEW_POINT = {"store": "S1", "name": "Till 2"}


def test_a_key_for_reading_may_not_write(app: Flask, chain: Chain) -> None:
    status, problem = write(app, new_api_key(chain, Scope.READ), "POST /touchpoints", NEW_POINT)
    assert (status, problem["code"]) == (403, "wrong_scope")


def test_a_key_for_writing_may_not_read(app: Flask, chain: Chain) -> None:
    key = new_api_key(chain, Scope.WRITE)
    assert write(app, key, "POST /touchpoints", NEW_POINT)[0] == 201
    status, problem = ask(app, key, "/touchpoints")
    assert (status, problem["code"]) == (403, "wrong_scope")


def test_an_expired_key_opens_nothing(app: Flask, chain: Chain, hands: Hands) -> None:
    with transaction(chain.organisation_id) as session:
        key = create_api_key(session, "Short", now=NOON, expires_at=NOON + timedelta(days=1))
    assert ask(app, key, "/alerts")[0] == 200
    hands.move(days=1)
    assert ask(app, key, "/alerts")[0] == 401


def test_a_limited_key_sees_its_own_stores_only(app: Flask, chain: Chain) -> None:
    make_response(chain, 1, comment="ours")
    make_response(chain, 1, comment="theirs", other_store=True)
    limited, whole = new_api_key(chain, stores=[chain.store_id]), new_api_key(chain)
    everything = {item["comment"]: item for item in ask(app, whole, "/responses")[1]["items"]}
    assert set(everything) == {"ours", "theirs"}
    assert [item["comment"] for item in ask(app, limited, "/responses")[1]["items"]] == ["ours"]
    assert [item["number"] for item in ask(app, limited, "/alerts")[1]["items"]] == [1]
    assert {item["store"]["code"] for item in ask(app, limited, "/touchpoints")[1]["items"]} == {"S1"}
    assert ask(app, limited, f"/responses/{everything['ours']['id']}")[0] == 200
    assert ask(app, limited, f"/responses/{everything['theirs']['id']}")[0] == 404
    assert ask(app, limited, "/alerts/2")[0] == 404


@pytest.mark.parametrize("path", ["/responses", "/touchpoints"])
def test_a_store_that_the_key_is_not_good_for_looks_unknown(app: Flask, chain: Chain, path: str) -> None:
    limited = new_api_key(chain, stores=[chain.store_id])
    for store in ("S2", str(chain.other_store_id), "S9"):
        status, problem = ask(app, limited, f"{path}?store={store}")
        assert (status, problem["errors"]) == (422, [{"path": "store", "code": "unknown_value"}])
    assert ask(app, limited, f"{path}?store=S1")[0] == 200


def test_the_day_of_the_last_use_is_written_once(app: Flask, chain: Chain, hands: Hands) -> None:
    key = new_api_key(chain)
    assert [row.used_on for row in rows_of(chain, ApiKey)] == [None]
    ask(app, key, "/alerts")
    assert [row.used_on for row in rows_of(chain, ApiKey)] == [date(2026, 11, 25)]
    hands.at = datetime(2026, 11, 27, 0, 1, tzinfo=UTC)
    ask(app, key, "/alerts")
    assert [row.used_on for row in rows_of(chain, ApiKey)] == [date(2026, 11, 27)]


def test_a_refused_key_does_not_count_as_used(app: Flask, chain: Chain) -> None:
    write(app, new_api_key(chain, Scope.READ), "POST /touchpoints", NEW_POINT)
    assert [row.used_on for row in rows_of(chain, ApiKey)] == [None]


def test_a_second_key_in_the_address_is_seen_too(app: Flask, chain: Chain) -> None:
    status, problem = ask(app, new_api_key(chain), "/alerts?state=new&state=vh_secret")
    assert (status, problem["code"]) == (400, "key_in_address")


def test_a_key_is_looked_up_in_one_statement(app: Flask, chain: Chain) -> None:
    key = new_api_key(chain, stores=[chain.store_id, chain.other_store_id])
    db.session.remove()
    with looking_across() as session, asked() as statements:
        found = live_key(session, key, now=NOON)
    assert found is not None
    assert found.store_ids == frozenset({chain.store_id, chain.other_store_id})
    assert [one.split()[0] for one in statements] == ["SELECT"]


def test_a_refusal_says_how_to_come_in(app: Flask, chain: Chain) -> None:
    reply = app.test_client().get("/api/v1/alerts")
    assert (reply.status_code, reply.headers["WWW-Authenticate"]) == (401, "Bearer")
