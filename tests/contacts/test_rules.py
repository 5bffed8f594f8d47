"""What counts as a contact, and its one normal spelling."""

import pytest

from app.contacts.rules import Address, ContactKind, masked, read_contact
from app.errors import Invalid

PHONES = (
    "067 123 45 67",
    "0671234567",
    "(067) 123-45-67",
    "+380671234567",
    "+38 (067) 123-45-67",
    "380671234567",
    "067.123.45.67",
    "00380671234567",
)
EMAILS = {
    "ann@example.com": "ann@example.com",
    "Ann.Lee@Example.COM": "ann.lee@example.com",
    "ann+shop@example.com.ua": "ann+shop@example.com.ua",
    "ann@пошта.укр": "ann@xn--80a1acn3a.xn--j1amh",
}
REFUSED = (
    "call me",
    "@",
    "ann@",
    "@example.com",
    "ann@example",
    "ann@@example.com",
    "ann example@example.com",
    "ann@example.com Bcc: boss@example.com",
    "ann@example.com\nBcc: boss@example.com",
    "ann@example.com\r\nBcc: boss@example.com",
    "ann@example.com, boss@example.com",
    "067 123",
    "12345",
    "+380 12",
    "0" * 400,
    "a" * 321 + "@example.com",
    "<script>alert(1)</script>",
)


@pytest.mark.parametrize("typed", PHONES)
def test_a_phone_number_may_be_typed_in_any_usual_way(typed: str) -> None:
    assert read_contact(typed, "UA") == Address(ContactKind.PHONE, "+380671234567")


def test_a_number_of_another_country_says_so_itself() -> None:
    assert read_contact("+48 512 345 678", "UA").value == "+48512345678"
    assert read_contact("512 345 678", "PL").value == "+48512345678"


@pytest.mark.parametrize(("typed", "kept"), EMAILS.items())
def test_an_email_address_has_one_spelling(typed: str, kept: str) -> None:
    assert read_contact(typed, "UA") == Address(ContactKind.EMAIL, kept)


@pytest.mark.parametrize("typed", REFUSED)
def test_anything_else_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_contact(typed, "UA")
    assert refusal.value.faults == {"contact": "bad_contact"}


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("067 123 45 67", "+380 67 ••• ••67"),
        ("+48 512 345 678", "+48 51• ••• •78"),
        ("+1 650 253 0000", "+1 65•-•••-••00"),
        ("+354 611 1234", "+354 61• ••34"),
        ("+290 22158", "+290 •••58"),
        ("olena.koval@example.com", "o•••@example.com"),
        ("a@example.com", "a•••@example.com"),
    ],
)
def test_a_masked_contact_can_be_recognised_but_not_read(typed: str, shown: str) -> None:
    assert masked(read_contact(typed, "UA")) == shown
