"""A channel's turns are taken one after another, and what became of each message is remembered."""

from datetime import datetime, timedelta

from sqlalchemy import select

from app.channels import ChannelFailure
from app.channels.models import ChannelState
from app.channels.rules import PAUSE, free_after, next_turn, turn_at
from app.db import OrganisationSession, insert_once, locking

# A success is news only after a failure, or now and then: not every message has to write it.
_TOLD_AGAIN_AFTER = timedelta(seconds=30)


def take_turn(session: OrganisationSession, channel: str, *, now: datetime) -> datetime | None:
    """Take the next turn of a channel's pace: ``None``, or the instant before which nothing may go out."""
    state = _lock(session, channel)
    following = next_turn(state.free_at, state.per_minute, now=now)
    if following is None and state.free_at:
        return turn_at(state.free_at)
    state.free_at = following
    return None


def note_result(
    session: OrganisationSession, channel: str, failure: ChannelFailure | None, *, now: datetime
) -> None:
    """Remember that a message got through, or why it did not. After two failures in a row it is let rest."""
    if failure is None:
        _note_success(session, channel, now=now)
        return
    state = _lock(session, channel)
    state.last_failed_at, state.failure = now, failure.reason
    wait = failure.retry_after
    if state.failing_since and not failure.is_of_address:
        wait = max(wait or PAUSE, PAUSE)
    if wait:
        state.free_at = max(state.free_at or now, free_after(wait, now=now))
    if not failure.is_of_address:
        state.failing_since = state.failing_since or now
        state.is_broken = state.is_broken or failure.is_permanent


def begin_anew(session: OrganisationSession, channel: str, per_minute: int | None) -> None:
    """The channel was set up: what was wrong before is forgotten, and its pace is this."""
    state = _lock(session, channel)
    state.per_minute = per_minute
    state.free_at = state.failing_since = state.failure = state.last_failed_at = None
    state.is_broken = False


def forget_channel(session: OrganisationSession, channel: str) -> None:
    """The channel is no longer in use."""
    session.delete(_lock(session, channel))
    session.flush()


def _note_success(session: OrganisationSession, channel: str, *, now: datetime) -> None:
    known = session.scalar(select(ChannelState).where(ChannelState.channel == channel))
    is_news = known is None or known.last_worked_at is None or known.failing_since is not None
    if is_news or (known and known.last_worked_at and known.last_worked_at <= now - _TOLD_AGAIN_AFTER):
        state = _lock(session, channel)
        state.last_worked_at, state.is_broken = now, False
        state.failing_since = None


def _lock(session: OrganisationSession, channel: str) -> ChannelState:
    """The channel's row, made when it is not there yet, kept from others until we commit."""
    statement = locking(select(ChannelState).where(ChannelState.channel == channel))
    found = session.scalar(statement)
    if found is None:
        insert_once(session, ChannelState, ["organisation_id", "channel"], channel=channel, is_broken=False)
        found = session.scalars(statement).one()
    return found
