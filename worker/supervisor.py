"""`make run`: every process of Vidhuk on one machine, started in order, kept alive, stopped in order.

It imports nothing of `app` and no library, so that it stays small beside the processes it looks after.
"""

import http.client
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import Any

from worker.address import Address, AddressError, choose_address
from worker.children import Child, cap_log
from worker.interrupts import Interrupts, StopAsked
from worker.preparation import Preparation, PreparationFailed, make_demo
from worker.private_redis import PrivateRedis, remove_old_socket
from worker.redis_server import find_server
from worker.run_folder import FolderRefused, RunFolder
from worker.screen import complain, say, step, tell_address, tell_death, tell_ready

# Some of worker.queues, whose import would cost the size of the product. Webhooks and print runs are left to
# the ticker: a process more would cost a laptop a hundred MiB.
QUEUES = ("notifications", "classify")
STOP_WITHIN_SECONDS = 10
DEATHS_BEFORE_GIVING_UP = 3
LOGS_CAPPED_EVERY_SECONDS = 60


class NotStarted(Exception):
    """A process that everything else needs cannot be started; the message says which and why."""


def run() -> int:
    """Start everything and look after it until told to stop; the exit status."""
    os.umask(0o077)  # what lands in DATA_DIR holds names and telephone numbers
    try:
        _prepare_and_run(Interrupts())
    except StopAsked:
        return 0
    except (FolderRefused, AddressError, NotStarted) as refusal:
        complain(str(refusal))
        return 1
    except PreparationFailed:
        return 1
    return 0


def _prepare_and_run(interrupts: Interrupts) -> None:
    with Preparation(interrupts) as preparation:
        settings = preparation.report()
        folder = RunFolder(Path(settings["data_dir"]))
        with folder.locked():
            remove_old_socket(folder.read().get("redis_url"))
            supervisor = Supervisor(interrupts, folder, settings)
            try:
                supervisor.prepare(preparation)
                supervisor.start()
                supervisor.watch()
            finally:
                supervisor.stop()


class Supervisor:
    """The children in the order of their start, and what the environment tells them."""

    def __init__(self, interrupts: Interrupts, folder: RunFolder, settings: dict[str, Any]) -> None:
        """Choose the address; nothing is started yet."""
        self._interrupts = interrupts
        self._folder = folder
        self._children: list[Child] = []
        self._redis: PrivateRedis | None = None
        self._address = _choose_address(settings)
        self._redis_url: str | None = settings["redis_url"]
        self._has_demo: bool = settings["is_embedded"]  # there is none beside an external database
        self._chosen = {"PORT": str(self._address.port), "BASE_URL": self._address.url}

    def prepare(self, preparation: Preparation) -> None:
        """Start Redis, migrate, fill an empty database."""
        if self._redis_url is None:
            self._start_redis()
        preparation.go_on(self._chosen)
        with step("Preparing the database"):
            report = preparation.report()
        preparation.close()
        if report["needs_demo"]:
            say("First start: filling the empty database with the demo chain")
            make_demo(self._interrupts, self._environment())

    def start(self) -> None:
        """Start the web process, then, once it answers, those who would only have slowed it down."""
        with step("Starting"):
            self._start_child("web", "web")
            self._wait_until_ready()
            self._start_child("ticker", "ticker")
            for queue in QUEUES if self._redis_url else ():
                self._start_child(queue, "work", queue)
        sign_in = self._folder.sign_in() if self._has_demo else {}
        tell_ready(self._address, sign_in, str(self._folder.path / "log"))

    def watch(self) -> None:
        """Start again whatever dies, until told to stop."""
        while True:
            self._tend()
            waiting = [child.restart_at for child in self._children if child.process is None]
            now = monotonic()
            self._interrupts.wait(min([*waiting, now + LOGS_CAPPED_EVERY_SECONDS]) - now)

    def stop(self) -> None:
        """End the processes that use Redis, wait for them, then end Redis; asked a second time, kill."""
        if not self._children:
            return
        with step("\nStopping"):
            redis = [child for child in self._children if self._redis and child is self._redis.child]
            _end([child for child in self._children if child not in redis], self._interrupts)
            _end(redis, self._interrupts)
        if self._redis:
            self._redis.remove_socket()

    def _start_redis(self) -> None:
        server = find_server()
        if server:
            self._redis = PrivateRedis(server, self._folder.path, os.environ)
            self._children.append(self._redis.child)
            cap_log(self._redis.child.log)
            if self._redis.start(self._interrupts):
                self._redis_url = self._chosen["REDIS_URL"] = self._redis.url
                return
            self._children.remove(self._redis.child)
            self._redis.remove_socket()
        say("No Redis-compatible server starts on this machine: the ticker does the workers' jobs itself.")

    def _start_child(self, name: str, *arguments: str) -> None:
        log = self._folder.path / "log" / f"{name}.log"
        child = Child(name, [sys.executable, "-m", "worker", *arguments], log, self._environment())
        self._children.append(child)
        cap_log(log)
        child.start()
        self._publish()

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONUNBUFFERED": "1", **self._chosen}

    def _wait_until_ready(self) -> None:
        """Wait for the web process; raises `NotStarted` when it keeps dying."""
        while not _is_ready(self._address):
            self._interrupts.wait(0.05)
            self._tend()
            web = self._children[-1]
            if web.failures >= DEATHS_BEFORE_GIVING_UP:
                raise NotStarted("\n".join(["The web process does not start:", *web.last_words(12)]))

    def _tend(self) -> None:
        """Bury the dead, start those whose time has come, keep the logs small."""
        for child in self._children:
            if child.process and not child.is_running:
                self._bury(child)
            if child.process is None and monotonic() >= child.restart_at:
                child.start()
                self._publish()
            cap_log(child.log)

    def _bury(self, child: Child) -> None:
        code = child.exit_code or 0
        tell_death(child, code, child.bury())
        if self._redis and child is self._redis.child and child.failures >= DEATHS_BEFORE_GIVING_UP:
            self._redis.set_files_aside()

    def _publish(self) -> None:
        pids = {child.name: child.pid for child in self._children}
        running = {name: pid for name, pid in pids.items() if pid}
        self._folder.write(self._address.url, self._redis_url, running)


def _choose_address(settings: dict[str, Any]) -> Address:
    address = choose_address(settings["host"], settings["port"], settings["base_url"])
    tell_address(address, settings["port"])
    return address


def _is_ready(address: Address) -> bool:
    connection = http.client.HTTPConnection(address.local_host, address.port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _end(children: Sequence[Child], interrupts: Interrupts) -> None:
    """Ask all of them to stop, wait, and kill those who do not, or all when the user has lost patience."""
    for child in children:
        child.ask_to_stop()
    patience = interrupts.stops_asked or 1
    until = monotonic() + STOP_WITHIN_SECONDS
    while any(child.is_running for child in children) and monotonic() < until:
        interrupts.sleep(0.2)
        if interrupts.stops_asked > patience:
            break
    for child in children:
        child.kill()
