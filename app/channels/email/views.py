"""The local mailbox page: what a mail server would have carried."""

from flask import Blueprint, render_template
from sqlalchemy import select

from app.channels.email.models import MailboxMessage
from app.db import reading
from app.errors import NotFound
from app.web.access import current_actor, member
from app.web.actor import Permission
from app.web.settings import settings

pages = Blueprint("mailbox", __name__, template_folder="templates")
_MOST = 100


@pages.get("/mailbox")
@member(Permission.EDIT_SETTINGS)
def mailbox() -> str:
    """The newest hundred messages; there is no such page once a mail server is set."""
    if not settings().has_mailbox:
        raise NotFound()
    with reading(current_actor().organisation_id) as session:
        newest = select(MailboxMessage).order_by(MailboxMessage.sent_at.desc()).limit(_MOST)
        return render_template("email/mailbox.html", messages=session.scalars(newest).all())
