"""JSON taken strictly (RFC 8259): one meaning for every byte, or a refusal that says where it went wrong."""

import json
import math
import re
from json import JSONDecodeError
from typing import Any, NoReturn

from app.errors import Unreadable

MOST_DEPTH = 32
MOST_DIGITS = 100
_BOM = "\ufeff"
# A string is taken whole, closed or not, so that brackets inside it do not count and no text is read twice.
_STRING_OR_BRACKET = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{}]', re.DOTALL)


def read_json(raw: bytes) -> Any:
    """The value of a JSON document in UTF-8.

    Raises `Unreadable` (``invalid_json``) for whatever readers might take differently or choke on: other
    encodings, NaN and Infinity, repeated names, lone surrogates, over 32 levels, endless numbers.
    """
    text = _decode(raw)
    _check_depth(text)
    try:
        value = _DECODER.decode(text)
    except JSONDecodeError as error:
        raise _refusal("syntax", text, error.pos) from None
    if "\\u" in text:
        _check_surrogates(value)
    return value


def write_json(value: Any) -> bytes:
    """A value in the one spelling that equal values share: names in order, no white space, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _decode(raw: bytes) -> str:
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise _refusal("encoding", raw[: error.start].decode(), error.start) from None
    if text.startswith(_BOM):
        raise _refusal("encoding", text, 0)
    return text


def _check_depth(text: str) -> None:
    depth = 0
    for found in _STRING_OR_BRACKET.finditer(text):
        if found[0] in "[{":
            depth += 1
        elif found[0] in "]}":
            depth -= 1
        if depth > MOST_DEPTH:
            raise _refusal("too_deep", text, found.start())


def _check_surrogates(value: Any) -> None:
    try:
        write_json(value)
    except UnicodeEncodeError:
        raise _refusal("lone_surrogate") from None


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise _refusal("repeated_name")
    return members


def _integer(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise _refusal("long_number")
    return int(text)


def _real(text: str) -> float:
    value = float(text) if len(text) <= MOST_DIGITS else math.inf
    if math.isinf(value):
        raise _refusal("long_number")
    return value


def _no_number(_: str) -> NoReturn:
    raise _refusal("not_a_number")


def _refusal(code: str, text: str = "", position: int | None = None) -> Unreadable:
    """What is wrong, and at which line and column, both counted from one, where that is known."""
    if position is None:
        return Unreadable("invalid_json", {"": code})
    before = text[:position]
    line, column = before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1
    return Unreadable("invalid_json", {f"line {line}, column {column}": code})


_DECODER = json.JSONDecoder(
    object_pairs_hook=_members, parse_int=_integer, parse_float=_real, parse_constant=_no_number
)
