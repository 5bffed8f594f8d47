"""My notifications: by which channels, in which order, when not, and does it work."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.accounts.queries import get_member
from app.channels.catalogue import CHANNELS
from app.channels.email.sender import EMAIL
from app.channels.sms.sender import SMS
from app.channels.telegram.queries import find_bot
from app.channels.telegram.sender import TELEGRAM
from app.channels.words import failure_words
from app.db import OrganisationSession, reading, transaction
from app.errors import NotFound
from app.notifications.actions import create_link_code, request_trial, save_preferences, unlink_address
from app.notifications.forms import PLACES, PersonalForm, form_of, read_preferences
from app.notifications.models import PersonalAddress, Trial
from app.notifications.queries import addresses, find_settings, trials
from app.notifications.rules import HOME_ZONE
from app.stores.places import time_zones
from app.web.access import current_actor, member
from app.web.actor import Permission
from app.web.forms import read_form

pages = Blueprint(
    "notifications", __name__, template_folder="../templates", url_prefix="/settings/notifications"
)
Page = str | tuple[str, int] | AnyResponse


@dataclass(frozen=True, slots=True)
class Line:
    """One channel of the page: where the member is reached, and how the last test went."""

    name: str
    words: str
    address: str
    is_broken: bool
    trial: Trial | None
    failure: str


@pages.get("")
@member()
def show() -> str:
    """How the member gets notifications."""
    with reading(current_actor().organisation_id) as session:
        return _page(session)


@pages.post("")
@member()
def save() -> Page:
    """Keep channels, number and quiet hours."""
    actor = current_actor()
    raw = read_form(request)
    with transaction(actor.organisation_id) as session:
        form = read_preferences(session, raw, addresses(session, actor.membership_id))
        if form.faults:
            return _page(session, form), 422
        save_preferences(session, actor.membership_id, form.wish, now=clock.now())
    return redirect(url_for("notifications.show"), 303)


@pages.post("/telegram/code")
@member()
def code() -> str:
    """A code that links a chat: it is shown now and never again."""
    actor = current_actor()
    with transaction(actor.organisation_id) as session:
        bot = find_bot(session)
        if bot is None:
            raise NotFound()
        made = create_link_code(session, actor.membership_id, now=clock.now())
        link = f"https://t.me/{bot.username}?start={made}"
        return _page(session, code=made, link=link)


@pages.post("/telegram/unlink")
@member()
def unlink() -> AnyResponse:
    """Send nothing more to the linked chat."""
    actor = current_actor()
    with transaction(actor.organisation_id) as session:
        unlink_address(session, actor.membership_id, TELEGRAM.name)
    return redirect(url_for("notifications.show"), 303)


@pages.post("/<channel>/test")
@member()
def test(channel: str) -> AnyResponse:
    """Send a test message the way that alerts go."""
    actor = current_actor()
    with transaction(actor.organisation_id) as session:
        if channel not in {line.name for line in _lines(session)}:
            raise NotFound()
        request_trial(session, actor.membership_id, channel, now=clock.now())
    return redirect(url_for("notifications.show", _anchor=f"channel-{channel}"), 303)


def _lines(session: OrganisationSession) -> list[Line]:
    """The channels by which the member can be reached, e-mail first."""
    actor = current_actor()
    own, tried = addresses(session, actor.membership_id), trials(session, actor.membership_id)
    email = get_member(session, actor.membership_id).email
    found = {EMAIL.name: (email, False)}
    found |= {name: (_shown(row), row.broken_at is not None) for name, row in own.items()}
    return [
        Line(
            name=name,
            words=channel.words(),
            address=found[name][0],
            is_broken=found[name][1],
            trial=tried.get(name),
            failure=failure_words(tried[name].failure) if name in tried else "",
        )
        for name, channel in CHANNELS.items()
        if name in found and channel.is_ready(session)
    ]


def _shown(row: PersonalAddress) -> str:
    """A number as it is; a chat by the name that its owner has in it."""
    return row.address if row.channel == SMS.name else row.name or _("your chat")


def _page(
    session: OrganisationSession, form: PersonalForm | None = None, *, code: str = "", link: str = ""
) -> str:
    actor = current_actor()
    own, wish = addresses(session, actor.membership_id), find_settings(session, actor.membership_id)
    form = form or form_of(wish, own)
    ready = [channel for channel in CHANNELS.values() if channel.is_ready(session)]
    return render_template(
        "notifications/personal.html",
        form=form,
        faults=form.faults,
        lines=_lines(session),
        choices=[(channel.name, channel.words()) for channel in ready],
        places=_place_words(),
        ready={channel.name for channel in ready},
        bot=find_bot(session),
        chat=own.get(TELEGRAM.name),
        zone=wish.time_zone if wish else HOME_ZONE,
        zones=[(zone, zone) for zone in time_zones()],
        code=code,
        link=link,
        may_connect=actor.may(Permission.EDIT_SETTINGS),
    )


def _place_words() -> list[tuple[str, str]]:
    return list(zip(PLACES, (_("First by"), _("If that fails, by"), _("Then by")), strict=True))
