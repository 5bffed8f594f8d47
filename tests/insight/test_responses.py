"""The list of responses: newest first, filtered without surprises, page by page."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from flask import Flask

from app.classification.actions import judge_pending
from app.db import reading
from app.insight.queries.responses import PAGE, Wanted, count, newest
from app.places import Place, read_place, write_place
from app.responses.queries import get_response_by_key
from tests.fakes import FakeClassifier
from tests.make import NOON, Chain, get_alert_of, make_response, sign_in

MINUTE = timedelta(minutes=1)


def comments_of(page: str) -> list[str]:
    """The comments on a page, in order."""
    return re.findall(r"<bdi>(.*?)</bdi>", page)


def id_of(chain: Chain, key: str) -> str:
    """The id of a response."""
    with reading(chain.organisation_id) as session:
        return str(get_response_by_key(session, key).id)


def test_the_newest_stand_first(app: Flask, chain: Chain) -> None:
    for n in range(3):
        make_response(chain, 9, comment=f"Відгук {n}", now=NOON + n * MINUTE)
    page = sign_in(app, chain).get("/responses").text
    assert comments_of(page) == ["Відгук 2", "Відгук 1", "Відгук 0"]
    assert "3 responses" in page
    assert "Store 1 · Till 1" in page


def test_a_page_ends_where_the_next_begins(app: Flask, chain: Chain) -> None:
    for n in range(PAGE + 3):
        make_response(chain, 9, comment=f"№{n:03}", now=NOON + (n // 2) * MINUTE)
    client = sign_in(app, chain)
    first = client.get("/responses?group=promoter").text
    link = re.search(r'rel="next" href="([^"]+)"', first)
    assert link
    assert "group=promoter" in link[1]
    second = client.get(link[1].replace("&amp;", "&")).text
    seen = comments_of(first) + comments_of(second)
    assert len(comments_of(first)) == PAGE
    assert len(seen) == len(set(seen)) == PAGE + 3
    assert 'rel="next"' not in second


@pytest.mark.parametrize("place", ["", "-1", "1e9", "nonsense", "20261125T120000000000-", "'; DROP TABLE"])
def test_a_place_that_cannot_be_read_is_the_beginning(app: Flask, chain: Chain, place: str) -> None:
    make_response(chain, 9, comment="Перший")
    answer = sign_in(app, chain).get("/responses", query_string={"before": place})
    assert answer.status_code == 200
    assert comments_of(answer.text) == ["Перший"]


def test_a_place_survives_its_address(chain: Chain) -> None:
    place = Place(NOON, chain.store_id)
    assert read_place(write_place(place)) == place


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("group=detractor", ["bad погано"]),
        ("group=passive", ["ще не читали", "так собі"]),
        ("group=promoter", ["good чудово"]),
        ("sentiment=negative", ["bad погано"]),
        ("sentiment=neutral", ["так собі"]),
        ("sentiment=pending", ["ще не читали"]),
        ("store=S1&sentiment=positive", ["good чудово"]),
        ("from=2026-11-25&to=2026-11-25&sentiment=negative", ["bad погано"]),
        ("to=2026-11-24", []),
        ("from=2026-11-26", []),
    ],
)
def test_filters_narrow_the_list(app: Flask, chain: Chain, arguments: str, expected: list[str]) -> None:
    make_response(chain, 2, comment="bad погано")
    make_response(chain, 7, comment="так собі")
    make_response(chain, 10, comment="good чудово")
    judge_pending(FakeClassifier(), now=NOON)
    make_response(chain, 8, comment="ще не читали", now=NOON + MINUTE)
    page = sign_in(app, chain).get(f"/responses?{arguments}").text
    assert comments_of(page) == expected


def test_only_responses_with_a_comment(app: Flask, chain: Chain) -> None:
    make_response(chain, 9)
    make_response(chain, 9, comment="Є що сказати")
    client = sign_in(app, chain)
    assert "2 responses" in client.get("/responses").text
    assert "1 response<" in client.get("/responses?comment=1").text.replace("\n", "<")


@pytest.mark.parametrize("words", ["ЧЕРГА", "п'ять", "п’ять", "пʼЯть", "50%", "a_b", "QUEUE"])
def test_search_folds_case_and_apostrophes_and_takes_signs_as_they_are(
    app: Flask, chain: Chain, words: str
) -> None:
    make_response(chain, 3, comment="Черга: стояла пʼять хвилин, 50% a_b queue")
    make_response(chain, 3, comment="Інше: 500 aXb")
    page = sign_in(app, chain).get(f"/responses?q={quote(words)}").text
    assert comments_of(page) == ["Черга: стояла пʼять хвилин, 50% a_b queue"]


def test_days_are_days_where_the_stores_are(app: Flask, chain: Chain) -> None:
    make_response(chain, 9, comment="Опівночі", now=NOON.replace(hour=22, minute=30))
    client = sign_in(app, chain)
    assert comments_of(client.get("/responses?from=2026-11-26&to=2026-11-26").text) == ["Опівночі"]
    assert comments_of(client.get("/responses?to=2026-11-25").text) == []


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ("store=nowhere", "There is no store with this code."),
        ("store=S2", "There is no store with this code."),
        ("group=angry", "Choose one from the list."),
        ("sentiment=angry", "Choose one from the list."),
        ("from=yesterday", "Enter a date like 2026-11-25."),
        ("to=1900-01-01", "Enter a date like 2026-11-25."),
        ("from=2026-11-25&to=2026-11-24", "The last day is before the first one."),
        (f"q={'a' * 501}", "Search for at most 500 characters."),
    ],
)
def test_a_filter_that_cannot_be_read_says_why_and_shows_nothing(
    app: Flask, chain: Chain, arguments: str, fault: str
) -> None:
    make_response(chain, 9, comment="Не для показу")
    answer = sign_in(app, chain).get(f"/responses?{arguments}")
    assert answer.status_code == 422
    assert fault in answer.text
    assert "There is a problem" in answer.text
    assert "<title>Error: Responses" in answer.text
    assert comments_of(answer.text) == []


@pytest.mark.parametrize("words", ["%", "_", "\\", "%00", "' or 1=1--", "a" * 500, "🙂" * 500, "%FF"])
def test_strange_searches_find_what_they_say(app: Flask, chain: Chain, words: str) -> None:
    make_response(chain, 9, comment="Звичайний відгук")
    answer = sign_in(app, chain).get(f"/responses?q={quote(words)}")
    assert answer.status_code == 200
    assert comments_of(answer.text) == []
    assert "Nothing fits these filters." in answer.text


def test_each_filter_has_a_chip_that_removes_it(app: Flask, chain: Chain) -> None:
    page = sign_in(app, chain).get("/responses?group=detractor&store=S1&q=черга").text
    assert 'href="/responses?q=%D1%87%D0%B5%D1%80%D0%B3%D0%B0&amp;store=S1"' in page
    assert "“черга”" in page
    assert "Clear filters" in page


def test_a_response_shows_its_sentiment_and_its_alert(app: Flask, chain: Chain) -> None:
    key = make_response(chain, 2, comment="bad")
    client = sign_in(app, chain)
    assert ">Being read</span>" in client.get("/responses").text
    judge_pending(FakeClassifier(), now=NOON)
    page = client.get("/responses").text
    assert 'class="badge neg">Negative' in page
    assert f'href="/alerts/{get_alert_of(chain, key).number}"' in page


def test_a_bare_tap_has_no_sentiment(app: Flask, chain: Chain) -> None:
    make_response(chain, 9)
    page = sign_in(app, chain).get("/responses").text
    assert ">Being read</span>" not in page


def test_one_response_has_a_page(app: Flask, chain: Chain) -> None:
    key = make_response(chain, 2, comment="bad\nдругий рядок", contact="ann@example.com")
    page = sign_in(app, chain).get(f"/responses/{id_of(chain, key)}").text
    assert comments_of(page.replace("\n", "⏎")) == ["bad⏎другий рядок"]
    assert 'lang="uk"' in page
    assert "Left for an answer; the alert shows it" in page
    assert "ann@example.com" not in page


def test_a_manager_cannot_see_a_response_of_another_store(app: Flask, chain: Chain) -> None:
    key = make_response(chain, 2, comment="Чужий", other_store=True)
    client = sign_in(app, chain)
    assert "Чужий" not in client.get("/responses").text
    assert client.get(f"/responses/{id_of(chain, key)}").status_code == 404
    assert "Чужий" in sign_in(app, chain, "owner").get("/responses").text


def test_a_stranger_cannot_see_a_response(app: Flask, chain: Chain, foreign_chain: Chain) -> None:
    key = make_response(chain, 2, comment="Чужий")
    client = sign_in(app, foreign_chain, "owner")
    assert "Чужий" not in client.get("/responses").text
    assert client.get(f"/responses/{id_of(chain, key)}").status_code == 404
    assert app.test_client().get(f"/responses/{id_of(chain, key)}").status_code == 303


@pytest.mark.parametrize("response_id", ["1", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_an_unknown_response_is_not_there(app: Flask, chain: Chain, response_id: str) -> None:
    assert sign_in(app, chain).get(f"/responses/{response_id}").status_code == 404


def test_counting_stops_at_a_limit(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.insight.queries.responses.MOST_COUNTED", 2)
    for _ in range(5):
        make_response(chain, 9)
    with reading(chain.organisation_id) as session:
        assert count(session, None, Wanted()) == 3
        assert count(session, frozenset(), Wanted()) == 0
        assert len(newest(session, None, Wanted())[0]) == 5


def test_the_empty_list_names_the_next_step(app: Flask, chain: Chain) -> None:
    page = sign_in(app, chain).get("/responses").text
    assert "Nobody has answered yet." in page
    assert 'href="/touchpoints"' in page
