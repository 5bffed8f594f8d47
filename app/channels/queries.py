"""How the channels do."""

from datetime import datetime

from sqlalchemy import ColumnElement, distinct, false, func, or_, select

from app.channels.models import ChannelState
from app.channels.rules import PATIENCE
from app.db import OrganisationSession


def find_state(session: OrganisationSession, channel: str) -> ChannelState | None:
    """How a channel does; ``None`` while nothing has been sent through it or set about it."""
    return session.scalar(select(ChannelState).where(ChannelState.channel == channel))


def states(session: OrganisationSession) -> dict[str, ChannelState]:
    """How each channel does, by name."""
    return {row.channel: row for row in session.scalars(select(ChannelState))}


def down_channels(session: OrganisationSession, *, now: datetime) -> list[str]:
    """Names of the channels that somebody has to see to."""
    return list(
        session.scalars(select(ChannelState.channel).where(_is_down(now)).order_by(ChannelState.channel))
    )


def down_count(session: OrganisationSession, now: datetime) -> int:
    """How many channels are down, over all organisations that the session sees."""
    return session.scalar(select(func.count()).select_from(ChannelState).where(_is_down(now))) or 0


def cut_off_count(session: OrganisationSession, now: datetime) -> int:
    """How many organisations have tried every channel of theirs, and not one of them works."""
    works = select(ChannelState.organisation_id).where(~_is_down(now))
    cut_off = select(func.count(distinct(ChannelState.organisation_id))).where(
        ChannelState.organisation_id.not_in(works)
    )
    return session.scalar(cut_off) or 0


def _is_down(now: datetime) -> ColumnElement[bool]:
    has_lasted = func.coalesce(ChannelState.failing_since <= now - PATIENCE, false())
    return or_(ChannelState.is_broken, has_lasted)
