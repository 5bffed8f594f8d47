"""The supervisor's side of `worker.prepare`, and of filling an empty database with the demo chain."""

import json
import select
import subprocess
import sys
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from worker.interrupts import Interrupts
from worker.lifeline import tied


class PreparationFailed(Exception):
    """A helper ended without its report; it has said why on the screen itself."""


class Preparation:
    """The helper process, ended at the latest when the block around it is left."""

    def __init__(self, interrupts: Interrupts) -> None:
        """Start it; its error messages go straight to the screen."""
        self._interrupts = interrupts
        self._process = subprocess.Popen(
            tied([sys.executable, "-m", "worker", "prepare"]),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        """Begin the block that the helper does not outlive."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the block."""
        self.close()

    def close(self) -> None:
        """End the helper and close its pipes."""
        self._process.kill()
        self._process.communicate()

    def report(self) -> dict[str, Any]:
        """The next report; raises `PreparationFailed` when the helper ended instead."""
        assert self._process.stdout is not None
        output = self._process.stdout
        while not select.select([output], [], [], 0)[0]:
            self._interrupts.wait(60, output.fileno())
        line = output.readline()
        if not line:
            self._process.wait()
            raise PreparationFailed
        report: dict[str, Any] = json.loads(line)
        return report

    def go_on(self, environment: Mapping[str, str]) -> None:
        """Let it migrate, under the settings chosen meanwhile."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(dict(environment)) + "\n")
        self._process.stdin.flush()


def make_demo(interrupts: Interrupts, environment: Mapping[str, str]) -> None:
    """Fill the empty database, with the command's own progress on the screen; raises `PreparationFailed`.

    What the command tells at its end is left to the banner, which can name the whole address.
    """
    command = tied([sys.executable, "-m", "flask", "--app", "wsgi", "demo"])
    with subprocess.Popen(
        command, env=dict(environment), stdout=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            while process.poll() is None:
                interrupts.wait(60)
        finally:
            process.kill()
    if process.returncode:
        raise PreparationFailed
