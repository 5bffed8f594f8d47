"""The sweep: whatever became of Redis or of a worker, rows that are due are told of again."""

from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select

from app.alerts.models import Message
from app.classification.models import Classification
from app.contacts.actions import erase_expired_contacts
from app.db import LeasedRow, looking_across, transaction_across
from app.flow import JUDGE, NOTIFY, REPLY
from app.notifications.models import Notification
from worker.hurry import Hurry

PROMISES: dict[str, type[LeasedRow]] = {JUDGE: Classification, NOTIFY: Notification, REPLY: Message}
LATE = timedelta(seconds=2)


def sweep(hurry: Hurry, *, now: datetime) -> list[str]:
    """Tell again of every kind of row that is late and in nobody's hands; which kinds there were."""
    with looking_across() as session:
        late = [
            job
            for job, kind in PROMISES.items()
            if session.scalar(
                select(
                    exists().where(
                        kind.due_at < now - LATE, or_(kind.lease_until.is_(None), kind.lease_until < now)
                    )
                )
            )
        ]
    hurry.tell(late, mark=f"sweep-{now:%Y%m%dT%H%M%S}")
    return late


def keep_house(*, now: datetime) -> None:
    """Erase what may no longer be kept."""
    with transaction_across() as session:
        erase_expired_contacts(session, now=now)
