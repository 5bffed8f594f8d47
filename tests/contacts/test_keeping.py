"""Contacts are kept encrypted, read only by those who have to answer, and erased in time."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.fernet import InvalidToken

from app.contacts.actions import Keeping, change_contact, erase_expired_contacts, keep_contact
from app.contacts.models import Contact
from app.contacts.queries import can_be_mailed, find_address, is_same_contact
from app.contacts.rules import Address, ContactKind
from app.db import Base, db, reading, transaction, transaction_across
from tests.make import NOON, SECRET, Chain, make_response, rows_of

PHONE = Address(ContactKind.PHONE, "+380671234567")
EMAIL = Address(ContactKind.EMAIL, "ann@example.com")
KEEPING = Keeping(SECRET, 90)


def keep(chain: Chain, address: Address = PHONE, *, consents: bool = False) -> UUID:
    """A contact left with some response."""
    with transaction(chain.organisation_id) as session:
        return keep_contact(session, address, KEEPING, wants_marketing=consents, now=NOON)


def test_whoever_answers_reads_the_address_again(chain: Chain) -> None:
    contact_id = keep(chain)
    with reading(chain.organisation_id) as session:
        assert find_address(session, contact_id, SECRET) == PHONE
        assert find_address(session, None, SECRET) is None


def test_another_chain_does_not(chain: Chain, foreign_chain: Chain) -> None:
    contact_id = keep(chain)
    with reading(foreign_chain.organisation_id) as session:
        assert find_address(session, contact_id, SECRET) is None


def test_another_key_does_not(chain: Chain) -> None:
    contact_id = keep(chain)
    with reading(chain.organisation_id) as session, pytest.raises(InvalidToken):
        find_address(session, contact_id, "another secret of the tests, long enough")


def test_the_same_contact_can_be_recognised_without_being_read(chain: Chain) -> None:
    contact_id = keep(chain)
    with reading(chain.organisation_id) as session:
        assert is_same_contact(session, contact_id, PHONE, SECRET, wants_marketing=False)
        assert not is_same_contact(session, contact_id, PHONE, SECRET, wants_marketing=True)
        assert not is_same_contact(session, contact_id, EMAIL, SECRET, wants_marketing=False)
        assert not is_same_contact(session, None, PHONE, SECRET, wants_marketing=False)


def test_a_corrected_contact_takes_the_place_of_the_first(chain: Chain) -> None:
    contact_id = keep(chain, consents=True)
    later = NOON + timedelta(minutes=5)
    with transaction(chain.organisation_id) as session:
        change_contact(session, contact_id, EMAIL, KEEPING, wants_marketing=False, now=later)
    with reading(chain.organisation_id) as session:
        assert find_address(session, contact_id, SECRET) == EMAIL
        assert can_be_mailed(session, contact_id)
    kept = rows_of(chain, Contact)[0]
    assert (kept.erase_at, kept.marketing_consent_at) == (later + timedelta(days=90), None)


def test_after_their_days_contacts_are_empty_in_every_organisation(
    chain: Chain, foreign_chain: Chain
) -> None:
    contact_id = keep(chain, EMAIL)
    keep(foreign_chain)
    with transaction_across() as session:
        assert erase_expired_contacts(session, now=NOON + timedelta(days=90)) == 2
        assert erase_expired_contacts(session, now=NOON + timedelta(days=90)) == 0
    with reading(chain.organisation_id) as session:
        assert find_address(session, contact_id, SECRET) is None
        assert not can_be_mailed(session, contact_id)


def test_no_table_holds_a_contact_as_it_was_typed(chain: Chain) -> None:
    make_response(chain, 2, comment="bad", contact="067 123 45 67")
    make_response(chain, 2, comment="bad", contact="ann.marker@example.com")
    with db.engine.connect() as connection:
        found = [
            str(row)
            for table in Base.metadata.sorted_tables
            for row in connection.exec_driver_sql(f'SELECT * FROM "{table.name}"')
        ]
    assert not [row for row in found if "671234567" in row or "67 123" in row or "ann.marker" in row]


@pytest.mark.parametrize("session_app", ["sqlite"], indirect=True)
def test_nor_does_the_file_itself(chain: Chain) -> None:
    make_response(chain, 2, comment="bad", contact="ann.marker@example.com")
    assert db.engine.url.database
    path = Path(db.engine.url.database)
    stored = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    assert chain.slug.encode() in stored
    assert b"ann.marker" not in stored
