"""The page behind a code: one light request that stores nothing."""

import gzip
import re

import pytest

from app.alerts.models import Alert
from app.db import get_row, transaction
from app.events import Event
from app.responses.models import Response
from app.stores.models import Store
from app.touchpoints.doors import forget_doors
from app.web.languages import LANGUAGES
from tests.fakes import Hands
from tests.make import SOME_KEY, Chain, rows_of
from tests.responses.browser import Phone, hidden

BUDGET = 14_000


def speak(chain: Chain, *languages: str) -> None:
    """Let the store speak other languages, the first most of all."""
    with transaction(chain.organisation_id) as session:
        get_row(session, Store, chain.store_id).languages = list(languages)
    forget_doors()


def test_every_look_gets_a_key_and_a_nonce_of_its_own(phone: Phone) -> None:
    pages = [phone.open() for _ in range(3)]
    assert len({hidden(page, "key") for page in pages}) == 3
    nonces = [re.findall(r'nonce="([^"]+)"', page.text) for page in pages]
    assert len({nonce for found in nonces for nonce in found}) == 3
    for page, found in zip(pages, nonces, strict=True):
        assert f"'nonce-{found[0]}'" in page.headers["Content-Security-Policy"]


def test_a_page_that_is_kept_changes_with_what_is_behind_it(chain: Chain, phone: Phone) -> None:
    assert "Store 1" in phone.open().text
    with transaction(chain.organisation_id) as session:
        get_row(session, Store, chain.store_id).name = "Corner shop"
    forget_doors()
    assert "Corner shop" in phone.open().text


def test_looking_records_nothing(chain: Chain, phone: Phone) -> None:
    for _ in range(3):
        assert phone.open("&rating=3").status_code == 200
        phone.client.head(f"/q/{chain.code}")
    for kind in (Response, Alert, Event):
        assert rows_of(chain, kind) == []


def test_the_page_shows_where_one_is_and_eleven_ratings(phone: Phone) -> None:
    page = phone.open().text
    assert "Store 1" in page
    assert "Till 1" in page
    assert re.findall(r'<button name="rating" value="(\d+)"', page) == [str(n) for n in range(11)]
    assert "How likely are you to recommend Store 1" in page


def test_every_page_opened_has_a_key_of_its_own(phone: Phone) -> None:
    assert len({phone.key() for _ in range(5)}) == 5


def test_a_rating_in_the_address_only_looks_pressed(chain: Chain, phone: Phone) -> None:
    page = phone.open("&rating=3").text
    assert re.findall(r'value="(\d+)" aria-pressed="true"', page) == ["3"]
    assert 'aria-pressed="true"' not in phone.open("&rating=33").text
    assert rows_of(chain, Response) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_light_and_asks_for_nothing_else(phone: Phone, chain: Chain, language: str) -> None:
    speak(chain, *LANGUAGES)
    for page in (
        phone.client.get(f"/q/{chain.code}?lang={language}"),
        phone.client.get(f"/s/{phone.tapped()}?lang={language}"),
    ):
        assert len(gzip.compress(page.data, 6)) < BUDGET
        assert f'<html lang="{language}">' in page.text
        assert not re.findall(r'(?:src|srcset)="|url\(|@import|<link rel="(?!icon" href="data:)', page.text)
        assert not re.findall(r' style="| on[a-z]+="', page.text)


def test_scripts_and_styles_carry_the_answers_nonce(phone: Phone) -> None:
    page = phone.open()
    policy = page.headers["Content-Security-Policy"]
    nonces = set(re.findall(r'<(?:script|style) nonce="([^"]+)"', page.text))
    assert len(nonces) == 1
    assert f"'nonce-{nonces.pop()}'" in policy
    assert "unsafe" not in policy


def test_the_private_pages_are_not_told_to_others(phone: Phone) -> None:
    key = phone.tapped()
    for path in (f"/s/{key}", f"/s/{key}/done"):
        page = phone.client.get(path)
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"


def test_the_back_button_finds_the_page_with_its_key_again(phone: Phone) -> None:
    """A page that is not kept would come back with a new key: a second row from the same shopper."""
    assert phone.open().headers["Cache-Control"] == "private, no-cache"


def test_switching_the_language_keeps_the_key_and_the_pressed_rating(phone: Phone) -> None:
    page = phone.open("&rating=3")
    key = hidden(page, "key")
    other = re.search(r'href="(/q/[^"]+)" lang="uk"', page.text)
    assert other
    again = phone.client.get(other[1].replace("&amp;", "&"))
    assert hidden(again, "key") == key
    assert '<html lang="uk">' in again.text
    assert 'value="3" aria-pressed="true"' in again.text


def test_a_changed_rating_keeps_its_key(chain: Chain, phone: Phone) -> None:
    key = phone.tapped(2)
    change = re.search(rf'href="(/q/{chain.code}[^"]+)"', phone.client.get(f"/s/{key}?lang=en").text)
    assert change
    page = phone.client.get(change[1].replace("&amp;", "&"))
    assert hidden(page, "key") == key
    assert 'value="2" aria-pressed="true"' in page.text


def test_who_follows_an_old_or_foreign_address_gives_an_answer_of_their_own(
    chain: Chain, foreign_chain: Chain, phone: Phone, hands: Hands
) -> None:
    key = phone.tapped()
    assert phone.key(f"&key={key}") == key
    assert Phone(phone.client, foreign_chain).key(f"&key={key}") != key
    hands.move(minutes=31)
    assert phone.key(f"&key={key}") != key


@pytest.mark.parametrize("key", ["", "x", "../../etc", "a" * 22, "é" * 22, SOME_KEY + "="])
def test_a_key_that_we_did_not_make_is_not_taken_over(phone: Phone, key: str) -> None:
    assert phone.key(f"&key={key}") != key


def test_a_store_that_speaks_one_language_speaks_it_to_all(chain: Chain, phone: Phone) -> None:
    speak(chain, "uk")
    page = phone.client.get(f"/q/{chain.code}", headers={"Accept-Language": "en"})
    assert '<html lang="uk">' in page.text
    assert "hreflang" not in page.text


@pytest.mark.parametrize(
    ("languages", "wishes", "said"),
    [
        ("uk en", "pl, en-GB;q=0.8", "en"),
        ("uk en", "pl, de;q=0.8", "uk"),
        ("uk en pl", "pl-PL, en;q=0.8", "pl"),
        ("pl en", "uk", "pl"),
        ("pl en", "ru, uk;q=0.8, en;q=0.2", "en"),
    ],
)
def test_the_readers_first_wish_that_the_store_speaks_is_spoken(
    phone: Phone, languages: str, wishes: str, said: str
) -> None:
    speak(phone.chain, *languages.split())
    page = phone.client.get(f"/q/{phone.chain.code}", headers={"Accept-Language": wishes})
    assert f'<html lang="{said}">' in page.text


def test_a_shopper_answers_in_polish_to_the_last_page(chain: Chain, phone: Phone) -> None:
    speak(chain, "pl", "uk")
    first = phone.client.get(f"/q/{chain.code}", headers={"Accept-Language": "de"})
    assert "Na ile prawdopodobne, że polecisz Store 1 znajomym lub rodzinie?" in first.text
    assert "Brak połączenia. Opinia jest zapisana w\u00a0telefonie" in first.text
    key = hidden(first, "key")
    phone.client.post(f"/q/{chain.code}?lang=pl", data={"key": key, "rating": "2"})
    assert "Co poszło nie tak?" in phone.client.get(f"/s/{key}?lang=pl").text
    assert "Dziękujemy! Opinię otrzymał kierownik sklepu." in phone.client.get(f"/s/{key}/done").text
    (response,) = rows_of(chain, Response)
    assert response.language == "pl"


@pytest.mark.parametrize("method", ["put", "delete", "patch", "trace"])
def test_other_methods_are_not_understood(chain: Chain, phone: Phone, method: str) -> None:
    answer = phone.client.open(f"/q/{chain.code}", method=method.upper())
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
