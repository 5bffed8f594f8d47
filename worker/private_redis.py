"""The Redis-compatible server that `make run` keeps for itself: private socket, own files, replaceable."""

import contextlib
import shutil
import signal
from collections.abc import Mapping
from pathlib import Path
from time import monotonic

from worker import redis_server
from worker.children import Child
from worker.interrupts import Interrupts

ANSWERS_WITHIN_SECONDS = 20
POLLED_EVERY_SECONDS = 0.02


class PrivateRedis:
    """A child process, the folder of its files and the folder of its socket."""

    def __init__(self, server: str, data_dir: Path, environment: Mapping[str, str]) -> None:
        """Make the socket folder; nothing is started yet."""
        self._sockets = redis_server.make_socket_folder()
        self._socket = self._sockets / redis_server.SOCKET_NAME
        self._files = data_dir / "redis"
        self.url = redis_server.redis_url(self._socket)
        self.child = Child(
            "redis",
            redis_server.redis_command(server, self._socket),
            data_dir / "log" / "redis.log",
            environment,
            folder=self._files,
            death_signal=signal.SIGTERM,  # so that it writes its file even when the supervisor was killed
        )

    def start(self, interrupts: Interrupts) -> bool:
        """Start it and wait for its answer; a file that it cannot read is set aside. Whether it answers."""
        if self._starts(interrupts):
            return True
        self.set_files_aside()
        return self._starts(interrupts)

    def set_files_aside(self) -> None:
        """Begin empty: a damaged file, or another version's, must not stop us; the rows restore every job."""
        aside = self._files.with_name("redis.unreadable")
        shutil.rmtree(aside, ignore_errors=True)
        with contextlib.suppress(FileNotFoundError):
            self._files.rename(aside)

    def remove_socket(self) -> None:
        """Remove what lies outside DATA_DIR, once the server has ended."""
        shutil.rmtree(self._sockets, ignore_errors=True)

    def _starts(self, interrupts: Interrupts) -> bool:
        self.child.start()
        until = monotonic() + ANSWERS_WITHIN_SECONDS
        while self.child.is_running and monotonic() < until:
            if redis_server.is_answering(self._socket):
                return True
            interrupts.wait(POLLED_EVERY_SECONDS)
        self.child.kill()
        return False


def remove_old_socket(url: object) -> None:
    """Remove the socket folder that a killed supervisor left behind; nothing else is ever touched."""
    folder = Path(str(url).removeprefix("unix://")).parent
    if folder.name.startswith(redis_server.FOLDER_PREFIX):
        with contextlib.suppress(OSError):
            (folder / redis_server.SOCKET_NAME).unlink(missing_ok=True)
            folder.rmdir()
