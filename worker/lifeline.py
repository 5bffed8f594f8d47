"""Ties a process to the life of the one that started it, so that a killed parent leaves no orphans.

Run as a script it ties itself and becomes the given command: ``lifeline.py PARENT SIGNAL COMMAND...``.
A wrapper rather than a hook between fork and exec: that is safe in programs with threads. Standard library.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1  # from linux/prctl.h


def die_with(parent_pid: int, death_signal: int = signal.SIGKILL) -> None:
    """Have Linux send `death_signal` to this process when its parent is gone; harmless elsewhere."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
    if os.getppid() != parent_pid:  # it was gone before we could ask
        os.kill(os.getpid(), death_signal)


def tied(command: Sequence[str], death_signal: int = signal.SIGKILL) -> list[str]:
    """The command that runs `command` tied to the calling process, under the same process id."""
    script = str(Path(__file__).resolve())
    return [sys.executable, "-I", "-S", script, str(os.getpid()), str(int(death_signal)), *command]


def main(arguments: Sequence[str]) -> None:
    """Tie this process to the parent named first, then become the command that follows."""
    die_with(int(arguments[0]), int(arguments[1]))
    os.execvp(arguments[2], list(arguments[2:]))


if __name__ == "__main__":
    main(sys.argv[1:])
