"""Filters from the address: checked values, or for each field the words of its fault."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from app.classification.rules import Sentiment
from app.insight.queries.responses import PENDING, Place, Wanted
from app.insight.queries.stores import Place as StorePlace
from app.insight.rules import Group
from app.stores.rules import StoreKind
from app.text import clean_line, grapheme_count

SEARCH_GRAPHEMES = 500
SENTIMENTS = (*Sentiment, PENDING)
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
_PLACE = "%Y%m%dT%H%M%S%f"
_RESPONSE_FIELDS = ("q", "store", "group", "sentiment", "comment", "verified", "from", "to")
_STORE_FIELDS = ("region", "kind", "label")


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed, by field, and what is wrong with it."""

    raw: dict[str, str]
    faults: dict[str, str]

    @property
    def filled(self) -> dict[str, str]:
        """The fields that narrow anything."""
        return {name: value for name, value in self.raw.items() if value}

    def without(self, name: str) -> str:
        """The address of the same list without that field."""
        return query({key: value for key, value in self.filled.items() if key != name})

    def having(self, name: str, value: str) -> str:
        """The address of the same list with that field set."""
        return query({**self.filled, name: value})


@dataclass(frozen=True, slots=True)
class Corner:
    """Which stores are wanted; everything left empty narrows nothing."""

    region_id: str = ""
    kind: str = ""
    label: str = ""

    def holds(self, place: StorePlace) -> bool:
        """Whether a store is wanted."""
        return (
            self.region_id in ("", str(place.region_id))
            and self.kind in ("", place.kind)
            and (not self.label or self.label in place.labels)
        )


def query(values: Mapping[str, str]) -> str:
    """The part of an address after the path."""
    return f"?{urlencode(values)}" if values else "?"


def read_wanted(arguments: Mapping[str, str], places: Sequence[StorePlace], zone: str) -> tuple[Wanted, Form]:
    """The filter of responses; days are days in `zone`, stores are named by their code."""
    form = _form(arguments, _RESPONSE_FIELDS)
    raw, faults = form.raw, form.faults
    store_ids = {place.code: place.id for place in places}
    if raw["store"] and raw["store"] not in store_ids:
        faults["store"] = _("There is no store with this code.")
    if grapheme_count(raw["q"]) > SEARCH_GRAPHEMES:
        faults["q"] = _("Search for at most %(count)s characters.", count=SEARCH_GRAPHEMES)
    _check_choice(form, "group", list(Group))
    _check_choice(form, "sentiment", SENTIMENTS)
    wanted = Wanted(
        store_id=store_ids.get(raw["store"]),
        group=Group(raw["group"]) if raw["group"] in set(Group) else None,
        sentiment=raw["sentiment"] or None,
        has_comment=bool(raw["comment"]),
        is_verified=bool(raw["verified"]),
        words=raw["q"],
    )
    return _with_days(wanted, form, zone), form


def read_corner(arguments: Mapping[str, str], places: Sequence[StorePlace]) -> tuple[Corner, Form]:
    """The filter of stores by region, kind and label."""
    form = _form(arguments, _STORE_FIELDS)
    _check_choice(form, "region", [str(place.region_id) for place in places])
    _check_choice(form, "kind", list(StoreKind))
    _check_choice(form, "label", [label for place in places for label in place.labels])
    return Corner(form.raw["region"], form.raw["kind"], form.raw["label"]), form


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


def _form(arguments: Mapping[str, str], names: Sequence[str]) -> Form:
    return Form({name: clean_line(arguments.get(name, "")) for name in names}, {})


def _check_choice(form: Form, name: str, choices: Sequence[str]) -> None:
    if form.raw[name] and form.raw[name] not in choices:
        form.faults[name] = _("Choose one from the list.")


def _with_days(wanted: Wanted, form: Form, zone: str) -> Wanted:
    first, last = _day(form, "from"), _day(form, "to")
    if first and last and last < first:
        form.faults["to"] = _("The last day is before the first one.")
    return replace(
        wanted,
        since=_midnight(first, zone) if first else None,
        until=_midnight(last + timedelta(days=1), zone) if last else None,
    )


def _day(form: Form, name: str) -> date | None:
    if not form.raw[name]:
        return None
    try:
        day = date.fromisoformat(form.raw[name])
    except ValueError:
        day = date.min
    if _FIRST_DAY <= day <= _LAST_DAY:
        return day
    form.faults[name] = _("Enter a date like 2026-11-25.")
    return None


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
