"""When a printed code is alive, and when somebody should look whether it still hangs there."""

from datetime import datetime, timedelta
from enum import StrEnum

SILENT_AFTER = timedelta(hours=48)


class Pulse(StrEnum):
    """What the scans of a code say about it."""

    RETIRED = "retired"
    NEW = "new"
    NEVER_SCANNED = "never_scanned"
    ALIVE = "alive"
    SILENT = "silent"


def pulse(created_at: datetime, last_scan_at: datetime | None, *, is_retired: bool, now: datetime) -> Pulse:
    """The state of a code: one that nobody scanned for 48 hours is silent, or was never scanned at all."""
    if is_retired:
        return Pulse.RETIRED
    if last_scan_at is not None:
        return Pulse.SILENT if now - last_scan_at > SILENT_AFTER else Pulse.ALIVE
    return Pulse.NEVER_SCANNED if now - created_at > SILENT_AFTER else Pulse.NEW
