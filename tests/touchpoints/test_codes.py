"""The page of a printed code: what is printed, and where the code leads."""

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import get_row, reading, transaction
from app.ids import new_printed_code
from app.stores.models import Store
from app.touchpoints.actions import create_touchpoint
from app.touchpoints.models import QrCode
from app.touchpoints.queries import get_place
from tests.make import NOON, Chain, sign_in


@pytest.fixture
def owner(app: Flask, chain: Chain) -> FlaskClient:
    """The owner's browser."""
    return sign_in(app, chain, "owner")


def code_row(chain: Chain) -> QrCode:
    """The chain's first code as it is stored."""
    with reading(chain.organisation_id) as session:
        return get_place(session, chain.code).code


def set_base_url(app: Flask, monkeypatch: pytest.MonkeyPatch, base_url: str) -> None:
    """Let codes begin with another address."""
    changed = app.config["VIDHUK"].model_copy(update={"configured_base_url": base_url})
    monkeypatch.setitem(app.config, "VIDHUK", changed)


def test_the_page_shows_the_code_and_leads_to_its_print(
    app: Flask, owner: FlaskClient, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_base_url(app, monkeypatch, "https://q.example.ua")
    page = owner.get(f"/touchpoints/codes/{chain.code}").text
    for text in (
        "Store 1",
        "Till 1",
        f"q.example.ua/q/{chain.code}",
        "<svg",
        f"/touchpoints/print?code={chain.code}",
    ):
        assert text in page
    assert "on this computer only" not in page


def test_an_address_that_only_this_computer_opens_is_pointed_out(
    app: Flask, owner: FlaskClient, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_base_url(app, monkeypatch, "http://127.0.0.1:8000")
    assert "on this computer only" in owner.get(f"/touchpoints/codes/{chain.code}").text


def test_a_base_address_that_is_too_long_is_explained_and_not_drawn(
    app: Flask, owner: FlaskClient, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_base_url(app, monkeypatch, f"https://{'x' * 80}.ua")
    page = owner.get(f"/touchpoints/codes/{chain.code}")
    assert page.status_code == 200
    assert "BASE_URL" in page.text
    assert 'class="code"' not in page.text
    assert "/touchpoints/print" not in page.text
    assert owner.get(f"/touchpoints/codes/{chain.code}.svg").status_code == 422


@pytest.mark.parametrize(("kind", "begin"), [("svg+xml", b"<svg"), ("png", b"\x89PNG")])
def test_the_code_alone_can_be_downloaded(owner: FlaskClient, chain: Chain, kind: str, begin: bytes) -> None:
    name = f"{chain.code}.{kind.partition('+')[0]}"
    answer = owner.get(f"/touchpoints/codes/{name}")
    assert (answer.status_code, answer.mimetype) == (200, f"image/{kind}")
    assert answer.data.startswith(begin)
    assert f'filename="{name}"' in answer.headers["Content-Disposition"]


def test_a_code_may_be_typed_in_small_letters(owner: FlaskClient, chain: Chain) -> None:
    assert owner.get(f"/touchpoints/codes/{chain.code.lower()}").status_code == 200


@pytest.mark.parametrize("code", ["x", "%00", "%2e%2e", "A" * 10_000, "🙂", "AAAAAAA"])
def test_what_is_no_code_is_not_there(owner: FlaskClient, code: str) -> None:
    for ending in ("", ".svg", ".png", "/repoint"):
        assert owner.get(f"/touchpoints/codes/{code}{ending}").status_code == 404


def test_an_unknown_code_is_not_there(owner: FlaskClient) -> None:
    assert owner.get(f"/touchpoints/codes/{new_printed_code()}").status_code == 404


def test_a_code_is_pointed_at_another_store(owner: FlaskClient, chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        door = create_touchpoint(session, chain.other_store_id, chain.survey_id, "Door", now=NOON)
    address = f"/touchpoints/codes/{chain.code}/repoint"
    assert "Till 1" in owner.get(address).text
    assert str(door) in owner.get(f"{address}?store=s2").text

    assert owner.post(address, data={"touchpoint_id": str(door)}).status_code == 303
    assert code_row(chain).touchpoint_id == door


def test_a_store_that_is_not_there_is_pointed_out(owner: FlaskClient, chain: Chain) -> None:
    answer = owner.get(f"/touchpoints/codes/{chain.code}/repoint?store=S99")
    assert answer.status_code == 422
    assert 'id="store-fault"' in answer.text
    assert 'value="S99"' in answer.text


@pytest.mark.parametrize(("target", "status"), [("", 422), ("1", 422), (str(UUID(int=7)), 404)])
def test_a_code_leads_to_real_touchpoints_only(
    owner: FlaskClient, chain: Chain, target: str, status: int
) -> None:
    answer = owner.post(f"/touchpoints/codes/{chain.code}/repoint", data={"touchpoint_id": target})
    assert answer.status_code == status
    assert code_row(chain).touchpoint_id == chain.touchpoint_id


def test_a_code_cannot_lead_into_another_chain(
    owner: FlaskClient, chain: Chain, foreign_chain: Chain
) -> None:
    target = {"touchpoint_id": str(foreign_chain.touchpoint_id)}
    assert owner.post(f"/touchpoints/codes/{chain.code}/repoint", data=target).status_code == 404


def test_a_code_is_retired_by_typing_it_and_restored(owner: FlaskClient, chain: Chain) -> None:
    address = f"/touchpoints/codes/{chain.code}"
    wrong = owner.post(f"{address}/retire", data={"confirm": chain.other_code})
    assert wrong.status_code == 422
    assert 'id="confirm-fault"' in wrong.text
    assert code_row(chain).retired_at is None

    assert owner.post(f"{address}/retire", data={"confirm": chain.code.lower()}).status_code == 303
    assert code_row(chain).retired_at is not None
    assert f"{address}/restore" in owner.get(address).text

    assert owner.post(f"{address}/restore").status_code == 303
    assert code_row(chain).retired_at is None


def test_a_closed_store_is_told_on_the_page_of_its_code(owner: FlaskClient, chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        get_row(session, Store, chain.store_id).retired_at = NOON
    page = owner.get(f"/touchpoints/codes/{chain.code}").text
    assert "this code takes no answers" in page
    assert "/touchpoints/print" not in page


def test_a_manager_prints_the_own_codes_and_changes_none(app: Flask, chain: Chain) -> None:
    client = sign_in(app, chain, "manager")
    own, other = f"/touchpoints/codes/{chain.code}", f"/touchpoints/codes/{chain.other_code}"
    for ending in ("", ".svg", ".png"):
        assert client.get(f"{own}{ending}").status_code == 200
        assert client.get(f"{other}{ending}").status_code == 404
    assert "/retire" not in client.get(own).text
    assert client.get(f"{own}/repoint").status_code == 403
    for ending in ("/repoint", "/retire", "/restore"):
        assert client.post(f"{own}{ending}", data={"confirm": chain.code}).status_code == 403


def test_another_chains_code_is_not_there(app: Flask, chain: Chain, foreign_chain: Chain) -> None:
    stranger = sign_in(app, foreign_chain, "owner")
    address = f"/touchpoints/codes/{chain.code}"
    for ending in ("", ".svg", ".png", "/repoint"):
        assert stranger.get(f"{address}{ending}").status_code == 404
    target = {"touchpoint_id": str(foreign_chain.touchpoint_id), "confirm": chain.code}
    for ending in ("/repoint", "/retire", "/restore"):
        assert stranger.post(f"{address}{ending}", data=target).status_code == 404
    assert isinstance(code_row(chain).touchpoint_id, UUID)
