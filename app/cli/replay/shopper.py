"""One shopper over HTTP: opens a real code's page, taps the rating, sends the comment, as a browser would."""

import time  # only its monotonic side: durations
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx2

from app.cli.replay.records import Record

_TIMEOUT_SECONDS = 30.0
_PAUSES_SECONDS = (0.2, 0.5, 1.0, 2.0)  # a page in trouble tries again, under the same key


class Refused(Exception):
    """The server did not take it; the message says what it answered."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one record on the way in. Without a key, not even its page could be opened."""

    record: Record
    key: str | None
    submit_seconds: tuple[float, ...]
    fault: str | None


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a page: where it leads, and what it carries unseen."""

    address: str
    hidden: Mapping[str, str]


class Shopper:
    """A browser that keeps one connection; one for each thread."""

    def __init__(self, base_url: str) -> None:
        """Nothing is opened yet."""
        self._base_url = base_url
        self._client = httpx2.Client(timeout=_TIMEOUT_SECONDS, follow_redirects=False, trust_env=False)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def answer(self, code: str, record: Record) -> Sent:
        """Both steps; times are those of the two submissions in seconds."""
        key: str | None = None
        seconds: list[float] = []
        try:
            form = self._form(urljoin(self._base_url, f"/q/{code}"))
            key = form.hidden.get("key")
            second = self._submit(form, {"rating": str(record.rating)}, seconds)
            self._submit(self._form(second), {"comment": record.text}, seconds)
        except (Refused, httpx2.HTTPError) as fault:
            return Sent(record, key, tuple(seconds), str(fault) or type(fault).__name__)
        return Sent(record, key, tuple(seconds), None)

    def _form(self, address: str) -> Form:
        page = self._request("GET", address)
        if page.status_code != httpx2.codes.OK:
            raise Refused(f"GET answered {page.status_code}")
        return first_form(page.text, address)

    def _submit(self, form: Form, typed: Mapping[str, str], seconds: list[float]) -> str:
        """The address that the server leads on to."""
        began = time.perf_counter()
        reply = self._request("POST", form.address, {**form.hidden, **typed})
        seconds.append(time.perf_counter() - began)
        if reply.status_code != httpx2.codes.SEE_OTHER:
            raise Refused(f"POST answered {reply.status_code}")
        return urljoin(form.address, reply.headers["Location"])

    def _request(self, method: str, address: str, data: Mapping[str, str] | None = None) -> httpx2.Response:
        """The answer; trouble on the way or on the server's side is waited out for a moment."""
        for pause in _PAUSES_SECONDS:
            try:
                reply = self._client.request(method, address, data=data)
            except httpx2.TransportError:
                time.sleep(pause)
                continue
            if reply.status_code != httpx2.codes.SERVICE_UNAVAILABLE:
                return reply
            time.sleep(pause)
        return self._client.request(method, address, data=data)


def first_form(page: str, address: str) -> Form:
    """The first form of a page; raises `Refused` where there is none."""
    reader = _FormReader()
    reader.feed(page)
    if reader.action is None:
        raise Refused("the page has no form")
    return Form(urljoin(address, reader.action), reader.hidden)


class _FormReader(HTMLParser):
    """Reads as far as the end of the first form."""

    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.hidden: dict[str, str] = {}
        self._is_over = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the form's address and its hidden fields."""
        given = dict(attrs)
        if self._is_over:
            return
        if tag == "form" and self.action is None:
            self.action = given.get("action") or ""
        elif tag == "input" and given.get("type") == "hidden" and self.action is not None:
            self.hidden[given.get("name") or ""] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        """What follows the form is another one's."""
        self._is_over = self._is_over or tag == "form"
