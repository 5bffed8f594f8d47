"""What an invitation is about, how long it lives, and when two spellings mean the same receipt."""

from datetime import datetime, timedelta
from enum import StrEnum

from app.errors import Invalid
from app.text import clean_line, grapheme_count, reference_key

USUAL_LIFE_DAYS = 30
MOST_LIFE_DAYS = 365
CLOCK_AHEAD = timedelta(minutes=5)
NUMBER_GRAPHEMES = 64
MOST_MINOR = 10**15 - 1
FORGOTTEN_AFTER = timedelta(days=30)


class Kind(StrEnum):
    """What the shopper is asked about."""

    RECEIPT = "receipt"
    CALL = "call"
    ORDER = "order"


class State(StrEnum):
    """What can still become of an invitation."""

    OPEN = "open"
    ANSWERED = "answered"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


def state_of(
    redeemed_at: datetime | None, cancelled_at: datetime | None, expires_at: datetime, *, now: datetime
) -> State:
    """The state of an invitation. An answer stays one, whatever happens to the receipt later."""
    if redeemed_at:
        return State.ANSWERED
    if cancelled_at:
        return State.CANCELLED
    return State.OPEN if expires_at > now else State.EXPIRED


def number_of(raw: str) -> str:
    """A receipt's number as it is printed; raises `Invalid` (``empty``, ``too_long``).

    Two numbers whose `reference_key` is the same are one receipt. It must not repeat within a store.
    """
    number = clean_line(raw)
    if not reference_key(number):
        raise Invalid(faults={"number": "empty"})
    if grapheme_count(number) > NUMBER_GRAPHEMES:
        raise Invalid(faults={"number": "too_long"})
    return number


def check_issue_time(issued_at: datetime, life: timedelta, *, now: datetime) -> None:
    """Raise `Invalid` for a receipt of the future (``in_the_future``) or past its life (``too_old``)."""
    if issued_at > now + CLOCK_AHEAD:
        raise Invalid(faults={"issued_at": "in_the_future"})
    if issued_at + life <= now:
        raise Invalid(faults={"issued_at": "too_old"})
