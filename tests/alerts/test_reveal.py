"""A shopper's contact is masked until somebody who may answer asks for it, and that is recorded."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from app.accounts.models import Membership
from app.audit.models import AuditEntry
from app.contacts.actions import erase_expired_contacts
from app.db import transaction, transaction_across
from tests.alerts.deeds import Case
from tests.fakes import Hands
from tests.make import Chain, make_response, rows_of, sign_in

PHONE, EMAIL = "+380671234567", "olena@example.com"


@pytest.fixture
def case(chain: Chain, hands: Hands) -> Case:
    """A complaint with a telephone number."""
    return Case(chain, make_response(chain, 2, comment="Черга", contact=PHONE))


@pytest.fixture
def manager(app: Flask, chain: Chain, case: Case) -> FlaskClient:
    """The browser of the store's manager."""
    return sign_in(app, chain)


def test_a_contact_is_masked_on_every_page(manager: FlaskClient, chain: Chain, case: Case) -> None:
    response = f"/responses/{case.alert.response_id}"
    for path in ("/", "/alerts", "/alerts/1", "/responses", response):
        page = manager.get(path).text
        assert PHONE not in page, path
        assert "tel:" not in page, path
    assert "+380 67 ••• ••67" in manager.get("/alerts/1").text


def test_it_is_shown_in_one_answer_with_a_link_to_call(manager: FlaskClient, chain: Chain) -> None:
    answer = manager.post("/alerts/1/reveal")
    assert answer.status_code == 200
    assert f'href="tel:{PHONE}"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert PHONE not in manager.get("/alerts/1").text


def test_an_address_is_shown_with_a_link_to_write(app: Flask, chain: Chain, hands: Hands) -> None:
    make_response(chain, 2, comment="Черга", contact=EMAIL)
    manager = sign_in(app, chain)
    page = manager.get("/alerts/1").text
    assert "o•••@example.com" in page
    assert EMAIL not in page
    assert f'href="mailto:{EMAIL}"' in manager.post("/alerts/1/reveal").text


def test_who_looked_is_recorded_and_what_they_saw_is_not(manager: FlaskClient, chain: Chain) -> None:
    manager.post("/alerts/1/reveal")
    (entry,) = rows_of(chain, AuditEntry)
    assert (entry.deed, entry.doer, entry.subject) == ("contact.revealed", "Manager", "№\u00a01")
    assert "67" not in repr((entry.subject, entry.data))


def test_looking_at_the_address_reveals_nothing(manager: FlaskClient, chain: Chain) -> None:
    assert manager.get("/alerts/1/reveal").status_code == 405
    assert rows_of(chain, AuditEntry) == []


def test_an_answer_needs_no_look_at_the_contact(manager: FlaskClient, chain: Chain, case: Case) -> None:
    assert manager.post("/alerts/1/call", data={"outcome": "spoken"}).status_code == 303
    assert case.state == "answered"
    assert rows_of(chain, AuditEntry) == []


def test_the_store_has_to_be_in_scope(app: Flask, chain: Chain, case: Case) -> None:
    other = sign_in(app, chain, "other")
    assert other.post("/alerts/1/reveal").status_code == 404
    assert rows_of(chain, AuditEntry) == []


def test_a_stranger_finds_nothing(app: Flask, chain: Chain, foreign_chain: Chain, case: Case) -> None:
    assert sign_in(app, foreign_chain, "owner").post("/alerts/1/reveal").status_code == 404


def test_who_handles_no_alerts_has_no_button_and_no_way(
    manager: FlaskClient, chain: Chain, case: Case
) -> None:
    with transaction(chain.organisation_id) as session:
        change = update(Membership).where(Membership.id == chain.manager_id)
        session.execute(change.values(role="analyst"))
    page = manager.get("/alerts/1").text
    assert "+380 67 ••• ••67" in page
    assert "Show the contact" not in page
    answer = manager.post("/alerts/1/reveal")
    assert answer.status_code == 403
    assert PHONE not in answer.text


def test_the_form_carries_its_token(app: Flask, manager: FlaskClient, chain: Chain) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    assert manager.post("/alerts/1/reveal").status_code == 400
    assert rows_of(chain, AuditEntry) == []


@pytest.mark.parametrize("how", ["none was left", "its time is over"])
def test_where_there_is_no_contact_nothing_is_recorded(
    app: Flask, chain: Chain, hands: Hands, how: str
) -> None:
    make_response(chain, 2, comment="Черга", contact=None if how == "none was left" else EMAIL)
    hands.move(days=91)
    with transaction_across() as session:
        erase_expired_contacts(session, now=hands.at)
    answer = sign_in(app, chain).post("/alerts/1/reveal")
    assert answer.status_code == 200
    assert EMAIL not in answer.text
    assert rows_of(chain, AuditEntry) == []
