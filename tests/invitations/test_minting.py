"""Minting is idempotent by receipt, takes what is said anew until the answer, and costs a few statements."""

from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import event

from app.contacts.models import Contact
from app.contacts.queries import find_address
from app.contacts.rules import Address, ContactKind
from app.db import db, get_row, reading, transaction, transaction_across
from app.invitations.actions import (
    cancel_invitation,
    cancel_receipt,
    create_till_key,
    forget_expired_invitations,
    redeem_invitation,
)
from app.invitations.models import Invitation, InvitationPoint, TillKey
from app.invitations.rules import Kind, State
from app.people.models import Employee
from app.text import reference_key
from app.touchpoints.actions import edit_touchpoint, retire_touchpoint
from app.touchpoints.models import QrCode, Touchpoint
from tests.fakes import Hands
from tests.invitations.cast import draft, invitations, mint, mint_all, signed, till
from tests.make import NOON, SECRET, Chain, rows_of
from tests.together import together

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "spelling", ["R-0042", "r-0042", "R0042", " R 0042 ", "R–0042", "Ｒ００４２", "№R/0042", "R_00\u200b42"]
)
def test_the_same_receipt_is_the_same_invitation_however_it_is_spelt(chain: Chain, spelling: str) -> None:
    first = mint(chain, "R-0042")
    assert mint(chain, spelling).id == first.id
    assert [row.token for row in invitations(chain)] == [first.token]


@pytest.mark.parametrize(
    ("spelling", "form"),
    [
        ("№ 0042", "0042"),
        ("чек-7", "ЧEK7"),
        ("А-1", "A1"),
        ("a-1", "A1"),
        ("1-23", "1-23"),
        ("1/23", "1-23"),
        ("1 - 23", "1-23"),
        ("12-3", "12-3"),
        ("0042", "0042"),
        ("42", "42"),
        ("2026-11-25/3/15", "2026-11-25-3-15"),
        ("2026-11-25/31/5", "2026-11-25-31-5"),
        ("№", ""),
        ("--", ""),
    ],
)
def test_a_number_has_one_form(spelling: str, form: str) -> None:
    assert reference_key(spelling) == form


def test_a_cyrillic_letter_is_its_latin_twin(chain: Chain) -> None:
    assert mint(chain, "АВ-17").id == mint(chain, "AB 17").id


def test_what_is_said_anew_replaces_what_was_known(chain: Chain, hands: Hands) -> None:
    mint(chain, total_minor=100, currency="UAH", cashier="07")
    later = NOON + DAY
    changed = mint(chain, "r0042", total_minor=200, currency="UAH", language="en", issued_at=later)
    assert (changed.total_minor, changed.language, changed.issued_at) == (200, "en", later)
    assert changed.expires_at == later + 30 * DAY
    assert changed.employee_id  # what is not said stays
    assert len(invitations(chain)) == 1


def test_an_answered_invitation_stays_as_it_was(chain: Chain) -> None:
    first = mint(chain, total_minor=100, currency="UAH")
    redeem(chain, first, "k" * 22)
    again = mint_all(chain, draft(chain, total_minor=999, currency="UAH", contact="067 123 45 67"))[0]
    assert not again.is_new
    assert (again.invitation.total_minor, again.invitation.contact_id) == (100, None)
    assert rows_of(chain, Contact) == []


def test_a_batch_mints_each_receipt_once(chain: Chain) -> None:
    mint(chain, "old")
    minted = mint_all(chain, draft(chain, "a"), draft(chain, "OLD"), draft(chain, "b"), draft(chain, "A"))
    assert [one.is_new for one in minted] == [True, False, True, False]
    assert minted[0].invitation is minted[3].invitation
    assert len(invitations(chain)) == 3


def test_two_batches_at_once_mint_each_receipt_once(app: Flask, chain: Chain) -> None:
    numbers = [f"R{n}" for n in range(40)]
    drafts = [draft(chain, number, cashier=number[-1]) for number in numbers]
    answers = together(app, [partial(mint_all, chain, *order) for order in (drafts, drafts[::-1], drafts)])
    assert sum(one.is_new for answer in answers if isinstance(answer, list) for one in answer) == 40
    assert all(isinstance(answer, list) for answer in answers), answers
    assert len(invitations(chain)) == 40
    assert len(rows_of(chain, Employee)) == 10


def test_a_thousand_cost_a_few_statements(chain: Chain) -> None:
    drafts = [draft(chain, f"R{n}", cashier=f"{n % 20:02}", contact=f"a{n}@example.com") for n in range(1000)]
    seen: list[str] = []

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        seen.append(statement)

    mint(chain, "warm", cashier="00")
    event.listen(db.engine, "before_cursor_execute", note)
    minted = mint_all(chain, *drafts)
    event.remove(db.engine, "before_cursor_execute", note)
    assert sum(one.is_new for one in minted) == 1000
    assert len(seen) < 30, seen


def test_the_touchpoint_of_receipts_is_made_once_and_keeps_its_name(chain: Chain) -> None:
    mint(chain)
    (point,) = [row for row in rows_of(chain, Touchpoint) if row.name == "Чек"]
    assert point.id not in {code.touchpoint_id for code in rows_of(chain, QrCode)}
    with transaction(chain.organisation_id) as session:
        edit_touchpoint(session, point.id, "E-receipts", point.survey_id)
    assert mint(chain, "2").touchpoint_id == point.id
    mint(chain, "3", kind=Kind.CALL)
    mint(chain, "4", other_store=True)
    assert sorted(row.kind for row in rows_of(chain, InvitationPoint)) == ["call", "receipt", "receipt"]


def test_a_store_that_asks_nothing_yet_asks_the_first_survey(chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        retire_touchpoint(session, chain.touchpoint_id, now=NOON)
    point = get_point(chain, mint(chain))
    assert point.survey_id == chain.survey_id


def get_point(chain: Chain, invitation: Invitation) -> Touchpoint:
    """The touchpoint that an invitation counts at."""
    with reading(chain.organisation_id) as session:
        return get_row(session, Touchpoint, invitation.touchpoint_id)


def test_the_first_needs_of_many_make_one_touchpoint(app: Flask, chain: Chain) -> None:
    def make(number: str) -> Invitation:
        return mint(chain, number)

    found = together(app, [partial(make, str(n)) for n in range(6)])
    assert {row.touchpoint_id for row in found if isinstance(row, Invitation)} == {
        rows_of(chain, InvitationPoint)[0].touchpoint_id
    }
    assert all(isinstance(row, Invitation) for row in found), found


def redeem(chain: Chain, invitation: Invitation, key: str) -> None:
    """Take the invitation, as a response does."""
    with transaction(chain.organisation_id) as session:
        redeem_invitation(session, invitation.id, key, at=NOON, now=NOON)


def refund(chain: Chain, invitation: Invitation) -> None:
    """Cancel the invitation, as a refund does."""
    with transaction(chain.organisation_id) as session:
        cancel_invitation(session, invitation.id, now=NOON)


def test_a_contact_is_kept_encrypted_and_corrected(chain: Chain) -> None:
    first = mint(chain, contact="067 123 45 67")
    assert mint(chain, contact="ann@example.com").contact_id == first.contact_id
    with reading(chain.organisation_id) as session:
        assert find_address(session, first.contact_id, SECRET) == Address(
            ContactKind.EMAIL, "ann@example.com"
        )
    (contact,) = rows_of(chain, Contact)
    assert contact.erase_at == NOON + 90 * DAY
    assert contact.marketing_consent_at is None
    assert "ann" not in str(contact.value_encrypted)


def test_a_refund_before_the_answer_erases_the_contact(chain: Chain) -> None:
    invitation = mint(chain, contact="067 123 45 67")
    with transaction(chain.organisation_id) as session:
        cancel_invitation(session, invitation.id, now=NOON)
    assert rows_of(chain, Contact)[0].value_encrypted is None


def test_a_refund_after_the_answer_leaves_the_contact(chain: Chain) -> None:
    invitation = mint(chain, contact="067 123 45 67")
    redeem(chain, invitation, "k" * 22)
    with transaction(chain.organisation_id) as session:
        cancel_invitation(session, invitation.id, now=NOON)
    assert rows_of(chain, Contact)[0].value_encrypted
    assert invitations(chain)[0].state(now=NOON) is State.ANSWERED


def test_a_refund_that_comes_first_is_kept_in_mind(chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        cancel_receipt(session, chain.store_id, "R-0042", now=NOON)
    again = mint_all(chain, draft(chain, "r 0042"))[0]
    assert not again.is_new
    assert again.invitation.state(now=NOON) is State.CANCELLED


def test_a_second_refund_changes_nothing(chain: Chain) -> None:
    invitation = mint(chain)
    for at in (NOON, NOON + DAY):
        with transaction(chain.organisation_id) as session:
            assert cancel_invitation(session, invitation.id, now=at).cancelled_at == NOON


def test_a_refund_and_an_answer_at_the_same_moment_leave_one_truth(app: Flask, chain: Chain) -> None:
    for number in range(4):
        invitation = mint(chain, str(number))

        works = [partial(refund, chain, invitation), partial(redeem, chain, invitation, f"{number:022}")]
        answers = together(app, works)
        row = next(one for one in invitations(chain) if one.id == invitation.id)
        assert row.cancelled_at == NOON
        assert (row.redeemed_at is None) == isinstance(answers[1], Exception)


def test_what_nobody_answered_is_forgotten_a_month_after_its_end(chain: Chain) -> None:
    mint(chain, "unanswered")
    redeem(chain, mint(chain, "answered"), "k" * 22)
    for days, left in ((59, 2), (61, 1)):
        with transaction_across() as session:
            forget_expired_invitations(session, now=NOON + days * DAY)
        assert len(invitations(chain)) == left


def test_house_keeping_forgets_them(chain: Chain) -> None:
    from worker.sweep import keep_house

    mint(chain)
    keep_house(now=NOON + 61 * DAY)
    assert invitations(chain) == []


def test_the_secret_of_a_till_is_stored_sealed(chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        new = create_till_key(session, chain.store_id, SECRET, now=NOON)
    (row,) = rows_of(chain, TillKey)
    assert len(new.secret) == 43
    assert new.secret not in row.secret_sealed
    assert signed(new) != signed(till(chain))
