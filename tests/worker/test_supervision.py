"""The parts of `make run`: addresses, children, the lock on DATA_DIR, the private Redis."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest

from worker import address, children, queues, supervisor
from worker.address import AddressError, choose_address, free_port
from worker.children import Child, cap_log
from worker.interrupts import Interrupts
from worker.lifeline import tied
from worker.private_redis import PrivateRedis, remove_old_socket
from worker.redis_server import find_server
from worker.run_folder import FolderRefused, RunFolder

TIED_PARENT = """
import subprocess, sys, time
from worker.lifeline import tied
print(subprocess.Popen(tied(["sleep", "60"])).pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.fixture
def interrupts() -> Iterator[Interrupts]:
    """Signals as the supervisor sees them; the process's own handlers come back afterwards."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)
    before = {number: signal.getsignal(number) for number in numbers}
    made = Interrupts()
    yield made
    signal.set_wakeup_fd(-1)
    for number, handler in before.items():
        signal.signal(number, handler)
    made.close()


def test_a_taken_port_gives_the_next_free_one(taken_port: int) -> None:
    assert free_port("127.0.0.1", taken_port) > taken_port


def test_a_host_that_is_not_ours_is_refused_in_words() -> None:
    with pytest.raises(AddressError, match=r"cannot listen on 192\.0\.2\.1"):
        free_port("192.0.2.1", 8000)


def test_every_interface_is_linked_by_the_address_on_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address, "lan_host", lambda: "192.168.1.5")
    chosen = choose_address("0.0.0.0", 8000, None)  # noqa: S104 - that is the case
    assert chosen.url == f"http://192.168.1.5:{chosen.port}"
    assert chosen.local_host == "127.0.0.1"
    assert not chosen.is_private


def test_a_base_url_is_kept(taken_port: int) -> None:
    chosen = choose_address("127.0.0.1", taken_port, "https://feedback.example")
    assert chosen.url == "https://feedback.example"
    assert chosen.is_private


def test_a_child_that_dies_young_waits_longer_each_time(tmp_path: Path) -> None:
    child = Child("web", ["false"], tmp_path / "web.log", os.environ)
    delays = []
    for _ in range(6):
        child.started_at = monotonic()
        delays.append(child.bury())
    assert delays == [*children.RESTART_DELAYS_SECONDS, children.RESTART_DELAYS_SECONDS[-1]]


def test_a_child_that_lived_long_starts_again_at_once(tmp_path: Path) -> None:
    child = Child("web", ["false"], tmp_path / "web.log", os.environ, failures=4)
    child.started_at = monotonic() - children.STEADY_AFTER_SECONDS
    assert child.bury() == children.RESTART_DELAYS_SECONDS[0]


def test_a_child_writes_its_log_in_a_folder_made_anew(tmp_path: Path) -> None:
    child = Child("echo", ["pwd"], tmp_path / "log" / "echo.log", os.environ, folder=tmp_path / "gone")
    child.start()
    assert child.process
    child.process.wait()
    assert child.last_words(1) == [str(tmp_path / "gone")]


def test_a_large_log_is_moved_under_the_running_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "LARGEST_LOG_BYTES", 10)
    log = tmp_path / "web.log"
    with log.open("a") as writer:
        writer.write("a long first line\n")
        writer.flush()
        cap_log(log)
        writer.write("second\n")
    assert log.read_text() == "second\n"
    assert (tmp_path / "web.log.1").read_text() == "a long first line\n"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a process to its parent")
def test_a_tied_process_does_not_outlive_its_parent() -> None:
    parent = subprocess.Popen([sys.executable, "-c", TIED_PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    child = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    until = monotonic() + 5
    while is_running(child) and monotonic() < until:
        sleep(0.02)
    assert not is_running(child)


def test_a_tied_process_keeps_its_exit_status() -> None:
    assert subprocess.run(tied(["sh", "-c", "exit 7"]), check=False).returncode == 7


def test_a_second_supervisor_is_refused_with_the_address_of_the_first(tmp_path: Path) -> None:
    first, second = RunFolder(tmp_path), RunFolder(tmp_path)
    with first.locked():
        first.write("http://127.0.0.1:8000", None, {"web": 4})
        assert json.loads((tmp_path / "run.json").read_text())["pids"] == {"web": 4}
        with pytest.raises(FolderRefused, match=r"answers at http://127\.0\.0\.1:8000"), second.locked():
            pass
    assert not (tmp_path / "run.json").exists()
    with second.locked():
        pass


def test_a_damaged_file_does_not_keep_redis_from_starting(tmp_path: Path, interrupts: Interrupts) -> None:
    server = find_server()
    if server is None:
        pytest.skip("no Redis-compatible server")
    files = tmp_path / "redis" / "appendonlydir"
    files.mkdir(parents=True)
    (files / "appendonly.aof.manifest").write_text("this is no manifest\n")
    redis = PrivateRedis(server, tmp_path, os.environ)
    try:
        assert redis.start(interrupts)
        assert (tmp_path / "redis.unreadable" / "appendonlydir").exists()
    finally:
        redis.child.kill()
        remove_old_socket(redis.url)
    assert not Path(redis.url.removeprefix("unix://")).parent.exists()


def test_only_a_socket_folder_of_ours_is_ever_removed(tmp_path: Path) -> None:
    (tmp_path / "redis.sock").touch()
    remove_old_socket(f"unix://{tmp_path}/redis.sock")
    remove_old_socket("redis://redis.example:6379/0")
    remove_old_socket(None)
    assert (tmp_path / "redis.sock").exists()


def is_running(pid: int) -> bool:
    """Whether that process still does anything: a zombie does not."""
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False


def test_every_queue_has_a_worker_but_those_whose_jobs_the_ticker_does_in_loops_of_their_own() -> None:
    quick = {queue for job, queue in queues.QUEUE_OF.items() if job not in queues.SLOW}
    assert set(supervisor.QUEUES) == quick
