"""What leaves the house can do no harm: hostile words in every channel, robots on every link."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from app.channels.sms.segments import segments
from app.channels.telegram.rules import TEXT_UNITS, utf16_units
from app.db import get_row, transaction
from app.stores.models import Store
from app.text import clean_text, unlinked
from tests.alerts.deeds import BASE_URL, fire
from tests.fakes import Hands, MailServer
from tests.fakes_channels import Said, refusal
from tests.make import NOON, history_of
from tests.notifications.reach import CHAT, Reach

HOSTILE = [
    "<a href='https://evil.example'>click</a> <script>alert(1)</script> & < >",
    "*bold* _it_ `code` [x](https://evil.example/pay) ||spoiler||",
    "https://evil.example/login?u=1 www.evil.example evil.example/x",
    "@channel @everyone @evil_bot /start /stop #tag <!channel> <@U123>",
    "Subject: x\r\nBcc: boss@example.com\r\n\r\nbody",
    "\u202egnp.exe \u2066hidden\u2069 \x00 \x1b[31m",
    '{"chat_id": 1}, {text} {secret} %(store)s {{ 7 * 7 }} ${HOME}',
    "tel:+15550100 mailto:a@evil.example tg://resolve?domain=evil",
    "Z" + "\u0301" * 300 + "algo",
    "😀" * 5_000,
    "a.b " * 1_200,
]
LINK = re.compile(r"(?i)\b(?:https?://|www\.\w|[\w-]+\.[a-z]{2,}\b|[a-z]+:/)|[@#/]\w|\w+@\w")


def reach_everybody(reach: Reach, comment: str) -> None:
    """A complaint that goes out by Telegram, by SMS and by e-mail."""
    reach.link()
    reach.wish("telegram", "sms", "email")
    reach.wish("sms", who=reach.chain.regional_id)
    reach.sms.says = Said(503)
    reach.complain(comment=clean_text(comment))
    reach.telegram.refusals[str(CHAT)] = refusal(502)
    reach.send()


def telegrams(reach: Reach) -> list[str]:
    """Every text that Telegram was asked to send."""
    return [asked.json["text"] for asked in reach.telegram.asked if asked.path.endswith("/sendMessage")]


def mails(server: MailServer) -> list[str]:
    """The text of every letter."""
    bodies = [message.get_payload(decode=True) for message in server.received]
    return [body.decode() for body in bodies if isinstance(body, bytes)]


def texts_of(reach: Reach) -> list[str]:
    """The text of every SMS."""
    return [asked.json["text"] for asked in reach.sms.asked]


def quoted(text: str) -> str:
    """The shopper's words in a message."""
    return "\n".join(line for line in text.splitlines() if line.startswith(">"))


@pytest.mark.parametrize("comment", HOSTILE)
def test_hostile_words_stay_words_in_every_channel(
    reach: Reach, mail_server: MailServer, comment: str
) -> None:
    reach_everybody(reach, comment)
    (chat,) = set(telegrams(reach))
    (mail,) = mails(mail_server)
    (text,) = set(texts_of(reach))
    for said in (chat, mail):
        assert quoted(said)
        assert not LINK.search(quoted(said))
        assert not re.search("[\u202a-\u202e\u2066-\u2069\x00\x1b]", said)
    assert utf16_units(chat) <= TEXT_UNITS
    assert clean_text(comment)[:10] not in text
    assert segments(text) <= 2
    (message,) = mail_server.received
    assert message["Bcc"] is None
    request = next(asked.json for asked in reach.telegram.asked if asked.path.endswith("/sendMessage"))
    assert "parse_mode" not in request
    assert request["link_preview_options"] == {"is_disabled": True}


def test_words_are_not_changed_for_the_eye() -> None:
    assert (
        unlinked("О 12:30, каса 2.5: https://a.b").replace("\u200b", "") == "О 12:30, каса 2.5: https://a.b"
    )
    assert unlinked("Черга. Довга... так!") == "Черга. Довга... так!"


@pytest.mark.parametrize("name", ["Ї" * 120, "Store " * 20, "😀" * 60, "S"])
def test_an_sms_is_two_segments_whatever_the_stores_name(
    reach: Reach, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(reach.chain.organisation_id) as session:
        get_row(session, Store, reach.chain.store_id).name = name
    reach.wish("sms")
    reach.complain()
    reach.send()
    (text,) = texts_of(reach)
    assert segments(text) <= 2
    assert re.search(r"rating 2, 30 min left \(until 14:30\)\. http://vidhuk\.example/a/[\w-]{38}$", text)


def test_an_sms_counts_the_minutes_when_it_is_written(reach: Reach) -> None:
    reach.wish("sms")
    reach.complain()
    reach.send(NOON.replace(minute=7, second=30))
    assert "22 min left" in texts_of(reach)[0]


def test_a_robot_that_opens_every_link_changes_nothing(
    client: FlaskClient, reach: Reach, mail_server: MailServer, hands: Hands
) -> None:
    reach.link()
    reach.wish("telegram")
    reach.wish("sms", who=reach.chain.regional_id)
    case = reach.complain()
    reach.send()
    reach.telegram.refusals[str(CHAT)] = refusal(502)
    for _ in range(2):
        hands.move(minutes=10)
        fire(hands.at)
        reach.send(hands.at)
    produced = [asked.body.decode() for asked in (*reach.telegram.asked, *reach.sms.asked)]
    links = set(re.findall(rf"{BASE_URL}(/[\w/-]+)", "\n".join([*produced, *mails(mail_server)])))
    assert len([link for link in links if link.startswith("/a/")]) == 4
    before, state = [line.id for line in history_of(case.chain, case.key)], case.state
    for link in links:
        for method in ("GET", "HEAD", "OPTIONS"):
            answer = client.open(unescape(link), method=method)
            assert answer.status_code in (200, 303, 401)
            client.get(f"{link}?utm_source=scanner&fbclid=1")
    assert (case.state, case.alert.owner_id) == (state, None)
    assert [line.id for line in history_of(case.chain, case.key)] == before
