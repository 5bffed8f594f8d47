"""The sweep: whatever became of Redis or of a worker, rows that are due are told of again."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Select, exists, select

from app.accounts.keeping import forget_what_is_over
from app.accounts.models import AccountLetter
from app.alerts.models import Message
from app.api.actions import forget_old_calls
from app.classification.actions import PATIENCE, judge_pending
from app.classification.models import Classification, Explanation
from app.contacts.actions import erase_expired_contacts
from app.db import LeasedRow, is_free, looking_across, transaction_across
from app.events.actions import forget_old_events
from app.flow import ACCOUNT_MAIL, DELIVER, EXPLAIN, JUDGE, NOTIFY, PRINT, REPLY, TELL_OWNERS, TRY
from app.invitations.actions import forget_expired_invitations
from app.notifications.models import Notification, Trial
from app.printing.actions import forget_runs
from app.printing.models import PrintRun
from app.stores.imports.actions import drop_old_imports
from app.webhooks.actions import forget_old_deliveries
from app.webhooks.models import EndpointNotice, WebhookDelivery
from worker.hurry import Hurry, run_here
from worker.queues import SLOW

PROMISES: dict[str, type[LeasedRow]] = {
    JUDGE: Classification,
    NOTIFY: Notification,
    REPLY: Message,
    TRY: Trial,
    ACCOUNT_MAIL: AccountLetter,
    DELIVER: WebhookDelivery,
    TELL_OWNERS: EndpointNotice,
    PRINT: PrintRun,
    EXPLAIN: Explanation,
}
# What may be kept for a time only. Each erases in all organisations what is past it, or a part of that.
HOUSE: tuple[Callable[..., int | None], ...] = (
    erase_expired_contacts,
    forget_old_calls,
    forget_what_is_over,
    forget_expired_invitations,
    drop_old_imports,
    forget_runs,
    forget_old_deliveries,
    forget_old_events,
)
log = structlog.get_logger()
LATE = timedelta(seconds=2)
ALONE = timedelta(seconds=10)
NOT_AT_ALL = timedelta(0)


def sweep(hurry: Hurry, *, now: datetime) -> list[str]:
    """Tell again of every kind of row that is late and in nobody's hands; which kinds there were."""
    late = _late(LATE, now=now)
    hurry.tell(late, mark=f"sweep-{now:%Y%m%dT%H%M%S}")
    return late


def stand_in(*, now: datetime) -> list[str]:
    """Do here what no worker has done in time: the promise needs the database and one ticker, nothing else.

    Messages are sent after ten seconds; comments that nobody has judged in ten minutes go to the word list.
    """
    late = [job for job in _late(ALONE, now=now) if job != JUDGE and job not in SLOW]
    for job in late:
        run_here(job)
    if JUDGE in _late(PATIENCE, now=now):
        judge_pending(None, now=now)
    return late


def do_alone(job: str, *, has_worker: bool, now: datetime) -> bool:
    """Do a slow job here that no worker does; whether there was work. A loop of its own calls this.

    Where there is a worker it gets ten seconds, and all that is due while it has anything in hand.
    """
    kind = PROMISES[job]
    with looking_across() as session:
        is_late = session.scalar(_has_waited(kind, ALONE if has_worker else NOT_AT_ALL, now=now))
        is_in_hand = has_worker and session.scalar(select(exists().where(kind.lease_until >= now)))
    if not is_late or is_in_hand:
        return False
    run_here(job)
    return True


def _late(by: timedelta, *, now: datetime) -> list[str]:
    with looking_across() as session:
        return [job for job, kind in PROMISES.items() if session.scalar(_has_waited(kind, by, now=now))]


def _has_waited(kind: type[LeasedRow], by: timedelta, *, now: datetime) -> Select[bool]:
    return select(exists().where(kind.due_at <= now - by, is_free(kind, now=now)))


def keep_house(*, now: datetime) -> None:
    """Erase what may no longer be kept; what fails holds up nothing else, and is tried again next time."""
    for erase in HOUSE:
        try:
            while _keep(erase, now=now):
                pass
        except Exception as error:  # noqa: BLE001 - what is due elsewhere must not wait for this
            log.error("house_keeping_failed", chore=erase.__name__, error=type(error).__name__)


def _keep(erase: Callable[..., int | None], *, now: datetime) -> int | None:
    """A part of it: some erase a thousand rows at a time, so that no other writer waits long."""
    with transaction_across() as session:
        return erase(session, now=now)
