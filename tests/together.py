"""Doing things at the same instant, in threads that each have the application's context."""

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from flask import Flask

T = TypeVar("T")


def together(app: Flask, works: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """Run every piece of work at once; what each answered or raised, in their order."""
    start = threading.Barrier(len(works))
    found: dict[int, T | Exception] = {}

    def run(place: int, work: Callable[[], T]) -> None:
        with app.app_context():
            start.wait()
            try:
                found[place] = work()
            except Exception as error:  # noqa: BLE001 - the test looks at whatever it was
                found[place] = error

    threads = [threading.Thread(target=run, args=entry) for entry in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [found[place] for place in range(len(works))]
