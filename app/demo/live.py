"""The last hour: alerts that are still running when somebody first looks, one for each thing to be seen."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from random import Random

from app.demo.comments import Pool
from app.demo.founding import StoreAtWork
from app.demo.handling import Move, Step
from app.demo.history import Scripts
from app.demo.visits import Visit, contact, write

_HOUR = timedelta(hours=1)


def live_visits(stores: Sequence[StoreAtWork], now: datetime, chance: Random, *, most: int) -> Scripts:
    """Answers of the last hour, and what has been done about each so far.

    One is overdue, one in hand after a call in vain, one new, and one a bare tap that nobody has seen yet.
    """
    pool = Pool(chance)
    open_now = [n for n, store in enumerate(stores) if _was_open(store, now)] or [0]
    chance.shuffle(open_now)
    at = [open_now[n % len(open_now)] for n in range(4)]

    def answered(minutes: int, rating: int, store: int) -> Visit:
        plan = stores[store].plan
        visit = Visit(now - timedelta(minutes=minutes), store, place=rating % len(plan.places), rating=rating)
        return write(visit, plan, pool, chance)

    scripts: dict[Visit, Sequence[Step]] = {
        answered(52, 1, at[0]): (Step(7, Move.ACKNOWLEDGE), Step(12, Move.NOTE)),
        replace(answered(17, 4, at[1]), contact=contact(chance)): (
            Step(5, Move.ACKNOWLEDGE),
            Step(12, Move.CALL_IN_VAIN),
        ),
        answered(6, 2, at[2]): (),
        Visit(now - timedelta(minutes=11), at[3], place=0, rating=3): (),
    }
    return dict(islice(scripts.items(), most))


def _was_open(store: StoreAtWork, now: datetime) -> bool:
    return store.calendar.working_minutes(now - _HOUR, now) == 60
