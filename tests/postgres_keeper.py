"""Runs one PostgreSQL in a temporary folder while anybody holds the folder's lock: see `tests.servers`.

``python -m tests.postgres_keeper FOLDER BINARIES``. As root, which PostgreSQL refuses, the server runs as
``nobody`` from a copy of the binaries: nothing outside the folder has to be made or opened for that user.
"""

import contextlib
import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from time import monotonic, sleep

from worker.lifeline import die_with

SOCKETS = "data"
READY = "ready"
USERS = "users.lock"
LOG = "log"
INITDB = ("--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync", "--no-instructions")
# Letters of every language fold as they do in production, whatever locales this machine has.
LOCALE = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_parallel_workers_per_gather": "0",
}


def main(folder: Path, binaries: Path) -> None:
    """Start, wait until nobody uses the folder any more, stop and delete."""
    os.umask(0o022)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C ends the tests, and that ends this
    with (folder / LOG).open("ab") as log:
        postgres = Postgres(folder, binaries, log.fileno())
        try:
            postgres.start()
        finally:
            with held(folder / USERS, fcntl.LOCK_EX):
                postgres.stop()
                # renamed first: whoever comes now makes a folder of their own and meets nothing half deleted
                shutil.rmtree(folder.rename(f"{folder}.{os.getpid()}"))


class Postgres:
    """The server process and the user it runs as."""

    def __init__(self, folder: Path, binaries: Path, log: int) -> None:
        """Nothing is started yet."""
        self._folder = folder
        self._data = folder / SOCKETS
        self._log = log
        self._user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self._binaries = _copied(binaries, folder / "postgres") if self._user else binaries
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Make the files, start the server, and leave a mark once it takes connections."""
        self._data.mkdir(mode=0o700)
        if self._user:
            os.chown(self._data, self._user.pw_uid, self._user.pw_gid)
        made = self._popen("initdb", *INITDB, *LOCALE, "-D", str(self._data)).wait()
        if made != 0:
            raise SystemExit(made)
        options = [f"-c{name}={value}" for name, value in SETTINGS.items()]
        self._process = self._popen("postgres", "-D", str(self._data), "-k", str(self._data), *options)
        self._wait_until_ready(self._process)
        (self._folder / READY).touch()

    def stop(self) -> None:
        """Stop it at once, without waiting for its clients."""
        if self._process:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait()

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        until = monotonic() + 30
        while not self._is_ready():
            if process.poll() is not None or monotonic() > until:
                raise SystemExit(1)
            sleep(0.02)

    def _is_ready(self) -> bool:
        try:
            lines = (self._data / "postmaster.pid").read_text(encoding="utf-8").split("\n")
        except OSError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready"

    def _popen(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [str(self._binaries / "bin" / program), *arguments],
            cwd=self._folder,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            user=self._user.pw_uid if self._user else None,
            group=self._user.pw_gid if self._user else None,
            extra_groups=[] if self._user else None,
            # the usual wrapper would need a Python that `nobody` can reach; this process has no other thread
            preexec_fn=partial(die_with, os.getpid(), signal.SIGQUIT),  # noqa: PLW1509
        )


@contextlib.contextmanager
def held(path: Path, kind: int) -> Iterator[bool]:
    """Hold a file lock (`fcntl.LOCK_SH` or `LOCK_EX`); whether the file is still there once it is ours."""
    with path.open("a") as file:
        fcntl.flock(file, kind)
        yield path.exists() and os.path.samestat(os.fstat(file.fileno()), path.stat())


def _copied(binaries: Path, place: Path) -> Path:
    """A copy that everybody may read of what the server needs, with the libraries beside the package."""
    package = binaries.parent
    target = place / package.name / binaries.name
    for part in ("bin", "lib", "share"):
        shutil.copytree(binaries / part, target / part, ignore=shutil.ignore_patterns("*.a"))
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, place / libraries.name)
    return target


def run(arguments: Sequence[str]) -> None:
    """The command line."""
    main(Path(arguments[0]), Path(arguments[1]))


if __name__ == "__main__":
    run(sys.argv[1:])
