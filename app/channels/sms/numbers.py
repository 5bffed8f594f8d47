"""Phone numbers of people who get SMS."""

import phonenumbers

from app.errors import Invalid

HOME_COUNTRY = "UA"
_MOST_SIGNS = 40


def read_number(text: str) -> str:
    """A number in E.164, of Ukraine unless it says another country; raises `Invalid` (``bad_number``)."""
    try:
        number = phonenumbers.parse(text[:_MOST_SIGNS], HOME_COUNTRY)
    except phonenumbers.NumberParseException:
        raise Invalid(faults={"number": "bad_number"}) from None
    if not phonenumbers.is_valid_number(number):
        raise Invalid(faults={"number": "bad_number"})
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
