"""When a channel counts as down, and how a pace is kept."""

from datetime import datetime, timedelta

# Trouble that lasts so long is told of, even where the other side may yet come back.
PATIENCE = timedelta(minutes=5)
# So much may go out at once before the pace is felt.
BURST = timedelta(seconds=1)
# Where two in a row have failed, so long nobody waits for the channel: every attempt could take its time.
PAUSE = timedelta(seconds=15)
MOST_PER_MINUTE = 6_000


def next_turn(free_at: datetime | None, per_minute: int | None, *, now: datetime) -> datetime | None:
    """When the turn after this one begins; ``None`` where it is not our turn yet (see `turn_at`)."""
    if free_at and turn_at(free_at) > now:
        return None
    if per_minute is None:
        return now
    return max(free_at or now, now) + timedelta(minutes=1) / per_minute


def turn_at(free_at: datetime) -> datetime:
    """The instant from which a channel that is free then may be used."""
    return free_at - BURST


def free_after(wait: timedelta, *, now: datetime) -> datetime:
    """What `free_at` must be so that nothing goes out before that wait is over."""
    return now + wait + BURST
