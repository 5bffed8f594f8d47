"""Ways out: one folder for each. A channel knows no alert and no invitation, only message and address."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from app.db import OrganisationSession
from app.ids import OrganisationId

_RETRY_SECONDS = (5, 15, 30, 60)
_LAST_RETRY_SECONDS = 120
_MOST_ATTEMPTS = 40


@dataclass
class ChannelFailure(Exception):
    """The one way in which any channel fails. A permanent failure is not tried again.

    `retry_after` is how long the other side asks us to wait. A failure `is_of_address` when only this
    recipient or message was refused while the channel is well; `moved_to` is the recipient's new address.
    """

    reason: str
    is_permanent: bool = False
    retry_after: timedelta | None = None
    is_of_address: bool = False
    moved_to: str | None = None


class Form(StrEnum):
    """How much a channel carries: a whole letter, a chat message with a button, or two segments of SMS."""

    LETTER = "letter"
    CHAT = "chat"
    SHORT = "short"


@dataclass(frozen=True, slots=True)
class Link:
    """Where the reader can act, and what the button says."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Message:
    """What is said. The same reference again is the same message; one thread is one matter."""

    reference: str
    subject: str
    text: str
    link: Link | None = None
    thread: str = ""


class Outgoing(Protocol):
    """A message with its address, on its way through one channel."""

    @property
    def channel(self) -> str:
        """The name of the channel."""

    def send(self, organisation_id: OrganisationId, *, now: datetime) -> None:
        """Hand it over; raises `ChannelFailure` unless it was accepted."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One way out, as those who write messages know it.

    `is_loud`: it rings a phone, so people have quiet hours from it. `check` raises `ChannelFailure` where
    nothing could be sent, and sends nothing. `gone` are the reasons of failures after which an address is
    dead until its owner gives it anew.
    """

    name: str
    form: Form
    is_loud: bool
    words: Callable[[], str]
    is_ready: Callable[[OrganisationSession], bool]
    pack: Callable[[str, Message], Outgoing]
    check: Callable[[OrganisationId], None] | None = None
    gone: frozenset[str] = field(default_factory=frozenset)


def retry_after(attempts: int) -> timedelta | None:
    """How long to wait after so many attempts (5, 15, 30, 60 s, then 2 minutes); ``None`` to give up."""
    if attempts >= _MOST_ATTEMPTS:
        return None
    place = max(attempts, 1) - 1
    return timedelta(seconds=_RETRY_SECONDS[place] if place < len(_RETRY_SECONDS) else _LAST_RETRY_SECONDS)
