"""Shoppers on keep-alive connections to a server of this machine: each fetches a page, taps, and looks on."""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from statistics import quantiles
from time import perf_counter
from urllib.parse import urlencode

# Ratings as a chain gets them: a quarter of 0 to 6.
_WEIGHTS = (3, 1, 2, 2, 2, 5, 6, 12, 20, 22, 25)
_HIDDEN = re.compile(rb"""<input type="?hidden"? name="?(\w+)"? value=["']([^"']*)""")
_HEAD = "{} {} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: identity\r\nAccept-Language: uk\r\n"


@dataclass(slots=True)
class Tally:
    """What a run brought: journeys that ended well, seconds of each, and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    took: float = 0.0

    @property
    def rate(self) -> float:
        """Journeys a second."""
        return len(self.seconds) / self.took

    def percentile(self, share: int) -> float:
        """Milliseconds within which that share (in per cent) of journeys ended."""
        return quantiles(self.seconds, n=100)[share - 1] * 1000


class Phone:
    """One connection, used again and again."""

    def __init__(self, port: int) -> None:
        """To a server on that port of this machine."""
        self._port = port
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter

    async def connect(self) -> None:
        """Open it."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)

    def close(self) -> None:
        """Close it."""
        self._writer.close()

    async def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str, bytes]:
        """The status, the Location and the body of an answer."""
        body = urlencode(form or {}).encode()
        head = _HEAD.format(method, path)
        if form is not None:
            head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        self._writer.write(head.encode() + b"\r\n" + body)
        raw = await self._reader.readuntil(b"\r\n\r\n")
        lines = raw.decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
        }
        content = await self._reader.readexactly(int(headers.get("content-length", 0)))
        return int(lines[0].split()[1]), headers.get("location", ""), content


Journey = Callable[[Phone, str], Awaitable[str | None]]


async def look(phone: Phone, path: str) -> str | None:
    """Only the survey page."""
    status, _, _ = await phone.ask("GET", path)
    return None if status == 200 else f"page {status}"


async def tap(phone: Phone, path: str) -> str | None:
    """The page and the tap."""
    status, _ = await _tap(phone, path)
    return None if status == 303 else f"tap {status}"


async def tap_and_follow(phone: Phone, path: str) -> str | None:
    """The page, the tap, and the page that it leads to."""
    status, location = await _tap(phone, path)
    if status != 303:
        return f"tap {status}"
    status, _, _ = await phone.ask("GET", location)
    return None if status == 200 else f"next page {status}"


async def _tap(phone: Phone, path: str) -> tuple[int, str]:
    _, _, body = await phone.ask("GET", path)
    form = {name.decode(): value.decode() for name, value in _HIDDEN.findall(body)}
    form["rating"] = str(random.choices(range(11), _WEIGHTS)[0])
    status, location, _ = await phone.ask("POST", path, form)
    return status, location


async def run(port: int, path: str, journey: Journey, *, clients: int, seconds: float) -> Tally:
    """That many phones for that long."""
    tally = Tally()
    began = perf_counter()
    phones = (_phone(Phone(port), path, journey, tally, until=began + seconds) for _ in range(clients))
    await asyncio.gather(*phones)
    tally.took = perf_counter() - began
    return tally


async def _phone(phone: Phone, path: str, journey: Journey, tally: Tally, *, until: float) -> None:
    await phone.connect()
    while (began := perf_counter()) < until:
        fault = await journey(phone, path)
        if fault:
            tally.faults.append(fault)
        else:
            tally.seconds.append(perf_counter() - began)
    phone.close()
