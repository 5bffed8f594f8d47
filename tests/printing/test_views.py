"""The pages of printing: what may be chosen, by whom, and where the file is."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.models import MembershipStore
from app.audit.models import AuditEntry
from app.db import get_row, reading, transaction
from app.printing import forms, views
from app.printing.actions import make_due_runs
from app.printing.models import PrintRun
from app.printing.rules import FORMATS, KEPT
from app.stores.models import Store
from app.touchpoints.actions import create_code, retire_code
from app.touchpoints.queries import get_place
from tests.fakes import Hands
from tests.make import NOON, Chain, make_chain, rows_of, sign_in, sign_in_again
from tests.printing.paper import pages

BASE = "https://q.nova.ua"
PRINT = "/touchpoints/print"


@pytest.fixture(autouse=True)
def short_address(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes begin with a real chain's address."""
    set_base_url(app, monkeypatch, BASE)


@pytest.fixture
def owner(app: Flask, chain: Chain, short_address: None) -> FlaskClient:
    """The owner's browser."""
    return sign_in(app, chain, "owner")


@pytest.fixture
def by_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every order is made by a worker."""
    monkeypatch.setattr(views, "MOST_AT_ONCE", 0)


def set_base_url(app: Flask, monkeypatch: pytest.MonkeyPatch, base_url: str) -> None:
    """Let codes begin with another address; the session's cookie must work without TLS all the same."""
    changed = app.config["VIDHUK"].model_copy(update={"configured_base_url": base_url})
    monkeypatch.setitem(app.config, "VIDHUK", changed)


def order(browser: FlaskClient, **form: object) -> str:
    """Order a run; the address of its page."""
    answer = browser.post(PRINT, data=form)
    assert answer.status_code == 303, answer.text
    return answer.location


def test_the_page_offers_every_format_and_shows_the_first_page(owner: FlaskClient, chain: Chain) -> None:
    page = owner.get(PRINT).text
    for own in FORMATS.values():
        assert f'name="format" value="{own.name}"' in page
    assert "2 cards · 2 pages" in page
    (address,) = re.findall(r'src="(/touchpoints/print/preview.svg[^"]*)"', page)
    picture = owner.get(address)
    assert (picture.status_code, picture.mimetype) == (200, "image/svg+xml")
    assert f"q.nova.ua/q/{chain.code}" in picture.text


@pytest.mark.parametrize("name", FORMATS)
def test_a_small_order_is_a_file_by_a_worker(owner: FlaskClient, chain: Chain, name: str) -> None:
    answer = owner.post(PRINT, data={"code": chain.code, "format": name, "first": "en", "further": "uk"})
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{chain.code}-{name}-')
    assert answer.headers["Cache-Control"] == "no-store"
    (page,) = pages(answer.data)
    assert set(page.codes()) == {f"{BASE}/q/{chain.code}"}
    assert "How was it today?" in re.sub(r"\s+", " ", page.text)
    (entry,) = rows_of(chain, AuditEntry)
    assert (entry.deed, entry.subject) == ("print_run.ordered", f"Store 1 · Till 1 · {chain.code}")
    assert rows_of(chain, PrintRun) == []


def test_stores_speak_their_own_languages_unless_told_otherwise(owner: FlaskClient, chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        get_row(session, Store, chain.store_id).languages = ["xx", "uk"]
    for first, question in (("", "Як вам у нас сьогодні?"), ("en", "How was it today?")):
        (page,) = pages(owner.post(PRINT, data={"store": "S1", "format": "sticker", "first": first}).data)
        assert question in re.sub(r"\s+", " ", page.text)


def test_the_choice_is_shown_again_in_an_address_without_the_token(owner: FlaskClient, chain: Chain) -> None:
    form = {
        "show": "1",
        "csrf_token": "secret",
        "store": "s1",
        "format": "a4",
        "further": ["en"],
        "copies": "",
    }
    answer = owner.post(PRINT, data=form)
    assert (answer.status_code, answer.location) == (303, f"{PRINT}?store=s1&format=a4&further=en")
    page = owner.get(answer.location).text
    assert "1 card · 1 page" in page
    assert 'value="a4" checked' in page
    assert '"en" checked' in page


@pytest.mark.parametrize(
    ("query", "cards"),
    [
        ("store=S1", 3),
        ("store=s2", 1),
        ("region={region}", 3),
        ("label=mall", 1),
        ("store=S1&label=mall", 0),
        ("touchpoint={touchpoint}", 3),
        ("code={code}", 1),
        ("code={code}&copies=48", 48),
        ("", 4),
    ],
)
def test_codes_are_chosen_by_place(owner: FlaskClient, chain: Chain, query: str, cards: int) -> None:
    with transaction(chain.organisation_id) as session:
        codes = [create_code(session, chain.touchpoint_id, now=NOON) for _ in range(3)]
        retire_code(session, codes[0], now=NOON)
        get_row(session, Store, chain.other_store_id).labels = ["mall"]
    chosen = query.format(region=chain.region_id, touchpoint=chain.touchpoint_id, code=chain.code)
    page = owner.get(f"{PRINT}?{chosen}").text
    words = "1 card ·" if cards == 1 else f"{cards} cards ·"
    assert words in page if cards else "No code here takes answers" in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("store", "S99"),
        ("store", "%"),
        ("region", "x"),
        ("region", str(UUID(int=7))),
        ("format", "a0"),
        ("format", "🙂"),
        ("first", "ru"),
        ("further", "xx"),
        ("copies", "0"),
        ("copies", "241"),
        ("copies", "-1"),
        ("copies", "1.5"),
        ("copies", "²"),
        ("copies", "9" * 5000),
    ],
)
def test_what_cannot_be_printed_is_told_beside_its_field(
    owner: FlaskClient, chain: Chain, field: str, value: str
) -> None:
    named = "first" if field == "further" else field
    for answer in (owner.get(PRINT, query_string={field: value}), owner.post(PRINT, data={field: value})):
        assert answer.status_code == 422
        assert f'href="#{named}"' in answer.text
        assert f'id="{named}"' in answer.text
    assert rows_of(chain, AuditEntry) == []


@pytest.mark.parametrize("query", ["code=0000000", "code=x", "touchpoint=x", f"touchpoint={UUID(int=7)}"])
def test_what_is_not_there_is_not_printed(owner: FlaskClient, query: str) -> None:
    assert owner.get(f"{PRINT}?{query}").status_code == 404
    assert owner.get(f"{PRINT}/preview.svg?{query}").status_code == 404


def test_an_order_that_is_too_large_is_told_so(
    owner: FlaskClient, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "MOST_CARDS", 1)
    answer = owner.get(PRINT)
    assert answer.status_code == 422
    assert "This would be 2 cards, and one file holds 1." in answer.text


def test_nothing_to_print_is_an_answer(owner: FlaskClient, chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        retire_code(session, get_place(session, chain.code).code.id, now=NOON)
    answer = owner.post(PRINT, data={"store": "S1"})
    assert answer.status_code == 422
    assert "No code here takes answers" in answer.text


def test_addresses_that_no_phone_opens_are_pointed_out(
    app: Flask, owner: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "on this computer only" not in owner.get(PRINT).text
    set_base_url(app, monkeypatch, "http://127.0.0.1:8000")
    assert "on this computer only" in owner.get(PRINT).text


def test_an_address_that_is_too_long_is_explained_and_not_printed(
    app: Flask, owner: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_base_url(app, monkeypatch, f"https://{'x' * 80}.ua")
    page = owner.get(PRINT).text
    assert "BASE_URL" in page
    assert "preview.svg" not in page
    answer = owner.post(PRINT, data={})
    assert (answer.status_code, "BASE_URL" in answer.text) == (422, True)


@pytest.mark.parametrize("name", FORMATS)
def test_the_printer_can_be_tried(owner: FlaskClient, name: str) -> None:
    answer = owner.get(f"{PRINT}/test-page.pdf?format={name}")
    assert answer.mimetype == "application/pdf"
    assert "50 mm" in pages(answer.data)[0].text
    assert owner.get(f"{PRINT}/test-page.pdf?format=a0").status_code == 404


@pytest.mark.usefixtures("by_a_worker")
def test_a_large_order_is_made_by_a_worker_and_fetched(
    owner: FlaskClient, chain: Chain, hands: Hands
) -> None:
    address = order(owner, format="labels")
    waiting = owner.get(address).text
    assert 'data-state="waiting"' in waiting
    assert "print-run.js" in waiting
    assert owner.get(f"{address}/file").location == address

    make_due_runs(BASE, hands)
    assert 'data-state="made"' in owner.get(address).text
    answer = owner.get(f"{address}/file")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="codes-labels-2026-11-25.pdf"'
    assert [code[-7:] for code in pages(answer.data)[0].codes()] == [chain.code, chain.other_code]
    assert f'href="{address}"' in owner.get(PRINT).text


@pytest.mark.usefixtures("by_a_worker")
def test_a_file_whose_time_is_over_is_told_in_words(owner: FlaskClient, chain: Chain, hands: Hands) -> None:
    address = order(owner, format="labels")
    make_due_runs(BASE, hands)
    hands.at = NOON + KEPT - timedelta(seconds=1)
    sign_in_again(owner, chain)
    assert owner.get(f"{address}/file").status_code == 200
    hands.at = NOON + KEPT
    answer = owner.get(f"{address}/file")
    assert answer.status_code == 410
    assert "not kept any more" in answer.text
    assert "not kept any more" in owner.get(address).text


@pytest.mark.usefixtures("by_a_worker")
def test_a_failure_is_told_in_words(owner: FlaskClient, chain: Chain, hands: Hands) -> None:
    address = order(owner, format="labels")
    make_due_runs(f"https://{'x' * 80}.ua", hands)
    page = owner.get(address).text
    assert 'data-state="failed"' in page
    assert "BASE_URL" in page
    assert owner.get(f"{address}/file").location == address


@pytest.mark.usefixtures("by_a_worker")
def test_nobody_has_more_than_three_orders_made_by_a_worker(owner: FlaskClient, chain: Chain) -> None:
    for _ in range(3):
        order(owner, format="labels")
    answer = owner.post(PRINT, data={"format": "labels"})
    assert (answer.status_code, "still being made" in answer.text) == (422, True)
    assert len(rows_of(chain, PrintRun)) == 3


def test_a_manager_prints_the_own_store_and_no_other(app: Flask, chain: Chain) -> None:
    manager = sign_in(app, chain, "manager")
    page = manager.get(PRINT).text
    assert "1 card · 1 page" in page
    assert "Store 2" not in page
    assert manager.get(f"{PRINT}?code={chain.code}").status_code == 200
    for path in (PRINT, f"{PRINT}/preview.svg"):
        assert manager.get(f"{path}?code={chain.other_code}").status_code == 404
        assert manager.get(f"{path}?touchpoint={other_touchpoint(chain)}").status_code == 404
    assert manager.post(PRINT, data={"code": chain.other_code}).status_code == 404
    assert manager.post(PRINT, data={"store": "S2"}).status_code == 422
    (page_of_file,) = pages(manager.post(PRINT, data={"format": "labels"}).data)
    assert page_of_file.codes() == [f"{BASE}/q/{chain.code}"]


@pytest.mark.usefixtures("by_a_worker")
def test_a_run_is_the_business_of_who_ordered_it(
    app: Flask, owner: FlaskClient, chain: Chain, hands: Hands
) -> None:
    address = order(owner, format="labels")
    make_due_runs(BASE, hands)
    for other in (sign_in(app, chain, "manager"), sign_in(app, make_chain("stranger"), "owner")):
        assert other.get(address).status_code == 404
        assert other.get(f"{address}/file").status_code == 404
        assert address not in other.get(PRINT).text


@pytest.mark.usefixtures("by_a_worker")
def test_a_file_with_stores_out_of_scope_since_is_not_handed_out(
    app: Flask, chain: Chain, hands: Hands
) -> None:
    manager = sign_in(app, chain, "manager")
    address = order(manager, format="labels")
    make_due_runs(BASE, hands)
    assert manager.get(f"{address}/file").status_code == 200
    with transaction(chain.organisation_id) as session:
        for row in session.query(MembershipStore).filter_by(membership_id=chain.manager_id):
            row.store_id = chain.other_store_id
    for path in (address, f"{address}/file"):
        assert manager.get(path).status_code == 404


def test_another_chains_codes_are_not_printed(app: Flask, chain: Chain, foreign_chain: Chain) -> None:
    stranger = sign_in(app, foreign_chain, "owner")
    for query in (f"code={chain.code}", f"touchpoint={chain.touchpoint_id}"):
        assert stranger.get(f"{PRINT}?{query}").status_code == 404
    assert stranger.get(f"{PRINT}?region={chain.region_id}").status_code == 422
    assert chain.code not in stranger.get(f"{PRINT}/preview.svg").text


def test_pages_of_places_lead_to_their_print(owner: FlaskClient, chain: Chain) -> None:
    assert f'href="{PRINT}"' in owner.get("/touchpoints").text
    assert f'href="{PRINT}?store=S1"' in owner.get("/touchpoints").text
    assert (
        f'href="{PRINT}?touchpoint={chain.touchpoint_id}"'
        in owner.get(f"/touchpoints/{chain.touchpoint_id}").text
    )
    assert f'href="{PRINT}?store=S1"' in owner.get(f"/stores/{chain.store_id}").text


def other_touchpoint(chain: Chain) -> UUID:
    """The touchpoint of the chain's other store."""
    with reading(chain.organisation_id) as session:
        return get_place(session, chain.other_code).touchpoint.id
