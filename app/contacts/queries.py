"""Reading a contact, for those who have to answer the shopper."""

from uuid import UUID

from app.contacts.models import Contact
from app.contacts.rules import Address, ContactKind
from app.contacts.vault import decrypt, fingerprint
from app.db import OrganisationSession


def find_address(session: OrganisationSession, contact_id: UUID | None, secret: str) -> Address | None:
    """The phone number or e-mail address itself, or ``None`` when none was left or its time is over."""
    contact = session.get(Contact, (session.scope(), contact_id)) if contact_id else None
    if contact is None or contact.value_encrypted is None:
        return None
    return Address(ContactKind(contact.kind), decrypt(secret, contact.value_encrypted))


def is_same_contact(
    session: OrganisationSession,
    contact_id: UUID | None,
    address: Address,
    secret: str,
    *,
    wants_marketing: bool,
) -> bool:
    """Whether that address, with that consent, is what is kept already; compared without reading it."""
    contact = session.get(Contact, (session.scope(), contact_id)) if contact_id else None
    if contact is None or contact.fingerprint != fingerprint(secret, address.value):
        return False
    return wants_marketing == (contact.marketing_consent_at is not None)


def has_contact(session: OrganisationSession, contact_id: UUID | None) -> bool:
    """Whether a contact was left and is still kept."""
    contact = session.get(Contact, (session.scope(), contact_id)) if contact_id else None
    return contact is not None and contact.value_encrypted is not None


def can_be_mailed(session: OrganisationSession, contact_id: UUID | None) -> bool:
    """Whether an e-mail address was left and is still kept."""
    contact = session.get(Contact, (session.scope(), contact_id)) if contact_id else None
    return contact is not None and contact.kind == ContactKind.EMAIL and contact.value_encrypted is not None
