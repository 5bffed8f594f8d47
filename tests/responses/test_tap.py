"""The tap on a rating is stored once, whatever the network does."""

from datetime import timedelta
from functools import partial

import pytest
from flask import Flask

from app.alerts.models import Alert, AlertTimer
from app.alerts.rules import AlertState
from app.db import transaction
from app.events import Event, EventName
from app.ids import new_id, new_key
from app.responses.models import Response
from app.surveys.actions import create_survey, publish_version
from app.surveys.models import SurveyVersion
from app.surveys.rules import DEFAULT_WORDING
from tests.fakes import Hands
from tests.make import NOON, SOME_KEY, Chain, get_alert_of, response_of, rows_of
from tests.responses.browser import Phone, body_of, hidden
from tests.statements import asked
from tests.together import together

BAD_RATINGS = (
    "", " ", "5 ", " 5", "05", "+5", "-1", "-0", "11", "3.5", "5.0", "1e1", "0x5", "٥", "５", "⁵", "true",
    "null", "[]", "NaN", "inf", str(2**63), str(2**64), "9" * 5000, "5\x00", "5%00", "' or 1=1--",
)  # fmt: skip


def test_a_tap_is_stored_and_leads_on(chain: Chain, phone: Phone) -> None:
    key = phone.key()
    answer = phone.tap(key, 3)
    assert (answer.status_code, answer.location) == (303, f"/s/{key}?lang=en")
    stored = response_of(chain, key)
    assert (stored.rating, stored.channel, stored.language) == (3, "qr", "en")
    assert (stored.store_id, stored.touchpoint_id) == (chain.store_id, chain.touchpoint_id)
    assert stored.received_at == stored.answered_at == NOON
    assert not stored.is_suspect


def test_the_same_tap_again_changes_nothing_and_answers_the_same(chain: Chain, phone: Phone) -> None:
    key = phone.key()
    answers = [phone.tap(key, 3) for _ in range(3)]
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, f"/s/{key}?lang=en")}
    assert len(rows_of(chain, Response)) == len(rows_of(chain, Alert)) == 1
    assert [event.name for event in rows_of(chain, Event)].count(EventName.RESPONSE_RECEIVED) == 1


def test_fifty_copies_at_once_are_one_row(app: Flask, chain: Chain, phone: Phone) -> None:
    key = phone.key()

    def tap() -> tuple[int, str | None]:
        answer = app.test_client().post(f"/q/{chain.code}?lang=en", data={"key": key, "rating": "2"})
        return answer.status_code, answer.location

    assert set(together(app, [tap] * 50)) == {(303, f"/s/{key}?lang=en")}
    assert len(rows_of(chain, Response)) == len(rows_of(chain, Alert)) == 1


def test_a_slip_is_corrected_within_thirty_minutes(chain: Chain, phone: Phone, hands: Hands) -> None:
    key = phone.tapped(1)
    hands.move(minutes=30)
    assert phone.tap(key, 9).status_code == 303
    assert response_of(chain, key).rating == 9
    assert response_of(chain, key).corrected_at == hands.at
    assert get_alert_of(chain, key).state == AlertState.DISMISSED


def test_later_the_page_says_that_it_was_received(chain: Chain, phone: Phone, hands: Hands) -> None:
    key = phone.tapped(1)
    hands.move(minutes=31)
    page = phone.tap(key, 9)
    assert page.status_code == 409
    assert "Your feedback was already received" in page.text
    assert "Your score: 1." in page.text
    assert response_of(chain, key).rating == 1
    assert phone.tap(key, 1).status_code == 303  # the same again is no change


def test_two_corrections_at_once_leave_one_of_them(app: Flask, chain: Chain, phone: Phone) -> None:
    key = phone.tapped(2)

    def correct(rating: int) -> int:
        fields = {"key": key, "rating": str(rating)}
        return app.test_client().post(f"/q/{chain.code}", data=fields).status_code

    ratings = [8, 1, 9, 0, 10, 3]
    assert set(together(app, [partial(correct, rating) for rating in ratings])) == {303}
    stored = response_of(chain, key)
    assert stored.rating in ratings
    state = get_alert_of(chain, key).state
    assert state == (AlertState.NEW if stored.rating <= 6 else AlertState.DISMISSED)


@pytest.mark.parametrize("rating", BAD_RATINGS)
def test_only_the_ratings_on_the_page_exist(chain: Chain, phone: Phone, rating: str) -> None:
    key = phone.key()
    page = phone.tap(key, rating)
    assert page.status_code == 422
    assert "Select a score from 0 to 10" in page.text
    assert hidden(page, "key") == key
    assert rows_of(chain, Response) == []


@pytest.mark.parametrize("rating", range(11))
def test_each_of_them_does(chain: Chain, phone: Phone, rating: int) -> None:
    assert response_of(chain, phone.tapped(rating)).rating == rating


def test_a_missing_rating_shows_the_page_again(phone: Phone) -> None:
    page = phone.client.post(f"/q/{phone.chain.code}?lang=en", data={"key": new_key()})
    assert page.status_code == 422
    assert "There is a problem" in page.text


@pytest.mark.parametrize("key", ["", "short", "a" * 22, SOME_KEY + "=", SOME_KEY * 500, "' or 1=1--", "\x00"])
def test_a_key_that_we_did_not_make_is_refused(chain: Chain, phone: Phone, key: str) -> None:
    page = phone.tap(key)
    assert page.status_code == 422
    assert hidden(page, "key") != key
    assert rows_of(chain, Response) == []


@pytest.mark.parametrize(
    "body",
    [
        body_of("2", "rating=3"),
        body_of("2", f"key={SOME_KEY}"),
        body_of("2", "website=%ff"),
        body_of("2", "website=%ED%A0%80"),
        body_of("2", "website=%C0%AF"),
        b"\xff\xfe" + body_of("2"),
        "rating=2&key=ключ".encode(),
        "rating=2&website=ґ".encode("utf-16"),
    ],
    ids=["two ratings", "two keys", "bad byte", "surrogate", "overlong", "byte order", "letters", "utf-16"],
)
def test_what_cannot_be_read_is_answered_on_the_same_page(chain: Chain, phone: Phone, body: bytes) -> None:
    page = phone.send_raw(f"/q/{chain.code}?lang=en", body)
    assert page.status_code == 422
    assert "There is a problem" in page.text
    assert rows_of(chain, Response) == []


def test_too_much_is_refused_before_it_is_read(chain: Chain, phone: Phone) -> None:
    path = f"/q/{chain.code}?lang=en"
    for body in (body_of("2", "website=" + "a" * 65_536), b"a" * 5_000_000, body_of("2", *["x=1"] * 201)):
        page = phone.send_raw(path, body)
        assert page.status_code == 413
        assert "too much" in page.text
    assert phone.send_raw(path, body_of("2", *["x=1"] * 190)).status_code == 303


@pytest.mark.parametrize(
    "kind", ["application/json", "multipart/form-data", "text/plain", "x", "multipart/x; boundary="]
)
def test_only_a_plain_form_is_understood(chain: Chain, phone: Phone, kind: str) -> None:
    page = phone.send_raw(f"/q/{chain.code}?lang=en", body_of("2"), kind)
    assert page.status_code == 415
    assert "cannot be read" in page.text
    assert rows_of(chain, Response) == []


def test_a_filled_trap_makes_it_suspect_and_never_silent(chain: Chain, phone: Phone) -> None:
    key = phone.key()
    assert phone.tap(key, 2, website="http://spam.example").status_code == 303
    assert response_of(chain, key).is_suspect
    assert get_alert_of(chain, key).state == AlertState.NEW


def test_a_new_wording_between_load_and_tap_changes_nothing(chain: Chain, phone: Phone) -> None:
    page = phone.open()
    with transaction(chain.organisation_id) as session:
        publish_version(session, chain.survey_id, DEFAULT_WORDING, now=NOON)
    key, version = hidden(page, "key"), hidden(page, "version")
    assert phone.tap(key, 2, version=version).status_code == 303
    assert str(response_of(chain, key).survey_version_id) == version


def test_the_wording_of_another_survey_is_refused(chain: Chain, foreign_chain: Chain, phone: Phone) -> None:
    with transaction(chain.organisation_id) as session:
        other = create_survey(session, "Another", now=NOON)
    others = [row.id for row in rows_of(chain, SurveyVersion) if row.survey_id == other]
    foreign = [row.id for row in rows_of(foreign_chain, SurveyVersion)]
    for version in (*others, *foreign, new_id(), "not one"):
        assert phone.tap(phone.key(), 2, version=str(version)).status_code == 422
    assert rows_of(chain, Response) == []


def milliseconds(**ago: float) -> str:
    """What a phone's script says about when its owner tapped."""
    return str(int((NOON - timedelta(**ago)).timestamp() * 1000))


def test_an_answer_that_waited_on_the_phone_keeps_its_time(chain: Chain, phone: Phone) -> None:
    key = phone.key()
    phone.tap(key, 2, answered_at=milliseconds(minutes=38))
    stored = response_of(chain, key)
    assert (stored.answered_at, stored.received_at) == (NOON - timedelta(minutes=38), NOON)
    assert get_alert_of(chain, key).acknowledge_due_at == NOON + timedelta(minutes=30)


def test_one_that_waited_over_a_day_pages_nobody(chain: Chain, phone: Phone) -> None:
    key = phone.key()
    phone.tap(key, 2, answered_at=milliseconds(hours=25))
    phone.send(key, comment="Черга", contact="067 123 45 67")
    assert response_of(chain, key).is_late
    assert get_alert_of(chain, key).state == AlertState.NEW
    assert rows_of(chain, AlertTimer) == []


@pytest.mark.parametrize(
    "claim", ["", "soon", "-1", "1e99", "9" * 400, "９", milliseconds(hours=49), milliseconds(hours=-1)]
)
def test_an_impossible_time_is_not_believed(chain: Chain, phone: Phone, claim: str) -> None:
    key = phone.key()
    assert phone.tap(key, 2, answered_at=claim).status_code == 303
    assert response_of(chain, key).answered_at == NOON


def test_the_key_of_one_chain_opens_nothing_in_another(
    chain: Chain, foreign_chain: Chain, phone: Phone
) -> None:
    key = phone.tapped(2)
    answer = phone.client.post(f"/q/{foreign_chain.code}", data={"key": key, "rating": "9"})
    assert answer.status_code == 404
    assert response_of(chain, key).rating == 2
    assert rows_of(foreign_chain, Response) == []


def test_a_good_tap_costs_two_statements_and_a_bad_one_seven(chain: Chain, phone: Phone) -> None:
    """Once the chain's door, policy and hours are in memory: a shopper waits for each statement."""
    phone.tapped(2)
    good, bad = phone.key(), phone.key()
    with asked() as seen:
        phone.tap(good, 9)
    assert [statement.split()[2] for statement in seen] == ["responses", "events"]
    with asked() as seen:
        phone.tap(bad, 2)
    assert len(seen) == 7


def test_the_page_after_a_tap_costs_one_statement(chain: Chain, phone: Phone) -> None:
    phone.client.get(f"/s/{phone.tapped(2)}")
    key = phone.tapped(2)
    with asked() as seen:
        assert phone.client.get(f"/s/{key}").status_code == 200
    assert len(seen) == 1
