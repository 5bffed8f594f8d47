"""The local mailbox, for a demonstration without a mail server."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from app.db import OrganisationRow


class MailboxMessage(OrganisationRow):
    """A message as a mail server would have carried it; the same reference is kept once."""

    __tablename__ = "mailbox_messages"

    reference: Mapped[str]
    recipient: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    sent_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("organisation_id", "reference"),)
