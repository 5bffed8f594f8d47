"""What callers write into addresses: instants, numbers, ids, each taken in one spelling."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError, PydanticKnownError

from app.errors import NotFound
from app.text import clean_line

_INSTANT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:)(\d{2})(\.\d{1,6})?\d*([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
_DIGITS = re.compile(r"\d{1,9}", re.ASCII)


class Query(BaseModel):
    """The query of an operation. Unknown parameters are refused rather than ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def read_instant(text: str) -> datetime:
    """An RFC 3339 instant with its zone, in UTC; a leap second counts as the second before it.

    A ``+`` that was not escaped arrives as a space and is understood. Raises ``ValueError``.
    """
    match = _INSTANT.fullmatch(text.replace(" ", "+"))
    if match is None:
        raise ValueError("not an instant")
    day, minute, second, fraction, zone = match.groups()
    second = "59" if second == "60" else second
    try:
        return datetime.fromisoformat(f"{day}T{minute}{second}{fraction or ''}{zone.upper()}").astimezone(UTC)
    except OverflowError as error:
        raise ValueError("out of range") from error


def read_id(text: str) -> UUID:
    """An id in its one spelling; raises `NotFound` for every other, as for an id that is not there."""
    try:
        found = UUID(text)
    except ValueError:
        raise NotFound() from None
    if str(found) != text:
        raise NotFound()
    return found


def read_number(text: str) -> int:
    """An alert's number; raises `NotFound` for what cannot be one."""
    if not _DIGITS.fullmatch(text):
        raise NotFound()
    return int(text)


def _instant(value: Any) -> datetime:
    try:
        return read_instant(value)
    except ValueError:
        raise PydanticCustomError("bad_datetime", "an RFC 3339 instant with its zone") from None


def _whole_number(value: Any) -> Any:
    # The default comes as a number; what callers write is text, and only plain digits are a number there.
    if isinstance(value, str) and not _DIGITS.fullmatch(value):
        raise PydanticCustomError("not_a_number", "a whole number")
    return value


def _cleaned(text: str) -> str:
    line = clean_line(text)
    if not line:
        raise PydanticKnownError("string_too_short", {"min_length": 1})
    return line


Instant = Annotated[
    datetime, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})
]
WholeNumber = Annotated[int, BeforeValidator(_whole_number)]
# The document's limits hold for what is sent; only then is it cleaned.
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=120), AfterValidator(_cleaned)]
