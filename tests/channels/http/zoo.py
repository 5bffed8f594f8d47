"""Receivers on real sockets of this machine, well-behaved or not."""

import contextlib
import gzip
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from time import monotonic, sleep
from typing import Self

from app.channels.http import Guard, HttpRequest, Limits

Behaviour = Callable[[socket.socket], None]
LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
QUICK = Limits(total_seconds=0.8, connect_seconds=0.4)
AT_HOME = Guard(allowed=LOOPBACK, limits=QUICK)
PATIENT = Guard(allowed=LOOPBACK)


class Receiver:
    """Listens on loopback, behaves as it is told with each caller, and remembers what each one sent."""

    def __init__(
        self, behave: Behaviour, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
    ) -> None:
        self.connects = 0
        self.requests: list[bytes] = []
        self._behave = behave
        self._tls = tls
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, 0), family=family)
        self.port: int = self._socket.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._stop = threading.Event()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}/hook"

    def __enter__(self) -> Self:
        self._start(self._listen)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for thread in self._threads:
            thread.join(timeout=10)

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _listen(self) -> None:
        while not self._stop.is_set():
            try:
                caller, _ = self._socket.accept()
            except OSError:
                return
            self.connects += 1
            self._start(self._serve, caller)

    def _serve(self, caller: socket.socket) -> None:
        caller.settimeout(10)
        with contextlib.suppress(OSError, ValueError):
            if self._tls:
                caller = self._tls.wrap_socket(caller, server_side=True)
            self.requests.append(read_request(caller))
            self._behave(caller)
        caller.close()


def read_request(caller: socket.socket) -> bytes:
    """The whole request, which always says its length."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += _more(caller)
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    )
    while len(body) < length:
        body += _more(caller)
    return head + b"\r\n\r\n" + body


def _more(caller: socket.socket) -> bytes:
    data = caller.recv(65536)
    if not data:
        raise ValueError("the caller left")
    return data


def says(raw: bytes) -> Behaviour:
    """Answers with these bytes."""
    return lambda caller: caller.sendall(raw)


def answers(status: int, body: bytes = b"ok", **headers: str) -> Behaviour:
    """Answers properly."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return says("\r\n".join([*lines, "", ""]).encode() + body)


def hangs(caller: socket.socket) -> None:
    """Says nothing."""
    caller.recv(1)


def drips(head: bytes, drop: bytes) -> Behaviour:
    """Says something ten times a second, for ever."""

    def behave(caller: socket.socket) -> None:
        caller.sendall(head)
        while True:
            caller.sendall(drop)
            sleep(0.1)

    return behave


def pours(head: bytes, flood: bytes) -> Behaviour:
    """Says a lot, as fast as it is heard."""

    def behave(caller: socket.socket) -> None:
        caller.sendall(head)
        while True:
            caller.sendall(flood)

    return behave


def resets(caller: socket.socket) -> None:
    """Slams the door."""
    caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def bomb() -> bytes:
    """A hundred million zeros, packed into a hundred thousand bytes."""
    return gzip.compress(bytes(100_000_000), 9)


def post(receiver: Receiver, body: bytes = b'{"a":1}', **headers: str) -> HttpRequest:
    """A request to the receiver."""
    return HttpRequest(receiver.url, headers=headers, body=body)


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """What happens here takes no longer."""
    began = monotonic()
    yield
    assert monotonic() - began <= seconds
