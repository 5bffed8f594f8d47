"""The relay: what was recorded in the outbox is told to the workers, at least once."""

from app import clock
from app.db import looking_across, transaction_across
from app.events.actions import jobs_after
from app.events.queries import mark_dispatched, undispatched
from worker.hurry import Hurry

BATCH = 500


def relay(hurry: Hurry) -> int:
    """Tell workers of the oldest undispatched events, then mark them; how many there were."""
    with looking_across() as session:
        events = undispatched(session, BATCH)
    if not events:
        return 0
    jobs = dict.fromkeys(job for _, name in events for job in jobs_after(name))
    hurry.tell(jobs, mark=events[0][0][1].hex)
    with transaction_across() as session:
        mark_dispatched(session, [key for key, _ in events], now=clock.now())
    return len(events)
