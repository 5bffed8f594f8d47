"""One request, one answer: the address is checked, pinned, spoken to within one deadline, never followed."""

import ssl
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache

from httpcore2 import URL, HTTP11Connection, Request, Response, default_ssl_context

from app.channels import ChannelFailure
from app.channels.http.addresses import Address
from app.channels.http.faults import Cut, HttpFault, connecting, failure, shaking_hands, talking
from app.channels.http.resolver import Resolver, look_up, resolve
from app.channels.http.targets import Target, read_target, refusal
from app.channels.http.wire import Deadline, Wire, connect
from app.errors import Invalid
from app.settings import Network
from app.text import clean_text
from app.web.settings import settings

READ_BYTES = 16 * 1024
SNIPPET_BYTES = 1024
_CHECK_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What to send where. ``Host``, length and connection headers are set by the sender."""

    url: str
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class HttpReply:
    """An answer of any status, a redirect too. Header names are in small letters; at most 16 KiB."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def snippet(self) -> str:
        """The first KiB as text, for a log that people read."""
        return clean_text(self.body[:SNIPPET_BYTES].decode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: one deadline over all, and a part of it for the connection."""

    total_seconds: float = 15.0
    connect_seconds: float = 5.0


@cache
def _trust() -> ssl.SSLContext:
    context = default_ssl_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


@dataclass(frozen=True, slots=True)
class Guard:
    """What the sender may do. `allowed` are the operator's networks; names are asked of `resolver`."""

    allowed: Sequence[Network] = ()
    limits: Limits = Limits()
    resolver: Resolver = look_up
    trust: ssl.SSLContext = field(default_factory=_trust)


def own_guard() -> Guard:
    """The guard of the running application; threads without its context are handed one."""
    return Guard(allowed=settings().allow_private_targets)


def send_http(request: HttpRequest, guard: Guard | None = None) -> HttpReply:
    """The answer of whatever status; raises `ChannelFailure` (see `HttpFault`) where there is none.

    At most 15 s, 5 s of them to connect; at most 16 KiB are read, nothing is decompressed or followed, and
    no proxy or cookie is used. The name is resolved each time, and the very address checked is spoken to.
    """
    guard = guard or own_guard()
    deadline = Deadline(guard.limits.total_seconds)
    target, addresses = _locate(request.url, guard, deadline)
    with closing(_connect(target, addresses, guard, deadline)) as wire, talking():
        return _exchange(target, request, wire)


def check_target(url: str, guard: Guard | None = None) -> None:
    """Raise `Invalid` for an address that could never be sent to; a name that nobody knows yet may come."""
    guard = guard or own_guard()
    target = read_target(url)
    if target.fault and not guard.allowed:
        raise Invalid(faults={"url": target.fault})
    try:
        addresses = resolve(guard.resolver, target.host, _CHECK_SECONDS)
    except TimeoutError:
        return
    fault = refusal(target, addresses, guard.allowed)
    if fault and fault != HttpFault.DNS:
        raise Invalid(faults={"url": fault})


def _locate(url: str, guard: Guard, deadline: Deadline) -> tuple[Target, list[Address]]:
    try:
        target = read_target(url)
        addresses = resolve(guard.resolver, target.host, deadline.left())
    except Invalid as error:
        raise failure(HttpFault(error.faults["url"])) from error
    except TimeoutError as error:
        raise ChannelFailure(HttpFault.DNS) from error
    fault = refusal(target, addresses, guard.allowed)
    if fault:
        raise failure(fault)
    return target, addresses


def _connect(target: Target, addresses: Sequence[Address], guard: Guard, deadline: Deadline) -> Wire:
    with connecting():
        seconds = min(guard.limits.connect_seconds, deadline.left())
        wire = Wire(connect(addresses, target.port, Deadline(seconds)), deadline, READ_BYTES)
    if target.scheme == "https":
        try:
            with shaking_hands():
                wire.start(guard.trust, target.host)
        except BaseException:
            wire.close()
            raise
    return wire


def _exchange(target: Target, request: HttpRequest, wire: Wire) -> HttpReply:
    url = URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
    message = Request(request.method, url, headers=_headers(target, request), content=request.body)
    response = HTTP11Connection(url.origin, wire).handle_request(message)
    if response.status < 200:  # somebody who switches protocols instead of answering
        raise failure(HttpFault.GARBAGE)
    return HttpReply(response.status, _read_headers(response), _read_body(response))


def _headers(target: Target, request: HttpRequest) -> list[tuple[str, str]]:
    """Those of the request, a name for us unless it brings one, and those that only the sender may set."""
    given = {name.title(): value for name, value in request.headers.items()}
    ours = {
        "Host": target.authority,
        "Accept-Encoding": "identity",
        "Connection": "close",
        "Content-Length": str(len(request.body)),
    }
    return list({"User-Agent": "Vidhuk", **given, **ours}.items())


def _read_headers(response: Response) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _read_body(response: Response) -> bytes:
    body = bytearray()
    try:
        for chunk in response.iter_stream():
            body += chunk
    except Cut:  # the answer stands; what is longer than we read is nobody's business
        pass
    return bytes(body)
