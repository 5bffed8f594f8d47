"""Finding the addresses of a name, without ever waiting longer than there is time."""

import socket
import threading
from collections.abc import Callable
from ipaddress import ip_address

from app.channels.http.addresses import Address

Resolver = Callable[[str], list[Address]]
MOST_ADDRESSES = 64
# A look-up that hangs keeps its thread until the system's resolver gives up; so many may do so at once.
_looking = threading.BoundedSemaphore(64)


def look_up(host: str) -> list[Address]:
    """Every address of a name as the system's resolver knows them; raises ``OSError`` if it knows none."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(entry[4][0]) for entry in found))


def resolve(resolver: Resolver, host: str, seconds: float) -> list[Address]:
    """The addresses of a name, none if it has none or absurdly many; raises ``TimeoutError``."""
    if not _looking.acquire(timeout=seconds):
        raise TimeoutError
    found: list[list[Address]] = []
    done = threading.Event()

    def work() -> None:
        try:
            found.append(resolver(host))
        except (OSError, ValueError):
            found.append([])
        finally:
            _looking.release()
            done.set()

    threading.Thread(target=work, name="dns", daemon=True).start()
    if not done.wait(seconds):
        raise TimeoutError
    addresses = found[0] if found else []
    return addresses if len(addresses) <= MOST_ADDRESSES else []
