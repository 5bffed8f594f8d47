"""Whom a receipt names, and whom the page shows."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.audit.models import AuditEntry
from app.db import transaction
from app.errors import Conflict
from app.people import queries as lists
from app.people.actions import recognise_employees, rename_employee, restore_employee, retire_employee
from app.people.models import Employee
from app.people.rules import Cashier, Seen
from tests.fakes import Hands
from tests.invitations.cast import Reader, link
from tests.make import NOON, Chain, response_of, rows_of, sign_in

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _clock(hands: Hands) -> None:
    """The clock stands still."""


def recognise(chain: Chain, code: str, name: str = "", *, at_other: bool = False, days: int = 0) -> Employee:
    """The employee whom a receipt of that day names."""
    store_id = chain.other_store_id if at_other else chain.store_id
    seen = Seen(store_id, Cashier(code, name), NOON + days * DAY)
    with transaction(chain.organisation_id) as session:
        return recognise_employees(session, {seen}, now=NOON)[seen]


def retire(chain: Chain, employee: Employee, *, days: int) -> None:
    """Somebody leaves."""
    with transaction(chain.organisation_id) as session:
        retire_employee(session, employee.id, now=NOON + days * DAY)


@pytest.mark.parametrize("spelling", ["K-7", "k7", " К-7 ", "Ｋ７"])
def test_a_code_is_one_person_however_it_is_spelt(chain: Chain, spelling: str) -> None:
    assert recognise(chain, spelling).id == recognise(chain, "K-7").id
    assert recognise(chain, "K-07").id != recognise(chain, "K-7").id


def test_tills_of_two_stores_number_their_cashiers_alike(chain: Chain) -> None:
    assert recognise(chain, "1").id != recognise(chain, "1", at_other=True).id


def test_a_name_on_a_receipt_fills_in_one_that_is_missing(chain: Chain) -> None:
    recognise(chain, "7")
    assert recognise(chain, "7", "Олена").name == "Олена"
    assert recognise(chain, "7", "Інша").name == "Олена"


def test_a_written_name_stays(chain: Chain) -> None:
    employee = recognise(chain, "7", "O. Petrenko")
    with transaction(chain.organisation_id) as session:
        rename_employee(session, employee.id, "Оксана")
    assert recognise(chain, "7", "O. Petrenko").name == "Оксана"


def test_a_code_given_on_names_whoever_had_it_then(chain: Chain) -> None:
    first = recognise(chain, "7", "Олена")
    retire(chain, first, days=10)
    second = recognise(chain, "7", "Ірина", days=11)
    assert second.id != first.id
    assert recognise(chain, "7", days=9).id == first.id
    retire(chain, second, days=20)
    third = recognise(chain, "7", days=21)
    assert [recognise(chain, "7", days=day).id for day in (1, 15, 30)] == [first.id, second.id, third.id]


def test_nobody_comes_back_to_a_code_that_is_taken(chain: Chain) -> None:
    first = recognise(chain, "7")
    retire(chain, first, days=1)
    with transaction(chain.organisation_id) as session:
        restore_employee(session, first.id)
    retire(chain, first, days=1)
    recognise(chain, "7", days=2)
    with pytest.raises(Conflict), transaction(chain.organisation_id) as session:
        restore_employee(session, first.id)


def test_an_answer_names_the_cashier_of_its_receipt(chain: Chain, client: FlaskClient) -> None:
    key = Reader(client).tapped(link(chain, cashier="07", name="Олена"), 9)
    (employee,) = rows_of(chain, Employee)
    assert response_of(chain, key).employee_id == employee.id


def test_the_list_is_alphabetical_and_counts_without_ranking(
    app: Flask, chain: Chain, client: FlaskClient, hands: Hands
) -> None:
    reader = Reader(client)
    for number, (code, name) in enumerate((("2", "Ярина"), ("2", "Ярина"), ("1", "Андрій"), ("3", ""))):
        reader.tapped(link(chain, f"N{number}", cashier=code, name=name), 9)
    hands.move(days=1)
    page = sign_in(app, chain, "owner").get("/people").text
    names = [page.index(name) for name in ("No name yet", "Андрій", "Ярина")]
    assert names == sorted(names)
    assert page.count('data-label="Answers, 30 days">1<') == 2
    assert page.count('data-label="Answers, 30 days">2<') == 1
    hands.move(days=30)
    page = sign_in(app, chain, "owner").get("/people").text
    assert page.count('data-label="Answers, 30 days">0<') == 3


def test_the_list_can_be_searched_and_narrowed(app: Flask, chain: Chain) -> None:
    recognise(chain, "K-7", "Олена")
    recognise(chain, "K-8", "Петро", at_other=True)
    owner = sign_in(app, chain, "owner")
    for query in ("q=олена", "q=k7", "store=s1"):
        page = owner.get(f"/people?{query}").text
        assert "Олена" in page
        assert "Петро" not in page
    for query in ("q=%25", "q=_", "q=🙂", "q=" + "x" * 5000):
        found = owner.get(f"/people?{query}")
        assert found.status_code == 200
        assert "Олена" not in found.text
    missing = owner.get("/people?store=nowhere")
    assert missing.status_code == 422
    assert "no store with this code" in missing.text


def test_long_lists_are_cut_and_say_so(app: Flask, chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "MOST_SHOWN", 1)
    recognise(chain, "1", "Андрій")
    recognise(chain, "2", "Ярина")
    page = sign_in(app, chain, "owner").get("/people").text
    assert "2 people" in page
    assert "Ярина" not in page


def test_a_manager_sees_and_names_the_own_people_only(app: Flask, chain: Chain) -> None:
    own, other = recognise(chain, "1", "Андрій"), recognise(chain, "2", "Ярина", at_other=True)
    manager = sign_in(app, chain, "manager")
    page = manager.get("/people").text
    assert "Андрій" in page
    assert "Ярина" not in page
    assert manager.get(f"/people/{own.id}").status_code == 200
    for path in (f"/people/{other.id}", f"/people/{other.id}/retire", f"/people/{other.id}/restore"):
        answer = manager.post(path, data={"name": "x"})
        assert answer.status_code == 404
    assert manager.get(f"/people/{other.id}").status_code == 404
    assert manager.post(f"/people/{own.id}", data={"name": " Андрій  П. "}).status_code == 303
    assert {row.name for row in rows_of(chain, Employee)} == {"Андрій П.", "Ярина"}


def test_leaving_and_coming_back_are_remembered(app: Flask, chain: Chain) -> None:
    employee = recognise(chain, "1", "Андрій")
    manager = sign_in(app, chain, "manager")
    manager.post(f"/people/{employee.id}/retire")
    assert "Андрій" not in manager.get("/people").text
    assert "Андрій" in manager.get("/people?retired=1").text
    assert "Left on" in manager.get(f"/people/{employee.id}").text
    recognise(chain, "1", "Нова", days=1)
    refused = manager.post(f"/people/{employee.id}/restore")
    assert refused.status_code == 409
    assert "Somebody else has this code" in refused.text
    retire(chain, recognise(chain, "1", days=1), days=2)
    assert manager.post(f"/people/{employee.id}/restore").status_code == 303
    manager.post(f"/people/{employee.id}", data={"name": "Андрій Б."})
    deeds = [(row.deed, row.subject) for row in rows_of(chain, AuditEntry)]
    assert sorted(deeds) == [
        ("employee.changed", "Андрій Б."),
        ("employee.restored", "Андрій"),
        ("employee.retired", "Андрій"),
    ]


def test_a_name_that_is_too_long_is_kept_on_screen(app: Flask, chain: Chain) -> None:
    employee = recognise(chain, "1", "Андрій")
    page = sign_in(app, chain).post(f"/people/{employee.id}", data={"name": "я" * 121})
    assert page.status_code == 422
    assert "я" * 121 in page.text
    assert rows_of(chain, Employee)[0].name == "Андрій"


def test_an_empty_list_says_where_people_come_from(app: Flask, chain: Chain) -> None:
    assert "Employees appear here" in sign_in(app, chain).get("/people").text
