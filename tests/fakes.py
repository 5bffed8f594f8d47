"""Fakes that keep the product's own protocols."""

import socket
from collections.abc import Sequence
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import Message
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from app.classification.rules import Flag, Judgement, Polarity, Sentiment, Thresholds, Topic, TopicScore

_SIGNS = {"bad": Sentiment.NEGATIVE, "good": Sentiment.POSITIVE}
_TOPICS = {"queue": Topic.QUEUE, "price": Topic.PRICE}
_FLAGS = {
    "fire": (Flag.SAFETY, 0.97),
    "slippery": (Flag.SAFETY, 0.7),
    "leave": (Flag.CHURN_INTENT, 0.8),
    "why": (Flag.QUESTION, 0.9),
}


class FakeClassifier:
    """Negative when the text says "bad", positive when it says "good", neutral otherwise.

    It knows two topics and a few flags by one word each; danger is certain only where there is a fire.
    """

    version = "fake-1"
    thresholds = Thresholds(
        topics=dict.fromkeys(Topic, 0.5),
        flags=dict.fromkeys(Flag, 0.5),
        paging={Flag.SAFETY: 0.9},
        negative=0.5,
        sure=0.6,
    )

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.explained: list[tuple[str, list[str]]] = []

    def classify(self, texts: Sequence[str]) -> list[Judgement | None]:
        """Judge by one word."""
        self.calls.append(list(texts))
        return [self._judge(text) for text in texts]

    def _judge(self, text: str) -> Judgement | None:
        if not any(sign.isalpha() for sign in text):
            return None
        found = next((sentiment for word, sentiment in _SIGNS.items() if word in text), Sentiment.NEUTRAL)
        polarity = {Sentiment.NEGATIVE: Polarity.BLAME, Sentiment.POSITIVE: Polarity.PRAISE}.get(found)
        topics = {
            topic: TopicScore(0.9 if word in text else 0.1, polarity or Polarity.MENTION)
            for word, topic in _TOPICS.items()
        }
        flags: dict[Flag, float] = {}
        for word, (flag, chance) in _FLAGS.items():
            flags[flag] = max(flags.get(flag, 0.05), chance if word in text else 0.05)
        scores = {word: 0.9 if word is found else 0.05 for word in Sentiment}
        return Judgement(found, scores, topics, flags)

    def explain(self, text: str, labels: Sequence[str]) -> dict[str, list[tuple[int, int]]]:
        """The word it judges by, for every label."""
        self.explained.append((text, list(labels)))
        found = [(text.index(word), text.index(word) + len(word)) for word in _SIGNS if word in text]
        return {label: found for label in labels if found}


class BrokenClassifier:
    """A model that fails on every text."""

    version = "broken-1"
    thresholds = Thresholds()

    def classify(self, texts: Sequence[str]) -> list[Judgement | None]:
        """Fail."""
        raise RuntimeError("out of memory")

    def explain(self, text: str, labels: Sequence[str]) -> dict[str, list[tuple[int, int]]]:
        """Fail."""
        raise RuntimeError("out of memory")


class Hands:
    """The hands of a clock that stands still until a test moves it."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """This instant, as the test says."""
        return self.at

    def move(self, **by: float) -> None:
        """Let time pass: ``minutes=31``."""
        self.at += timedelta(**by)


class MailServer:
    """A real SMTP server on a socket of this machine; `refuse` says how it answers each recipient."""

    def __init__(self) -> None:
        self.received: list[Message] = []
        self.refuse = ""
        self._controller = Controller(self, hostname="127.0.0.1", port=_free_port())

    @property
    def url(self) -> str:
        """What ``MAIL_URL`` would be."""
        return f"smtp://127.0.0.1:{self._controller.port}"

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd finds it by this name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take the recipient, unless the test says otherwise."""
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the same
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep the message."""
        assert isinstance(envelope.content, bytes)
        self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 accepted"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
