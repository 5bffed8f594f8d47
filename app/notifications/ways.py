"""By which channels a person hears of an alert, in which order, and whose phone is left alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.accounts.queries import Member
from app.alerts.models import Alert
from app.alerts.rules import Severity
from app.channels.catalogue import CHANNELS
from app.channels.email.sender import EMAIL
from app.db import OrganisationSession, get_row
from app.notifications.queries import addresses, find_settings
from app.stores.models import Store


@dataclass(frozen=True, slots=True)
class Way:
    """A channel and the person's address in it."""

    channel: str
    address: str


def ways_of(session: OrganisationSession, member: Member, *, is_spared: bool = False) -> list[Way]:
    """The member's channels that can be used now, in their order, those that ring left out when spared.

    E-mail comes last where the member has left it out: it is better than not to hear at all.
    """
    own, wish = addresses(session, member.id), find_settings(session, member.id)
    known = {name: row.address for name, row in own.items() if row.broken_at is None}
    known[EMAIL.name] = member.email
    order = dict.fromkeys([*(wish.channels if wish else ()), EMAIL.name])
    usable = (CHANNELS[name] for name in order if name in CHANNELS and name in known)
    return [
        Way(channel.name, known[channel.name])
        for channel in usable
        if not (is_spared and channel.is_loud) and channel.is_ready(session)
    ]


def spared(
    session: OrganisationSession, alert: Alert, membership_ids: Iterable[UUID], *, now: datetime
) -> set[UUID]:
    """Who of the people of a step has quiet hours that are kept.

    They are not kept for a critical alert, nor while the store is open and everybody of the step has them:
    the promise comes first.
    """
    people = set(membership_ids)
    quiet = {person for person in people if is_quiet(session, person, now=now)}
    if alert.severity == Severity.CRITICAL:
        return set()
    if quiet == people and get_row(session, Store, alert.store_id).calendar.is_open(now):
        return set()
    return quiet


def is_quiet(session: OrganisationSession, membership_id: UUID, *, now: datetime) -> bool:
    """Whether the member's phone would rather stay silent now."""
    wish = find_settings(session, membership_id)
    hours = wish.quiet_hours if wish else None
    return hours is not None and hours.hold(now)
