"""Where a request may go: how its address must be written, and what its name may resolve to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv6Address
from urllib.parse import SplitResult, quote, urlsplit

import idna

from app.channels.http.addresses import Address, is_inside, is_public
from app.channels.http.faults import HttpFault
from app.errors import Invalid
from app.settings import Network

URL_CHARACTERS = 2_000
PORTS = {443, 8443}
_DEFAULT_PORTS = {"https": 443, "http": 80}
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_KEPT_IN_PATHS = "%/:=&?~+!$,;'@()*-._[]|"


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart: ASCII host without brackets or a dot at its end, path with its query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """What the ``Host`` header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def fault(self) -> HttpFault | None:
        """Why the internet may not be spoken to in this way; an allowed network may."""
        if self.scheme != "https":
            return HttpFault.NEEDS_HTTPS
        return None if self.port in PORTS else HttpFault.PORT_REFUSED


def read_target(url: str) -> Target:
    """The target that an address names, without its fragment; raises `Invalid` naming the fault."""
    if len(url) > URL_CHARACTERS or "\\" in url or not url.isprintable() or " " in url:
        raise _refused(HttpFault.BAD_URL)
    try:
        parts = urlsplit(url)
        port = parts.port
        host = _read_host(parts)
    except (ValueError, idna.IDNAError):
        raise _refused(HttpFault.BAD_URL) from None
    if parts.scheme not in _DEFAULT_PORTS or port == 0:
        raise _refused(HttpFault.BAD_URL)
    if "@" in parts.netloc:
        raise _refused(HttpFault.CREDENTIALS_REFUSED)
    path = quote(parts.path or "/", safe=_KEPT_IN_PATHS)
    query = f"?{quote(parts.query, safe=_KEPT_IN_PATHS)}" if parts.query else ""
    return Target(parts.scheme, host, port or _DEFAULT_PORTS[parts.scheme], path + query)


def refusal(target: Target, addresses: Sequence[Address], allowed: Sequence[Network]) -> HttpFault | None:
    """Why these addresses may not be spoken to. One bad address among good ones is enough."""
    if not addresses:
        return HttpFault.DNS
    if all(is_inside(address, allowed) for address in addresses):
        return None
    if any(not is_public(address) and not is_inside(address, allowed) for address in addresses):
        return HttpFault.ADDRESS_REFUSED
    return target.fault


def _read_host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if ":" in host:
        return _read_literal(host)
    if not host.isascii():
        host = idna.encode(host, uts46=True).decode()
    host = host.removesuffix(".").lower()
    if not _HOST.fullmatch(host):
        raise ValueError(host)
    return host


def _read_literal(host: str) -> str:
    try:
        literal = IPv6Address(host)
    except AddressValueError:
        raise ValueError(host) from None
    if literal.scope_id:
        raise ValueError(host)
    return str(literal)


def _refused(fault: HttpFault) -> Invalid:
    return Invalid(faults={"url": fault})
