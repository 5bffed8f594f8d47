"""States of a notification."""

from enum import StrEnum


class NotificationState(StrEnum):
    """Where a message stands. `suppressed` means that it was no longer needed when its turn came."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
