"""The ticker: fires the ladder's timers every second, relays the outbox, sweeps. Any number may run."""

import threading
from collections.abc import Callable

import structlog
from flask import Flask

from app import clock
from app.accounts.resets import answer_password_requests
from app.alerts.actions import fire_due_timers
from app.flow import DELIVER, PRINT
from app.notifications.chats import listen
from app.web.settings import settings
from worker.hurry import Hurry
from worker.queues import QUEUE_OF
from worker.relay import relay
from worker.sweep import do_alone, keep_house, stand_in, sweep

log = structlog.get_logger()
TIMERS_SECONDS = 1.0
RELAY_SECONDS = 0.2
SWEEP_SECONDS = 2.0
CHATS_SECONDS = 1.0
WEBHOOKS_SECONDS = 0.5
HOUSE_SECONDS = 3600.0


class Ticker:
    """Loops that stand apart: a slow mail server or model must never hold up a deadline."""

    def __init__(self, app: Flask, redis_url: str | None) -> None:
        """Nothing runs before `run`."""
        self._app = app
        self._hurry = Hurry(redis_url)
        self._stop = threading.Event()

    def run(self) -> None:
        """Work until `stop`."""
        loops = (
            (TIMERS_SECONDS, _fire_all),
            (RELAY_SECONDS, lambda: relay(self._hurry)),
            (SWEEP_SECONDS, lambda: sweep(self._hurry, now=clock.now())),
            (SWEEP_SECONDS, lambda: stand_in(now=clock.now())),
            (CHATS_SECONDS, lambda: listen(now=clock.now())),
            (WEBHOOKS_SECONDS, lambda: self._do_alone(DELIVER)),
            (SWEEP_SECONDS, lambda: self._do_alone(PRINT)),
            (SWEEP_SECONDS, _answer_requests),
            (HOUSE_SECONDS, lambda: keep_house(now=clock.now())),
        )
        threads = [threading.Thread(target=self._loop, args=loop, daemon=True) for loop in loops]
        for thread in threads:
            thread.start()
        self._stop.wait()
        for thread in threads:
            thread.join(timeout=5)

    def _do_alone(self, job: str) -> None:
        do_alone(job, has_worker=self._hurry.has_worker(QUEUE_OF[job]), now=clock.now())

    def stop(self, *_: object) -> None:
        """End after what is in hand."""
        self._stop.set()

    def _loop(self, seconds: float, work: Callable[[], object]) -> None:
        while not self._stop.is_set():
            with self._app.app_context():
                try:
                    work()
                except Exception as error:  # noqa: BLE001 - what fails now is due again in a moment
                    log.error("tick_failed", error=type(error).__name__)
            self._stop.wait(seconds)


def _fire_all() -> None:
    """After an outage many are due at once; what fails is leased and ends the round too."""
    while fire_due_timers(now=clock.now()):
        pass


def _answer_requests() -> None:
    """Whoever forgot a password gets a letter, if anybody has the address."""
    answer_password_requests(settings(), now=clock.now())
