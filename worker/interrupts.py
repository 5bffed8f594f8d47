"""The supervisor's signals, seen only where it waits: nothing is ever interrupted in the middle of a step."""

import contextlib
import os
import select
import signal

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopAsked(Exception):
    """Somebody asked the supervisor to stop."""


class Interrupts:
    """Counts requests to stop, and wakes a waiting supervisor for them and for the death of a child."""

    def __init__(self) -> None:
        """Take over the signals of this process."""
        self.stops_asked = 0
        self._reader, self._writer = os.pipe()
        for end in (self._reader, self._writer):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        for number in STOPPING:
            # under nohup the hang-up is ignored already, and has to stay so
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._count)

    def sleep(self, seconds: float, readable: int | None = None) -> None:
        """Wait, at most `seconds`, until any signal arrives or the descriptor `readable` can be read."""
        watched = [self._reader] if readable is None else [self._reader, readable]
        select.select(watched, [], [], max(seconds, 0))
        with contextlib.suppress(BlockingIOError):
            os.read(self._reader, 512)

    def wait(self, seconds: float, readable: int | None = None) -> None:
        """Like `sleep`, but raises `StopAsked` when that is what the signal, or an earlier one, meant."""
        if not self.stops_asked:
            self.sleep(seconds, readable)
        if self.stops_asked:
            raise StopAsked

    def close(self) -> None:
        """Close the pipe; the handlers are the caller's to replace."""
        os.close(self._reader)
        os.close(self._writer)

    def _count(self, _number: int, _frame: object) -> None:
        self.stops_asked += 1
