"""The words of outbound webhooks, when to try again, and when to give an endpoint up."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

from app.events.catalogue import PUBLIC, EventName

TEST_TYPE = "webhook.test"
TYPES = tuple(name.value for name in EventName if name in PUBLIC)
MOST_ENDPOINTS = 20
RUNS_AT_ONCE = 2
RUN = 20
GIVE_UP_AFTER = timedelta(days=5)
TWO_SECRETS_FOR = timedelta(hours=24)
KEPT = timedelta(days=30)
_MOST_WAIT = timedelta(hours=24)
_JITTER = 0.2
# After each attempt but the last; with the first one at once these are eleven attempts in about 75.6 hours.
_WAITS = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
_SECONDS = re.compile(r"\d{1,10}", re.ASCII)
_ASKS_TO_WAIT = (429, 503)


class EndpointState(StrEnum):
    """Whether an endpoint is sent to."""

    ACTIVE = "active"
    DISABLED = "disabled"


class Disabled(StrEnum):
    """Why an endpoint is not sent to: somebody paused it, it answered 410, or it failed for five days."""

    PAUSED = "paused"
    GONE = "gone"
    FAILING = "failing"


class DeliveryState(StrEnum):
    """Where a delivery stands. `cancelled` was held back while its endpoint was disabled."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNDELIVERED = (DeliveryState.FAILED, DeliveryState.CANCELLED)


class Outcome(StrEnum):
    """How an attempt ended where there was an answer; without one, the sender's fault is the word."""

    DELIVERED = "delivered"
    REFUSED = "refused"


def is_success(status: int | None) -> bool:
    """Whether a receiver took it: a redirect has not."""
    return status is not None and 200 <= status <= 299


def retry_wait(attempts: int, kind: str, *, chance: float) -> timedelta | None:
    """How long to wait after so many attempts, 20 % more or less by `chance` (0 to 1); ``None`` gives up.

    Somebody waits for the result of a test: it is tried once.
    """
    if kind == TEST_TYPE or attempts > len(_WAITS):
        return None
    return _WAITS[max(attempts, 1) - 1] * (1 + _JITTER * (2 * chance - 1))


def asked_wait(status: int | None, retry_after: str | None, *, now: datetime) -> timedelta | None:
    """How long the receiver asks us to wait (429 and 503 may): seconds or an HTTP date, 24 hours at most."""
    if status not in _ASKS_TO_WAIT or retry_after is None:
        return None
    wait = _read_wait(retry_after.strip(), now)
    return min(wait, _MOST_WAIT) if wait and wait > timedelta(0) else None


def has_failed_too_long(failing_since: datetime | None, *, now: datetime) -> bool:
    """Whether an endpoint has done nothing but fail for five days."""
    return failing_since is not None and now - failing_since >= GIVE_UP_AFTER


def _read_wait(text: str, now: datetime) -> timedelta | None:
    if _SECONDS.fullmatch(text):
        return timedelta(seconds=int(text))
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
