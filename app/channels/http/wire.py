"""The bytes of one connection: to a pinned address, each wait no longer than what is left of one deadline."""

import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from time import monotonic

from httpcore2 import NetworkStream, WriteError

from app.channels.http.addresses import Address
from app.channels.http.faults import Cut

MOST_TRIED = 3


class Deadline:
    """One instant at which everything ends, whatever the other side does."""

    def __init__(self, seconds: float) -> None:
        """So many seconds from now."""
        self._at = monotonic() + seconds

    def left(self) -> float:
        """The seconds left; raises ``TimeoutError`` when there are none."""
        seconds = self._at - monotonic()
        if seconds <= 0:
            raise TimeoutError
        return seconds


class Wire(NetworkStream):
    """A connected socket that reads a bounded number of bytes before its deadline."""

    def __init__(self, sock: socket.socket, deadline: Deadline, most_bytes: int) -> None:
        """The socket is closed with the wire."""
        self._socket = sock
        self._deadline = deadline
        self._bytes_left = most_bytes

    def start(self, context: ssl.SSLContext, name: str) -> None:
        """Speak TLS from here on, with whoever can prove to be `name`."""
        self._socket.settimeout(self._deadline.left())
        self._socket = context.wrap_socket(self._socket, server_hostname=name)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the deadline rules
        """What has come, at least one byte, nothing at the end; raises `Cut` once it was too much."""
        if self._bytes_left <= 0:
            raise Cut
        self._socket.settimeout(self._deadline.left())
        data = self._socket.recv(min(max_bytes, self._bytes_left))
        self._bytes_left -= len(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - the deadline rules
        """Send all of it. A receiver that stops listening may still have answered, so that is no end yet."""
        view = memoryview(buffer)
        while view:
            self._socket.settimeout(self._deadline.left())
            try:
                view = view[self._socket.send(view) :]
            except TimeoutError:
                raise
            except OSError as error:
                raise WriteError from error

    def close(self) -> None:
        """End the connection, without waiting for anybody."""
        with suppress(OSError):
            self._socket.close()


def connect(addresses: Sequence[Address], port: int, deadline: Deadline) -> socket.socket:
    """A connection to the first of a few addresses that takes it; raises the last one's ``OSError``."""
    tried = addresses[:MOST_TRIED]
    for place, address in enumerate(tried, 1):
        try:
            share = deadline.left() / (len(tried) - place + 1)
            sock = socket.create_connection((str(address), port), timeout=share)
        except OSError:
            if place == len(tried):
                raise
        else:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
    raise OSError
