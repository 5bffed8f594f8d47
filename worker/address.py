"""Where the web process listens and how others reach it: a free port, and the address for links and codes."""

import errno
import ipaddress
import socket
from dataclasses import dataclass

PORTS_TRIED = 100
EVERY_INTERFACE = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - to recognise it, not to choose it


class AddressError(Exception):
    """The wanted address cannot be used; the message says why, in words."""


@dataclass(frozen=True, slots=True)
class Address:
    """A place to listen on (`host`, `port`) and the `url` that a browser elsewhere can open."""

    host: str
    port: int
    url: str

    @property
    def is_private(self) -> bool:
        """Whether only programs on this machine can reach it."""
        return is_loopback(self.host)

    @property
    def local_host(self) -> str:
        """The host by which this machine itself reaches it."""
        if self.host == "::":
            return "::1"
        return "127.0.0.1" if self.host in EVERY_INTERFACE else self.host

    @property
    def local_url(self) -> str:
        """The address that a browser on this machine can open."""
        return f"http://{_bracketed(self.local_host)}:{self.port}"


def choose_address(host: str, port: int, base_url: str | None) -> Address:
    """Take `port`, or the next free one; `base_url`, when given, is what links begin with."""
    chosen = free_port(host, port)
    return Address(host, chosen, base_url or f"http://{_bracketed(visible_host(host))}:{chosen}")


def free_port(host: str, wanted: int) -> int:
    """The first port from `wanted` on that can be bound; raises `AddressError`."""
    for port in range(wanted, min(wanted + PORTS_TRIED, 65536)):
        if _can_bind(host, port):
            return port
    raise AddressError(
        f"no free port between {wanted} and {wanted + PORTS_TRIED - 1}; set PORT to a free one"
    )


def is_loopback(host: str) -> bool:
    """Whether `host` means this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def visible_host(host: str) -> str:
    """The host that another device on the network can use to reach a server listening on `host`."""
    return lan_host() if host in EVERY_INTERFACE else host


def lan_host() -> str:
    """This machine's address on its network, or the loopback address when it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a datagram socket: this asks the routing table, nothing is sent
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def _can_bind(host: str, port: int) -> bool:
    try:
        family, kind, *_, target = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(target)
    except socket.gaierror:
        raise AddressError(f"HOST={host}: no such host") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return False
        raise AddressError(f"cannot listen on {host}:{port}: {error.strerror}") from None
    return True


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
