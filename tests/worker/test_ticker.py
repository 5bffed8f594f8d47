"""The ticker's loops stand apart, and the one for chats hears what people write to a bot."""

import threading
from time import monotonic, sleep

import pytest
from flask import Flask

from tests.channels.telegram.test_sending import connect
from tests.fakes import Hands
from tests.fakes_channels import Telegram
from tests.make import Chain
from worker.ticker import Ticker


@pytest.fixture
def ticker(app: Flask, hands: Hands) -> Ticker:
    """A ticker without Redis."""
    return Ticker(app, None)


def test_a_ticker_answers_who_writes_to_the_bot(chain: Chain, telegram: Telegram, ticker: Ticker) -> None:
    connect(chain)
    telegram.write("hello")
    thread = threading.Thread(target=ticker.run, daemon=True)
    thread.start()
    until = monotonic() + 20
    while not telegram.sent and monotonic() < until:
        sleep(0.05)
    ticker.stop()
    thread.join(timeout=20)
    assert [text[:19] for text in telegram.texts] == ["To get alerts here,"]
    assert not thread.is_alive()
