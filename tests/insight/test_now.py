"""The Now page: who waits, for how long, and is today as usual."""

import re
from datetime import timedelta

from flask import Flask

from app.accounts.actions import add_member, create_user
from app.accounts.rules import Role
from app.alerts.actions import acknowledge_alert
from app.alerts.rules import AlertState
from app.db import transaction
from tests.insight.conftest import Clock
from tests.make import NOON, PASSWORD, Chain, get_alert_of, make_response, sign_in

MINUTE = timedelta(minutes=1)
SCRIPTED = (
    *("board", "cards", "headline", "today", "rest", "live"),
    *("updated", "pause", "news", "trouble", "status"),
)
FRAGMENT = {"X-Fragment": "1"}


def numbers_of(page: str) -> list[int]:
    """The alerts on a page, in order."""
    return [int(number) for number in re.findall(r'id="alert-(\d+)"', page)]


def take(chain: Chain, key: str, *, minutes: int) -> None:
    """The manager takes the alert of a response, so many minutes after noon."""
    number = get_alert_of(chain, key).number
    with transaction(chain.organisation_id) as session:
        acknowledge_alert(session, number, chain.manager_id, now=NOON + minutes * MINUTE)


def add_analyst(chain: Chain) -> None:
    """Somebody who sees everything and handles nothing."""
    email = f"analyst@{chain.slug}.example"
    with transaction(None) as session:
        user_id = create_user(session, email, "Analyst", PASSWORD, language="en", now=NOON)
    with transaction(chain.organisation_id) as session:
        add_member(session, user_id, Role.ANALYST)


def test_alerts_stand_by_deadline_and_the_late_ones_first(app: Flask, chain: Chain, hands: Clock) -> None:
    late = make_response(chain, 3, comment="Черга", now=NOON - 40 * MINUTE)
    calm = make_response(chain, 2, comment="Холодно", now=NOON - 2 * MINUTE)
    soon = make_response(chain, 5, comment="Нахабство", now=NOON - 25 * MINUTE)
    page = sign_in(app, chain).get("/").text
    assert numbers_of(page) == [get_alert_of(chain, key).number for key in (late, soon, calm)]
    assert "10\xa0min late · was due 13:50" in page
    assert "5\xa0min left · until 14:05" in page
    assert "28\xa0min left · until 14:28" in page


def test_a_card_says_what_was_said_where_and_how_to_answer(app: Flask, chain: Chain) -> None:
    make_response(chain, 3, comment="Стояла в черзі " * 30, contact="+380671234567")
    page = sign_in(app, chain).get("/").text
    assert "Store 1 · Till 1" in page
    assert "Wants a reply by phone" in page
    assert "Nobody has it yet" in page
    comment = re.search(r"<bdi>(.*?)</bdi>", page)
    assert comment
    assert len(comment[1]) <= 140
    assert comment[1].endswith("…")
    assert "671234567" not in page


def test_a_bare_tap_is_shown_as_one(app: Flask, chain: Chain) -> None:
    make_response(chain, 1)
    assert "No comment and no contact: nobody to answer" in sign_in(app, chain).get("/").text


def test_a_taken_alert_says_who_has_it_and_how_fast(app: Flask, chain: Chain, hands: Clock) -> None:
    key = make_response(chain, 1, comment="Черга", now=NOON)
    take(chain, key, minutes=6)
    hands.at = NOON + 10 * MINUTE
    page = sign_in(app, chain).get("/").text
    assert "Taken by Manager in 6\xa0min" in page
    assert "20\xa0min left · until 14:30" in page
    assert f"/alerts/{get_alert_of(chain, key).number}/acknowledge" not in page


def test_the_title_and_the_navigation_carry_the_number_of_waiting_alerts(app: Flask, chain: Chain) -> None:
    make_response(chain, 1, comment="Черга")
    make_response(chain, 2)
    page = sign_in(app, chain).get("/").text
    assert "<title>(2) Now · Vidhuk</title>" in page
    assert 'data-count="now">2</b>' in page
    assert "2 waiting" in page


def test_a_night_answer_waits_for_the_opening(app: Flask, chain: Chain, hands: Clock) -> None:
    hands.at = NOON + timedelta(hours=9)
    make_response(chain, 1, comment="Черга", now=hands.at)
    assert "Store opens 26 Nov, 09:00 · until 26 Nov, 09:30" in sign_in(app, chain).get("/").text


def test_a_manager_sees_only_alerts_of_the_own_store(app: Flask, chain: Chain) -> None:
    make_response(chain, 1, comment="Черга в чужому", other_store=True)
    page = sign_in(app, chain).get("/").text
    assert "чужому" not in page
    assert numbers_of(page) == []
    assert "(1)" not in page


def test_a_stranger_sees_nothing_of_another_chain(app: Flask, chain: Chain, foreign_chain: Chain) -> None:
    make_response(chain, 1, comment="Черга")
    assert "Черга" not in sign_in(app, foreign_chain, "owner").get("/").text


def test_nobody_sees_it_without_signing_in(app: Flask, chain: Chain) -> None:
    answer = app.test_client().get("/")
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in")
    assert app.test_client().get("/now/cards", headers=FRAGMENT).status_code == 401


def test_an_empty_list_says_so_in_words(app: Flask, chain: Chain, hands: Clock) -> None:
    client = sign_in(app, chain)
    assert "No complaints yet" in client.get("/").text
    key = make_response(chain, 1, now=NOON)
    alert = get_alert_of(chain, key)
    with transaction(chain.organisation_id) as session:
        session.merge(alert).state = AlertState.CLOSED
    hands.at = NOON + timedelta(days=1)
    page = sign_in(app, chain).get("/").text
    assert "No open complaints. The last one came 25 Nov, 14:00." in page
    assert "Nobody is waiting" in page


def test_an_analyst_sees_alerts_and_cannot_take_them(app: Flask, chain: Chain) -> None:
    make_response(chain, 1, comment="Черга")
    assert "/acknowledge" in sign_in(app, chain, "manager").get("/").text
    add_analyst(chain)
    page = sign_in(app, chain, "analyst").get("/").text
    assert "Черга" in page
    assert "/acknowledge" not in page


def test_today_is_compared_with_the_same_hours_of_earlier_weeks(app: Flask, chain: Chain) -> None:
    for week in range(1, 5):
        for n in range(20):
            rating = 3 if n < 4 else 10
            make_response(chain, rating, now=NOON - timedelta(weeks=week, hours=1))
        make_response(chain, 1, now=NOON - timedelta(weeks=week) + timedelta(hours=2))
    for n in range(12):
        make_response(chain, 2 if n < 9 else 10, now=NOON - timedelta(hours=1))
    page = sign_in(app, chain).get("/").text
    assert "12 answers" in page
    assert "75\xa0% negative" in page
    assert "Usual for this weekday by now: 20 · 20\xa0% negative" in page
    assert "More negative than usual" in page


def test_few_answers_are_counted_and_not_shared_out(app: Flask, chain: Chain) -> None:
    make_response(chain, 2, now=NOON - timedelta(hours=1))
    page = sign_in(app, chain).get("/").text
    assert "1 answer<" in page
    assert "1 negative" in page
    assert "No earlier day to compare with yet." in page


def test_the_fragment_answers_304_until_something_changes(app: Flask, chain: Chain, hands: Clock) -> None:
    make_response(chain, 1, comment="Черга", now=NOON)
    client = sign_in(app, chain)
    first = client.get("/now/cards", headers=FRAGMENT)
    assert first.status_code == 200
    assert "<html" not in first.text
    known = {**FRAGMENT, "If-None-Match": first.headers["ETag"]}
    hands.at = NOON + MINUTE
    same = client.get("/now/cards", headers=known)
    assert (same.status_code, same.data) == (304, b"")
    make_response(chain, 2, now=NOON + MINUTE)
    changed = client.get("/now/cards", headers=known)
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_the_fragment_changes_when_a_clock_runs_out(app: Flask, chain: Chain, hands: Clock) -> None:
    make_response(chain, 1, comment="Черга", now=NOON)
    client = sign_in(app, chain)
    first = client.get("/now/cards", headers=FRAGMENT)
    hands.at = NOON + 31 * MINUTE
    late = client.get("/now/cards", headers={**FRAGMENT, "If-None-Match": first.headers["ETag"]})
    assert late.status_code == 200
    assert "1 late" in late.text


def test_the_script_finds_everything_that_it_touches(app: Flask, chain: Chain) -> None:
    make_response(chain, 1, comment="Черга")
    page = sign_in(app, chain).get("/").text
    for name in SCRIPTED:
        assert f'id="{name}"' in page
    assert 'data-deadline="' in page


def test_a_comment_cannot_break_out_of_its_card(app: Flask, chain: Chain) -> None:
    make_response(chain, 1, comment="<script>alert(1)</script>{{7*7}}")
    page = sign_in(app, chain).get("/").text
    assert "&lt;script&gt;alert(1)" in page
    assert "{{7*7}}" in page
