"""What a member says about getting messages: channels and their order, a chat, a number, quiet hours."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select

from app.channels.email.sender import EMAIL
from app.channels.sms.sender import SMS
from app.channels.telegram.actions import listen_closely
from app.channels.telegram.sender import TELEGRAM
from app.db import OrganisationSession, locking
from app.ids import digest, new_key
from app.notifications.models import LinkCode, PersonalAddress, PersonalSettings
from app.notifications.queries import addresses, find_code, find_settings, owners_of_address
from app.notifications.rules import CODE_HOLDS, HOME_ZONE


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the form of a member's notifications says; `phone` in E.164, times as ``HH:MM``."""

    channels: tuple[str, ...]
    phone: str = ""
    quiet_from: str | None = None
    quiet_to: str | None = None
    time_zone: str = HOME_ZONE


def save_preferences(
    session: OrganisationSession, membership_id: UUID, wish: Preferences, *, now: datetime
) -> None:
    """Keep the order of channels, the number and the quiet hours."""
    row = _settings(session, membership_id)
    row.channels = list(wish.channels)
    row.quiet_from, row.quiet_to, row.time_zone = wish.quiet_from, wish.quiet_to, wish.time_zone
    if wish.phone:
        _set_address(session, membership_id, SMS.name, wish.phone, now=now)
    else:
        _remove_address(session, membership_id, SMS.name)


def create_link_code(session: OrganisationSession, membership_id: UUID, *, now: datetime) -> str:
    """A code that links one chat within ten minutes, returned once; the one before it is worthless now."""
    code = new_key()
    session.execute(delete(LinkCode).where(LinkCode.membership_id == membership_id))
    session.add(LinkCode(membership_id=membership_id, code_digest=digest(code), expires_at=now + CODE_HOLDS))
    session.flush()
    listen_closely(session, now=now, span=CODE_HOLDS)
    return code


def link_chat(
    session: OrganisationSession, code: str, chat_id: str, name: str, *, now: datetime
) -> UUID | None:
    """Send the messages of the code's member to this chat, before every other channel; whose code it was.

    The same chat with the same code again changes nothing. ``None`` for a code that is used, old or nobody's.
    """
    row = find_code(session, digest(code))
    if row is None:
        return None
    row = session.scalars(locking(select(LinkCode).where(LinkCode.id == row.id))).one()
    if row.used_by == chat_id and TELEGRAM.name in addresses(session, row.membership_id):
        return row.membership_id
    if row.used_by is not None or row.expires_at <= now:
        return None
    row.used_by = chat_id
    _set_address(session, row.membership_id, TELEGRAM.name, chat_id, name=name, now=now)
    wish = _settings(session, row.membership_id)
    wish.channels = [TELEGRAM.name, *(channel for channel in wish.channels if channel != TELEGRAM.name)]
    return row.membership_id


def unlink_chat(session: OrganisationSession, chat_id: str) -> list[UUID]:
    """Send nothing more to this chat; whose it was."""
    rows = owners_of_address(session, TELEGRAM.name, chat_id)
    for row in rows:
        unlink_address(session, row.membership_id, TELEGRAM.name)
    return [row.membership_id for row in rows]


def unlink_address(session: OrganisationSession, membership_id: UUID, channel: str) -> None:
    """Forget where the member is reached by a channel, and leave the channel out of their order."""
    _remove_address(session, membership_id, channel)
    wish = find_settings(session, membership_id)
    if wish:
        wish.channels = [name for name in wish.channels if name != channel] or [EMAIL.name]


def mark_broken(session: OrganisationSession, membership_id: UUID, channel: str, *, now: datetime) -> None:
    """Nothing arrives there any more: the member's other channels are used until it is given anew."""
    row = addresses(session, membership_id).get(channel)
    if row and row.broken_at is None:
        row.broken_at = now


def move_address(session: OrganisationSession, membership_id: UUID, channel: str, new: str) -> None:
    """The other side has given the address another name."""
    row = addresses(session, membership_id).get(channel)
    if row:
        row.address = new


def _set_address(
    session: OrganisationSession,
    membership_id: UUID,
    channel: str,
    address: str,
    *,
    name: str = "",
    now: datetime,
) -> None:
    row = addresses(session, membership_id).get(channel)
    if row and row.address == address and row.broken_at is None:
        return
    row = row or PersonalAddress(membership_id=membership_id, channel=channel)
    row.address, row.name, row.since, row.broken_at = address, name, now, None
    session.add(row)
    session.flush()


def _remove_address(session: OrganisationSession, membership_id: UUID, channel: str) -> None:
    session.execute(
        delete(PersonalAddress).where(
            PersonalAddress.membership_id == membership_id, PersonalAddress.channel == channel
        )
    )


def _settings(session: OrganisationSession, membership_id: UUID) -> PersonalSettings:
    """The member's row, made when it is not there yet."""
    known = find_settings(session, membership_id)
    if known is None:
        known = PersonalSettings(membership_id=membership_id, channels=[EMAIL.name], time_zone=HOME_ZONE)
        session.add(known)
        session.flush()
    return known
