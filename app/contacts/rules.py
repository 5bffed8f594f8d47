"""What counts as a contact, and how it is written."""

from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from app.errors import Invalid
from app.text import masked_email

CONTACT_CHARACTERS = 320
_SHOWN = 2
_HIDDEN_LEAST = 3


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


def masked(address: Address) -> str:
    """The contact as it is shown until somebody asks for it: ``+380 67 ••• ••67``, ``o•••@example.com``.

    Of a phone number the country, the first two digits and the last two stay; of a short one only the last.
    """
    if address.kind is ContactKind.EMAIL:
        return masked_email(address.value)
    number = phonenumbers.parse(address.value)
    country, _, national = phonenumbers.format_number(
        number, phonenumbers.PhoneNumberFormat.INTERNATIONAL
    ).partition(" ")
    digits = [place for place, sign in enumerate(national) if sign.isdigit()]
    first = _SHOWN if len(digits) >= 2 * _SHOWN + _HIDDEN_LEAST else 0
    hidden = set(digits[first:-_SHOWN])
    return f"{country} {''.join('•' if place in hidden else sign for place, sign in enumerate(national))}"


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
