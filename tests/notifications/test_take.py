"""The link of a notification: it opens a page, the page's button takes the alert, and nothing else does."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.models import Membership, MembershipStore, User
from app.accounts.rules import Role
from app.alerts.rules import AlertState
from app.db import transaction
from app.ids import new_id, sign_row
from app.notifications.links import take_path
from app.notifications.models import Notification
from tests.alerts.deeds import Case, fire
from tests.fakes import Hands
from tests.make import NOON, SECRET, Chain, make_response, rows_of, sign_in

MINUTE = timedelta(minutes=1)


@pytest.fixture
def case(chain: Chain, hands: Hands) -> Case:
    """A complaint of which the manager is being told."""
    case = Case(chain, make_response(chain, 2, comment="Довга черга", contact="067 123 45 67"))
    fire(NOON)
    return case


@pytest.fixture
def link(case: Case) -> str:
    """The manager's link."""
    return take_path(SECRET, rows_of(case.chain, Notification)[0].id)


def test_opening_it_changes_nothing(client: FlaskClient, case: Case, link: str) -> None:
    before = case.deeds
    for method in ("GET", "HEAD", "OPTIONS"):
        assert client.open(link, method=method).status_code == 200
    assert case.state == AlertState.NEW
    assert case.deeds == before


def test_the_page_says_what_it_is_about_and_no_contact(client: FlaskClient, link: str) -> None:
    page = client.get(link).text
    assert "Store 1" in page
    assert "Довга черга" in page
    assert "30 min left" in page
    assert "Take it as Manager" in page
    assert "671234567" not in page


def test_the_button_takes_it_as_the_member_without_signing_in(
    client: FlaskClient, case: Case, link: str
) -> None:
    answer = client.post(link)
    assert answer.status_code == 200
    assert "You have taken this alert." in answer.text
    assert 'href="/alerts/1"' in answer.text
    assert (case.state, case.alert.owner_id) == (AlertState.ACKNOWLEDGED, case.chain.manager_id)
    assert client.get("/alerts/1").status_code == 303  # it signs nobody in


def test_a_second_tap_changes_nothing(client: FlaskClient, case: Case, link: str) -> None:
    client.post(link)
    before = case.deeds
    assert client.post(link).status_code == 200
    assert case.deeds == before


def test_who_comes_second_sees_who_has_it(client: FlaskClient, case: Case, link: str) -> None:
    case.acknowledge(now=NOON, by=case.chain.regional_id)
    page = client.get(link)
    assert (page.status_code, "Regional has this alert already." in page.text) == (200, True)
    assert "Довга черга" not in page.text
    answer = client.post(link)
    assert (answer.status_code, "Regional has this alert already." in answer.text) == (409, True)


def test_a_settled_alert_is_told_in_words(client: FlaskClient, case: Case, link: str) -> None:
    case.call(now=NOON)
    case.resolve(now=NOON)
    assert "This alert is done already." in client.get(link).text
    assert client.post(link).status_code == 409
    assert case.state == AlertState.RESOLVED


def test_it_holds_for_a_day(client: FlaskClient, case: Case, hands: Hands, link: str) -> None:
    hands.move(hours=23, minutes=59)
    assert client.get(link).status_code == 200
    hands.move(minutes=1)
    for answer in (client.get(link), client.post(link)):
        assert answer.status_code == 410
        assert "This link has served its 24 hours." in answer.text
        assert "Довга черга" not in answer.text
    assert case.state == AlertState.NEW


def leave(chain: Chain) -> None:
    """The manager leaves the organisation."""
    with transaction(chain.organisation_id) as session:
        session.query(Membership).filter_by(id=chain.manager_id).one().is_active = False


def lose_account(chain: Chain) -> None:
    """The manager's account is closed."""
    with transaction(None) as session:
        session.query(User).filter_by(email="manager@nova.example").one().is_active = False


def move_on(chain: Chain) -> None:
    """The manager no longer works with this store."""
    with transaction(chain.organisation_id) as session:
        session.query(MembershipStore).filter_by(membership_id=chain.manager_id).delete()


def become_analyst(chain: Chain) -> None:
    """The manager now only looks."""
    with transaction(chain.organisation_id) as session:
        session.query(Membership).filter_by(id=chain.manager_id).one().role = Role.ANALYST


@pytest.mark.parametrize("change", [leave, lose_account, move_on, become_analyst])
def test_whoever_no_longer_may_takes_nothing_and_reads_nothing(
    client: FlaskClient, case: Case, link: str, change: object
) -> None:
    change(case.chain)  # type: ignore[operator]
    for answer in (client.get(link), client.post(link)):
        assert answer.status_code == 410
        assert "you no longer work with this store" in answer.text
        assert "Store 1" not in answer.text
        assert "Довга черга" not in answer.text
    assert case.state == AlertState.NEW


def test_a_link_that_we_did_not_sign_opens_nothing(client: FlaskClient, case: Case, link: str) -> None:
    token = link.removeprefix("/a/")
    own = rows_of(case.chain, Notification)[0].id
    forged = [
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        token + "=",
        token.swapcase(),
        token[:-2],
        sign_row(SECRET, "return", own),
        sign_row("another secret of the tests, long enough", "take-alert", own),
        sign_row(SECRET, "take-alert", new_id()),
        "x",
        "%00",
    ]
    for wrong in forged:
        assert client.get(f"/a/{wrong}").status_code == 404
        assert client.post(f"/a/{wrong}").status_code == 404
    assert case.state == AlertState.NEW


def test_it_is_kept_out_of_caches_searches_and_referrers(client: FlaskClient, link: str) -> None:
    answer = client.get(link)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "noindex" in answer.text


def test_it_speaks_the_members_language(client: FlaskClient, case: Case, link: str) -> None:
    with transaction(None) as session:
        session.query(User).filter_by(email="manager@nova.example").one().language = "uk"
    assert "Взяти" in client.get(link, headers={"Accept-Language": "en"}).text


def test_the_token_is_short(link: str) -> None:
    assert re.fullmatch(r"/a/[A-Za-z0-9_-]{38}", link)


def test_the_alert_passed_on_to_somebody_waits_for_them(client: FlaskClient, case: Case, link: str) -> None:
    fire(*(NOON + n * MINUTE for n in (10, 20, 30)))
    assert case.alert.owner_id == case.chain.regional_id
    assert "Regional has this alert already." in client.post(link).text
    theirs = [row for row in rows_of(case.chain, Notification) if row.membership_id == case.chain.regional_id]
    assert client.post(take_path(SECRET, theirs[-1].id)).status_code == 200
    assert case.state == AlertState.ACKNOWLEDGED


def test_signing_in_leads_on_to_the_alert(app: Flask, case: Case, link: str) -> None:
    manager = sign_in(app, case.chain)
    manager.post(link)
    assert "Taken" in manager.get("/alerts/1").text
