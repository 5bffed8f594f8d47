"""Reads for the pages that show more than their own feature: a few statements each, always inside a scope."""

from uuid import UUID

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import InstrumentedAttribute

Scope = frozenset[UUID] | None


def inside(column: InstrumentedAttribute[UUID], scope: Scope) -> ColumnElement[bool]:
    """Whether the row's store is in scope; ``None`` is every store of the organisation."""
    return true() if scope is None else column.in_(scope)
