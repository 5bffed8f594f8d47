"""Sending one message to one chat."""

from dataclasses import dataclass
from datetime import datetime

from cryptography.fernet import InvalidToken
from flask_babel import gettext as _

from app.channels import Channel, ChannelFailure, Form, Link, Message
from app.channels.telegram import NAME
from app.channels.telegram.api import get_bot, is_heard_by_another, send_message
from app.channels.telegram.queries import find_bot, token_of
from app.channels.telegram.rules import BLOCKED, CHAT_GONE, fitted, may_be_a_button
from app.db import OrganisationSession, reading
from app.ids import OrganisationId
from app.web.settings import settings


@dataclass(frozen=True, slots=True)
class TelegramMessage:
    """Plain text for one chat, perhaps with a button that opens a page."""

    chat_id: str
    text: str
    button: Link | None = None

    @property
    def channel(self) -> str:
        """The name of the channel."""
        return NAME

    def send(self, organisation_id: OrganisationId, *, now: datetime) -> None:  # noqa: ARG002 - others date it
        """Hand it to Telegram; raises `ChannelFailure` unless it was accepted."""
        text, keyboard = self.text, None
        if self.button and may_be_a_button(self.button.url):
            keyboard = [[{"text": self.button.words, "url": self.button.url}]]
        elif self.button:
            text = f"{text}\n\n{self.button.words}: {self.button.url}"
        send_message(own_token(organisation_id), self.chat_id, fitted(text), keyboard)


def own_token(organisation_id: OrganisationId) -> str:
    """The token of the organisation's bot; raises `ChannelFailure` where there is none to be read."""
    with reading(organisation_id) as session:
        bot = find_bot(session)
    if bot is None:
        raise ChannelFailure("not_connected", is_permanent=True, is_of_address=True)
    try:
        return token_of(bot, settings().secret_key)
    except InvalidToken:
        raise ChannelFailure("secret_key_changed", is_permanent=True) from None


def check_token(token: str) -> None:
    """Raise `ChannelFailure` for a token that Telegram does not know, or whose bot reports elsewhere."""
    get_bot(token)
    if is_heard_by_another(token):
        raise ChannelFailure("heard_by_another")


def _pack(address: str, message: Message) -> TelegramMessage:
    return TelegramMessage(address, f"{message.subject}\n\n{message.text}", message.link)


def _is_ready(session: OrganisationSession) -> bool:
    return find_bot(session) is not None


TELEGRAM = Channel(
    name=NAME,
    form=Form.CHAT,
    is_loud=True,
    words=lambda: _("Telegram"),
    is_ready=_is_ready,
    pack=_pack,
    check=lambda organisation_id: check_token(own_token(organisation_id)),
    gone=frozenset({BLOCKED, CHAT_GONE}),
)
