"""The only reader of the clock. Edges read it once and pass ``now=`` down."""

from datetime import UTC, datetime


def now() -> datetime:
    """This instant, in UTC, with its zone."""
    return datetime.now(UTC)
