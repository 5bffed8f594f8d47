"""Long lists in pages: newest first, from a place in the order rather than by counting rows."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, TypeVar, TypeVarTuple
from uuid import UUID

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError
from sqlalchemy import Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from app.api.v1.parameters import Query, WholeNumber

MOST = 200
USUAL = 50
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_INSTANT_BYTES = 8
_CURSOR_BYTES = _INSTANT_BYTES + 16

Columns = TypeVarTuple("Columns")
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Place:
    """A row's place in a list: its instant, and its id among rows of the same instant."""

    at: datetime
    id: UUID


def write_cursor(place: Place) -> str:
    """A place as callers carry it: 32 letters, digits, ``-`` and ``_`` that mean nothing to them."""
    microseconds = (place.at - _BEGINNING) // _MICROSECOND
    raw = microseconds.to_bytes(_INSTANT_BYTES, "big", signed=True) + place.id.bytes
    return base64.urlsafe_b64encode(raw).decode()


def read_cursor(text: str) -> Place:
    """The place that `write_cursor` wrote; raises ``ValueError`` for anything else."""
    try:
        raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
        at = _BEGINNING + int.from_bytes(raw[:_INSTANT_BYTES], "big", signed=True) * _MICROSECOND
        place = Place(at, UUID(bytes=raw[_INSTANT_BYTES:]))
    except (ValueError, OverflowError, binascii.Error) as error:
        raise ValueError("not a cursor") from error
    if len(raw) != _CURSOR_BYTES or write_cursor(place) != text:
        raise ValueError("not a cursor")
    return place


def _cursor(value: Any) -> Place:
    try:
        return read_cursor(value)
    except ValueError:
        raise PydanticCustomError("bad_cursor", "the next_cursor of an earlier answer") from None


class PageQuery(Query):
    """Which page of a list."""

    limit: WholeNumber = Field(USUAL, ge=1, le=MOST, description=f"How many items at most, 1 to {MOST}.")
    cursor: Annotated[Place | None, BeforeValidator(_cursor), WithJsonSchema({"type": "string"})] = Field(
        None, description="The `next_cursor` of the page before; omitted for the first page."
    )


def page(
    statement: Select[*Columns],
    at: InstrumentedAttribute[datetime],
    row_id: InstrumentedAttribute[UUID],
    query: PageQuery,
) -> Select[*Columns]:
    """The rows of a page, newest first, and one more that tells whether another page follows."""
    if query.cursor:
        statement = statement.where(tuple_(at, row_id) < (query.cursor.at, query.cursor.id))
    return statement.order_by(at.desc(), row_id.desc()).limit(query.limit + 1)


def split(
    rows: Sequence[Row], query: PageQuery, place_of: Callable[[Row], Place]
) -> tuple[Sequence[Row], str | None]:
    """The page itself, and the cursor of the next one when there is more."""
    shown = rows[: query.limit]
    return shown, write_cursor(place_of(shown[-1])) if len(rows) > query.limit else None
