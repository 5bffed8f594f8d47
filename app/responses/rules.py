"""What a response may be, and for how long it may change."""

from datetime import datetime, timedelta
from enum import StrEnum

RATINGS = range(11)
DETRACTOR_MOST = 6
PROMOTER_LEAST = 9
CORRECTION = timedelta(minutes=30)
PAGES_NOBODY_AFTER = timedelta(hours=24)
PHONE_CLOCK_BELIEVED = timedelta(hours=48)
CLOCKS_MAY_DIFFER = timedelta(minutes=5)
NOBODY_WRITES_IN = timedelta(seconds=1.5)


class Channel(StrEnum):
    """How the answer came."""

    QR = "qr"
    RECEIPT = "receipt"
    VIBER = "viber"
    SMS = "sms"
    EMAIL = "email"
    CALL = "call"
    KIOSK = "kiosk"
    WEB = "web"
    MESSENGER = "messenger"
    STAFF = "staff"
    API = "api"


# How an answer may have come that another system took; the other channels lead over our own pages.
TAKEN_ELSEWHERE = tuple(channel for channel in Channel if channel not in (Channel.QR, Channel.RECEIPT))


def is_negative(rating: int) -> bool:
    """Whether an NPS rating is a detractor's (0 to 6): it opens an alert."""
    return rating <= DETRACTOR_MOST


def may_change(received_at: datetime, now: datetime) -> bool:
    """Whether the shopper may still correct the response: for 30 minutes."""
    return now - received_at <= CORRECTION


def is_late(answered_at: datetime, received_at: datetime) -> bool:
    """Whether an answer waited so long on a phone that it must page nobody: over 24 hours."""
    return received_at - answered_at > PAGES_NOBODY_AFTER


def is_hasty(answered_at: datetime, completed_at: datetime) -> bool:
    """Whether a comment came faster after its rating than a person writes: no machine waits 1.5 seconds."""
    return completed_at - answered_at < NOBODY_WRITES_IN


def believed_answer_time(claimed: datetime | None, received_at: datetime) -> datetime:
    """The device's time of the answer, unless it lies in the future or more than 48 hours back."""
    if claimed is None or not received_at - PHONE_CLOCK_BELIEVED <= claimed <= received_at:
        return received_at
    return claimed
