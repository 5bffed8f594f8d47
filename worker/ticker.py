"""The ticker: fires the ladder's timers every second, relays the outbox, sweeps. Any number may run."""

import threading
from collections.abc import Callable

import structlog
from flask import Flask

from app import clock
from app.alerts.actions import fire_due_timers
from worker.hurry import Hurry
from worker.relay import relay
from worker.sweep import keep_house, stand_in, stand_in_patiently, sweep

log = structlog.get_logger()
TIMERS_SECONDS = 1.0
RELAY_SECONDS = 0.2
SWEEP_SECONDS = 2.0
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
            (SWEEP_SECONDS, lambda: stand_in_patiently(now=clock.now())),
            (HOUSE_SECONDS, lambda: keep_house(now=clock.now())),
        )
        threads = [threading.Thread(target=self._loop, args=loop, daemon=True) for loop in loops]
        for thread in threads:
            thread.start()
        self._stop.wait()
        for thread in threads:
            thread.join(timeout=5)

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
