"""Guessing codes is slow: unknown codes from one network are counted in memory, under a key of the day."""

import hmac
import secrets
from contextlib import suppress
from datetime import date, datetime
from ipaddress import ip_address, ip_network

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from app.errors import TooMany

_UNKNOWN_CODES = RateLimitItemPerMinute(100, 10)


class _DailyKey:
    """A random key for each day, never stored: yesterday's networks cannot be recognised."""

    def __init__(self) -> None:
        self._day = date.min
        self._key = b""

    def digest(self, text: str, day: date) -> str:
        """The text under the day's key."""
        if day != self._day:
            self._day, self._key = day, secrets.token_bytes(32)
        return hmac.digest(self._key, text.encode(), "sha256").hex()


_limiter = FixedWindowRateLimiter(MemoryStorage())
_daily = _DailyKey()


def note_unknown_code(address: str | None, *, now: datetime) -> None:
    """Count a wrong code; raises `TooMany` after 100 in ten minutes from one network (/24 or /48)."""
    if not _limiter.hit(_UNKNOWN_CODES, _bucket(address, now.date())):
        raise TooMany(retry_after_seconds=600)


def _bucket(address: str | None, day: date) -> str:
    network = address or ""
    with suppress(ValueError):
        bits = 24 if ip_address(network).version == 4 else 48
        network = str(ip_network(f"{network}/{bits}", strict=False))
    return _daily.digest(network, day)
