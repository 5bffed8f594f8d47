"""Adding, changing, closing and reopening stores on their pages."""

from collections.abc import Sequence
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import get_row, reading, transaction
from app.stores.models import Region, Store
from app.stores.queries import find_store, regions, stores
from tests.make import Chain, sign_in

DAYS = range(1, 8)


def form(chain: Chain, **changes: str | Sequence[str]) -> dict[str, str | Sequence[str]]:
    """A form as the owner fills it in."""
    return {
        "region_id": str(chain.region_id),
        "region_name": "",
        "kind": "shop",
        "code": "K-12",
        "name": "Книгарня «Є»",
        "address": "Хрещатик, 1",
        "country": "UA",
        "currency": "UAH",
        "time_zone": "Europe/Kiev",
        "languages": ["uk", "en"],
        "first_language": "en",
        "labels": "franchise, airport",
        "dated_hours": "2026-12-25 closed\n2026-12-31 9-15",
        **{f"hours_{day}": "9-13, 14-21" for day in DAYS},
        **changes,
    }


def stored(chain: Chain, code: str = "K-12") -> Store:
    """The store of that code."""
    with reading(chain.organisation_id) as session:
        store = find_store(session, code, None)
    assert store is not None
    return store


@pytest.fixture
def owner(app: Flask, chain: Chain) -> FlaskClient:
    """The owner's browser."""
    return sign_in(app, chain, "owner")


def test_the_owner_adds_a_store(owner: FlaskClient, chain: Chain) -> None:
    assert owner.get("/stores/new").status_code == 200
    answer = owner.post("/stores/new", data=form(chain))

    store = stored(chain)
    assert (answer.status_code, answer.location) == (303, f"/stores/{store.id}")
    assert (store.name, store.address, store.region_id) == ("Книгарня «Є»", "Хрещатик, 1", chain.region_id)
    assert (store.country, store.currency, store.time_zone) == ("UA", "UAH", "Europe/Kyiv")
    assert store.languages == ["en", "uk"]
    assert store.labels == ["franchise", "airport"]
    assert store.weekly_hours == {str(day): [["09:00", "13:00"], ["14:00", "21:00"]] for day in DAYS}
    assert store.dated_hours == {"2026-12-25": [], "2026-12-31": [["09:00", "15:00"]]}


def test_a_store_may_bring_its_region_along(owner: FlaskClient, chain: Chain) -> None:
    owner.post("/stores/new", data=form(chain, region_id="new", region_name="Південь"))
    owner.post("/stores/new", data=form(chain, region_id="new", region_name=" південь ", code="K-13"))

    with reading(chain.organisation_id) as session:
        assert [region.name for region in regions(session)] == ["East", "West", "Південь"]
    assert stored(chain).region_id == stored(chain, "K-13").region_id


def test_the_owner_changes_a_store(owner: FlaskClient, chain: Chain) -> None:
    address = f"/stores/{chain.store_id}/edit"
    page = owner.get(address).text
    assert 'value="Store 1"' in page
    assert 'value="09:00-21:00"' in page

    answer = owner.post(address, data=form(chain, code="S1", kind="delivery", hours_7=""))
    assert (answer.status_code, answer.location) == (303, f"/stores/{chain.store_id}")
    store = stored(chain, "S1")
    assert (store.id, store.kind) == (chain.store_id, "delivery")
    assert "7" not in store.weekly_hours


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 121),
        ("code", ""),
        ("code", "two words"),
        ("code", "s2"),
        ("kind", "palace"),
        ("region_id", ""),
        ("region_id", str(UUID(int=7))),
        ("region_id", "DROP TABLE"),
        ("country", "EU"),
        ("currency", "DEM"),
        ("time_zone", "Europe/Lviv"),
        ("languages", []),
        ("labels", "x" * 41),
        ("hours_3", "late"),
        ("dated_hours", "2026-12-25 closed\nsomeday closed"),
        ("address", "x" * 301),
    ],
)
def test_a_wrong_field_is_named_and_everything_typed_is_kept(
    owner: FlaskClient, chain: Chain, field: str, value: str | list[str]
) -> None:
    answer = owner.post("/stores/new", data=form(chain, **{field: value}))

    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}-fault"' in answer.text
    assert field == "code" or 'value="K-12"' in answer.text
    assert "Error:" in answer.text
    with reading(chain.organisation_id) as session:
        assert len(stores(session, None)) == 2


def test_all_faults_are_shown_at_once(owner: FlaskClient) -> None:
    page = owner.post("/stores/new", data={}).text
    for field in ("name", "code", "kind", "region_id", "country", "currency", "time_zone", "languages"):
        assert f'href="#{field}"' in page


def test_a_new_region_needs_a_name(owner: FlaskClient, chain: Chain) -> None:
    answer = owner.post("/stores/new", data=form(chain, region_id="new"))
    assert answer.status_code == 422
    assert 'href="#region_name"' in answer.text


def test_the_first_language_has_to_be_offered(owner: FlaskClient, chain: Chain) -> None:
    answer = owner.post("/stores/new", data=form(chain, languages=["uk"], first_language="en"))
    assert answer.status_code == 422
    assert 'href="#first_language"' in answer.text


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "\u202eabc", "a\0b", "🏬" * 50, "'); --"])
def test_names_are_text_and_nothing_else(owner: FlaskClient, chain: Chain, text: str) -> None:
    assert owner.post("/stores/new", data=form(chain, name=text)).status_code == 303
    page = owner.get(f"/stores/{stored(chain).id}/edit").text
    assert "<script>alert" not in page
    assert "\0" not in stored(chain).name
    assert "\u202e" not in stored(chain).name


def test_a_store_is_closed_by_typing_its_code_and_opened_again(owner: FlaskClient, chain: Chain) -> None:
    address = f"/stores/{chain.store_id}"
    wrong = owner.post(f"{address}/retire", data={"confirm": "S2"})
    assert wrong.status_code == 422
    assert 'href="#confirm"' in wrong.text
    assert stored(chain, "S1").retired_at is None

    assert owner.post(f"{address}/retire", data={"confirm": " s1 "}).status_code == 303
    assert stored(chain, "S1").retired_at is not None
    assert f"{address}/restore" in owner.get(f"{address}/edit").text

    assert owner.post(f"{address}/restore").status_code == 303
    assert stored(chain, "S1").retired_at is None


@pytest.mark.parametrize("who", ["manager", "regional"])
def test_managers_may_not_change_stores(app: Flask, chain: Chain, who: str) -> None:
    client = sign_in(app, chain, who)
    for path in ("/stores/new", f"/stores/{chain.store_id}/edit"):
        assert client.get(path).status_code == 403
        assert client.post(path, data=form(chain)).status_code == 403
    assert client.post(f"/stores/{chain.store_id}/retire", data={"confirm": "S1"}).status_code == 403
    assert client.post(f"/stores/{chain.store_id}/restore").status_code == 403


def test_another_chains_store_is_not_there(app: Flask, chain: Chain, foreign_chain: Chain) -> None:
    stranger = sign_in(app, foreign_chain, "owner")
    address = f"/stores/{chain.store_id}"
    assert stranger.get(f"{address}/edit").status_code == 404
    assert stranger.post(f"{address}/edit", data=form(foreign_chain)).status_code == 404
    assert stranger.post(f"{address}/retire", data={"confirm": "S1"}).status_code == 404
    assert stranger.post(f"{address}/restore").status_code == 404
    assert stored(chain, "S1").name == "Store 1"


def test_another_chains_region_cannot_be_chosen(
    owner: FlaskClient, chain: Chain, foreign_chain: Chain
) -> None:
    answer = owner.post("/stores/new", data=form(chain, region_id=str(foreign_chain.region_id)))
    assert answer.status_code == 422


def test_a_chain_may_use_the_codes_of_another(app: Flask, chain: Chain, foreign_chain: Chain) -> None:
    sign_in(app, chain, "owner").post("/stores/new", data=form(chain))
    answer = sign_in(app, foreign_chain, "owner").post("/stores/new", data=form(foreign_chain))
    assert answer.status_code == 303


def test_stores_in_scope_are_listed_in_the_order_of_the_alphabet(chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        for store_id, name in ((chain.store_id, "Їжак"), (chain.other_store_id, "іриска")):
            get_row(session, Store, store_id).name = name
        get_row(session, Region, chain.region_id).name = "Євро"
    with reading(chain.organisation_id) as session:
        assert [store.name for store in stores(session, None)] == ["іриска", "Їжак"]
        assert [store.name for store in stores(session, frozenset({chain.store_id}))] == ["Їжак"]
        assert stores(session, frozenset()) == []
        assert find_store(session, "S2", frozenset({chain.store_id})) is None
        assert find_store(session, "s2", None) is not None
        assert find_store(session, str(UUID(int=0)), None) is None
