"""The page of the organisation's Telegram bot."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.audit.actions import record_deed
from app.audit.rules import AuditDeed
from app.channels import ChannelFailure
from app.channels.telegram import NAME
from app.channels.telegram.actions import connect_bot, disconnect_bot
from app.channels.telegram.api import Bot, get_bot
from app.channels.telegram.queries import find_bot
from app.channels.telegram.rules import is_token
from app.channels.telegram.sender import check_token
from app.channels.words import failure_words
from app.db import OrganisationSession, reading, transaction
from app.web.access import current_actor, member
from app.web.actor import Permission
from app.web.forms import only, read_form
from app.web.settings import settings

pages = Blueprint("telegram", __name__, template_folder="templates", url_prefix=f"/settings/channels/{NAME}")
Page = str | tuple[str, int] | AnyResponse


@pages.get("")
@member(Permission.EDIT_SETTINGS)
def show() -> str:
    """The bot that is connected, or how to get one."""
    with reading(current_actor().organisation_id) as session:
        return _page(session, {})


@pages.post("")
@member(Permission.EDIT_SETTINGS)
def connect() -> Page:
    """Ask Telegram whose token it is, and keep it sealed."""
    token = only(read_form(request), "token").strip()
    try:
        bot = _ask(token)
        _connect(bot, token)
    except ChannelFailure as failure:
        return _refuse(failure_words(failure.reason))
    except IntegrityError:
        return _refuse(_("Another organisation here uses this bot. Make one of your own."))
    return redirect(url_for("telegram.show"), 303)


@pages.post("/remove")
@member(Permission.EDIT_SETTINGS)
def remove() -> Page:
    """Forget the bot whose name was typed to confirm it."""
    actor = current_actor()
    typed = only(read_form(request), "confirm").strip().removeprefix("@").casefold()
    with transaction(actor.organisation_id) as session:
        bot = find_bot(session)
        if bot and typed != bot.username.casefold():
            words = _("Type the bot's name to disconnect it: %(name)s", name=bot.username)
            return _page(session, {"confirm": words}), 422
        if bot:
            disconnect_bot(session)
            record_deed(
                session, AuditDeed.CHANNEL_CHANGED, actor.doer, NAME, now=clock.now(), change="disconnected"
            )
    return redirect(url_for("telegram.show"), 303)


def _ask(token: str) -> Bot:
    if not is_token(token):
        raise ChannelFailure("no_token")
    check_token(token)
    return get_bot(token)


def _connect(bot: Bot, token: str) -> None:
    actor, now = current_actor(), clock.now()
    with transaction(actor.organisation_id) as session:
        connect_bot(session, bot, token, settings().secret_key, now=now)
        record_deed(
            session,
            AuditDeed.CHANNEL_CHANGED,
            actor.doer,
            NAME,
            now=now,
            change="connected",
            bot=bot.username,
        )


def _refuse(words: str) -> Page:
    with reading(current_actor().organisation_id) as session:
        return _page(session, {"token": words}), 422


def _page(session: OrganisationSession, faults: dict[str, str]) -> str:
    return render_template("telegram/bot.html", bot=find_bot(session), faults=faults)
