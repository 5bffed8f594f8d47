"""How long is left, said alike on the alert's page and on Now."""

from datetime import timedelta

import pytest
from flask import Flask

from app.alerts.clocks import clock_of
from app.alerts.rules import Urgency, urgency, whole_minutes
from app.db import get_row, transaction
from app.stores.models import Store
from tests.fakes import Hands
from tests.make import NOON, Chain, make_response, sign_in

NOW = NOON
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("minutes_left", "expected"),
    [(22, Urgency.CALM), (10, Urgency.SOON), (1, Urgency.SOON), (0, Urgency.LATE), (-12, Urgency.LATE)],
)
def test_a_clock_hurries_in_its_last_ten_minutes(minutes_left: int, expected: Urgency) -> None:
    assert urgency(NOW + minutes_left * MINUTE, None, now=NOW) is expected


def test_a_clock_sleeps_until_the_store_opens() -> None:
    assert urgency(NOW + 600 * MINUTE, NOW + 570 * MINUTE, now=NOW) is Urgency.ASLEEP
    assert urgency(NOW - MINUTE, NOW + 570 * MINUTE, now=NOW) is Urgency.LATE


@pytest.mark.parametrize(("seconds", "minutes"), [(1, 1), (60, 1), (61, 2), (-30, 1), (1320, 22)])
def test_begun_minutes_count(seconds: int, minutes: int) -> None:
    assert whole_minutes(timedelta(seconds=seconds)) == minutes


@pytest.mark.parametrize(
    ("minutes_left", "expected"),
    [
        (22, "22\xa0min left · until 14:22"),
        (89, "89\xa0min left · until 15:29"),
        (90, "1\xa0h\xa030\xa0min left · until 15:30"),
        (-150, "2\xa0h\xa030\xa0min late · was due 11:30"),
        (-3 * 24 * 60, "3\xa0d\xa00\xa0h late · was due 22 Nov, 14:00"),
    ],
)
def test_many_minutes_are_said_as_hours_and_days(app: Flask, minutes_left: int, expected: str) -> None:
    with app.test_request_context("/?lang=en"):
        words = clock_of(NOW + minutes_left * MINUTE, None, "Europe/Kyiv", now=NOW)["text"]
    assert words == expected


def test_the_page_of_an_alert_says_hours_as_now_does(app: Flask, chain: Chain, hands: Hands) -> None:
    make_response(chain, 2, comment="Черга", contact="067 123 45 67")
    hands.move(minutes=30, hours=5)
    manager = sign_in(app, chain)
    for page in ("/", "/alerts/1"):
        assert "5\xa0h\xa00\xa0min late · was due 14:30" in manager.get(page).text, page


def test_the_page_of_an_alert_says_that_its_store_is_closed(app: Flask, chain: Chain, hands: Hands) -> None:
    with transaction(chain.organisation_id) as session:
        get_row(session, Store, chain.store_id).weekly_hours = {"4": [["09:00", "21:00"]]}
    make_response(chain, 2, comment="Черга", contact="067 123 45 67")
    manager = sign_in(app, chain)
    for page in ("/", "/alerts/1"):
        assert "Store opens 26 Nov, 09:00 · until 26 Nov, 09:30" in manager.get(page).text, page
