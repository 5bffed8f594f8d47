"""One child process of the supervisor: how it starts, where its words go, when it may start again."""

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from worker.lifeline import tied

RESTART_DELAYS_SECONDS = (0.2, 1.0, 2.0, 5.0, 10.0)
STEADY_AFTER_SECONDS = 20.0
LARGEST_LOG_BYTES = 5_000_000


@dataclass
class Child:
    """A named process in a session of its own: a Ctrl-C of the terminal reaches the supervisor alone."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str]
    folder: Path | None = None
    death_signal: int = signal.SIGKILL
    failures: int = 0
    restart_at: float = 0.0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    started_at: float = 0.0

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self.process.pid if self.process and self.is_running else None

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self.process is not None and self.process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """How it ended: a negative number is the signal that killed it; ``None`` while it runs."""
        return self.process.returncode if self.process else None

    def start(self) -> None:
        """Start it, its output at the end of its log; its folder is made anew when somebody deleted it."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                tied(self.command, self.death_signal),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env=dict(self.environment),
                start_new_session=True,
            )
        self.started_at = monotonic()

    def bury(self) -> float:
        """Note that it died; the seconds until it may start again grow while it keeps dying young."""
        if monotonic() - self.started_at >= STEADY_AFTER_SECONDS:
            self.failures = 0
        delay = RESTART_DELAYS_SECONDS[min(self.failures, len(RESTART_DELAYS_SECONDS) - 1)]
        self.failures += 1
        self.process = None
        self.restart_at = monotonic() + delay
        return delay

    def ask_to_stop(self) -> None:
        """Send SIGTERM to it."""
        if self.process and self.is_running:
            self.process.terminate()

    def kill(self) -> None:
        """Kill it and whatever it started."""
        if self.process and self.is_running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def last_words(self, count: int) -> list[str]:
        """The last `count` lines of its log."""
        try:
            with self.log.open("rb") as log:
                log.seek(max(0, self.log.stat().st_size - 8192))
                lines = log.read().decode("utf-8", "replace").splitlines()
        except OSError:
            return []
        return [line.rstrip() for line in lines if line.strip()][-count:]


def cap_log(path: Path) -> None:
    """Move a log that has grown large to ``NAME.log.1``; the process that writes it notices nothing."""
    try:
        if path.stat().st_size > LARGEST_LOG_BYTES:
            shutil.copyfile(path, f"{path}.1")
            os.truncate(path, 0)
    except FileNotFoundError:
        return
