"""The organisation's bot."""

from datetime import datetime

from sqlalchemy import BigInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import LeasedRow


class TelegramBot(LeasedRow):
    """A bot and how far it has listened: whoever holds the lease asks for news when `due_at` comes.

    `listens_until`: somebody is about to write, so it asks often. `heard_at` is when it last heard anything.
    """

    __tablename__ = "telegram_bots"

    bot_id: Mapped[str] = mapped_column(unique=True)
    username: Mapped[str]
    name: Mapped[str]
    token_sealed: Mapped[str]
    next_update: Mapped[int | None] = mapped_column(BigInteger)
    heard_at: Mapped[datetime | None]
    listens_until: Mapped[datetime | None]
    connected_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("organisation_id"),)
