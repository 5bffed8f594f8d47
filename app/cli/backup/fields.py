"""How a value stands in a line of a backup: the same in every database, and exact both ways."""

import base64
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    Float,
    LargeBinary,
    Numeric,
    Text,
    Uuid,
    cast,
)
from sqlalchemy.types import TypeEngine

from app.db import UtcInstant


class Kind(StrEnum):
    """What a column holds, whatever a database calls it."""

    BOOLEAN = "boolean"
    BYTES = "bytes"
    DATE = "date"
    DECIMAL = "decimal"
    INSTANT = "instant"
    INTEGER = "integer"
    JSON = "json"
    NUMBER = "number"
    TEXT = "text"
    UUID = "uuid"


_KINDS = {
    bool: Kind.BOOLEAN,
    bytes: Kind.BYTES,
    date: Kind.DATE,
    Decimal: Kind.DECIMAL,
    int: Kind.INTEGER,
    float: Kind.NUMBER,
    str: Kind.TEXT,
    UUID: Kind.UUID,
}
TYPES: Mapping[Kind, TypeEngine[Any]] = {
    Kind.BOOLEAN: Boolean(),
    Kind.BYTES: LargeBinary(),
    Kind.DATE: Date(),
    Kind.DECIMAL: Numeric(),
    Kind.INSTANT: UtcInstant(),
    Kind.INTEGER: BigInteger(),
    Kind.JSON: JSON(none_as_null=True),
    Kind.NUMBER: Float(),
    Kind.TEXT: Text(),
    Kind.UUID: Uuid(),
}


def _same(value: Any) -> Any:
    return value


_SPEAK: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.BYTES: lambda value: base64.b64encode(value).decode(),
    Kind.DATE: date.isoformat,
    Kind.DECIMAL: str,
    Kind.INSTANT: datetime.isoformat,
    Kind.JSON: json.loads,
    Kind.UUID: str,
}
_READ: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.BYTES: base64.b64decode,
    Kind.DATE: date.fromisoformat,
    Kind.DECIMAL: Decimal,
    Kind.INSTANT: datetime.fromisoformat,
    Kind.JSON: lambda value: JSON.NULL if value is None else value,
    Kind.UUID: UUID,
}


def kind_of(column: Column[Any]) -> Kind:
    """The kind of a column; raises ``LookupError`` for a type that backups do not know yet."""
    if isinstance(column.type, JSON):
        return Kind.JSON
    if isinstance(column.type, UtcInstant):
        return Kind.INSTANT
    return _KINDS[column.type.python_type]


def selected(column: Column[Any], kind: Kind) -> ColumnElement[Any]:
    """The column as it is read: JSON as its text, which alone tells the word ``null`` from no value."""
    return cast(column, Text) if kind is Kind.JSON else column


def speaker(kind: Kind) -> Callable[[Any], Any]:
    """What makes a value ready for JSON."""
    return _SPEAK.get(kind, _same)


def reader(kind: Kind) -> Callable[[Any], Any]:
    """What makes the value again."""
    return _READ.get(kind, _same)
