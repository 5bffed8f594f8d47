"""One way to say which stores, on every list: narrowed alike, kept from page to page, never a leak."""

import csv
import re
from io import StringIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.alerts import queries as alert_queries
from app.db import get_row, reading, transaction
from app.insight.queries import responses as response_queries
from app.stores.models import Store
from app.stores.queries import StoreFilter, find_stores, stores
from tests.fakes import Hands
from tests.make import Chain, make_response, sign_in

LISTS = ("/", "/now/cards", "/stores", "/touchpoints", "/responses", "/alerts")
PAGES = tuple(path for path in LISTS if path != "/now/cards")
TRAITS: dict[str, Any] = {"kind": "delivery", "country": "PL", "label": 'it\'s "zebra" %_ away'}


@pytest.fixture
def owner(app: Flask, chain: Chain, hands: Hands) -> FlaskClient:
    """The owner's browser; Store 2 differs from Store 1 in everything, and each has a complaint."""
    with transaction(chain.organisation_id) as session:
        store = get_row(session, Store, chain.other_store_id)
        store.kind, store.country, store.labels = TRAITS["kind"], TRAITS["country"], ["x", TRAITS["label"]]
    make_response(chain, 2, comment="first words")
    make_response(chain, 3, comment="second words", other_store=True)
    return sign_in(app, chain, "owner")


def shown(client: FlaskClient, path: str, **arguments: str) -> set[str]:
    """Which of the two stores a list shows; the choices of the filter itself do not count."""
    answer = client.get(path, query_string=arguments)
    assert answer.status_code == 200, answer.text
    listed = re.sub("<select.*?</select>", "", answer.text, flags=re.DOTALL)
    return {name for name in ("Store 1", "Store 2") if name in listed}


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("trait", TRAITS)
def test_every_list_is_narrowed_by_every_trait(owner: FlaskClient, path: str, trait: str) -> None:
    assert shown(owner, path) == {"Store 1", "Store 2"}
    assert shown(owner, path, **{trait: TRAITS[trait]}) == {"Store 2"}


@pytest.mark.parametrize("path", LISTS)
def test_every_list_is_narrowed_by_region(owner: FlaskClient, chain: Chain, path: str) -> None:
    assert shown(owner, path, region=str(chain.region_id)) == {"Store 1"}
    assert shown(owner, path, region=str(chain.region_id), kind="delivery") == set()


@pytest.mark.parametrize("path", ["/responses", "/alerts"])
def test_lists_of_many_stores_are_narrowed_by_the_store(owner: FlaskClient, path: str) -> None:
    assert shown(owner, path, store="s2") == {"Store 2"}
    assert shown(owner, path, store="S1, S2") == {"Store 1", "Store 2"}


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    "arguments",
    [{"region": "nowhere"}, {"kind": "palace"}, {"country": "DE"}, {"label": "%"}, {"region": "' or 1=1--"}],
    ids=str,
)
def test_an_unknown_value_is_refused_and_shows_nothing(
    owner: FlaskClient, path: str, arguments: dict[str, str]
) -> None:
    answer = owner.get(path, query_string=arguments)
    assert answer.status_code == 422
    assert "Choose one from the list." in answer.text
    for words in ("first words", "second words", "/stores/0", "/alerts/1"):
        assert words not in answer.text


@pytest.mark.parametrize("path", ["/responses", "/alerts"])
@pytest.mark.parametrize("store", ["S9", "S1 S9", "%", "x" * 5_000])
def test_an_unknown_store_is_refused_and_shows_nothing(owner: FlaskClient, path: str, store: str) -> None:
    answer = owner.get(path, query_string={"store": store})
    assert answer.status_code == 422
    assert "There is no store with th" in answer.text
    assert "first words" not in answer.text


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("trait", TRAITS)
def test_what_is_out_of_scope_is_as_unknown_as_what_is_not_there(
    app: Flask, chain: Chain, owner: FlaskClient, *, path: str, trait: str
) -> None:
    manager = sign_in(app, chain, "manager")
    answer = manager.get(path, query_string={trait: TRAITS[trait]})
    assert answer.status_code == 422
    assert "second words" not in answer.text
    page = manager.get(path).text
    assert "Store 2" not in page
    assert "zebra" not in page


def test_the_moving_part_of_now_shows_nothing_of_an_impossible_filter(owner: FlaskClient) -> None:
    assert shown(owner, "/now/cards", kind="palace") == set()


def test_a_stranger_may_not_filter_by_our_stores(app: Flask, chain: Chain, foreign_chain: Chain) -> None:
    stranger = sign_in(app, foreign_chain, "owner")
    for path in PAGES:
        assert stranger.get(path, query_string={"region": str(chain.region_id)}).status_code == 422


@pytest.mark.parametrize(("path", "module"), [("/responses", response_queries), ("/alerts", alert_queries)])
def test_a_filter_goes_along_to_the_next_page(
    owner: FlaskClient, chain: Chain, monkeypatch: pytest.MonkeyPatch, *, path: str, module: object
) -> None:
    monkeypatch.setattr(module, "PAGE", 1)
    monkeypatch.setattr(response_queries.newest, "__kwdefaults__", {"after": None, "limit": 1})
    make_response(chain, 1, comment="third words", other_store=True)
    page = owner.get(path, query_string={"kind": "delivery"}).text
    following = page.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "kind=delivery" in following
    assert "third words" in page
    second = owner.get(following).text
    assert "second words" in second
    assert "first words" not in second


def test_a_phase_of_alerts_keeps_the_filter(owner: FlaskClient) -> None:
    page = owner.get("/alerts?kind=delivery&phase=new").text
    assert 'href="/alerts?phase=done&amp;kind=delivery"' in page
    assert '<input type="hidden" name="phase" value="new">' in page


def test_fields_that_narrow_nothing_are_not_asked_for(app: Flask, chain: Chain, hands: Hands) -> None:
    page = sign_in(app, chain, "manager").get("/stores").text
    assert 'name="region"' not in page
    assert 'name="country"' not in page
    assert 'name="label"' not in page


def test_labels_and_names_are_text(app: Flask, chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        get_row(session, Store, chain.store_id).labels = ["<script>alert(1)</script>"]
    owner = sign_in(app, chain, "owner")
    for path in PAGES:
        page = owner.get(path, query_string={"label": "<script>alert(1)</script>"}).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page


def test_a_label_is_found_whole_and_as_it_is_written(owner: FlaskClient, chain: Chain) -> None:
    def found(label: str) -> list[str]:
        with reading(chain.organisation_id) as session:
            return [store.code for store in stores(session, None, wanted=StoreFilter(label=label))]

    assert found(TRAITS["label"]) == ["S2"]
    assert found("x") == ["S2"]
    assert [found(label) for label in ("zebra", "X", '"x"', "[", "%")] == [[]] * 5


def test_codes_are_found_whatever_their_case_and_in_scope_alone(chain: Chain) -> None:
    with reading(chain.organisation_id) as session:
        assert find_stores(session, ["S1", "s2"], None).keys() == {"s1", "s2"}
        assert find_stores(session, ["s2"], frozenset({chain.store_id})) == {}


def test_an_export_is_narrowed_like_the_list(owner: FlaskClient) -> None:
    text = owner.get("/stores/export.csv?lang=en&kind=delivery").data.decode("utf-8-sig")
    assert [row["Code"] for row in csv.DictReader(StringIO(text))] == ["S2"]
