"""Comment and contact: optional, kept once, changed for thirty minutes."""

from datetime import timedelta

import pytest
from flask import Flask

from app.alerts.models import Alert
from app.classification.models import Classification
from app.contacts.models import Contact
from app.contacts.queries import find_address
from app.contacts.rules import Address, ContactKind
from app.db import get_row, reading, transaction
from app.events import Event, EventName
from app.responses.models import Response
from app.stores.models import Store
from app.text import grapheme_count
from tests.fakes import Hands
from tests.make import NOON, SECRET, SOME_KEY, Chain, get_alert_of, response_of, return_token, rows_of
from tests.responses.browser import Phone
from tests.together import together

FAMILY = "👨‍👩‍👧‍👦"
HOSTILE = (
    "<script>alert(1)</script>",
    "{{7*7}} ${7*7} <%= 7*7 %>",
    "' or 1=1-- %s%n ../../etc/passwd",
    "=HYPERLINK(1)\r\nSet-Cookie: a=b",
    "Ї Ґ є 👍🏽 🇺🇦 العربية עברית हिन्दी 漢字",
)


def address_of(chain: Chain, key: str) -> Address | None:
    """The contact that was left."""
    with reading(chain.organisation_id) as session:
        return find_address(session, response_of(chain, key).contact_id, SECRET)


def completions(chain: Chain) -> int:
    """How often a response was completed."""
    return [event.name for event in rows_of(chain, Event)].count(EventName.RESPONSE_COMPLETED)


def test_it_confirms_the_score_and_asks_what_fits_it(phone: Phone) -> None:
    questions = {2: "What went wrong?", 8: "What could we do better?", 10: "What did you like most?"}
    for rating, question in questions.items():
        page = phone.client.get(f"/s/{phone.tapped(rating)}?lang=en").text
        assert f"Saved. Your score: {rating}" in page
        assert question in page


def test_what_is_sent_is_kept_beside_the_rating(chain: Chain, phone: Phone, hands: Hands) -> None:
    key = phone.tapped()
    hands.move(minutes=1)
    answer = phone.send(key, comment=" Довга черга \r\n до каси ", contact="(067) 123-45-67")
    assert (answer.status_code, answer.location) == (303, f"/s/{key}/done?lang=en")
    assert response_of(chain, key).comment == "Довга черга \n до каси"
    assert address_of(chain, key) == Address(ContactKind.PHONE, "+380671234567")


def test_both_are_optional(chain: Chain, phone: Phone) -> None:
    key = phone.tapped()
    assert phone.send(key, comment=" \u200b\n", contact=" ").status_code == 303
    stored = response_of(chain, key)
    assert (stored.comment, stored.contact_id, stored.completed_at) == (None, None, NOON)
    assert not get_alert_of(chain, key).is_reachable


def test_the_same_again_changes_nothing_even_later(chain: Chain, phone: Phone, hands: Hands) -> None:
    key = phone.tapped()
    for minutes in (1, 0, 40):
        hands.move(minutes=minutes)
        assert phone.send(key, comment="Черга", contact="067 123 45 67").status_code == 303
    assert completions(chain) == len(rows_of(chain, Contact)) == len(rows_of(chain, Classification)) == 1
    assert response_of(chain, key).completed_at == NOON + timedelta(minutes=1)


def test_many_copies_at_once_are_one_completion(app: Flask, chain: Chain, phone: Phone, hands: Hands) -> None:
    key = phone.tapped()
    hands.move(minutes=1)

    def send() -> int:
        fields = {"comment": "Черга", "contact": "067 123 45 67"}
        return app.test_client().post(f"/s/{key}", data=fields).status_code

    assert set(together(app, [send] * 12)) == {303}
    assert completions(chain) == len(rows_of(chain, Contact)) == len(rows_of(chain, Alert)) == 1


def test_tap_and_words_may_be_changed_for_thirty_minutes(chain: Chain, phone: Phone, hands: Hands) -> None:
    key = phone.tapped()
    phone.send(key, comment="Черга", contact="067 123 45 67")
    hands.move(minutes=30)
    assert "Черга" in phone.client.get(f"/s/{key}").text
    phone.send(key, comment="Черга і хамство", contact="ann@example.com")
    assert response_of(chain, key).comment == "Черга і хамство"
    assert address_of(chain, key) == Address(ContactKind.EMAIL, "ann@example.com")
    assert len(rows_of(chain, Contact)) == 1


def test_a_form_without_contact_takes_none_away(chain: Chain, phone: Phone) -> None:
    key = phone.tapped()
    phone.send(key, comment="Черга", contact="067 123 45 67")
    phone.send(key, comment="Черга до каси")
    assert address_of(chain, key)
    assert "067" not in phone.client.get(f"/s/{key}").text


def test_later_the_page_says_so_and_keeps_the_text_on_screen(
    chain: Chain, phone: Phone, hands: Hands
) -> None:
    key = phone.tapped()
    phone.send(key, comment="Черга")
    hands.move(minutes=31)
    page = phone.send(key, comment="Ще й хамство")
    assert page.status_code == 409
    assert "Your feedback was already received" in page.text
    assert "Ще й хамство" in page.text
    assert f"/f/{return_token(chain, key)}" in page.text
    assert response_of(chain, key).comment == "Черга"


def test_a_form_left_open_for_three_days_is_taken(chain: Chain, phone: Phone, hands: Hands) -> None:
    key = phone.tapped()
    hands.move(days=3)
    assert phone.send(key, comment="Черга").status_code == 303
    assert response_of(chain, key).comment == "Черга"


def test_marketing_needs_a_tick_of_its_own(chain: Chain, phone: Phone, hands: Hands) -> None:
    key = phone.tapped()
    phone.send(key, contact="067 123 45 67")
    assert rows_of(chain, Contact)[0].marketing_consent_at is None
    phone.send(key, contact="067 123 45 67", marketing="yes")
    assert rows_of(chain, Contact)[0].marketing_consent_at == NOON
    phone.send(key, contact="067 123 45 67")
    assert rows_of(chain, Contact)[0].marketing_consent_at is None


@pytest.mark.parametrize(("sign", "count"), [("я", 5_000), ("e\u0301", 5_000), ("🇺🇦", 2_000), (FAMILY, 800)])
def test_five_thousand_characters_are_taken_as_people_count_them(
    chain: Chain, phone: Phone, sign: str, count: int
) -> None:
    key = phone.tapped()
    assert phone.send(key, comment=sign * count).status_code == 303
    assert grapheme_count(response_of(chain, key).comment or "") == count


def test_one_more_is_too_long_and_everything_typed_is_kept(chain: Chain, phone: Phone) -> None:
    key = phone.tapped()
    page = phone.send(key, comment="a" * 5_001, contact="067 123 45 67", marketing="yes")
    assert page.status_code == 422
    assert "Shorten the text to 5,000 characters" in page.text
    assert "a" * 5_001 in page.text
    assert "067 123 45 67" in page.text
    assert 'value="yes" checked' in page.text
    assert response_of(chain, key).completed_at is None


def test_a_comment_over_64_kilobytes_is_not_even_read(phone: Phone) -> None:
    page = phone.send(phone.tapped(), comment="a" * 65_600)
    assert page.status_code == 413
    assert "Shorten the text" in page.text


def test_each_fault_stands_beside_its_field(chain: Chain, phone: Phone) -> None:
    page = phone.send(phone.tapped(), comment="a" * 5_001, contact="call me").text
    assert 'href="#comment"' in page
    assert 'href="#contact"' in page
    assert page.count('aria-invalid="true"') == 2
    assert "call me" in page


@pytest.mark.parametrize(
    "contact", ["call me", "ann@example", "067", "ann@example.com\r\nBcc: boss@example.com"]
)
def test_what_is_no_contact_is_refused_and_nothing_is_stored(
    chain: Chain, phone: Phone, contact: str
) -> None:
    key = phone.tapped()
    page = phone.send(key, comment="Черга", contact=contact)
    assert page.status_code == 422
    assert "Enter a phone number or email" in page.text
    assert "Черга" in page.text
    assert rows_of(chain, Contact) == []
    assert response_of(chain, key).comment is None


@pytest.mark.parametrize(
    "body",
    [b"comment=%ff", b"comment=%ED%A0%80", b"comment=%C0%AF", b"comment=a&comment=b", b"contact=a&contact=b",
     b"comment=a&marketing=yes&marketing=no", "comment=Черга".encode(), "comment=Ч".encode("utf-16")],
)  # fmt: skip
def test_what_cannot_be_read_is_said_on_the_same_page(chain: Chain, phone: Phone, body: bytes) -> None:
    key = phone.tapped()
    page = phone.send_raw(f"/s/{key}?lang=en", body)
    assert page.status_code == 422
    assert "There is a problem" in page.text
    assert response_of(chain, key).completed_at is None


@pytest.mark.parametrize("comment", HOSTILE)
def test_hostile_text_is_only_text(chain: Chain, phone: Phone, comment: str) -> None:
    key = phone.tapped()
    phone.send(key, comment=comment)
    assert response_of(chain, key).comment == comment.replace("\r\n", "\n")
    page = phone.client.get(f"/s/{key}").text
    assert "<script>alert" not in page
    assert "49" not in page.replace("149", "").split("<textarea", 1)[1].split("</textarea>")[0]


def test_controls_overrides_and_towers_of_marks_are_taken_out(chain: Chain, phone: Phone) -> None:
    key = phone.tapped()
    phone.send(key, comment="a\x00b\x1b[31mc\u202ed\ufffe" + "e" + "\u0301" * 5000)
    assert response_of(chain, key).comment == "ab[31mcd" + "é" + "\u0301" * 8
    phone.send(phone.tapped(), comment="\x00\x07\u202e")


def test_a_comment_of_a_machine_makes_it_suspect_and_never_silent(
    chain: Chain, phone: Phone, hands: Hands
) -> None:
    for seconds, is_suspect in ((1.4, True), (1.5, False)):
        key = phone.tapped()
        hands.move(seconds=seconds)
        phone.send(key, comment="Черга")
        assert response_of(chain, key).is_suspect == is_suspect
        assert get_alert_of(chain, key).is_reachable


def test_a_tap_without_words_is_never_judged_by_time(chain: Chain, phone: Phone) -> None:
    key = phone.tapped()
    phone.send(key, comment="")
    assert not response_of(chain, key).is_suspect


def test_what_waited_on_the_phone_is_not_hasty(chain: Chain, phone: Phone) -> None:
    """Without network both steps are sent one after the other as soon as it is back."""
    key = phone.key()
    phone.tap(key, 2, answered_at=str(int((NOON - timedelta(minutes=5)).timestamp() * 1000)))
    phone.send(key, comment="Черга")
    assert not response_of(chain, key).is_suspect


def test_the_store_closing_meanwhile_loses_nothing(chain: Chain, phone: Phone) -> None:
    key = phone.tapped()
    with transaction(chain.organisation_id) as session:
        get_row(session, Store, chain.store_id).retired_at = NOON
    assert phone.send(key, comment="Черга").status_code == 303
    assert response_of(chain, key).comment == "Черга"


@pytest.mark.parametrize("path", ["/s/{}", "/s/{}/done"])
@pytest.mark.parametrize("key", [SOME_KEY, "x", "a" * 5000, "%00", "%2e%2e", "😀"])
def test_an_unknown_key_opens_nothing(phone: Phone, path: str, key: str) -> None:
    assert phone.client.get(path.format(key)).status_code == 404
    if path == "/s/{}":
        assert phone.client.post(path.format(key), data={"comment": "x"}).status_code == 404


def test_looking_at_it_records_nothing(chain: Chain, phone: Phone) -> None:
    key = phone.tapped()
    before = len(rows_of(chain, Event))
    for path in (f"/s/{key}", f"/s/{key}/done"):
        phone.client.get(path)
        phone.client.head(path)
    assert len(rows_of(chain, Event)) == before
    assert rows_of(chain, Response)[0].completed_at is None


@pytest.mark.parametrize(
    ("hour", "words"),
    [
        (12, "The store manager has your feedback"),
        (4, "see it at 09:00, when the store opens"),
        (20, "see it when the store opens: 26 Nov, 09:00"),
    ],
)
def test_thanks_fit_the_opening_hours(phone: Phone, hands: Hands, hour: int, words: str) -> None:
    hands.at = NOON.replace(hour=hour)
    key = phone.tapped()
    assert words in phone.client.get(f"/s/{key}/done?lang=en").text


def test_the_private_link_is_offered(chain: Chain, phone: Phone) -> None:
    key = phone.tapped()
    phone.send(key, comment="Черга")
    page = phone.client.get(f"/s/{key}/done").text
    assert f"/f/{return_token(chain, key)}" in page
    assert 'id="share"' in page
    assert 'id="copy"' in page
