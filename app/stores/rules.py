"""The words of stores, and what their code, labels and opening hours may be."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from itertools import pairwise

import regex

from app.errors import Invalid
from app.text import grapheme_count

CODE_MOST = 32
ADDRESS_GRAPHEMES = 300
LABEL_MOST = 40
LABELS_MOST = 20
INTERVALS_MOST = 6
DATED_MOST = 100
FALLBACK_ZONE = "Europe/Kyiv"

DayHours = list[list[str]]

_CODE = regex.compile(rf"[\p{{L}}\p{{N}}][\p{{L}}\p{{M}}\p{{N}}._/\-]{{0,{CODE_MOST - 1}}}")
_INTERVAL = regex.compile(r"(\d{1,2})(?:[:.](\d\d))?\s*[-–—]\s*(\d{1,2})(?:[:.](\d\d))?", regex.ASCII)
_EUROPEAN_DATE = regex.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", regex.ASCII)
CLOSED = "closed"
# What people write for a day off, whatever language their page is in.
CLOSED_WORDS = frozenset({CLOSED, "зачинено", "закрито", "вихідний", "zamknięte", "nieczynne", "-", "–", "—"})
_MIDNIGHT = "24:00"


class StoreKind(StrEnum):
    """What sort of unit serves the shopper."""

    SHOP = "shop"
    ONLINE_SHOP = "online_shop"
    CONTACT_CENTRE = "contact_centre"
    DELIVERY = "delivery"


def store_code(text: str) -> str:
    """A code as accounts and tills know the store: letters, digits and ``. _ / -``, 32 at most.

    Raises `Invalid` (``no_code``, ``bad_code``).
    """
    if not text:
        raise Invalid(faults={"code": "no_code"})
    if not _CODE.fullmatch(text):
        raise Invalid(faults={"code": "bad_code"})
    return text


def labels(text: str) -> list[str]:
    """Free labels, typed with commas between them, each once whatever its case.

    Raises `Invalid` (``long_label``, ``many_labels``).
    """
    typed: dict[str, str] = {}
    for label in filter(None, (part.strip() for part in text.split(","))):
        typed.setdefault(label.casefold(), label)
    if any(grapheme_count(label) > LABEL_MOST for label in typed.values()):
        raise Invalid(faults={"labels": "long_label"})
    if len(typed) > LABELS_MOST:
        raise Invalid(faults={"labels": "many_labels"})
    return list(typed.values())


def day_hours(text: str) -> DayHours:
    """The hours of one day, such as ``09:00-13:00, 14:00-21:00``; nothing means closed.

    An interval may run over midnight. Raises `Invalid` (``bad_hours``, ``overlap``, ``many_intervals``).
    """
    hours = sorted(_interval(part.strip()) for part in text.split(",") if part.strip())
    if len(hours) > INTERVALS_MOST:
        raise Invalid(faults={"hours": "many_intervals"})
    for earlier, later in pairwise(hours):
        if later[0] < earlier[1] or earlier[1] <= earlier[0]:
            raise Invalid(faults={"hours": "overlap"})
    return [list(interval) for interval in hours]


def hours_text(hours: DayHours) -> str:
    """Hours as people type them."""
    return ", ".join(f"{opens}-{closes}" for opens, closes in hours)


def dated_hours(text: str, closed: str = CLOSED) -> dict[str, DayHours]:
    """Days that differ, one on each line: ``2026-12-25 closed`` or ``31.12.2026 09:00-15:00``, by date.

    `closed` is the reader's own word for it. Raises `Invalid` (``bad_date``, ``repeated_date``,
    ``many_dates`` and what `day_hours` raises), with the line at fault under ``line``.
    """
    words = CLOSED_WORDS | {closed.casefold()}
    days: dict[str, DayHours] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        try:
            day, hours = _dated(line, words)
        except Invalid as refusal:
            raise Invalid(faults={**refusal.faults, "line": line}) from None
        if day in days:
            raise Invalid(faults={"hours": "repeated_date", "line": line})
        days[day] = hours
    if len(days) > DATED_MOST:
        raise Invalid(faults={"hours": "many_dates"})
    return dict(sorted(days.items()))


def dates(text: str) -> list[str]:
    """Dates, one on each line or with commas between them, in ISO form; raises `Invalid` (``bad_date``)."""
    typed = [part.strip() for part in regex.split(r"[,;\n]", text)]
    return sorted({_date(part).isoformat() for part in typed if part})


def dated_hours_text(days: dict[str, DayHours], closed: str = CLOSED) -> str:
    """Dated hours as people type them, the earliest day first."""
    return "\n".join(f"{day} {hours_text(hours) or closed}" for day, hours in sorted(days.items()))


def _dated(line: str, closed: frozenset[str]) -> tuple[str, DayHours]:
    day, _space, rest = line.partition(" ")
    hours = [] if rest.strip().casefold() in closed else day_hours(rest)
    if not hours and rest.strip().casefold() not in closed:
        raise Invalid(faults={"hours": "bad_hours"})
    return _date(day).isoformat(), hours


def _date(text: str) -> date:
    try:
        if parts := _EUROPEAN_DATE.fullmatch(text):
            return date(int(parts[3]), int(parts[2]), int(parts[1]))
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(faults={"hours": "bad_date"}) from None


def _interval(text: str) -> tuple[str, str]:
    parts = _INTERVAL.fullmatch(text)
    if parts is None:
        raise Invalid(faults={"hours": "bad_hours"})
    opens, closes = _clock(parts[1], parts[2]), _clock(parts[3], parts[4])
    if opens == _MIDNIGHT or opens == closes != "00:00":
        raise Invalid(faults={"hours": "bad_hours"})
    return opens, closes


def _clock(hour: str, minute: str | None) -> str:
    text = f"{int(hour):02}:{minute or '00'}"
    if text != _MIDNIGHT and (int(hour) > 23 or int(minute or 0) > 59):
        raise Invalid(faults={"hours": "bad_hours"})
    return text


def home_zone(zones: Iterable[str]) -> str:
    """The time zone of most stores: days on pages over several stores are days there."""
    counted = Counter(zones)
    return max(counted, key=lambda zone: (counted[zone], zone), default=FALLBACK_ZONE)
