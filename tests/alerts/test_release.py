"""Whoever leaves, or sees fewer stores, gives back the alerts they held, and the shopper's clock goes on."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.members import Draft, change_member, remove_member, restore_member
from app.accounts.rules import Role, Scope, Team
from app.alerts.models import Alert
from app.alerts.rules import AlertState, Deed
from app.audit.rules import COMMAND_LINE
from app.db import transaction
from app.notifications.actions import send_due_notifications
from tests.alerts.deeds import Case, fire
from tests.fakes import Hands, MailServer
from tests.make import NOON, SECRET, Chain, history_of, make_response, rows_of, sign_in

MINUTE = timedelta(minutes=1)
EVERYBODY = Team(Role.OWNER, None)


@pytest.fixture
def case(chain: Chain, hands: Hands) -> Case:
    """A complaint that the manager has taken at once."""
    case = Case(chain, make_response(chain, 2, comment="Черга", contact="067 123 45 67"))
    fire(NOON)
    case.acknowledge(now=NOON)
    return case


def leave(chain: Chain, *, now: object = NOON + MINUTE) -> None:
    """The first store's manager is removed."""
    with transaction(chain.organisation_id) as session:
        remove_member(session, EVERYBODY, chain.manager_id, doer=COMMAND_LINE, now=now)  # type: ignore[arg-type]


def move(chain: Chain, draft: Draft) -> None:
    """The first store's manager gets another place."""
    with transaction(chain.organisation_id) as session:
        change_member(session, EVERYBODY, chain.manager_id, draft, doer=COMMAND_LINE, now=NOON + MINUTE)


def told(case: Case) -> list[list[str]]:
    """Who was told, time after time."""
    return [line.data["members"] for line in history_of(case.chain, case.key) if line.kind == Deed.NOTIFIED]


def test_what_somebody_held_can_be_taken_by_the_next(case: Case, chain: Chain) -> None:
    due_at = case.alert.answer_due_at
    leave(chain)
    alert = case.alert
    assert (case.state, alert.owner_id, alert.acknowledged_at) == (AlertState.NEW, None, None)
    assert alert.answer_due_at == due_at  # nobody gains time by leaving
    case.acknowledge(now=NOON + 2 * MINUTE, by=chain.regional_id)
    assert case.alert.owner_id == chain.regional_id


def test_the_history_says_why(app: Flask, case: Case, chain: Chain) -> None:
    leave(chain)
    page = sign_in(app, chain, "owner").get("/alerts/1").text
    assert "Passed on: <bdi>the holder may not answer it any more</bdi>" in page


def test_the_level_hears_of_it_at_once(case: Case, chain: Chain, mail_server: MailServer) -> None:
    """The store's only manager has left, so it is the next level's."""
    leave(chain)
    fire(NOON + MINUTE)
    assert told(case)[-1] == [str(chain.regional_id)]
    while send_due_notifications(SECRET, "http://vidhuk.example", now=NOON + MINUTE):
        pass
    assert mail_server.received[-1]["To"] == "regional@nova.example"
    assert mail_server.received[-1]["Subject"] == "Alert 1: rating 2, Store 1"


def test_a_message_to_who_has_left_is_not_sent(case: Case, chain: Chain, mail_server: MailServer) -> None:
    leave(chain)
    while send_due_notifications(SECRET, "http://vidhuk.example", now=NOON):
        pass
    assert [mail["To"] for mail in mail_server.received] == []


def test_the_ladder_goes_on(case: Case, chain: Chain) -> None:
    leave(chain)
    fire(NOON + MINUTE, NOON + 20 * MINUTE, NOON + 30 * MINUTE)
    alert = case.alert
    assert alert.owner_id == chain.regional_id
    assert alert.breached_at == NOON + 30 * MINUTE


def test_an_alert_that_was_passed_up_goes_back_to_that_level(case: Case, chain: Chain) -> None:
    fire(NOON + 20 * MINUTE, NOON + 30 * MINUTE)
    assert case.alert.owner_id == chain.regional_id
    with transaction(chain.organisation_id) as session:
        remove_member(session, EVERYBODY, chain.regional_id, doer=COMMAND_LINE, now=NOON + 31 * MINUTE)
    fire(NOON + 31 * MINUTE)
    assert case.alert.owner_id is None
    assert told(case)[-1] == [str(chain.owner_id)]  # there is no other regional manager


@pytest.mark.parametrize(
    "draft", [Draft(Role.ANALYST), Draft(Role.STORE_MANAGER, Scope())], ids=["analyst", "nothing"]
)
def test_who_may_no_longer_answer_gives_it_back(case: Case, chain: Chain, draft: Draft) -> None:
    if draft.role is Role.STORE_MANAGER:
        draft = Draft(Role.STORE_MANAGER, Scope(stores=frozenset({chain.other_store_id})))
    move(chain, draft)
    assert (case.state, case.alert.owner_id) == (AlertState.NEW, None)


def test_who_may_still_answer_keeps_it(case: Case, chain: Chain) -> None:
    move(chain, Draft(Role.STORE_MANAGER, Scope(regions=frozenset({chain.region_id}))))
    move(chain, Draft(Role.OWNER))
    assert (case.state, case.alert.owner_id) == (AlertState.ACKNOWLEDGED, chain.manager_id)


def test_a_bare_tap_gets_the_time_to_be_taken_once_more(chain: Chain, hands: Hands) -> None:
    case = Case(chain, make_response(chain, 3))
    case.acknowledge(now=NOON + MINUTE)
    later = NOON + 60 * MINUTE
    leave(chain, now=later)
    assert (case.state, case.alert.acknowledge_due_at) == (AlertState.NEW, later + 30 * MINUTE)
    fire(later)
    assert told(case)[-1] == [str(chain.regional_id)]
    case.acknowledge(now=later + MINUTE, by=chain.regional_id)
    assert case.alert.breached_at is None


def test_an_answered_alert_stays_answered_and_somebody_settles_it(case: Case, chain: Chain) -> None:
    case.call(now=NOON)
    leave(chain)
    fire(NOON + MINUTE)
    assert (case.state, case.alert.owner_id) == (AlertState.ANSWERED, None)
    assert told(case)[-1] == [str(chain.regional_id)]
    case.resolve(now=NOON + 2 * MINUTE)
    assert case.state is AlertState.RESOLVED


def test_what_is_settled_stays_as_it_is(case: Case, chain: Chain) -> None:
    case.call(now=NOON)
    case.resolve(now=NOON)
    leave(chain)
    assert (case.state, case.alert.owner_id) == (AlertState.RESOLVED, chain.manager_id)


def test_alerts_of_others_are_left_alone(case: Case, chain: Chain, hands: Hands) -> None:
    others = Case(chain, make_response(chain, 1, comment="Бруд", other_store=True))
    others.acknowledge(now=NOON, by=chain.other_manager_id)
    leave(chain)
    assert others.alert.owner_id == chain.other_manager_id


def test_coming_back_takes_nothing_back(case: Case, chain: Chain) -> None:
    leave(chain)
    with transaction(chain.organisation_id) as session:
        restore_member(session, EVERYBODY, chain.manager_id, doer=COMMAND_LINE, now=NOON + 2 * MINUTE)
    assert [alert.owner_id for alert in rows_of(chain, Alert)] == [None]


def test_the_pages_show_an_alert_that_is_nobodys(app: Flask, case: Case, chain: Chain) -> None:
    case.call(now=NOON)
    leave(chain)
    regional: FlaskClient = sign_in(app, chain, "regional")
    for path in ("/", "/alerts", "/alerts/1"):
        assert regional.get(path).status_code == 200
