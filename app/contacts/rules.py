"""What counts as a contact, and how it is written."""

from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from app.errors import Invalid

CONTACT_CHARACTERS = 320


class ContactKind(StrEnum):
    """How the shopper can be reached."""

    PHONE = "phone"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Address:
    """A contact in its one normal spelling: E.164 for phones, lower case for e-mail."""

    kind: ContactKind
    value: str


def read_contact(text: str, country: str) -> Address:
    """What somebody typed as a phone number (of that country, unless it says another) or e-mail address.

    Raises `Invalid` (``bad_contact``) for anything else.
    """
    if len(text) > CONTACT_CHARACTERS or "\n" in text:
        raise Invalid(faults={"contact": "bad_contact"})
    return _email(text) if "@" in text else _phone(text, country)


def _email(text: str) -> Address:
    try:
        found = validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        raise Invalid(faults={"contact": "bad_contact"}) from None
    # The spelling that every mail server takes, where there is one: a domain in other letters has another.
    return Address(ContactKind.EMAIL, (found.ascii_email or found.normalized).casefold())


def _phone(text: str, country: str) -> Address:
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        raise Invalid(faults={"contact": "bad_contact"}) from None
    if not phonenumbers.is_valid_number(number):
        raise Invalid(faults={"contact": "bad_contact"})
    return Address(ContactKind.PHONE, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
