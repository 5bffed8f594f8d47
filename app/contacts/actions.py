"""Keeping contacts, and erasing them in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update

from app.contacts.models import Contact
from app.contacts.rules import Address
from app.contacts.vault import encrypt, fingerprint
from app.db import OrganisationSession, get_row


@dataclass(frozen=True, slots=True)
class Keeping:
    """How contacts are kept: under which secret, and for how many days."""

    secret: str
    days: int


def keep_contact(
    session: OrganisationSession,
    address: Address,
    keeping: Keeping,
    *,
    wants_marketing: bool,
    now: datetime,
) -> UUID:
    """Store a contact left with a response; it is erased when its days are over."""
    contact = Contact(created_at=now)
    _write(contact, address, keeping, wants_marketing=wants_marketing, now=now)
    session.add(contact)
    session.flush()
    return contact.id


def keep_given_contacts(
    session: OrganisationSession, addresses: Sequence[Address], keeping: Keeping, *, now: datetime
) -> list[UUID]:
    """Store contacts that the chain knows of purchases: for an answer only; their ids in the same order."""
    contacts = [Contact(created_at=now) for _ in addresses]
    for contact, address in zip(contacts, addresses, strict=True):
        _write(contact, address, keeping, wants_marketing=False, now=now)
    session.add_all(contacts)
    session.flush()
    return [contact.id for contact in contacts]


def erase_contact(session: OrganisationSession, contact_id: UUID) -> None:
    """Erase a contact before its time, because nothing will come that it was kept for."""
    contact = get_row(session, Contact, contact_id)
    contact.value_encrypted = contact.fingerprint = contact.erase_at = None


def change_contact(
    session: OrganisationSession,
    contact_id: UUID,
    address: Address,
    keeping: Keeping,
    *,
    wants_marketing: bool,
    now: datetime,
) -> None:
    """Put a corrected contact in the place of the first, with the consent that came with it."""
    contact = get_row(session, Contact, contact_id)
    _write(contact, address, keeping, wants_marketing=wants_marketing, now=now)


def erase_expired_contacts(session: OrganisationSession, *, now: datetime) -> int:
    """Erase every contact whose time is over, in all organisations; how many there were."""
    erased = session.scalars(
        update(Contact)
        .where(Contact.erase_at <= now)
        .values(value_encrypted=None, fingerprint=None, erase_at=None)
        .returning(Contact.id)
        .execution_options(synchronize_session=False)
    )
    return len(erased.all())


def _write(
    contact: Contact, address: Address, keeping: Keeping, *, wants_marketing: bool, now: datetime
) -> None:
    contact.kind = address.kind
    contact.value_encrypted = encrypt(keeping.secret, address.value)
    contact.fingerprint = fingerprint(keeping.secret, address.value)
    contact.marketing_consent_at = now if wants_marketing else None
    contact.erase_at = now + timedelta(days=keeping.days)
