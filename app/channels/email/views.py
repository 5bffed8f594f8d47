"""The local mailbox page: what a mail server would have carried."""

from flask import Blueprint, render_template
from sqlalchemy import select

from app.channels.email.models import MailboxMessage
from app.db import reading
from app.errors import NotFound
from app.text import masked_email
from app.web.access import current_actor, member
from app.web.actor import Permission
from app.web.settings import settings

pages = Blueprint("mailbox", __name__, template_folder="templates")
_MOST = 100
# Letters to members. Whoever else a letter goes to is a shopper, whose contact is nobody's to read here.
_TO_MEMBERS = ("notification-", "account-")


@pages.get("/mailbox")
@member(Permission.EDIT_SETTINGS)
def mailbox() -> str:
    """The newest hundred messages; there is no such page once a mail server is set."""
    if not settings().has_mailbox:
        raise NotFound()
    with reading(current_actor().organisation_id) as session:
        newest = select(MailboxMessage).order_by(MailboxMessage.sent_at.desc()).limit(_MOST)
        messages = [(message, _recipient(message)) for message in session.scalars(newest)]
        return render_template("email/mailbox.html", messages=messages)


def _recipient(message: MailboxMessage) -> str:
    is_member = message.reference.startswith(_TO_MEMBERS)
    return message.recipient if is_member else masked_email(message.recipient)
