"""Every page of the dashboard stands in the same frame."""

import gzip
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers

from app.insight.queries.now import MOST_CARDS
from tests.make import NOON, Chain, make_response, sign_in

PAGES = ("/", "/responses", "/stores", "/more")
PLAIN = ("/sign-in", "/nowhere")
FIRST_PAGE_BYTES = 60_000


@pytest.fixture
def manager(app: Flask, chain: Chain) -> FlaskClient:
    """The browser of the manager of one store, where somebody has complained."""
    make_response(chain, 2, comment="Черга", now=NOON)
    return sign_in(app, chain)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_a_skip_link_one_heading_and_marks_where_it_is(manager: FlaskClient, path: str) -> None:
    page = manager.get(path).text
    assert page.startswith("<!doctype html>")
    assert '<html lang="en"' in page
    assert 'href="#main"' in page
    assert 'id="main"' in page
    assert page.count("<h1") == 1
    current = re.findall(r'<a href="([^"]+)" aria-current="page"', page)
    assert current == [path]


def test_the_bar_of_a_phone_has_four_items(manager: FlaskClient) -> None:
    page = manager.get("/").text
    nav = page[page.index("<nav") : page.index("</nav>")]
    first = re.findall(r'<li(?: class="more")?>\s*<a href="([^"]+)"', nav)
    assert first == ["/", "/responses", "/stores", "/more"]


def test_the_rest_of_the_navigation_stands_under_more(manager: FlaskClient) -> None:
    page = manager.get("/more").text
    menu = page[page.index('class="menu"') :]
    for path in ("/alerts", "/touchpoints", "/surveys", "/settings/policies", "/mailbox"):
        assert f'href="{path}"' in menu
    assert 'href="/settings/me"' in menu
    assert 'action="/sign-out"' in menu
    assert 'action="/language"' in menu
    assert 'action="/theme"' in menu


def test_the_number_of_waiting_alerts_stands_on_every_page(manager: FlaskClient) -> None:
    assert "<title>(1) Stores · Vidhuk</title>" in manager.get("/stores").text
    assert '<b class="count" data-count="now">1</b>' in manager.get("/stores").text


@pytest.mark.parametrize("path", [*PAGES, *PLAIN])
def test_scripts_and_styles_are_own_and_carry_the_nonce(manager: FlaskClient, path: str) -> None:
    answer = manager.get(path)
    policy = answer.headers["Content-Security-Policy"]
    nonces = re.findall(r"'nonce-([^']+)'", policy)
    assert len(set(nonces)) <= 1
    for tag in re.findall(r"<(?:script|style)[^>]*>", answer.text):
        assert f'nonce="{nonces[0]}"' in tag
    assert not re.search(r"\s(?:style|on[a-z]+)=", answer.text)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', answer.text)
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", [*PAGES, *PLAIN])
def test_a_page_carries_its_closed_doors(manager: FlaskClient, path: str) -> None:
    headers = manager.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Request-Id"]


def test_two_answers_never_share_a_nonce(manager: FlaskClient) -> None:
    first, second = (manager.get("/").headers["Content-Security-Policy"] for _ in range(2))
    assert first != second


def read_file(client: FlaskClient, address: str, encoding: str = "") -> tuple[bytes, Headers]:
    """A file of the page, as a browser gets it, and its headers."""
    headers = {"Accept-Encoding": encoding}
    with client.get(address.replace("&amp;", "&"), headers=headers) as answer:
        assert answer.status_code == 200
        return answer.data, answer.headers


def test_the_first_page_is_light_even_with_many_alerts(manager: FlaskClient, chain: Chain) -> None:
    for _ in range(MOST_CARDS):
        make_response(chain, 2, comment="Стояла в черзі до каси, " * 10, now=NOON)
    page = manager.get("/")
    files = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text))
    assert len(files) == 3
    assert page.text.count('<li class="card alert') == MOST_CARDS
    weight = len(page.data) + sum(len(read_file(manager, file, "gzip")[0]) for file in files)
    assert weight <= FIRST_PAGE_BYTES


def test_a_file_with_its_version_comes_packed_and_may_be_kept(manager: FlaskClient) -> None:
    sheet = re.search(r'href="(/static/css/app\.css\?v=[^"]+)"', manager.get("/").text)
    assert sheet
    plain, _ = read_file(manager, "/static/css/app.css")
    packed, headers = read_file(manager, sheet[1], "gzip")
    assert gzip.decompress(packed) == plain
    assert "immutable" in headers["Cache-Control"]
    assert "Accept-Encoding" in headers["Vary"]
    assert read_file(manager, sheet[1])[0] == plain


def test_a_file_without_its_version_is_asked_for_again(manager: FlaskClient) -> None:
    _, headers = read_file(manager, "/static/css/app.css", "gzip")
    assert "immutable" not in headers.get("Cache-Control", "")
    assert "Content-Encoding" not in headers


def test_nobody_sees_the_rest_without_signing_in(app: Flask, chain: Chain) -> None:
    assert app.test_client().get("/more").status_code == 303
