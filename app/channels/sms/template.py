"""A provider's request, written by the organisation with places for number, text, reference and secret."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote

import regex

from app.errors import Invalid

_PLACE = re.compile(r"\{(to|digits|text|reference|secret)\}")
_HEADER = re.compile(r"([A-Za-z0-9-]{1,64}):[ \t]*([\x20-\x7e]{1,1000})")
_OWN_HEADERS = {"host", "content-length", "connection", "transfer-encoding", "accept-encoding", "user-agent"}
_REGEX_SECONDS = 0.5
_HARD_TO_CARRY = {
    "to": "+380501112233",
    "digits": "380501112233",
    "text": 'Ї"\\\n&={}%',
    "reference": "notification-1",
    "secret": "s",
}


class Kind(StrEnum):
    """Where the fields stand: in a JSON body, in the body of a form, or in the address."""

    JSON = "json"
    FORM = "form"
    QUERY = "query"


@dataclass(frozen=True, slots=True)
class Template:
    """How the request looks. `path` and `pattern` say what the answer must hold, beside its status of 2xx."""

    url: str
    method: str
    kind: Kind
    headers: str
    body: str
    path: str = ""
    pattern: str = ""


_ESCAPES: dict[Kind, Callable[[str], str]] = {
    Kind.JSON: lambda value: json.dumps(value)[1:-1],
    Kind.FORM: lambda value: quote(value, safe=""),
    Kind.QUERY: lambda value: quote(value, safe=""),
}
_TYPES = {Kind.JSON: "application/json", Kind.FORM: "application/x-www-form-urlencoded"}


def values_of(to: str, text: str, reference: str, secret: str) -> dict[str, str]:
    """What is put into the places; `to` begins with ``+``."""
    digits = to.removeprefix("+")
    return {"to": to, "digits": digits, "text": text, "reference": reference, "secret": secret}


def address_of(template: Template, values: Mapping[str, str]) -> str:
    """Where the request goes: with everything in it that is no body."""
    if template.kind is not Kind.QUERY:
        return template.url
    return f"{template.url}{'&' if '?' in template.url else '?'}{_filled(template, values)}"


def body_of(template: Template, values: Mapping[str, str]) -> bytes:
    """The body, in which nobody's text can break out of its place."""
    return b"" if template.kind is Kind.QUERY else _filled(template, values).encode()


def headers_of(template: Template, values: Mapping[str, str]) -> dict[str, str]:
    """The headers, one a line; raises `Invalid` (``bad_headers``)."""
    headers = {"Content-Type": _TYPES[template.kind]} if template.kind in _TYPES else {}
    for line in template.headers.splitlines():
        if line.strip():
            name, value = _header(_fill(line.strip(), values, str))
            headers = {known: own for known, own in headers.items() if known.lower() != name.lower()}
            headers[name] = value
    return headers


def check_template(template: Template) -> None:
    """Raise `Invalid` with the fault of each part that could never make a request or read an answer."""
    faults: dict[str, str] = {}
    if not re.search(r"\{(to|digits)\}", template.body) or "{text}" not in template.body:
        faults["body"] = "no_places"
    elif not _can_be_carried(template):
        faults["body"] = "no_json"
    try:
        headers_of(template, _HARD_TO_CARRY)
    except Invalid as refusal:
        faults |= refusal.faults
    if any(place in template.headers for place in ("{text}",)):
        faults["headers"] = "bad_headers"
    if template.pattern and not _is_pattern(template.pattern):
        faults["pattern"] = "bad_pattern"
    if faults:
        raise Invalid(faults=faults)


def is_accepted(template: Template, status: int, body: bytes) -> bool:
    """Whether the provider says that it took the message."""
    if not 200 <= status < 300:
        return False
    said = body.decode("utf-8", "replace")
    if template.path:
        found = value_at(said, template.path)
        if found is None:
            return False
        said = found
    return not template.pattern or _matches(template.pattern, said)


def value_at(text: str, path: str) -> str | None:
    """The value at a path such as ``data.0.status`` of a JSON text: text as it is, the rest as JSON."""
    try:
        found: Any = json.loads(text)
    except ValueError:
        return None
    for step in path.split("."):
        if isinstance(found, list) and step.isdecimal() and int(step) < len(found):
            found = found[int(step)]
        elif isinstance(found, dict) and step in found:
            found = found[step]
        else:
            return None
    return found if isinstance(found, str) else json.dumps(found)


def masked(text: str, secret: str) -> str:
    """What a provider said, without our secret in any of its spellings."""
    spellings = {secret, *(escape(secret) for escape in _ESCAPES.values())} - {""}
    for spelling in sorted(spellings, key=len, reverse=True):
        text = text.replace(spelling, "•••")
    return text


def _filled(template: Template, values: Mapping[str, str]) -> str:
    return _fill(template.body, values, _ESCAPES[template.kind])


def _fill(text: str, values: Mapping[str, str], escape: Callable[[str], str]) -> str:
    """Every place filled in one pass: what is put in is not looked at again."""
    return _PLACE.sub(lambda place: escape(values[place[1]]), text)


def _can_be_carried(template: Template) -> bool:
    filled = _filled(template, _HARD_TO_CARRY)
    if template.kind is not Kind.JSON:
        return filled.isprintable() and " " not in filled
    try:
        json.loads(filled)
    except ValueError:
        return False
    return True


def _header(line: str) -> tuple[str, str]:
    found = _HEADER.fullmatch(line)
    if found is None or found[1].lower() in _OWN_HEADERS:
        raise Invalid(faults={"headers": "bad_headers"})
    return found[1], found[2].strip()


def _is_pattern(pattern: str) -> bool:
    try:
        regex.compile(pattern)
    except regex.error:
        return False
    return True


def _matches(pattern: str, text: str) -> bool:
    """Whether the pattern is found; one that takes half a second is not."""
    try:
        return regex.search(pattern, text, timeout=_REGEX_SECONDS) is not None
    except TimeoutError:
        return False
