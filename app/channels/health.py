"""Channels that do not work: told to monitors as a number, and to members above every page."""

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from app import clock
from app.channels import ChannelFailure
from app.channels.catalogue import CHANNELS
from app.channels.queries import cut_off_count, down_channels, down_count, states
from app.channels.words import failure_words
from app.db import OrganisationSession, reading
from app.ids import OrganisationId
from app.web.actor import Actor, Permission
from app.web.banners import Banner, add_banners
from app.web.health import add_alerting_check, add_gauge
from app.web.languages import SOURCE_LANGUAGE


def watch_channels() -> None:
    """Let health, metrics and pages know of channels that are down."""
    add_gauge("channels_down", "Channels of organisations that somebody has to see to.", down_count)
    add_alerting_check("channels", _fault)
    add_banners("channels", _banners)


def channel_troubles(organisation_id: OrganisationId, *, now: datetime) -> list[str]:
    """What is wrong with an organisation's channels, in English for its operator; nothing is sent."""
    with reading(organisation_id) as session:
        ready = [channel for channel in CHANNELS.values() if channel.is_ready(session)]
        failures = {name: state.failure for name, state in states(session).items() if state.is_down(now=now)}
    for channel in ready:
        try:
            if channel.check:
                channel.check(organisation_id)
        except ChannelFailure as failure:
            failures[channel.name] = failure.reason
    with force_locale(SOURCE_LANGUAGE):
        return [f"{name}: {failure_words(reason)}" for name, reason in failures.items()]


def _fault(session: OrganisationSession, now: datetime) -> str | None:
    cut_off = cut_off_count(session, now)
    return f"{cut_off} organisations have no channel that works: run `flask doctor`" if cut_off else None


def _banners(actor: Actor) -> list[Banner]:
    with reading(actor.organisation_id) as session:
        down = down_channels(session, now=clock.now())
    path = "/settings/channels" if actor.may(Permission.EDIT_SETTINGS) else None
    return [
        Banner(
            _(
                "%(channel)s does not work. Until it does, messages go by other channels, if there are any.",
                channel=CHANNELS[name].words(),
            ),
            path,
        )
        for name in down
        if name in CHANNELS
    ]
