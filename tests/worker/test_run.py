"""`make run` as its user meets it: everything starts, what dies comes back, Ctrl-C leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from tests.architecture.source import ROOT
from worker.redis_server import find_server
from worker.supervisor import QUEUES

PATIENCE_SECONDS = 90
COMMAND = [sys.executable, "-m", "worker", "run"]


@dataclass
class Running:
    """A supervisor started by a test, and where it keeps its things."""

    process: subprocess.Popen[bytes]
    folder: Path
    environment: dict[str, str]
    screen: Path

    def pids(self) -> dict[str, int]:
        """The published process ids; empty while there are none."""
        try:
            published: dict[str, Any] = json.loads((self.folder / "run.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return dict(published["pids"])

    def wait_for(self, is_true: Callable[[], bool]) -> None:
        """Wait for a condition; tell the screen's text when it never comes."""
        until = monotonic() + PATIENCE_SECONDS
        while not is_true():
            assert monotonic() < until, self.screen.read_text(encoding="utf-8")
            assert self.process.poll() is None, self.screen.read_text(encoding="utf-8")
            sleep(0.05)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """Everything started on an empty database that needs no demo."""
    if find_server() is None:
        pytest.skip("no Redis-compatible server")
    folder, screen = tmp_path / "data", tmp_path / "screen"
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'run.sqlite3'}",
        "SECRET_KEY": "a secret of the tests, long enough to be one",
        "PORT": "18000",
    }
    with screen.open("wb") as output:
        process = subprocess.Popen(
            COMMAND, cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    yield Running(process, folder, environment, screen)
    process.kill()
    process.wait()


def test_everything_starts_comes_back_and_stops(running: Running) -> None:
    everybody = {"redis", "web", "ticker", *QUEUES}
    running.wait_for(lambda: set(running.pids()) == everybody)
    running.wait_for(lambda: "Ctrl-C stops it" in running.screen.read_text(encoding="utf-8"))

    assert_a_second_one_is_refused(running)
    assert_comes_back(running, "web")
    assert_comes_back(running, "redis")
    assert_stops_cleanly(running)


def assert_a_second_one_is_refused(running: Running) -> None:
    """The folder belongs to the first."""
    second = subprocess.run(
        COMMAND, cwd=ROOT, env=running.environment, capture_output=True, text=True, check=False
    )
    assert second.returncode == 1
    assert "already runs" in second.stderr


def assert_comes_back(running: Running, name: str) -> None:
    """A killed child is replaced, and the replacement published."""
    killed = running.pids()[name]
    os.kill(killed, signal.SIGKILL)
    running.wait_for(lambda: running.pids().get(name, killed) != killed)
    assert f"{name} | was killed by signal 9" in running.screen.read_text(encoding="utf-8")


def assert_stops_cleanly(running: Running) -> None:
    """Asked to stop, it ends every process in order and shows no traceback."""
    pids = running.pids()
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(PATIENCE_SECONDS) == 0
    assert not [name for name, pid in pids.items() if is_there(pid)]
    assert not (running.folder / "run.json").exists()
    texts = [running.screen, *(running.folder / "log").glob("*.log")]
    assert not [path.name for path in texts if "Traceback" in path.read_text(encoding="utf-8")]


def is_there(pid: int) -> bool:
    """Whether such a process exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
