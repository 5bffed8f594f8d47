"""The page behind a link on a receipt: the same survey, one answer, whichever phone comes second."""

import gzip
import re
from functools import partial

import pytest
from flask import Flask

from app.alerts.models import Alert
from app.db import get_row, transaction
from app.events import Event
from app.invitations.models import Invitation
from app.invitations.rules import Kind
from app.responses.models import Response
from app.stores.models import Store
from app.touchpoints.actions import retire_touchpoint
from app.touchpoints.models import Touchpoint
from tests.fakes import Hands
from tests.invitations.cast import Reader, invitations, key_of, link, mint, signed, till
from tests.make import Chain, get_alert_of, make_response, response_of, rows_of
from tests.together import together

WAYS = pytest.mark.parametrize("way", ["minted", "signed"])


def path_of(chain: Chain, way: str, number: str = "R-0042", **others: object) -> str:
    """The path of a link, minted or signed."""
    return link(chain, number, **others) if way == "minted" else signed(till(chain), number)


def tap_somewhere(app: Flask, path: str) -> int:
    """Tap on another phone; the status of the answer."""
    return Reader(app.test_client()).tap(path, 3).status_code


@WAYS
def test_a_link_opens_the_survey_of_its_store_in_one_light_request(
    chain: Chain, reader: Reader, way: str
) -> None:
    page = reader.open(path_of(chain, way))
    assert page.status_code == 200
    assert "Store 1" in page.text
    assert "Receipt R-0042" in page.text
    assert re.findall(r'<button name="rating" value="(\d+)"', page.text) == [str(n) for n in range(11)]
    assert len(gzip.compress(page.data, 6)) < 14_000
    assert not re.findall(r'(?:src|srcset)="|url\(|@import', page.text)
    assert page.headers["Referrer-Policy"] == "no-referrer"


@WAYS
def test_looking_changes_nothing(chain: Chain, reader: Reader, way: str) -> None:
    path = path_of(chain, way)
    before = len(invitations(chain))
    for _ in range(2):
        reader.open(path, "lang=en&rating=3")
        reader.client.head(path)
    assert len(invitations(chain)) == before
    assert [row.redeemed_at for row in invitations(chain)] == [None] * before
    for kind in (Response, Alert, Event):
        assert rows_of(chain, kind) == []


@WAYS
def test_an_answer_is_verified_and_counted_at_the_stores_receipts(
    chain: Chain, reader: Reader, way: str
) -> None:
    answer = reader.tap(path_of(chain, way), 9, key := key_of(reader.open(path_of(chain, way))))
    assert (answer.status_code, answer.location) == (303, f"/s/{key}?lang=en")
    stored, invitation = response_of(chain, key), invitations(chain)[0]
    assert (stored.rating, stored.channel, stored.is_verified) == (9, "receipt", True)
    assert (stored.invitation_id, stored.qr_code_id, stored.store_id) == (
        invitation.id,
        None,
        chain.store_id,
    )
    assert (invitation.response_key, invitation.number) == (key, "R-0042")
    points = {row.id: row.name for row in rows_of(chain, Touchpoint)}
    assert points[stored.touchpoint_id] == "Чек"


def test_an_answer_through_a_code_is_not_verified(chain: Chain) -> None:
    assert not response_of(chain, make_response(chain, 9)).is_verified


@WAYS
def test_another_phone_is_thanked_and_stores_nothing(
    chain: Chain, reader: Reader, way: str, hands: Hands
) -> None:
    path = path_of(chain, way)
    first = reader.tapped(path, 9)
    hands.move(minutes=1)
    for page in (reader.open(path), reader.tap(path, 1)):
        assert page.status_code == 200
        assert "The answer was already received" in page.text
        assert "25 Nov, 14:00" in page.text
        assert 'name="rating"' not in page.text
    assert [row.key for row in rows_of(chain, Response)] == [first]
    assert rows_of(chain, Alert) == []


@WAYS
def test_the_same_phone_may_repeat_and_correct(chain: Chain, reader: Reader, way: str, hands: Hands) -> None:
    path = path_of(chain, way)
    key = reader.tapped(path, 9)
    assert reader.tap(path, 9, key).status_code == 303
    assert reader.tap(path, 2, key).status_code == 303
    assert response_of(chain, key).rating == 2
    assert get_alert_of(chain, key)
    hands.move(minutes=31)
    assert reader.tap(path, 9, key).status_code == 409
    assert response_of(chain, key).rating == 2


@WAYS
def test_the_change_link_of_the_second_step_leads_back(chain: Chain, reader: Reader, way: str) -> None:
    key = reader.tapped(path_of(chain, way), 4)
    change = re.search(r'href="(/i/[^"]+)"', reader.client.get(f"/s/{key}?lang=en").text)
    assert change
    page = reader.client.get(change[1].replace("&amp;", "&"))
    assert key_of(page) == key
    assert 'value="4" aria-pressed="true"' in page.text
    assert reader.tap(change[1].partition("?")[0], 9, key).status_code == 303
    assert response_of(chain, key).rating == 9


@WAYS
def test_switching_the_language_keeps_the_key(chain: Chain, reader: Reader, way: str) -> None:
    page = reader.open(path_of(chain, way), "lang=en&rating=3")
    other = re.search(r'href="(/[ir]/[^"]+)" lang="uk"', page.text)
    assert other
    again = reader.client.get(other[1].replace("&amp;", "&"))
    assert key_of(again) == key_of(page)
    assert '<html lang="uk">' in again.text
    assert 'value="3" aria-pressed="true"' in again.text


@WAYS
def test_two_phones_in_the_same_second_are_one_answer(app: Flask, chain: Chain, way: str) -> None:
    path = path_of(chain, way)
    answers = together(app, [partial(tap_somewhere, app, path)] * 6)
    assert sorted(map(str, answers)) == ["200"] * 5 + ["303"]
    assert len(rows_of(chain, Response)) == len(rows_of(chain, Alert)) == len(invitations(chain)) == 1


def test_two_ways_to_one_receipt_are_one_answer(app: Flask, chain: Chain) -> None:
    key = till(chain)
    paths = [link(chain, "r 0042"), signed(key, "R-0042"), signed(key, "R0042"), signed(key, "Ｒ–００４２")]
    answers = together(app, [partial(tap_somewhere, app, path) for path in paths])
    assert sorted(map(str, answers)) == ["200"] * 3 + ["303"]
    assert len(rows_of(chain, Response)) == len(invitations(chain)) == 1


@pytest.mark.parametrize("number", ["12-3", "123", "1-2-3", "01-23"])
def test_receipts_that_differ_are_not_taken_for_one(chain: Chain, reader: Reader, number: str) -> None:
    reader.tapped(link(chain, "1-23"))
    reader.tapped(link(chain, number))
    assert len(rows_of(chain, Response)) == 2


def test_the_same_number_in_another_store_is_another_receipt(chain: Chain, reader: Reader) -> None:
    reader.tapped(link(chain))
    reader.tapped(link(chain, other_store=True))
    reader.tapped(link(chain, kind=Kind.ORDER))
    assert len(rows_of(chain, Response)) == 3


def test_the_key_of_an_answer_through_a_code_redeems_no_receipt(chain: Chain, reader: Reader) -> None:
    key, path = make_response(chain, 9), link(chain)
    assert reader.tap(path, 9, key).status_code == 409
    assert invitations(chain)[0].redeemed_at is None
    reader.tapped(path)


@pytest.mark.parametrize(("kind", "channel"), [(Kind.CALL, "call"), (Kind.ORDER, "receipt")])
def test_calls_and_orders_are_asked_about_too(chain: Chain, reader: Reader, kind: Kind, channel: str) -> None:
    key = reader.tapped(link(chain, "7", kind=kind))
    assert response_of(chain, key).channel == channel


def test_the_language_of_the_receipt_is_spoken_unless_another_is_asked_for(
    chain: Chain, reader: Reader
) -> None:
    path = link(chain, language="uk")
    english = {"Accept-Language": "en"}
    assert '<html lang="uk">' in reader.client.get(path, headers=english).text
    assert '<html lang="en">' in reader.client.get(f"{path}?lang=en", headers=english).text
    unspoken = link(chain, "2", language="fr")
    assert '<html lang="en">' in reader.client.get(unspoken, headers=english).text


def test_what_is_known_of_the_shopper_is_said(chain: Chain, reader: Reader) -> None:
    assert "without your name" in reader.open(link(chain)).text
    assert "the contact you gave" in reader.open(link(chain, "2", contact="067 123 45 67")).text


def test_an_answer_that_waited_on_the_phone_is_taken_after_the_end(
    chain: Chain, reader: Reader, hands: Hands
) -> None:
    path = link(chain)
    hands.move(days=29, hours=23)
    tapped_at = str(int(hands.at.timestamp() * 1000))
    hands.move(hours=2)
    assert reader.open(path).status_code == 410
    assert reader.tap(path, 3, answered_at=tapped_at).status_code == 303
    assert len(rows_of(chain, Response)) == 1


def close(chain: Chain, what: str) -> None:
    """Retire the touchpoint of receipts, or the store."""
    with transaction(chain.organisation_id) as session:
        if what == "store":
            get_row(session, Store, chain.store_id).retired_at = session.get_one(
                Store, (chain.organisation_id, chain.store_id)
            ).created_at
        else:
            point = session.query(Touchpoint).filter_by(name="Чек", store_id=chain.store_id).one()
            retire_touchpoint(session, point.id, now=point.created_at)


@WAYS
@pytest.mark.parametrize("what", ["store", "touchpoint"])
def test_a_closed_store_says_so_in_every_language(chain: Chain, reader: Reader, way: str, what: str) -> None:
    path = path_of(chain, way)
    close(chain, what)
    for page in (reader.open(path), reader.tap(path)):
        assert page.status_code == 410
        assert "This store takes no answers any more" in page.text
        assert 'lang="uk"' in page.text
    assert rows_of(chain, Response) == []


def test_what_was_answered_stays_open_to_who_answered(chain: Chain, reader: Reader) -> None:
    path = link(chain)
    key = reader.tapped(path, 3)
    close(chain, "store")
    assert "already received" in reader.open(path).text
    assert reader.tap(path, 9, key).status_code == 303
    assert response_of(chain, key).rating == 9


def test_a_bad_form_keeps_its_key_and_says_what_is_wrong(chain: Chain, reader: Reader) -> None:
    path = link(chain)
    key = key_of(reader.open(path))
    page = reader.tap(path, "11", key)
    assert page.status_code == 422
    assert "Select a score from 0 to 10" in page.text
    assert key_of(page) == key


def test_a_known_contact_makes_the_alert_reachable_at_once(chain: Chain, reader: Reader) -> None:
    key = reader.tapped(link(chain, contact="067 123 45 67"), 2)
    alert = get_alert_of(chain, key)
    assert alert.is_reachable
    assert response_of(chain, key).contact_id == mint(chain).contact_id


def test_foreign_and_missing_links_look_alike(chain: Chain, foreign_chain: Chain, reader: Reader) -> None:
    reader.tapped(link(foreign_chain), 3)
    assert rows_of(chain, Response) == []
    assert len(rows_of(foreign_chain, Response)) == 1
    assert rows_of(chain, Invitation) == []
