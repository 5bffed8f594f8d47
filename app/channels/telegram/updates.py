"""What people write to the bots: heard by whoever holds the lease, answered, and only then forgotten."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from cryptography.fernet import InvalidToken
from sqlalchemy import select

from app.channels import ChannelFailure
from app.channels.actions import note_result
from app.channels.telegram import NAME
from app.channels.telegram.api import Incoming, Update, next_update, send_message
from app.channels.telegram.models import TelegramBot
from app.channels.telegram.queries import token_of
from app.db import Claim, OrganisationSession, claim, holds, locking, reading, transaction, transaction_across
from app.ids import OrganisationId
from app.web.settings import settings

log = structlog.get_logger()
LEASE = timedelta(seconds=60)
OFTEN = timedelta(seconds=2)
SELDOM = timedelta(seconds=20)
AFTER_TROUBLE = timedelta(seconds=30)
AFTER_REFUSAL = timedelta(minutes=5)
# After a silent week Telegram may number its updates anew, from below those that we have seen.
NUMBERS_HOLD = timedelta(days=5)
MOST_AT_ONCE = 20
Answer = Callable[[OrganisationId, Incoming], str | None]


def poll_bots(answer: Answer, *, now: datetime, limit: int = 5) -> int:
    """Ask for news of each bot that is due; how many bots were asked.

    `answer` takes what was written and gives the reply, if any. It is called again for the same words when
    a process dies in the middle, so what it does has to be the same the second time.
    """
    with transaction_across() as session:
        claims = claim(session, TelegramBot, now=now, lease=LEASE, limit=limit)
    for claimed in claims:
        try:
            _poll(answer, claimed, now=now)
        except Exception as error:  # noqa: BLE001 - the next bot must not wait for this one
            log.error("bot_failed", bot=str(claimed.id), error=type(error).__name__)
    return len(claims)


def _poll(answer: Answer, claimed: Claim, *, now: datetime) -> None:
    failure: ChannelFailure | None = None
    try:
        _listen(answer, claimed, now=now)
    except ChannelFailure as refusal:
        failure = refusal
    except InvalidToken:
        failure = ChannelFailure("secret_key_changed", is_permanent=True)
    with transaction(claimed.organisation_id) as session:
        bot = _held(session, claimed)
        if bot:
            bot.lease_until = None
            bot.due_at = now + _rest(bot, failure, now=now)
            note_result(session, NAME, failure, now=now)


def _listen(answer: Answer, claimed: Claim, *, now: datetime) -> None:
    for _ in range(MOST_AT_ONCE):
        with reading(claimed.organisation_id) as session:
            bot = session.scalar(select(TelegramBot).where(holds(TelegramBot, claimed)))
        if bot is None:
            return  # our lease ran out, and another ticker is at it
        token = token_of(bot, settings().secret_key)
        is_known = bot.heard_at is not None and bot.heard_at > now - NUMBERS_HOLD
        update = next_update(token, bot.next_update if is_known else None)
        if update is None:
            return
        if update.incoming:
            _reply(token, update.incoming, answer(claimed.organisation_id, update.incoming))
        _forget(claimed, update, now=now)


def _reply(token: str, incoming: Incoming, words: str | None) -> None:
    """Say it once: somebody who gets no reply looks at the page, or writes again."""
    if words:
        try:
            send_message(token, incoming.chat_id, words, None)
        except ChannelFailure as failure:
            log.warning("no_reply", reason=failure.reason)


def _forget(claimed: Claim, update: Update, *, now: datetime) -> None:
    with transaction(claimed.organisation_id) as session:
        bot = _held(session, claimed)
        if bot:
            bot.next_update, bot.heard_at = update.id + 1, now


def _held(session: OrganisationSession, claimed: Claim) -> TelegramBot | None:
    return session.scalar(locking(select(TelegramBot).where(holds(TelegramBot, claimed))))


def _rest(bot: TelegramBot, failure: ChannelFailure | None, *, now: datetime) -> timedelta:
    if failure:
        wait = AFTER_REFUSAL if failure.is_permanent else AFTER_TROUBLE
        return max(wait, failure.retry_after or wait)
    return OFTEN if bot.listens_until and bot.listens_until > now else SELDOM
