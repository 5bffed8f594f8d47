"""The filter of responses, read from the address: checked values, and the words of what is wrong."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from app.classification.rules import Sentiment
from app.insight.queries.responses import PENDING, Place, Wanted
from app.insight.rules import Group
from app.stores.filters import STORE_FIELDS
from app.stores.queries import StoreFilter
from app.text import grapheme_count
from app.web.filters import Filters

SEARCH_GRAPHEMES = 500
SENTIMENTS = (*Sentiment, PENDING)
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
_PLACE = "%Y%m%dT%H%M%S%f"
RESPONSE_FIELDS = ("q", *STORE_FIELDS, "group", "sentiment", "comment", "verified", "from", "to")


def read_wanted(filters: Filters, stores: StoreFilter, zone: str) -> Wanted:
    """The filter of responses; days are days in `zone`. What is wrong with it stands in `filters.faults`."""
    raw = filters.raw
    if grapheme_count(raw["q"]) > SEARCH_GRAPHEMES:
        filters.faults["q"] = _("Search for at most %(count)s characters.", count=SEARCH_GRAPHEMES)
    filters.check("sentiment", SENTIMENTS)
    wanted = Wanted(
        stores=stores,
        group=Group(raw["group"]) if filters.check("group", list(Group)) else None,
        sentiment=raw["sentiment"] or None,
        has_comment=bool(raw["comment"]),
        is_verified=bool(raw["verified"]),
        words=raw["q"],
    )
    return _with_days(wanted, filters, zone)


def write_place(place: Place | None) -> str:
    """A place in the list, as an address carries it."""
    return f"{place.received_at:{_PLACE}}-{place.id.hex}" if place else ""


def read_place(text: str) -> Place | None:
    """The place that an address names; anything else is the beginning of the list."""
    at, _dash, response_id = text.partition("-")
    try:
        return Place(datetime.strptime(at, _PLACE).replace(tzinfo=UTC), UUID(hex=response_id))
    except ValueError:
        return None


def _with_days(wanted: Wanted, filters: Filters, zone: str) -> Wanted:
    first, last = _day(filters, "from"), _day(filters, "to")
    if first and last and last < first:
        filters.faults["to"] = _("The last day is before the first one.")
    return replace(
        wanted,
        since=_midnight(first, zone) if first else None,
        until=_midnight(last + timedelta(days=1), zone) if last else None,
    )


def _day(filters: Filters, name: str) -> date | None:
    if not filters.raw[name]:
        return None
    try:
        day = date.fromisoformat(filters.raw[name])
    except ValueError:
        day = date.min
    if _FIRST_DAY <= day <= _LAST_DAY:
        return day
    filters.faults[name] = _("Enter a date like 2026-11-25.")
    return None


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
