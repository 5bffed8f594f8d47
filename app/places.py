"""Where a page of a list ends and the next begins, as an address carries it."""

from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

_AT = "%Y%m%dT%H%M%S%f"


class Place(NamedTuple):
    """The last row of a page in a list by time: its instant and its id."""

    at: datetime
    id: UUID


def write_place(place: Place | None) -> str:
    """A place as text; nothing for the end of the list."""
    return f"{place.at.astimezone(UTC):{_AT}}-{place.id.hex}" if place else ""


def read_place(text: str) -> Place | None:
    """The place that a text names; anything else is the beginning of the list."""
    at, _dash, row_id = text.partition("-")
    try:
        return Place(datetime.strptime(at, _AT).replace(tzinfo=UTC), UUID(hex=row_id))
    except ValueError:
        return None
