"""Ways out: one folder for each. A channel knows no alert and no invitation, only message and address."""

from dataclasses import dataclass
from datetime import timedelta

_RETRY_SECONDS = (5, 15, 30, 60)
_LAST_RETRY_SECONDS = 120
_MOST_ATTEMPTS = 40


@dataclass
class ChannelFailure(Exception):
    """The one way in which any channel fails. A permanent failure is not tried again."""

    reason: str
    is_permanent: bool = False


def retry_after(attempts: int) -> timedelta | None:
    """How long to wait after so many attempts (5, 15, 30, 60 s, then 2 minutes); ``None`` to give up."""
    if attempts >= _MOST_ATTEMPTS:
        return None
    place = max(attempts, 1) - 1
    return timedelta(seconds=_RETRY_SECONDS[place] if place < len(_RETRY_SECONDS) else _LAST_RETRY_SECONDS)
