"""The page of receipt links: how long they live, the keys of tills, and a box that explains a link."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.audit.models import AuditEntry
from app.db import transaction
from app.ids import new_key_id
from app.invitations.actions import NewKey, cancel_receipt, revoke_till_key
from app.invitations.models import TillKey
from app.stores.actions import retire_store
from tests.fakes import Hands
from tests.invitations.cast import Reader, link, signed, till
from tests.make import NOON, Chain, rows_of, sign_in, sign_in_again

PAGE = "/settings/receipts"


@pytest.fixture
def owner(app: Flask, chain: Chain) -> FlaskClient:
    """The owner's browser."""
    return sign_in(app, chain, "owner")


def code_after(page: str, name: str) -> str:
    """What stands beside a name in a list of facts."""
    found = re.search(rf"<dt>{name}</dt><dd><code>([^<]+)</code>", page)
    assert found, page
    return unescape(found[1])


def deeds(chain: Chain) -> list[str]:
    """What the audit log remembers."""
    return sorted(row.deed for row in rows_of(chain, AuditEntry))


@pytest.mark.parametrize("who", ["manager", "regional"])
def test_only_who_edits_settings_comes_here(app: Flask, chain: Chain, who: str) -> None:
    browser = sign_in(app, chain, who)
    assert browser.get(PAGE).status_code == 403
    assert browser.post(f"{PAGE}/keys", data={"store": "S1"}).status_code == 403
    assert f'href="{PAGE}"' not in browser.get("/more").text
    assert f'href="{PAGE}"' in sign_in(app, chain, "owner").get("/more").text


def test_a_key_is_shown_once_with_a_secret_that_works(
    owner: FlaskClient, chain: Chain, reader: Reader
) -> None:
    page = owner.post(f"{PAGE}/keys", data={"store": "s1"})
    key = NewKey(code_after(page.text, "Key"), code_after(page.text, "Secret"))
    assert page.headers["Cache-Control"] == "no-store"
    assert reader.open(signed(key)).status_code == 200
    for path in (PAGE, f"{PAGE}/keys/{key.key_id}"):
        shown = owner.get(path).text
        assert key.key_id in shown
        assert key.secret not in shown
    assert deeds(chain) == ["till_key.created"]


@pytest.mark.parametrize("code", ["", "nowhere", "S1x"])
def test_a_key_needs_an_open_store(owner: FlaskClient, chain: Chain, code: str) -> None:
    page = owner.post(f"{PAGE}/keys", data={"store": code})
    assert page.status_code == 422
    assert "Choose an open store by its code." in page.text
    with transaction(chain.organisation_id) as session:
        retire_store(session, chain.store_id, now=NOON)
    assert owner.post(f"{PAGE}/keys", data={"store": "S1"}).status_code == 422
    assert rows_of(chain, TillKey) == []


def test_a_rotated_key_stays_good_for_the_days_that_were_typed(
    owner: FlaskClient, chain: Chain, reader: Reader, hands: Hands
) -> None:
    old = till(chain)
    page = owner.post(f"{PAGE}/keys/{old.key_id}/rotate", data={"overlap_days": "2"})
    new = NewKey(code_after(page.text, "Key"), code_after(page.text, "Secret"))
    assert new.key_id != old.key_id
    assert "Replaced" in owner.get(PAGE).text
    assert [reader.open(signed(key)).status_code for key in (old, new)] == [200, 200]
    hands.move(days=2)
    assert [reader.open(signed(key)).status_code for key in (old, new)] == [410, 200]
    sign_in_again(owner, chain)
    assert "Ended" in owner.get(PAGE).text
    assert owner.post(f"{PAGE}/keys/{old.key_id}/rotate", data={"overlap_days": "2"}).status_code == 409
    assert deeds(chain) == ["till_key.rotated"]


@pytest.mark.parametrize("days", ["", "-1", "91", "1.5", "x", "٣", "1" * 50])
def test_days_are_checked(owner: FlaskClient, chain: Chain, days: str) -> None:
    key = till(chain)
    page = owner.post(f"{PAGE}/keys/{key.key_id}/rotate", data={"overlap_days": days})
    assert page.status_code == 422
    assert "from 0 to 90" in page.text
    assert len(rows_of(chain, TillKey)) == 1


def test_revoking_asks_for_the_name(owner: FlaskClient, chain: Chain, reader: Reader) -> None:
    key = till(chain)
    path = f"{PAGE}/keys/{key.key_id}/revoke"
    assert owner.post(path, data={"confirm": "yes"}).status_code == 422
    assert reader.open(signed(key)).status_code == 200
    assert owner.post(path, data={"confirm": f" {key.key_id.lower()} "}).status_code == 303
    assert reader.open(signed(key)).status_code == 410
    assert "Revoked" in owner.get(f"{PAGE}/keys/{key.key_id}").text
    assert deeds(chain) == ["till_key.revoked"]


def test_foreign_keys_are_not_there(owner: FlaskClient, foreign_chain: Chain) -> None:
    key = till(foreign_chain)
    assert key.key_id not in owner.get(PAGE).text
    assert owner.get(f"{PAGE}/keys/{key.key_id}").status_code == 404
    for deed in ("rotate", "revoke"):
        data = {"confirm": key.key_id, "overlap_days": "1"}
        assert owner.post(f"{PAGE}/keys/{key.key_id}/{deed}", data=data).status_code == 404


def test_keys_are_found_by_store_and_name(owner: FlaskClient, chain: Chain) -> None:
    key, other = till(chain), till(chain, other_store=True)
    for search in ("s1", "Store 1", key.key_id.lower()):
        page = owner.get(PAGE, query_string={"q": search}).text
        assert key.key_id in page
        assert other.key_id not in page
    assert "No key fits." in owner.get(f"{PAGE}?q=%25").text


def test_the_life_of_links_is_set_in_days(
    owner: FlaskClient, chain: Chain, reader: Reader, hands: Hands
) -> None:
    assert owner.post(f"{PAGE}/life", data={"life_days": "7"}).status_code == 303
    assert 'value="7"' in owner.get(PAGE).text
    key = till(chain)
    hands.move(days=7)
    assert reader.open(signed(key)).status_code == 410
    sign_in_again(owner, chain)
    for days in ("0", "366", "", "seven"):
        page = owner.post(f"{PAGE}/life", data={"life_days": days})
        assert page.status_code == 422
        assert "from 1 to 365" in page.text
    assert deeds(chain) == ["receipt_terms.changed"]


def check(owner: FlaskClient, text: str) -> str:
    """What the box says about a link."""
    page = owner.post(f"{PAGE}/check", data={"link": text})
    assert page.status_code == 200
    found = re.search(r'id="verdict".*?</form>', page.text, re.DOTALL)
    assert found
    return unescape(re.sub(r"<[^>]+>", " ", found[0]))


def test_a_good_link_is_explained(owner: FlaskClient, chain: Chain) -> None:
    key = till(chain)
    for text in (f"https://q.example{signed(key, cashier='07')}", f" {link(chain, 'other')} "):
        said = check(owner, text)
        assert "It opens the survey." in said
        assert "Store 1" in said
    assert "vidhuk-receipt-1" in check(owner, signed(key))


def test_a_link_that_does_not_open_is_explained(owner: FlaskClient, chain: Chain, reader: Reader) -> None:
    key, revoked = till(chain), till(chain)
    with transaction(chain.organisation_id) as session:
        revoke_till_key(session, revoked.key_id, now=NOON)
        cancel_receipt(session, chain.store_id, "refunded", now=NOON)
    answered = link(chain, "answered")
    reader.tapped(answered)
    said = {
        "": "A receipt link has /i/ or /r/",
        "https://[": "This is not an address.",
        "/q/ABCDEFG": "A receipt link has /i/ or /r/",
        "/i/x": "Nobody of yours has made this link.",
        answered: "It was answered about already",
        f"{signed(key)}&x=1": "The field x is not known.",
        f"{signed(key)}&t=1": "The field t is there twice.",
        signed(key).replace("t=", "t=0"): "The field t is missing or not in its one spelling.",
        signed(NewKey(new_key_id(), "x")): "No till key of yours is called",
        signed(NewKey(key.key_id, "x")): "has to sign exactly this text",
        signed(revoked): "The key was revoked",
        signed(key, "refunded"): "The purchase was cancelled",
        signed(key, issued_at=NOON + timedelta(hours=1)): "the clock of the till is ahead",
        signed(key, issued_at=NOON - timedelta(days=31)): "It has expired.",
    }
    for text, words in said.items():
        assert words in check(owner, text), text


def test_the_box_tells_nothing_of_others(owner: FlaskClient, foreign_chain: Chain) -> None:
    theirs = till(foreign_chain)
    assert "No till key of yours is called" in check(owner, signed(theirs))
    assert "Nobody of yours has made this link." in check(owner, link(foreign_chain))


@pytest.mark.parametrize("text", ["\0", "/r/%ff/%ff?%ff", "/r/" + "x" * 9000, "<script>", "/r/a/b?🙂=1"])
def test_the_box_takes_anything(owner: FlaskClient, chain: Chain, text: str) -> None:
    assert check(owner, text)


@pytest.mark.parametrize("path", ["life", "keys", "check"])
def test_changing_the_language_on_an_answer_leads_back(owner: FlaskClient, path: str) -> None:
    answer = owner.get(f"{PAGE}/{path}")
    assert (answer.status_code, answer.location) == (303, PAGE)
