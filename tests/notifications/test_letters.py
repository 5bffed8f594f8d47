"""What a notification says, in the language of whoever gets it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.accounts.models import User
from app.alerts.rules import CallOutcome, Via
from app.channels.email.models import MailboxMessage
from app.db import get_row, transaction
from app.notifications.actions import send_due_notifications
from app.stores.models import Store
from app.web import languages
from tests.alerts.deeds import BASE_URL, Case, fire, send_replies
from tests.make import NOON, SECRET, Chain, complete, make_response, rows_of

MINUTE = timedelta(minutes=1)
CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "Alert %(number)s: rating %(rating)s, %(store)s"
msgstr "Сигнал %(number)s: оцінка %(rating)s, %(store)s"
"""


@pytest.fixture
def case(chain: Chain) -> Case:
    """A complaint that can be answered."""
    return Case(chain, make_response(chain, 2, comment="Черга\nдо каси", contact="067 123 45 67"))


@pytest.fixture
def ukrainian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A catalogue of one line, in the place of the product's."""
    folder = tmp_path / "uk" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text(CATALOGUE, encoding="utf-8")
    monkeypatch.setattr(languages, "CATALOGUES", tmp_path)
    languages.catalogue.cache_clear()
    yield
    languages.catalogue.cache_clear()


def links(body: str) -> list[str]:
    """The addresses in a letter, in their order."""
    return re.findall(r"http://vidhuk\.example/\S+", body)


def letters(chain: Chain, minutes: int = 0) -> list[tuple[str, str, str]]:
    """What has been sent by then: to whom, the subject, the text."""
    fire(NOON + minutes * MINUTE)
    while send_due_notifications(SECRET, BASE_URL, now=NOON + minutes * MINUTE):
        pass
    return [(mail.recipient, mail.subject, mail.body) for mail in rows_of(chain, MailboxMessage)]


def test_the_first_says_what_happened_where_and_until_when(chain: Chain, case: Case) -> None:
    ((recipient, subject, body),) = letters(chain)
    assert recipient == "manager@nova.example"
    assert subject == "Alert 1: rating 2, Store 1"
    assert body == (
        "Store 1, rating 2 of 10\n\n> Черга\n> до каси\n\n"
        "Answer until 25 Nov, 14:30.\n\nhttp://vidhuk.example/alerts/1\n\n"
        f"Take it:\n{links(body)[1]}\n"
    )


def test_no_letter_carries_a_contact(chain: Chain, case: Case) -> None:
    for minutes in (0, 10, 20, 30, 60):
        letters(chain, minutes)
    assert "671234567" not in "".join(body for _, _, body in letters(chain, 60))


def test_a_bare_tap_asks_only_to_be_taken(chain: Chain) -> None:
    make_response(chain, 3)
    ((_, _, body),) = letters(chain, 2)
    assert "The shopper left no contact. Take it until 25 Nov, 14:30." in body


def test_later_steps_say_why_they_come(chain: Chain, case: Case) -> None:
    for minutes in (0, 10, 20, 30, 60):
        letters(chain, minutes)
    assert [(to.partition("@")[0], subject) for to, subject, _ in letters(chain, 60)] == [
        ("manager", "Alert 1: rating 2, Store 1"),
        ("manager", "Alert 1: rating 2, Store 1"),
        ("regional", "Alert 1: still not answered, Store 1"),
        ("regional", "Alert 1 is yours now: not answered in time, Store 1"),
        ("owner", "Alert 1: still not answered, Store 1"),
    ]


def test_nobody_is_told_that_an_alert_is_theirs_when_it_is_not(chain: Chain, case: Case) -> None:
    case.acknowledge(now=NOON)
    case.call(now=NOON + 25 * MINUTE, outcome=CallOutcome.NO_ANSWER)
    ((recipient, subject, _),) = letters(chain, 30)
    assert recipient == "regional@nova.example"
    assert subject == "Alert 1: still not answered, Store 1"


def test_news_carry_the_shoppers_words(chain: Chain, case: Case) -> None:
    case.call(now=NOON)
    case.shopper_writes("Досі черга", now=NOON + MINUTE)
    ((recipient, subject, body),) = letters(chain, 1)
    assert (recipient, subject) == ("manager@nova.example", "Alert 1: there is news, Store 1")
    assert "> Досі черга" in body
    assert "до каси" not in body


def test_news_are_the_comment_that_came_after_the_first_letter(chain: Chain) -> None:
    key = make_response(chain, 2)
    letters(chain, 2)
    complete(chain, key, "Черга", "067 123 45 67", now=NOON + 3 * MINUTE)
    _, (recipient, subject, body) = letters(chain, 3)
    assert (recipient, subject) == ("manager@nova.example", "Alert 1: there is news, Store 1")
    assert "> Черга" in body
    assert "Answer until 25 Nov, 14:33." in body


def test_news_may_be_that_a_reply_did_not_arrive(chain: Chain) -> None:
    case = Case(chain, make_response(chain, 2, comment="Черга", contact="ann@example.com"))
    case.acknowledge(now=NOON)
    case.reply(now=NOON, via=Via.EMAIL)
    from app.contacts.models import Contact

    with transaction(chain.organisation_id) as session:
        session.query(Contact).update({"value_encrypted": None})
    send_replies(now=NOON)
    assert "Your reply could not be delivered." in letters(chain)[-1][2]


def test_it_speaks_the_language_of_its_reader(chain: Chain, case: Case, ukrainian: None) -> None:
    with transaction(None) as session:
        session.query(User).filter_by(email="manager@nova.example").one().language = "uk"
    assert [subject for _, subject, _ in letters(chain)] == ["Сигнал 1: оцінка 2, Store 1"]
    assert letters(chain, 20)[-1][1] == "Alert 1: still not answered, Store 1"


def test_it_speaks_polish_with_polish_dates(chain: Chain, case: Case) -> None:
    with transaction(None) as session:
        session.query(User).filter_by(email="manager@nova.example").one().language = "pl"
    ((_, subject, body),) = letters(chain)
    assert subject == "Zgłoszenie nr\u00a01: ocena 2, Store 1"
    assert body.startswith("Store 1, ocena 2 z\u00a010\n")
    assert "Odpowiedz do 25 lis, 14:30." in body


@pytest.mark.parametrize("name", ["Store\r\nBcc: boss@example.com", "Store\x00\u202e", "Ґ" * 300])
def test_a_stores_name_can_do_no_harm(chain: Chain, case: Case, name: str) -> None:
    with transaction(chain.organisation_id) as session:
        get_row(session, Store, chain.store_id).name = name.replace("\x00", "")
    ((_, subject, _),) = letters(chain)
    assert "\n" not in subject
    assert "\r" not in subject


def test_a_long_comment_is_cut(chain: Chain) -> None:
    make_response(chain, 2, comment="я" * 5_000)
    ((_, _, body),) = letters(chain)
    assert "я" * 499 + "…" in body
    assert "я" * 501 not in body
