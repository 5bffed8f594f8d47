"""One message to one chat: what Telegram gets, and how its refusals are understood."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.channels import ChannelFailure, Link
from app.channels.telegram.actions import connect_bot
from app.channels.telegram.api import get_bot
from app.channels.telegram.models import TelegramBot
from app.channels.telegram.rules import TEXT_UNITS, fitted, is_token, may_be_a_button, utf16_units
from app.channels.telegram.sender import TelegramMessage
from app.db import transaction
from tests.fakes_channels import TOKEN, Telegram, refusal
from tests.make import NOON, SECRET, Chain, rows_of

TAKE = Link("Take it", "https://q.example/a/token")


@pytest.fixture
def bot(chain: Chain, telegram: Telegram) -> Telegram:
    """The Bot API, with the chain's bot connected."""
    connect(chain)
    return telegram


def connect(chain: Chain) -> None:
    """What the page does with a token."""
    found = get_bot(TOKEN)
    with transaction(chain.organisation_id) as session:
        connect_bot(session, found, TOKEN, SECRET, now=NOON)


def send(chain: Chain, text: str = "Черга", button: Link | None = TAKE, chat: str = "77") -> None:
    """Send one message."""
    TelegramMessage(chat, text, button).send(chain.organisation_id, now=NOON)


def failure(chain: Chain) -> ChannelFailure:
    """How sending fails."""
    with pytest.raises(ChannelFailure) as caught:
        send(chain)
    return caught.value


def test_the_chat_gets_plain_text_and_a_button(chain: Chain, bot: Telegram) -> None:
    send(chain, "<b>Черга</b> *до* _каси_")
    assert bot.sent == [
        {
            "chat_id": "77",
            "text": "<b>Черга</b> *до* _каси_",
            "link_preview_options": {"is_disabled": True},
            "reply_markup": {"inline_keyboard": [[{"text": "Take it", "url": "https://q.example/a/token"}]]},
        }
    ]


def test_where_telegram_takes_no_button_the_link_stands_in_the_text(chain: Chain, bot: Telegram) -> None:
    send(chain, button=Link("Take it", "http://localhost:8000/a/token"))
    (message,) = bot.sent
    assert message["text"] == "Черга\n\nTake it: http://localhost:8000/a/token"
    assert "reply_markup" not in message
    assert may_be_a_button("http://192.168.0.7:8000/a/token")


def test_a_long_text_is_cut_where_telegram_would_refuse_it(chain: Chain, bot: Telegram) -> None:
    send(chain, "😀" * 3_000)
    text = bot.texts[0]
    assert utf16_units(text) <= TEXT_UNITS
    assert text.endswith("😀…")
    assert fitted("я" * TEXT_UNITS) == "я" * TEXT_UNITS


def test_the_token_is_kept_sealed(chain: Chain, bot: Telegram) -> None:
    (row,) = rows_of(chain, TelegramBot)
    assert TOKEN not in row.token_sealed
    assert (row.username, row.name, row.bot_id) == ("nova_alerts_bot", "Nova", "123456789")


def test_a_refusal_of_the_chat_is_final_and_the_bot_is_well(chain: Chain, bot: Telegram) -> None:
    for description, reason in (("Forbidden: bot was blocked by the user", "blocked"),):
        bot.refusals["77"] = refusal(403, description)
        found = failure(chain)
        assert (found.reason, found.is_permanent, found.is_of_address) == (reason, True, True)
    bot.refusals["77"] = refusal(400, "Bad Request: chat not found")
    assert (failure(chain).reason, failure(chain).is_permanent) == ("chat_gone", True)
    bot.refusals["77"] = refusal(400, "Bad Request: message is too long")
    assert (failure(chain).reason, failure(chain).is_of_address) == ("refused", True)


def test_too_many_says_how_long_to_wait(chain: Chain, bot: Telegram) -> None:
    bot.refusals["77"] = refusal(429, "Too Many Requests: retry after 17", retry_after=17)
    found = failure(chain)
    assert (found.is_permanent, found.retry_after) == (False, timedelta(seconds=17))


@pytest.mark.parametrize(
    ("parameters", "wait"), [({}, 1), ({"retry_after": -3}, 1), ({"retry_after": 10**12}, 3600)]
)
def test_no_wait_is_absurd(chain: Chain, bot: Telegram, parameters: dict[str, Any], wait: int) -> None:
    bot.refusals["77"] = refusal(429, **parameters)
    assert failure(chain).retry_after == timedelta(seconds=wait)


def test_a_chat_that_has_moved_tells_where(chain: Chain, bot: Telegram) -> None:
    bot.refusals["77"] = refusal(400, "group chat was upgraded", migrate_to_chat_id=-1001234)
    found = failure(chain)
    assert (found.moved_to, found.is_permanent) == ("-1001234", False)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_trouble_of_telegram_is_tried_again(chain: Chain, bot: Telegram, status: int) -> None:
    bot.faults = [(status, "<html>Bad Gateway</html>")]
    found = failure(chain)
    assert (found.reason, found.is_permanent) == (f"telegram_{status}", False)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'"ok"'])
def test_garbage_is_tried_again(chain: Chain, bot: Telegram, body: bytes) -> None:
    bot.faults = [body]
    found = failure(chain)
    assert (found.reason, found.is_permanent) == ("garbage", False)


def test_a_revoked_token_breaks_the_channel(chain: Chain, bot: Telegram) -> None:
    bot.token = "another"
    found = failure(chain)
    assert (found.reason, found.is_permanent, found.is_of_address) == ("token_refused", True, False)


def test_without_a_bot_nothing_is_sent(chain: Chain, telegram: Telegram) -> None:
    assert failure(chain).reason == "not_connected"
    assert telegram.asked == []


def test_a_token_sealed_under_another_key_is_told(app: Flask, chain: Chain, bot: Telegram) -> None:
    own = app.config["VIDHUK"]
    app.config["VIDHUK"] = own.model_copy(
        update={"secret_key": "another key of the tests, as long as it has to be"}
    )
    try:
        assert failure(chain).reason == "secret_key_changed"
    finally:
        app.config["VIDHUK"] = own


def test_telegram_is_not_reached_where_it_must_not_be(app: Flask, chain: Chain, bot: Telegram) -> None:
    own = app.config["VIDHUK"]
    app.config["VIDHUK"] = own.model_copy(update={"allow_private_targets": ()})
    try:
        assert failure(chain).reason == "address_refused"
    finally:
        app.config["VIDHUK"] = own
    assert bot.sent == []


@pytest.mark.parametrize(
    ("text", "is_right"),
    [
        (TOKEN, True),
        ("123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw4", True),
        ("", False),
        ("AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", False),
        ("123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/../x", False),
        ("123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDs aw", False),
        ("١٢٣٤٥٦٧٨٩:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw4", False),
    ],
)
def test_what_is_spelt_like_a_token(text: str, is_right: bool) -> None:
    assert is_token(text) == is_right
