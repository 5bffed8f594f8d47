"""Whether requests can be served and alerts are kept, and what waits: upper layers say what they know."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.db import LeasedRow, OrganisationSession, looking_across, missing_migration, reading

Check = Callable[[OrganisationSession, datetime], str | None]
Waiting = Callable[[datetime], Select[int, datetime | None]]
Count = Callable[[OrganisationSession, datetime], int]
Totals = Callable[[OrganisationSession], Mapping[str, int]]

_alerting: dict[str, Check] = {}
waiting: dict[str, Waiting] = {}
gauges: dict[str, tuple[str, Count]] = {}
counters: dict[str, tuple[str, str, Totals]] = {}


def add_alerting_check(name: str, check: Check) -> None:
    """Register a check of the promise that answers what is wrong, or ``None``; it sees all organisations."""
    _alerting[name] = check


def watch_work(lane: str, found: Waiting) -> None:
    """Register a kind of work by the statement that finds how much is due and since when."""
    waiting[lane] = found


def add_gauge(name: str, meaning: str, count: Count) -> None:
    """Register a number over all organisations for /metrics."""
    gauges[name] = (meaning, count)


def add_counter(name: str, meaning: str, label: str, totals: Totals) -> None:
    """Register numbers that only grow, over all organisations, by one label: what workers count in rows."""
    counters[name] = (meaning, label, totals)


def due_rows(kind: type[LeasedRow]) -> Waiting:
    """How many rows of promised work are due, and since when the oldest."""
    return lambda now: select(func.count(), func.min(kind.due_at)).where(kind.due_at <= now)


def readiness_faults() -> Mapping[str, str]:
    """What keeps this process from serving: the database, or its migrations. Redis is not among it."""
    try:
        with reading(None) as session:
            missing = missing_migration(session)
    except (SQLAlchemyError, PoolTimeout) as error:
        return {"database": type(error).__name__}
    return {"migrations": f"the database lacks {missing}"} if missing else {}


def alerting_faults(now: datetime) -> Mapping[str, str]:
    """What endangers the promise: work of alerts that is later than it may be."""
    try:
        with looking_across() as session:
            found = {name: check(session, now) for name, check in _alerting.items()}
    except (SQLAlchemyError, PoolTimeout) as error:
        return {"database": type(error).__name__}
    return {name: fault for name, fault in found.items() if fault}


def lateness(session: OrganisationSession, lane: str, now: datetime) -> tuple[int, timedelta]:
    """How much of a kind of work is due, and for how long the oldest has been."""
    count, since = session.execute(waiting[lane](now)).one()
    return count, now - since if since else timedelta(0)
