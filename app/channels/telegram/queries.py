"""The organisation's bot, and its token where it is needed."""

from sqlalchemy import select

from app.channels.telegram.models import TelegramBot
from app.db import OrganisationSession
from app.vault import unseal


def find_bot(session: OrganisationSession) -> TelegramBot | None:
    """The bot that is connected."""
    return session.scalar(select(TelegramBot))


def token_of(bot: TelegramBot, secret: str) -> str:
    """The bot's token; raises ``InvalidToken`` under another secret key."""
    return unseal(secret, purpose_of(bot), bot.token_sealed)


def purpose_of(bot: TelegramBot) -> str:
    """What the token is sealed for: this very row."""
    return f"telegram/{bot.id}"
