"""States of a notification, and the hours in which a person's phone stays silent."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

CODE_HOLDS = timedelta(minutes=10)
LINK_HOLDS = timedelta(hours=24)
TRIAL_EVERY = timedelta(seconds=30)
HOME_ZONE = "Europe/Kyiv"


class NotificationState(StrEnum):
    """Where a message stands. `suppressed` means that it was no longer needed when its turn came."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one time of day to another, over midnight where the end is not after the beginning."""

    begins: time
    ends: time
    zone: str

    def hold(self, at: datetime) -> bool:
        """Whether the phone stays silent at that instant."""
        clock = at.astimezone(ZoneInfo(self.zone)).time().replace(tzinfo=None)
        if self.begins < self.ends:
            return self.begins <= clock < self.ends
        return clock >= self.begins or clock < self.ends
