"""The shopper's private page: where it stands, the store's words, a word back."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.alerts.models import AlertTimer, Message
from app.alerts.rules import AlertState, Author, Deed, Grade
from app.events import Event
from app.ids import sign
from tests.alerts.deeds import Case, fire
from tests.fakes import Hands
from tests.make import (
    NOON,
    SECRET,
    Chain,
    complete,
    make_response,
    response_of,
    return_token,
    rows_of,
    sign_in,
)

MINUTE = timedelta(minutes=1)


@pytest.fixture
def case(chain: Chain, hands: Hands) -> Case:
    """A complaint with words."""
    return Case(chain, make_response(chain, 2, comment="Черга <b>до каси</b>"))


@pytest.fixture
def path(chain: Chain, case: Case) -> str:
    """The shopper's link."""
    return f"/f/{return_token(chain, case.key)}"


def standing(client: FlaskClient, path: str) -> str:
    """What the page says in its heading."""
    page = client.get(f"{path}?lang=en").text
    return page.split("<h1>")[1].split("</h1>")[0]


def test_it_says_where_the_feedback_stands(client: FlaskClient, case: Case, path: str) -> None:
    assert standing(client, path) == "The store manager has your feedback and will look at it."
    case.acknowledge(now=NOON)
    assert standing(client, path) == "Somebody in the store is working on it."
    case.reply(now=NOON)
    assert standing(client, path) == "The store has answered you."
    case.resolve(now=NOON)
    assert standing(client, path).startswith("The store considers the matter settled")
    fire(NOON + timedelta(days=8))
    assert standing(client, path).startswith("The matter is closed")


def test_it_shows_what_was_said_and_the_reply_as_text(client: FlaskClient, case: Case, path: str) -> None:
    case.reply("Друга каса <script>alert(1)</script>", now=NOON)
    page = client.get(path).text
    assert "Черга &lt;b&gt;до каси" in page
    assert "Друга каса &lt;script&gt;" in page
    assert "<script>alert" not in page


def test_praise_has_a_page_too(client: FlaskClient, chain: Chain, hands: Hands) -> None:
    key = make_response(chain, 10, comment="Дякую")
    page = client.get(f"/f/{return_token(chain, key)}?lang=en")
    assert page.status_code == 200
    assert "The store manager has your feedback." in page.text
    assert "Write back" not in page.text


def test_looking_changes_nothing(client: FlaskClient, chain: Chain, case: Case, path: str) -> None:
    """Messengers open links to show a preview."""
    case.reply(now=NOON)
    before = (case.deeds, len(rows_of(chain, Event)))
    for _ in range(3):
        client.get(path)
        client.head(path)
    assert client.get(f"{path}/seen").status_code == 405
    assert (case.deeds, len(rows_of(chain, Event))) == before
    assert rows_of(chain, Message)[0].seen_at is None
    assert case.alert.answer_grade == Grade.UNREAD


def test_a_person_who_reads_the_reply_confirms_it_once(client: FlaskClient, case: Case, path: str) -> None:
    case.reply(now=NOON)
    for _ in range(2):
        assert client.post(f"{path}/seen").status_code == 303
    assert case.alert.answer_grade == Grade.CONFIRMED
    assert case.deeds.count(Deed.SEEN) == 1
    assert "I have read the reply" not in client.get(f"{path}?lang=en").text


def test_the_shopper_writes_back(client: FlaskClient, chain: Chain, case: Case, path: str) -> None:
    case.reply(now=NOON)
    answer = client.post(path, data={"text": "Дякую, \x00чекаю"})
    assert (answer.status_code, answer.location) == (303, path)
    assert "Дякую, чекаю" in client.get(path).text
    message = rows_of(chain, Message)[1]
    assert (message.author, message.text, message.written_at) == (Author.SHOPPER, "Дякую, чекаю", NOON)
    fire(NOON)
    assert case.deeds[-2:] == [Deed.WROTE, Deed.NOTIFIED]


def test_the_same_words_sent_twice_are_one_message(client: FlaskClient, chain: Chain, path: str) -> None:
    for _ in range(3):
        assert client.post(path, data={"text": "Дякую"}).status_code == 303
    assert len(rows_of(chain, Message)) == 1


def test_words_that_come_together_are_told_together(
    client: FlaskClient, chain: Chain, case: Case, path: str
) -> None:
    for n in range(5):
        client.post(path, data={"text": f"Слово {n}"})
    told = [timer for timer in rows_of(chain, AlertTimer) if timer.target == "assignee"]
    assert len(told) == 1


def test_nobody_floods_a_manager(client: FlaskClient, chain: Chain, hands: Hands, path: str) -> None:
    for n in range(20):
        assert client.post(path, data={"text": f"Слово {n}"}).status_code == 303
    answer = client.post(path, data={"text": "Ще слово"})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"]
    hands.move(minutes=61)
    assert client.post(path, data={"text": "Ще слово"}).status_code == 303


@pytest.mark.parametrize(
    ("body", "words"),
    [(b"text=", "Fill this in"), (b"text=+%E2%80%8B", "Fill this in"), (b"", "Fill this in"),
     (b"text=" + b"a" * 2_001, "Shorten the text"), (b"text=a&text=b", "cannot be read"),
     (b"text=%ff", "cannot be read"), (b"text=%ED%A0%80", "cannot be read")],
)  # fmt: skip
def test_what_cannot_be_taken_is_said_on_the_same_page(
    client: FlaskClient, path: str, body: bytes, words: str
) -> None:
    kind = "application/x-www-form-urlencoded"
    page = client.post(f"{path}?lang=en", data=body, content_type=kind)
    assert page.status_code == 422
    assert words in page.text
    assert client.get(path).text.count('class="said') == 1


def test_a_settled_matter_comes_back(client: FlaskClient, case: Case, path: str) -> None:
    case.call(now=NOON)
    case.resolve(now=NOON)
    client.post(path, data={"text": "Досі черга"})
    assert (case.state, case.alert.rounds) == (AlertState.ACKNOWLEDGED, 2)


def test_a_tap_whose_shopper_writes_can_be_answered_from_then_on(
    client: FlaskClient, chain: Chain, hands: Hands
) -> None:
    tap = Case(chain, make_response(chain, 2))
    complete(chain, tap.key, None)
    hands.move(minutes=20)
    client.post(f"/f/{return_token(chain, tap.key)}", data={"text": "Передзвоніть"})
    assert tap.alert.is_reachable
    assert tap.alert.answer_due_at == NOON + 50 * MINUTE
    tap.reply(now=hands.at)
    assert tap.state == AlertState.ANSWERED


def test_a_dismissed_complaint_is_not_argued_with(client: FlaskClient, case: Case, path: str) -> None:
    case.dismiss(now=NOON)
    assert "Write back" not in client.get(f"{path}?lang=en").text
    assert client.post(path, data={"text": "Але ж"}).status_code == 404
    assert case.state == AlertState.DISMISSED


def test_only_our_own_links_open_it(client: FlaskClient, chain: Chain, case: Case, path: str) -> None:
    token = path.removeprefix("/f/")
    response = response_of(chain, case.key)
    wrong = [
        token[:-1],
        token + "A",
        token[:5] + ("A" if token[5] != "A" else "B") + token[6:],
        token[:-1] + chr(ord(token[-1]) + 1),
        token + "=",
        "a" * 8_192,
        case.key,
        "%00",
        sign(SECRET, "sign-in", response.organisation_id, response.id),
        sign(SECRET, "acknowledge", response.organisation_id, response.id),
        sign("another secret of another place, as long", "return", response.organisation_id, response.id),
        sign(SECRET, "return", response.organisation_id, chain.store_id),
    ]
    for bad in wrong:
        assert client.get(f"/f/{bad}").status_code == 404, bad
        assert client.post(f"/f/{bad}", data={"text": "x"}).status_code == 404, bad
        assert client.post(f"/f/{bad}/seen").status_code == 404, bad


def test_a_link_of_one_chain_opens_nothing_in_another(
    client: FlaskClient, chain: Chain, foreign_chain: Chain, case: Case
) -> None:
    response = response_of(chain, case.key)
    token = sign(SECRET, "return", foreign_chain.organisation_id, response.id)
    assert client.get(f"/f/{token}").status_code == 404


def test_its_address_is_told_to_nobody(client: FlaskClient, path: str) -> None:
    page = client.get(path)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert '<meta name="robots" content="noindex">' in page.text


def test_the_managers_page_shows_what_was_opened(app: Flask, chain: Chain, case: Case, path: str) -> None:
    manager = sign_in(app, chain)
    case.reply(now=NOON)
    assert "not opened yet" in manager.get("/alerts/1").text
    app.test_client().post(f"{path}/seen")
    page = manager.get("/alerts/1").text
    assert "opened 25 Nov, 14:00" in page
    assert "Answer confirmed" in page
