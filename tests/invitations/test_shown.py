"""What managers see of a verified answer: on the list, on its page, on its alert."""

from datetime import timedelta

from flask import Flask

from app.db import reading, transaction
from app.invitations.actions import cancel_receipt
from app.responses.queries import get_response_by_key
from tests.invitations.cast import Reader, link
from tests.make import NOON, Chain, get_alert_of, make_response, sign_in


def test_the_list_can_be_narrowed_to_verified_answers(app: Flask, chain: Chain, reader: Reader) -> None:
    make_response(chain, 9, comment="Без чека")
    key = reader.tapped(link(chain), 9)
    reader.client.post(f"/s/{key}", data={"comment": "З чеком"})
    browser = sign_in(app, chain)
    both = browser.get("/responses").text
    assert "Без чека" in both
    assert both.count(">Verified<") == 1
    verified = browser.get("/responses?verified=1").text
    assert "З чеком" in verified
    assert "Без чека" not in verified
    assert "Verified by a receipt" in verified
    assert 'name="verified" value="1" checked' in verified


def test_a_response_shows_receipt_and_employee(app: Flask, chain: Chain, reader: Reader) -> None:
    key = reader.tapped(link(chain, cashier="07", name="Олена"), 9)
    with reading(chain.organisation_id) as session:
        response = get_response_by_key(session, key)
    page = sign_in(app, chain).get(f"/responses/{response.id}").text
    for words in ("Verified", "R-0042", "Served by", "Олена", f"/people/{response.employee_id}"):
        assert words in page
    assert "Refunded" not in page


def test_an_alert_shows_receipt_employee_and_contact(app: Flask, chain: Chain, reader: Reader) -> None:
    key = reader.tapped(link(chain, cashier="07", name="Олена", contact="067 123 45 67"), 2)
    path = f"/alerts/{get_alert_of(chain, key).number}"
    page = sign_in(app, chain).get(path).text
    for words in ("Verified", "Receipt R-0042", "served by Олена", "+380 67 ••• ••67"):
        assert words in page
    with transaction(chain.organisation_id) as session:
        cancel_receipt(session, chain.store_id, "R-0042", now=NOON + timedelta(minutes=5))
    assert "Refunded after the answer" in sign_in(app, chain).get(path).text


def test_an_answer_without_a_receipt_shows_none_of_it(app: Flask, chain: Chain, reader: Reader) -> None:
    key = make_response(chain, 2)
    page = sign_in(app, chain).get(f"/alerts/{get_alert_of(chain, key).number}").text
    assert "Verified" not in page


def test_a_shopper_may_correct_the_contact_that_the_chain_gave(
    app: Flask, chain: Chain, reader: Reader
) -> None:
    key = reader.tapped(link(chain, contact="067 123 45 67"), 2)
    reader.client.post(f"/s/{key}", data={"comment": "Черга", "contact": "ann@example.com"})
    page = sign_in(app, chain).post(f"/alerts/{get_alert_of(chain, key).number}/reveal").text
    assert "mailto:ann@example.com" in page
    assert "tel:" not in page
