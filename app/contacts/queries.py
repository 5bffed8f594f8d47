"""Reading a contact, for those who have to answer the shopper."""

from uuid import UUID

from app.contacts.models import Contact
from app.contacts.rules import Address, ContactKind
from app.contacts.vault import decrypt
from app.db import OrganisationSession


def find_address(session: OrganisationSession, contact_id: UUID | None, secret: str) -> Address | None:
    """The phone number or e-mail address itself, or ``None`` when none was left or its time is over."""
    contact = session.get(Contact, (session.scope(), contact_id)) if contact_id else None
    if contact is None or contact.value_encrypted is None:
        return None
    return Address(ContactKind(contact.kind), decrypt(secret, contact.value_encrypted))
