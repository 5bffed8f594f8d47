"""The sweep: whatever became of Redis or of a worker, rows that are due are told of again."""

from datetime import datetime, timedelta

from sqlalchemy import Select, exists, or_, select

from app.alerts.models import Message
from app.classification.actions import PATIENCE, judge_pending
from app.classification.models import Classification
from app.contacts.actions import erase_expired_contacts
from app.db import LeasedRow, looking_across, transaction_across
from app.flow import JUDGE, NOTIFY, PRINT, REPLY
from app.notifications.models import Notification
from app.printing.actions import forget_runs
from app.printing.models import PrintRun
from worker.hurry import Hurry, run_here
from worker.queues import PATIENT

PROMISES: dict[str, type[LeasedRow]] = {
    JUDGE: Classification,
    NOTIFY: Notification,
    REPLY: Message,
    PRINT: PrintRun,
}
LATE = timedelta(seconds=2)
ALONE = timedelta(seconds=10)


def sweep(hurry: Hurry, *, now: datetime) -> list[str]:
    """Tell again of every kind of row that is late and in nobody's hands; which kinds there were."""
    late = _late(LATE, now=now)
    hurry.tell(late, mark=f"sweep-{now:%Y%m%dT%H%M%S}")
    return late


def stand_in(*, now: datetime) -> list[str]:
    """Do here what no worker has done in time: the promise needs the database and one ticker, nothing else.

    Messages are sent after ten seconds; comments that nobody has judged in ten minutes go to the word list.
    """
    late = [job for job in _late(ALONE, now=now) if job != JUDGE and job not in PATIENT]
    for job in late:
        run_here(job)
    if JUDGE in _late(PATIENCE, now=now):
        judge_pending(None, now=now)
    return late


def stand_in_patiently(*, now: datetime) -> list[str]:
    """Do here what takes long and what no worker has begun in ten seconds; in a loop of its own."""
    late = [job for job in _late(ALONE, now=now) if job in PATIENT]
    for job in late:
        run_here(job)
    return late


def _late(by: timedelta, *, now: datetime) -> list[str]:
    with looking_across() as session:
        return [job for job, kind in PROMISES.items() if session.scalar(_has_waited(kind, by, now=now))]


def _has_waited(kind: type[LeasedRow], by: timedelta, *, now: datetime) -> Select[bool]:
    is_free = or_(kind.lease_until.is_(None), kind.lease_until < now)
    return select(exists().where(kind.due_at < now - by, is_free))


def keep_house(*, now: datetime) -> None:
    """Erase what may no longer be kept."""
    with transaction_across() as session:
        erase_expired_contacts(session, now=now)
        forget_runs(session, now=now)
