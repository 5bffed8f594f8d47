"""Codes that lead nowhere say so calmly, and guessing them is slow."""

import re
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from app.db import get_row, transaction
from app.ids import new_printed_code
from app.responses import guard
from app.responses.models import Response
from app.stores.models import Store
from app.touchpoints.actions import create_touchpoint, repoint_code, retire_code, retire_touchpoint
from app.touchpoints.doors import forget_doors
from app.touchpoints.models import QrCode
from app.web.languages import LANGUAGES
from tests.fakes import Hands
from tests.make import NOON, Chain, response_of, rows_of
from tests.responses.browser import Phone

UK, EN = "Цей код", "no longer active"


@pytest.fixture(autouse=True)
def _nobody_has_guessed() -> None:
    guard._limiter.storage.reset()


def code_id(chain: Chain) -> UUID:
    """The row of the chain's first code."""
    return next(row.id for row in rows_of(chain, QrCode) if row.code == chain.code)


def close(chain: Chain, what: str) -> None:
    """Retire the code, its touchpoint or its store."""
    code = code_id(chain)
    with transaction(chain.organisation_id) as session:
        if what == "code":
            retire_code(session, code, now=NOON)
        elif what == "touchpoint":
            retire_touchpoint(session, chain.touchpoint_id, now=NOON)
        else:
            get_row(session, Store, chain.store_id).retired_at = NOON
    forget_doors()


@pytest.mark.parametrize("what", ["code", "touchpoint", "store"])
def test_what_is_retired_answers_in_words_and_stores_nothing(chain: Chain, phone: Phone, what: str) -> None:
    key = phone.key()
    close(chain, what)
    for page in (phone.open(), phone.tap(key)):
        assert page.status_code == 410
        assert "This code is no longer active" in page.text
        for language in LANGUAGES:
            assert f'lang="{language}"' in page.text
        assert "Ten kod już nie działa" in page.text
    assert rows_of(chain, Response) == []


def test_an_unknown_code_answers_in_words(phone: Phone) -> None:
    page = phone.client.get(f"/q/{new_printed_code()}")
    assert page.status_code == 404
    assert "There is no such code" in page.text
    polish = phone.client.get(f"/q/{new_printed_code()}", headers={"Accept-Language": "pl"}).text
    assert re.findall(r"<h1>(.+)</h1>", polish)[0] == "Nie ma takiego kodu"
    assert 'lang="uk"' in page.text


def test_a_code_may_be_typed_in_any_case_and_with_look_alikes(chain: Chain, phone: Phone) -> None:
    typed = chain.code.lower().replace("0", "o").replace("1", "l")
    assert phone.client.get(f"/q/{typed}").status_code == 200
    assert phone.client.get(f"/q/{chain.code.replace('1', 'I')}").status_code == 200


@pytest.mark.parametrize(
    "code",
    [
        "%00",
        "A%00BCDEF",
        "A" * 10_240,
        "😀😀😀😀😀😀😀",
        "%2e%2e",
        "..%2f..",
        "%ff%fe",
        "ßßßßßßß",
        "ＡＢＣＤＥＦＧ",
        "ІІІІІІІ",
    ],
)
def test_nonsense_is_an_unknown_code(client: FlaskClient, hands: Hands, code: str) -> None:
    assert client.get(f"/q/{code}").status_code == 404
    assert client.post(f"/q/{code}", data={"rating": "2"}).status_code == 404


@pytest.mark.parametrize("tail", [".", "/", "0", "%20"])
def test_nothing_may_follow_a_code(chain: Chain, phone: Phone, tail: str) -> None:
    assert phone.client.get(f"/q/{chain.code}{tail}").status_code == 404


def test_a_mistyped_code_is_noticed_by_its_check_symbol(chain: Chain, phone: Phone) -> None:
    wrong = chain.code[:-1] + ("2" if chain.code[-1] != "2" else "3")
    assert phone.client.get(f"/q/{wrong}").status_code == 404


def test_a_code_pointed_elsewhere_needs_no_reprint(chain: Chain, phone: Phone) -> None:
    code = code_id(chain)
    with transaction(chain.organisation_id) as session:
        point = create_touchpoint(session, chain.other_store_id, chain.survey_id, "Till 2", now=NOON)
        repoint_code(session, code, point)
    forget_doors()
    assert "Store 2" in phone.open().text
    key = phone.tapped()
    assert response_of(chain, key).store_id == chain.other_store_id


def guess(client: FlaskClient, times: int, network: str = "10.1.2.3") -> list[int]:
    """Try codes that nobody printed; the status of each answer."""
    address = {"REMOTE_ADDR": network}
    return [client.get("/q/ZZZZZZZ", environ_overrides=address).status_code for _ in range(times)]


def test_guessing_is_stopped_after_a_hundred(chain: Chain, phone: Phone) -> None:
    assert set(guess(phone.client, 100)) == {404}
    answer = phone.client.get("/q/ZZZZZZZ", environ_overrides={"REMOTE_ADDR": "10.1.2.99"})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    known = phone.client.get(f"/q/{chain.code}", environ_overrides={"REMOTE_ADDR": "10.1.2.3"})
    assert known.status_code == 200  # shoppers of the same network go on
    assert guess(phone.client, 1, "10.1.3.3") == [404]


def test_networks_are_counted_whole(phone: Phone) -> None:
    guess(phone.client, 100, "2001:db8:7::1")
    assert guess(phone.client, 1, "2001:db8:7:ffff::9") == [429]
    assert guess(phone.client, 1, "2001:db8:8::1") == [404]


def test_no_address_is_kept(phone: Phone) -> None:
    guess(phone.client, 3, "10.9.8.7")
    assert "10.9.8" not in repr(vars(guard._limiter.storage))
