"""The pages of stores: scores with n and interval, and only the stores in scope."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from app.db import get_row, reading, transaction
from app.insight.queries.stores import places, points, pulses, tallies
from app.insight.rules import Tally
from app.insight.views import stores as pages
from app.responses.models import Response
from app.stores.models import Store
from tests.make import NOON, Chain, complete, make_response, sign_in


def rate(chain: Chain, *ratings: int, other_store: bool = False, days_ago: int = 1) -> None:
    """Bare answers in one store."""
    for rating in ratings:
        make_response(chain, rating, now=NOON - timedelta(days=days_ago), other_store=other_store)


def row_of(page: str, name: str) -> str:
    """The row of a store."""
    rows: list[str] = re.findall(r"<tr>.*?</tr>", page, re.DOTALL)
    return next(row for row in rows if name in row)


def test_a_store_shows_its_score_with_n_and_interval(app: Flask, chain: Chain) -> None:
    rate(chain, *[10] * 5, *[8] * 3, *[2] * 2)
    row = row_of(sign_in(app, chain).get("/stores").text, "Store 1")
    assert '<b class="num">30</b>' in row
    assert "−19 to 65" in row
    assert "rough" in row
    assert '"Answers">10<' in row
    assert 'aria-label="NPS 30 from 10 answers, 95 % interval −19 to 65."' in row


def test_under_ten_answers_no_score_is_printed(app: Flask, chain: Chain) -> None:
    rate(chain, *[10] * 6)
    row = row_of(sign_in(app, chain).get("/stores").text, "Store 1")
    assert "Too few answers: 6 of 10" in row
    assert "<svg" not in row


def test_answers_older_than_28_days_and_suspect_ones_do_not_count(app: Flask, chain: Chain) -> None:
    rate(chain, 10, 10, 10, days_ago=29)
    rate(chain, 10)
    with transaction(chain.organisation_id) as session:
        session.add_all(_suspect(row) for row in session.query(Response).limit(1))
    with reading(chain.organisation_id) as session:
        assert tallies(session, [chain.store_id, chain.other_store_id], now=NOON) == {
            chain.store_id: Tally(promoters=1)
        }


def _suspect(row: Response) -> Response:
    return Response(
        key="suspect",
        store_id=row.store_id,
        touchpoint_id=row.touchpoint_id,
        survey_version_id=row.survey_version_id,
        channel=row.channel,
        language="uk",
        rating=0,
        is_suspect=True,
        answered_at=NOON,
        received_at=NOON,
    )


def test_a_store_far_below_all_others_is_marked(app: Flask, chain: Chain) -> None:
    rate(chain, *[1] * 20)
    rate(chain, *[10] * 60, other_store=True)
    page = sign_in(app, chain, "owner").get("/stores").text
    assert "Clearly below all" in row_of(page, "Store 1")
    assert "Clearly above all" in row_of(page, "Store 2")
    assert "all your stores together, 50 from 80 answers" in page


def test_open_alerts_and_the_last_answer_stand_in_the_row(app: Flask, chain: Chain) -> None:
    rate(chain, 1, 2, 9)
    row = row_of(sign_in(app, chain).get("/stores").text, "Store 1")
    assert 'data-label="Open alerts">2<' in row
    assert "24 Nov, 14:00" in row


def test_a_manager_sees_only_the_own_stores(app: Flask, chain: Chain) -> None:
    client = sign_in(app, chain)
    page = client.get("/stores").text
    assert "Store 1" in page
    assert "Store 2" not in page
    assert client.get(f"/stores/{chain.store_id}").status_code == 200
    assert client.get(f"/stores/{chain.other_store_id}").status_code == 404


def test_a_stranger_sees_no_store(app: Flask, chain: Chain, foreign_chain: Chain) -> None:
    client = sign_in(app, foreign_chain, "owner")
    assert str(chain.store_id) not in client.get("/stores").text
    assert client.get(f"/stores/{chain.store_id}").status_code == 404
    assert client.get(f"/stores/{UUID(int=7)}").status_code == 404
    assert app.test_client().get("/stores").status_code == 303
    assert app.test_client().get(f"/stores/{chain.store_id}").status_code == 303


def test_a_retired_store_leaves_the_list_and_keeps_its_page(app: Flask, chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        get_row(session, Store, chain.store_id).retired_at = NOON
    client = sign_in(app, chain, "owner")
    assert "Store 1" not in client.get("/stores").text
    assert "Retired" in client.get(f"/stores/{chain.store_id}").text


def test_filters_narrow_the_list_and_chips_take_them_away(app: Flask, chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        get_row(session, Store, chain.other_store_id).labels = ["franchise"]
    client = sign_in(app, chain, "owner")
    west = client.get(f"/stores?region={chain.region_id}").text
    assert "Store 1" in west
    assert "Store 2" not in west
    assert 'West <span aria-hidden="true">×</span>' in west
    labelled = client.get(f"/stores?label=franchise&kind=shop&region={chain.region_id}").text
    assert f'href="/stores?region={chain.region_id}&amp;kind=shop"' in labelled
    assert "Nothing fits these filters." in labelled


def test_the_list_can_be_searched_by_name_and_code(app: Flask, chain: Chain) -> None:
    client = sign_in(app, chain, "owner")
    for words in ("store 2", "s2"):
        page = client.get("/stores", query_string={"q": words}).text
        assert "Store 2" in page
        assert "Store 1" not in page
    for words in ("%", "_", "x" * 10_000, "';--"):
        assert "Store 1" not in client.get("/stores", query_string={"q": words}).text


def test_many_stores_are_shown_page_by_page(
    app: Flask, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "ROWS_ON_A_PAGE", 1)
    client = sign_in(app, chain, "owner")
    first = client.get("/stores?kind=shop").text
    assert 'href="/stores?kind=shop&amp;page=2"' in first
    assert "Store 2" not in first
    second = client.get("/stores?kind=shop&page=2").text
    assert "Store 2" in second
    assert "page=3" not in second
    for page in ("0", "-1", "1e9", "x", "99999999999"):
        assert client.get(f"/stores?page={page}").status_code == 200


@pytest.mark.parametrize("arguments", ["region=nowhere", "kind=palace", "label=none"])
def test_an_unknown_filter_is_refused_and_shows_nothing(app: Flask, chain: Chain, arguments: str) -> None:
    answer = sign_in(app, chain, "owner").get(f"/stores?{arguments}")
    assert answer.status_code == 422
    assert "Choose one from the list." in answer.text
    assert "Store 1" not in answer.text


def test_only_those_who_may_edit_see_the_buttons(app: Flask, chain: Chain) -> None:
    assert "/stores/new" in sign_in(app, chain, "owner").get("/stores").text
    manager = sign_in(app, chain).get("/stores").text
    assert "/stores/new" not in manager
    assert "/edit" not in manager


def test_the_page_of_a_store_shows_its_touchpoints_and_latest_responses(app: Flask, chain: Chain) -> None:
    key = make_response(chain, 9)
    complete(chain, key, "Гарно", now=NOON + timedelta(minutes=1))
    page = sign_in(app, chain).get(f"/stores/{chain.store_id}").text
    assert "Till 1" in row_of(page, "Till 1")
    assert "Too few answers: 1 of 10" in row_of(page, "Till 1")
    assert "Гарно" in page
    assert 'href="/responses?store=S1"' in page


def test_reads_are_a_few_statements_however_many_stores(chain: Chain, statements: list[str]) -> None:
    rate(chain, 1, 9)
    rate(chain, 3, other_store=True)
    statements.clear()
    with reading(chain.organisation_id) as session:
        found = places(session, None)
        assert [place.name for place in found] == ["Store 1", "Store 2"]
        assert tallies(session, [place.id for place in found], now=NOON)[chain.other_store_id] == Tally(
            detractors=1
        )
        assert pulses(session, [place.id for place in found])[chain.store_id].open_alerts == 1
        assert len(points(session, chain.store_id, now=NOON)) == 1
    assert len(statements) <= 5
