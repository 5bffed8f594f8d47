"""Settings, API keys: made and shown once, listed without the secret, revoked after a question."""

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.models import ApiKey, ApiKeyStore
from app.audit.models import AuditEntry
from tests.api.cast import ask, write
from tests.fakes import Hands
from tests.make import NOON, Chain, rows_of, sign_in

PAGE = "/settings/api-keys"
FORM = {"name": "Dynamics", "scopes": ["read", "write"], "stores": "", "life": ""}
SECRET = re.compile(r'<code class="secret">(vh_[\w-]+)</code>')


@pytest.fixture
def owner(app: Flask, chain: Chain, hands: Hands) -> FlaskClient:
    """The browser of the owner."""
    return sign_in(app, chain, "owner")


def make_key(owner: FlaskClient, **fields: object) -> str:
    """The key that the page shows, this once."""
    page = owner.post(PAGE, data={**FORM, **fields})
    found = SECRET.search(page.text)
    assert page.status_code == 200
    assert found, page.text
    return found[1]


def test_a_key_is_shown_once_and_works(app: Flask, chain: Chain, owner: FlaskClient) -> None:
    secret = make_key(owner)
    assert ask(app, secret, "/stores")[0] == 200
    page = owner.get(PAGE)
    assert secret not in page.text
    assert f"…{secret[-4:]}" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    (entry,) = rows_of(chain, AuditEntry)
    assert (entry.deed, entry.doer, entry.subject) == ("api_key.created", "Owner", "Dynamics")
    assert secret not in str(entry.data)


def test_a_key_may_be_limited(app: Flask, chain: Chain, owner: FlaskClient, hands: Hands) -> None:
    secret = make_key(owner, scopes=["read"], stores=" s1 , S1,", life="30")
    assert [item["code"] for item in ask(app, secret, "/stores")[1]["items"]] == ["S1"]
    assert write(app, secret, "POST /stores", {})[0] == 403
    assert [row.store_id for row in rows_of(chain, ApiKeyStore)] == [chain.store_id]
    (key,) = rows_of(chain, ApiKey)
    assert key.expires_at == NOON + timedelta(days=30)
    assert key.used_on == date(2026, 11, 25)
    page = owner.get(PAGE).text
    for shown in ("S1", "25 Nov 2026", "25 Dec 2026"):
        assert shown in page
    hands.move(days=31)
    assert "Has expired" in sign_in(app, chain, "owner").get(PAGE).text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": " "}, "Write what the key is for"),
        ({"name": "x" * 121}, "Shorten the name"),
        ({"name": "old"}, "There is a key of this name"),
        ({"scopes": []}, "Choose what the key may do"),
        ({"scopes": ["admin"]}, "Choose what the key may do"),
        ({"stores": "S1, S9, <b>"}, "There is no store S9, &lt;b&gt;."),
        ({"stores": ",".join(f"S{n}" for n in range(501))}, "Name at most 500 stores"),
        ({"life": "7"}, "Choose one that is in the list"),
    ],
)
def test_a_fault_is_told_beside_its_field_and_no_key_is_made(
    chain: Chain, owner: FlaskClient, fields: dict[str, object], said: str
) -> None:
    make_key(owner, name="Old")
    page = owner.post(PAGE, data={**FORM, **fields})
    assert page.status_code == 422
    assert said in page.text
    assert [key.name for key in rows_of(chain, ApiKey)] == ["Old"]


def test_the_page_sent_twice_makes_one_key(chain: Chain, owner: FlaskClient) -> None:
    make_key(owner)
    assert owner.post(PAGE, data=FORM).status_code == 422
    assert len(rows_of(chain, ApiKey)) == 1


def test_revoking_asks_first_and_ends_the_key(app: Flask, chain: Chain, owner: FlaskClient) -> None:
    secret = make_key(owner)
    (key,) = rows_of(chain, ApiKey)
    question = owner.get(f"{PAGE}/{key.id}/revoke")
    assert "never used" in question.text
    assert ask(app, secret, "/stores")[0] == 200
    for _ in range(2):
        assert owner.post(f"{PAGE}/{key.id}/revoke").status_code == 303
    assert ask(app, secret, "/stores")[0] == 401
    assert "Revoked" in owner.get(PAGE).text
    assert "revoked already" in owner.get(f"{PAGE}/{key.id}/revoke").text
    assert sorted(entry.deed for entry in rows_of(chain, AuditEntry)) == [
        "api_key.created",
        "api_key.revoked",
    ]
    assert make_key(owner) != secret


def test_only_who_edits_settings_comes_in(app: Flask, chain: Chain) -> None:
    manager = sign_in(app, chain)
    assert manager.get(PAGE).status_code == 403
    assert manager.post(PAGE, data=FORM).status_code == 403
    assert PAGE not in manager.get("/more").text
    assert PAGE in sign_in(app, chain, "owner").get("/more").text


def test_a_strangers_key_is_not_there(
    app: Flask, chain: Chain, foreign_chain: Chain, owner: FlaskClient
) -> None:
    make_key(owner)
    (key,) = rows_of(chain, ApiKey)
    stranger = sign_in(app, foreign_chain, "owner")
    assert "Dynamics" not in stranger.get(PAGE).text
    assert stranger.get(f"{PAGE}/{key.id}/revoke").status_code == 404
    assert stranger.post(f"{PAGE}/{key.id}/revoke").status_code == 404
    assert rows_of(chain, ApiKey)[0].revoked_at is None
