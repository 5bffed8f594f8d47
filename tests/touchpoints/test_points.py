"""The pages of touchpoints: the list by store, and each on its own."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import clock
from app.db import get_row, reading, transaction
from app.stores.actions import StoreDraft, create_store, retire_store
from app.surveys.actions import create_survey
from app.touchpoints import queries
from app.touchpoints.actions import add_scans, create_code, retire_touchpoint
from app.touchpoints.models import QrCode, Touchpoint
from app.touchpoints.queries import add_touchpoint_figures, get_point, points_of_stores
from app.touchpoints.rules import Pulse
from app.touchpoints.views import points as pages
from tests.make import NOON, Chain, sign_in


@pytest.fixture
def owner(app: Flask, chain: Chain) -> FlaskClient:
    """The owner's browser."""
    return sign_in(app, chain, "owner")


def touchpoint(chain: Chain, name: str) -> Touchpoint | None:
    """The touchpoint of that name."""
    with reading(chain.organisation_id) as session:
        return session.scalars(select(Touchpoint).where(Touchpoint.name == name)).one_or_none()


def code_id(chain: Chain, code: str) -> UUID:
    """The row of a printed code."""
    with reading(chain.organisation_id) as session:
        return session.scalars(select(QrCode.id).where(QrCode.code == code)).one()


def test_the_list_shows_every_store_with_its_touchpoints_and_codes(owner: FlaskClient, chain: Chain) -> None:
    page = owner.get("/touchpoints").text
    for text in ("Store 1", "Store 2", "Till 1", chain.code, chain.other_code):
        assert text in page


def test_a_manager_sees_the_touchpoints_of_the_own_store_only(app: Flask, chain: Chain) -> None:
    client = sign_in(app, chain, "manager")
    page = client.get("/touchpoints").text
    assert chain.code in page
    assert chain.other_code not in page
    assert "Store 2" not in page
    assert "/touchpoints/new" not in page
    with reading(chain.organisation_id) as session:
        other = get_place_id(session, chain.other_code)
    assert client.get(f"/touchpoints/{chain.touchpoint_id}").status_code == 200
    assert client.get(f"/touchpoints/{other}").status_code == 404


def test_the_list_can_be_searched_by_store(owner: FlaskClient, chain: Chain) -> None:
    assert chain.other_code not in owner.get("/touchpoints?q=store 1").text
    assert chain.code in owner.get("/touchpoints?q=s1").text
    for search in ("%", "_", "\\", "x" * 10_000, "🙂", "';--", "\0"):
        page = owner.get("/touchpoints", query_string={"q": search})
        assert page.status_code == 200
        assert chain.code not in page.text or search == "\0"


@pytest.mark.parametrize("page", ["-1", "0", "1e9", "999999999999", "x", ""])
def test_pages_that_are_not_there_are_bounded(owner: FlaskClient, chain: Chain, page: str) -> None:
    assert chain.code in owner.get(f"/touchpoints?page={page}").text


def test_many_stores_are_shown_page_by_page(
    owner: FlaskClient, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "STORES_ON_A_PAGE", 1)
    first, second = owner.get("/touchpoints").text, owner.get("/touchpoints?page=2").text
    assert "page=2" in first
    assert chain.code in first
    assert chain.code not in second
    assert chain.other_code in second
    assert "page=3" not in second


def test_scans_and_silence_are_shown(chain: Chain) -> None:
    first = code_id(chain, chain.code)
    with transaction(chain.organisation_id) as session:
        second = create_code(session, chain.touchpoint_id, now=NOON)
        days = {n: NOON - timedelta(days=n) for n in (3, 6, 7)}
        add_scans(session, {(first, at.date()): (n, at) for n, at in days.items()})
    with reading(chain.organisation_id) as session:
        point = get_point(session, chain.touchpoint_id, now=NOON)
        later = get_point(session, chain.touchpoint_id, now=NOON + timedelta(days=3))

    assert (point.scan_count, point.last_scan_at) == (9, days[3])
    assert {code.id: code.pulse for code in point.codes} == {first: Pulse.SILENT, second: Pulse.NEW}
    assert {code.id: code.pulse for code in later.codes} == {first: Pulse.SILENT, second: Pulse.NEVER_SCANNED}
    assert later.scan_count == 3


def test_a_layer_above_may_add_its_answers(
    owner: FlaskClient, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "_figures", [])
    assert "Answers, 7 days" not in owner.get("/touchpoints").text

    add_touchpoint_figures(lambda _session, ids, _since: {chain.touchpoint_id: 4321} if ids else {})
    page = owner.get("/touchpoints").text
    assert "Answers, 7 days" in page
    assert "4321" in page


def test_retired_touchpoints_stand_last(chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        retire_touchpoint(session, chain.touchpoint_id, now=NOON)
        get_row(session, Touchpoint, chain.touchpoint_id).name = "A"
    with transaction(chain.organisation_id) as session:
        rows = points_of_stores(session, [chain.store_id, chain.other_store_id], now=NOON)
    assert [point.name for point in rows[chain.store_id]] == ["A"]
    assert len(rows[chain.other_store_id]) == 1


def test_the_owner_adds_a_touchpoint_with_its_first_code(owner: FlaskClient, chain: Chain) -> None:
    assert 'value="S1"' in owner.get("/touchpoints/new?store=S1").text
    form = {"store": "s1", "name": " Fitting  room ", "survey_id": str(chain.survey_id)}
    answer = owner.post("/touchpoints/new", data=form)

    made = touchpoint(chain, "Fitting room")
    assert made is not None
    assert (answer.status_code, answer.location) == (303, f"/touchpoints/{made.id}")
    assert made.store_id == chain.store_id
    with reading(chain.organisation_id) as session:
        assert len(get_point(session, made.id, now=NOON).codes) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("store", ""),
        ("store", "S99"),
        ("store", "%"),
        ("name", ""),
        ("name", " \u200b "),
        ("name", "x" * 121),
        ("name", "Till 1"),
        ("survey_id", ""),
        ("survey_id", str(UUID(int=7))),
        ("survey_id", "1"),
    ],
)
def test_a_wrong_field_of_a_new_touchpoint_is_named(
    owner: FlaskClient, chain: Chain, field: str, value: str
) -> None:
    form = {"store": "S1", "name": "Door", "survey_id": str(chain.survey_id), field: value}
    answer = owner.post("/touchpoints/new", data=form)
    assert answer.status_code == 422
    assert f'id="{field}-fault"' in answer.text
    assert touchpoint(chain, "Door") is None


def test_a_closed_store_takes_no_new_touchpoint(owner: FlaskClient, chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        retire_store(session, chain.store_id, now=NOON)
    form = {"store": "S1", "name": "Door", "survey_id": str(chain.survey_id)}
    assert owner.post("/touchpoints/new", data=form).status_code == 422


def test_the_owner_renames_a_touchpoint_and_gives_it_another_survey(owner: FlaskClient, chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        survey_id = create_survey(session, "Second", now=NOON)
    form = {"name": "Till 7", "survey_id": str(survey_id)}
    assert owner.post(f"/touchpoints/{chain.touchpoint_id}", data=form).status_code == 303
    changed = touchpoint(chain, "Till 7")
    assert changed is not None
    assert (changed.id, changed.survey_id) == (chain.touchpoint_id, survey_id)


def test_a_touchpoint_keeps_its_own_name_but_takes_no_neighbours(owner: FlaskClient, chain: Chain) -> None:
    owner.post("/touchpoints/new", data={"store": "S1", "name": "Door", "survey_id": str(chain.survey_id)})
    address = f"/touchpoints/{chain.touchpoint_id}"
    form = {"name": "Till 1", "survey_id": str(chain.survey_id)}
    assert owner.post(address, data=form).status_code == 303
    answer = owner.post(address, data={**form, "name": "Door"})
    assert answer.status_code == 422
    assert 'value="Door"' in answer.text


def test_a_touchpoint_is_closed_and_opened_again(owner: FlaskClient, chain: Chain) -> None:
    address = f"/touchpoints/{chain.touchpoint_id}"
    assert owner.post(f"{address}/retire").status_code == 303
    assert f"{address}/restore" in owner.get(address).text
    assert owner.post(f"{address}/restore").status_code == 303
    assert f"{address}/retire" in owner.get(address).text


def test_a_touchpoint_may_have_further_codes(owner: FlaskClient, chain: Chain) -> None:
    address = f"/touchpoints/{chain.touchpoint_id}"
    assert owner.post(f"{address}/codes").status_code == 303
    with reading(chain.organisation_id) as session:
        codes = get_point(session, chain.touchpoint_id, now=clock.now()).codes
    assert len({code.code for code in codes}) == 2


@pytest.mark.parametrize("who", ["manager", "regional"])
def test_managers_may_look_and_not_change(app: Flask, chain: Chain, who: str) -> None:
    client = sign_in(app, chain, who)
    address = f"/touchpoints/{chain.touchpoint_id}"
    page = client.get(address)
    assert page.status_code == 200
    assert '<form method="post" action="/touchpoints' not in page.text
    assert client.get("/touchpoints/new").status_code == 403
    for path in ("/touchpoints/new", address, f"{address}/retire", f"{address}/restore", f"{address}/codes"):
        assert client.post(path, data={"name": "x"}).status_code == 403


def test_another_chains_touchpoint_is_not_there(app: Flask, chain: Chain, foreign_chain: Chain) -> None:
    stranger = sign_in(app, foreign_chain, "owner")
    address = f"/touchpoints/{chain.touchpoint_id}"
    assert stranger.get(address).status_code == 404
    for path in (address, f"{address}/retire", f"{address}/restore", f"{address}/codes"):
        assert stranger.post(path, data={"name": "x"}).status_code == 404
    assert chain.code not in stranger.get("/touchpoints").text


def test_a_chain_without_stores_is_told_what_to_do(
    owner: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "stores", lambda *_, **__: [])
    assert "/stores/new" in owner.get("/touchpoints").text


def test_a_store_without_touchpoints_says_so(owner: FlaskClient, chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        create_store(session, StoreDraft(region_id=chain.region_id, code="S3", name="Bare"), now=NOON)
    assert "nobody can answer here" in owner.get("/touchpoints").text


def get_place_id(session: object, code: str) -> UUID:
    """The touchpoint that a code leads to."""
    return queries.get_place(session, code).touchpoint.id  # type: ignore[arg-type]
