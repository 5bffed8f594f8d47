"""Webhooks go out in many threads that only speak to receivers; one loop takes, hands out and marks."""

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime

from app import clock
from app.channels.http import Guard
from app.webhooks.marking import mark_run
from app.webhooks.sending import Result, Room, Run, send_run, take_runs

# A thread that waits costs next to nothing. Half of them at most wait for endpoints that fail already, so
# that many which hang leave room for those in health.
THREADS = 128
FOR_FAILING = THREADS // 2
_LOOK_SECONDS = 0.2


def deliver_until(until: datetime, secret_key: str, guard: Guard) -> int:
    """Send what is due, and what becomes due meanwhile, until nothing is left or time is up; how many ended.

    After `until` nothing more is taken, but what is under way is waited for: two times 15 s at most.
    """
    with ThreadPoolExecutor(THREADS, thread_name_prefix="webhook") as pool:
        return _Round(pool, secret_key, guard).run(until)


class _Round:
    """One run of the loop, and what is under way in it."""

    def __init__(self, pool: ThreadPoolExecutor, secret_key: str, guard: Guard) -> None:
        self._pool = pool
        self._secret_key = secret_key
        self._guard = guard
        self._under_way: dict[Future[list[Result]], Run] = {}

    def run(self, until: datetime) -> int:
        ended = 0
        while True:
            is_time_left = clock.now() < until
            if is_time_left:
                self._hand_out()
            if not self._under_way:
                return ended
            done, _ = wait(self._under_way, timeout=_LOOK_SECONDS, return_when=FIRST_COMPLETED)
            for future in done:
                results = future.result()
                mark_run(self._under_way.pop(future), results, now=clock.now())
                ended += len(results)

    def _hand_out(self) -> None:
        for run in take_runs(self._secret_key, self._room(), now=clock.now()):
            self._under_way[self._pool.submit(send_run, run, self._guard, clock.now)] = run

    def _room(self) -> Room:
        failing = sum(run[0].is_failing for run in self._under_way.values())
        return Room(THREADS - len(self._under_way), FOR_FAILING - failing)
