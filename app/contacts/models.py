"""Contacts."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.contacts.rules import ContactKind
from app.db import OrganisationRow, one_of


class Contact(OrganisationRow):
    """A phone number or an e-mail address left for an answer, encrypted, with the instant of its erasure.

    `fingerprint` is a keyed digest: the same contact can be recognised without being read. After erasure
    the row stays, empty, so that the response's history holds together.
    """

    __tablename__ = "contacts"

    kind: Mapped[str]
    value_encrypted: Mapped[str | None]
    fingerprint: Mapped[str | None]
    marketing_consent_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    erase_at: Mapped[datetime | None] = mapped_column(index=True)

    __table_args__ = (
        Index("ix_contacts_fingerprint", "organisation_id", "fingerprint"),
        one_of("kind", list(ContactKind)),
    )
