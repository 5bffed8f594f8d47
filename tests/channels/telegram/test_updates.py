"""What people write to the bot is heard once, by one ticker, whatever dies in between."""

from datetime import timedelta

import pytest
from flask import Flask

from app.channels import ChannelFailure
from app.channels.models import ChannelState
from app.channels.telegram import updates
from app.channels.telegram.actions import listen_closely
from app.channels.telegram.api import Incoming
from app.channels.telegram.models import TelegramBot
from app.channels.telegram.updates import poll_bots
from app.db import transaction
from app.ids import OrganisationId
from tests.channels.telegram.test_sending import connect
from tests.fakes_channels import Telegram, refusal
from tests.make import NOON, Chain, rows_of
from tests.together import together

SECOND = timedelta(seconds=1)


class Ear:
    """Remembers what was said, and answers each with the same words."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def __call__(self, _: OrganisationId, said: Incoming) -> str | None:
        """Hear it."""
        self.heard.append(said.text)
        return f"You said {said.text}"


@pytest.fixture
def bot(chain: Chain, telegram: Telegram) -> Telegram:
    """The Bot API, with the chain's bot connected."""
    connect(chain)
    return telegram


@pytest.fixture
def ear() -> Ear:
    """Somebody who listens."""
    return Ear()


def row(chain: Chain) -> TelegramBot:
    """The bot as it stands."""
    return rows_of(chain, TelegramBot)[0]


def test_everything_is_heard_once_and_answered(chain: Chain, bot: Telegram, ear: Ear) -> None:
    bot.write("one")
    bot.write("two", by=78)
    assert poll_bots(ear, now=NOON) == 1
    assert ear.heard == ["one", "two"]
    assert [(message["chat_id"], message["text"]) for message in bot.sent] == [
        ("77", "You said one"),
        ("78", "You said two"),
    ]
    assert bot.waiting == 0
    assert poll_bots(ear, now=NOON + 20 * SECOND) == 1
    assert ear.heard == ["one", "two"]


def test_it_asks_seldom_and_often_while_somebody_is_about_to_write(
    chain: Chain, bot: Telegram, ear: Ear
) -> None:
    poll_bots(ear, now=NOON)
    assert row(chain).due_at == NOON + 20 * SECOND
    with transaction(chain.organisation_id) as session:
        listen_closely(session, now=NOON, span=60 * SECOND)
    assert poll_bots(ear, now=NOON) == 1
    assert row(chain).due_at == NOON + 2 * SECOND
    assert poll_bots(ear, now=NOON + 61 * SECOND) == 1
    assert row(chain).due_at == NOON + 81 * SECOND


def test_several_tickers_hear_each_message_once(app: Flask, chain: Chain, bot: Telegram, ear: Ear) -> None:
    bot.seconds = 0.02
    for n in range(5):
        bot.write(str(n))
    assert together(app, [lambda: poll_bots(ear, now=NOON)] * 4).count(1) == 1
    assert ear.heard == ["0", "1", "2", "3", "4"]


def test_a_ticker_that_dies_before_it_could_forget_is_followed_by_another(
    chain: Chain, bot: Telegram, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """The process is gone."""

    def die(*_: object, **__: object) -> None:
        raise Killed

    bot.write("one")
    with monkeypatch.context() as patch:
        patch.setattr(updates, "_forget", die)
        with pytest.raises(Killed):
            poll_bots(ear, now=NOON)
    assert poll_bots(ear, now=NOON + 59 * SECOND) == 0
    assert poll_bots(ear, now=NOON + 61 * SECOND) == 1
    assert ear.heard == ["one", "one"]
    assert bot.waiting == 0


def test_a_ticker_that_lost_its_lease_forgets_nothing(
    chain: Chain, bot: Telegram, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = updates._reply

    def slowly(*args: object) -> None:
        monkeypatch.setattr(updates, "_reply", real)
        poll_bots(ear, now=NOON + 61 * SECOND)  # another ticker comes by
        real(*args)  # type: ignore[arg-type]

    bot.write("one")
    monkeypatch.setattr(updates, "_reply", slowly)
    poll_bots(ear, now=NOON)
    assert ear.heard == ["one", "one"]
    assert row(chain).due_at == NOON + 81 * SECOND


def test_a_message_longer_than_what_is_read_is_stepped_over(chain: Chain, bot: Telegram, ear: Ear) -> None:
    bot.write("😀" * 2_048)  # 24 KiB as JSON spells it
    bot.write("after it")
    poll_bots(ear, now=NOON)
    assert ear.heard == ["after it"]


@pytest.mark.parametrize(
    "update",
    [
        {"message": {"chat": {"id": 1, "type": "private"}, "from": {"id": 1}, "photo": []}},
        {"message": {"text": "no chat", "from": {"id": 1}}},
        {"message": {"text": "no sender", "chat": {"id": -5, "type": "channel"}}},
        {"message": {"text": 5, "chat": {"id": 1}, "from": {"id": 1}}},
        {"edited_message": {"text": "x"}},
        {"message": None},
    ],
)
def test_what_is_no_message_of_a_person_is_stepped_over(
    chain: Chain, bot: Telegram, ear: Ear, update: dict[str, object]
) -> None:
    bot.hear(update)
    bot.write("after it")
    poll_bots(ear, now=NOON)
    assert ear.heard == ["after it"]


def test_halves_of_characters_do_no_harm(chain: Chain, bot: Telegram, ear: Ear) -> None:
    bot.write("\ud800 half")
    poll_bots(ear, now=NOON)
    assert ear.heard == ["? half"]


def test_after_a_silent_week_new_numbers_are_heard(chain: Chain, bot: Telegram, ear: Ear) -> None:
    bot.write("before")
    poll_bots(ear, now=NOON)
    bot.number_anew(3)
    bot.write("after")
    later = NOON + timedelta(days=8)
    poll_bots(ear, now=later)
    assert ear.heard == ["before", "after"]


def test_a_reply_that_cannot_be_sent_holds_up_nobody(chain: Chain, bot: Telegram, ear: Ear) -> None:
    bot.refusals["77"] = refusal(403, "Forbidden: bot was blocked by the user")
    bot.write("one")
    bot.write("two", by=78)
    poll_bots(ear, now=NOON)
    assert bot.texts == ["You said two"]


@pytest.mark.parametrize(
    ("fault", "wait"),
    [
        (refusal(429, retry_after=45), 45),
        (refusal(500), 30),
        (refusal(401, "Unauthorized"), 300),
        (refusal(409, "Conflict: terminated by other getUpdates request"), 30),
    ],
)
def test_trouble_makes_it_wait(
    chain: Chain, bot: Telegram, ear: Ear, *, fault: tuple[int, object], wait: int
) -> None:
    bot.faults = [fault]
    poll_bots(ear, now=NOON)
    assert row(chain).due_at == NOON + wait * SECOND
    (state,) = rows_of(chain, ChannelState)
    assert state.is_broken == (wait == 300)
    assert state.failing_since == NOON


def test_one_bot_in_trouble_holds_up_no_other(
    chain: Chain, foreign_chain: Chain, bot: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot.bot_id = 5
    connect(foreign_chain)
    heard: list[OrganisationId] = []

    def answer(organisation_id: OrganisationId, _: Incoming) -> str | None:
        if organisation_id == chain.organisation_id:
            raise LookupError
        heard.append(organisation_id)
        raise ChannelFailure("no")

    bot.write("one")
    poll_bots(answer, now=NOON)
    assert heard == [foreign_chain.organisation_id]
