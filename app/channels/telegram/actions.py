"""Connecting a bot, and telling it to listen."""

from datetime import datetime, timedelta

from app.channels.actions import begin_anew, forget_channel
from app.channels.telegram import NAME
from app.channels.telegram.api import Bot
from app.channels.telegram.models import TelegramBot
from app.channels.telegram.queries import find_bot, purpose_of
from app.channels.telegram.rules import PER_MINUTE
from app.db import OrganisationSession
from app.ids import new_id
from app.vault import seal


def connect_bot(session: OrganisationSession, bot: Bot, token: str, secret: str, *, now: datetime) -> None:
    """Use this bot from now on; the same one with a new token goes on listening where it was."""
    known = find_bot(session)
    if known and known.bot_id != bot.id:
        session.delete(known)
        session.flush()
        known = None
    row = known or TelegramBot(id=new_id(), bot_id=bot.id, connected_at=now)
    row.username, row.name, row.due_at = bot.username, bot.name, now
    row.token_sealed = seal(secret, purpose_of(row), token)
    session.add(row)
    session.flush()
    begin_anew(session, NAME, PER_MINUTE)


def disconnect_bot(session: OrganisationSession) -> None:
    """Forget the bot and its token."""
    known = find_bot(session)
    if known:
        session.delete(known)
        forget_channel(session, NAME)


def listen_closely(session: OrganisationSession, *, now: datetime, span: timedelta) -> None:
    """Somebody is about to write to the bot: ask for news often during that time."""
    bot = find_bot(session)
    if bot:
        bot.listens_until = now + span
        bot.due_at = min(bot.due_at or now, now)
