"""The organisation's channels: what is connected, and when each last worked and failed."""

from dataclasses import dataclass

from flask import Blueprint, render_template

from app import clock
from app.channels.catalogue import CHANNELS
from app.channels.models import ChannelState
from app.channels.queries import states
from app.channels.words import failure_words
from app.db import OrganisationSession, reading
from app.web.access import current_actor, member
from app.web.actor import Permission
from app.web.settings import settings

pages = Blueprint("channels", __name__, template_folder="templates", url_prefix="/settings/channels")
ZONE = "Europe/Kyiv"


@dataclass(frozen=True, slots=True)
class Line:
    """One channel of the list; `state` is empty while nothing went through it."""

    name: str
    words: str
    is_ready: bool
    is_down: bool
    state: ChannelState | None
    failure: str


@pages.get("")
@member(Permission.EDIT_SETTINGS)
def overview() -> str:
    """Every channel and how it does."""
    with reading(current_actor().organisation_id) as session:
        return render_template(
            "channels/overview.html", lines=channel_lines(session), zone=ZONE, has_server=settings().mail_url
        )


def channel_lines(session: OrganisationSession) -> list[Line]:
    """How each channel does, in the order of the catalogue."""
    known, now = states(session), clock.now()
    return [
        Line(
            name=channel.name,
            words=channel.words(),
            is_ready=channel.is_ready(session),
            is_down=channel.name in known and known[channel.name].is_down(now=now),
            state=known.get(channel.name),
            failure=failure_words(known[channel.name].failure) if channel.name in known else "",
        )
        for channel in CHANNELS.values()
    ]
