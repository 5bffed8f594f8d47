"""A week of opening hours on one line: ``Mon-Fri 09:00-21:00; Sat,Sun 10:00-20:00``."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

import regex

from app.errors import Invalid
from app.stores.rules import CLOSED_WORDS, DayHours, day_hours, hours_text

DAYS = tuple(str(day) for day in range(1, 8))
Week = dict[str, DayHours]

# Monday first: what people write for each day, in any of the languages; the first word is the one we write.
DAY_WORDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "en": (
        ("Mon", "Monday"),
        ("Tue", "Tues", "Tuesday"),
        ("Wed", "Wednesday"),
        ("Thu", "Thur", "Thurs", "Thursday"),
        ("Fri", "Friday"),
        ("Sat", "Saturday"),
        ("Sun", "Sunday"),
    ),
    "uk": (
        ("Пн", "понеділок"),
        ("Вт", "вівторок"),
        ("Ср", "середа"),
        ("Чт", "четвер"),
        ("Пт", "пʼятниця"),
        ("Сб", "субота"),
        ("Нд", "неділя"),
    ),
    "pl": (
        ("Pn", "pon", "poniedziałek"),
        ("Wt", "wtorek"),
        ("Śr", "sr", "środa"),
        ("Cz", "czw", "czwartek"),
        ("Pt", "piątek"),
        ("So", "sob", "sobota"),
        ("Nd", "ndz", "niedz", "niedziela"),
    ),
}
_EVERY_DAY = {"daily", "every day", "щодня", "щоденно", "codziennie"}
_ROUND_THE_CLOCK = {"24/7", "24 / 7", "цілодобово", "round the clock", "całodobowo"}
_APOSTROPHES = str.maketrans(dict.fromkeys("'’ʼ`", "ʼ"))
_NUMBERS = {
    word.casefold(): number
    for words in DAY_WORDS.values()
    for number, forms in enumerate(words)
    for word in forms
}
_PART = regex.compile(r"(?P<days>[^\d]*?)[\s:]*(?P<hours>\d.*)?", regex.DOTALL)
_DASH = regex.compile(r"\s*[-–—]\s*")


def week_hours(text: str) -> Week:
    """The hours of a week, by ISO weekday; a day that is not named is closed, and so is an empty text.

    Raises `Invalid` (``bad_week``, ``repeated_day`` and what `day_hours` raises), with the part at fault
    under ``line``.
    """
    folded = text.strip().casefold()
    if folded in _ROUND_THE_CLOCK:
        return {day: [["00:00", "24:00"]] for day in DAYS}
    if folded in CLOSED_WORDS:
        return {}
    week: dict[int, DayHours] = {}
    for part in filter(None, (part.strip() for part in regex.split(r"[;\n]", text))):
        try:
            _read_part(part, week)
        except Invalid as refusal:
            raise Invalid(faults={**refusal.faults, "line": part}) from None
    return {str(day + 1): hours for day, hours in sorted(week.items()) if hours}


def week_text(hours: Mapping[str, Any], language: str = "en") -> str:
    """A week as people write it; days of equal hours stand together. Nothing where no day is open."""
    names = [forms[0] for forms in DAY_WORDS.get(language, DAY_WORDS["en"])]
    days: dict[str, list[int]] = {}
    for number, day in enumerate(DAYS):
        if open_hours := hours_text(hours.get(day, [])):
            days.setdefault(open_hours, []).append(number)
    return "; ".join(f"{_days_text(numbers, names)} {text}" for text, numbers in days.items())


def _read_part(part: str, week: dict[int, DayHours]) -> None:
    found = _PART.fullmatch(part)
    words, hours = (found["days"].strip(), found["hours"] or "") if found else ("", "")
    if not hours:
        words, hours = _closed(words)
    days = _days(words)
    if not days:
        raise Invalid(faults={"hours": "bad_week"})
    for day in days:
        if day in week:
            raise Invalid(faults={"hours": "repeated_day"})
        week[day] = day_hours(hours)


def _closed(words: str) -> tuple[str, str]:
    """Days that are named as closed: ``Sun closed``."""
    days, _space, last = words.rpartition(" ")
    if last.casefold() not in CLOSED_WORDS:
        raise Invalid(faults={"hours": "bad_week"})
    return days, ""


def _days(words: str) -> list[int]:
    """The days that are named: one, several with commas between them, a range, which may run over Sunday."""
    if words.casefold() in _EVERY_DAY:
        return list(range(7))
    days: list[int] = []
    for word in words.split(","):
        first, *others = [_day(end) for end in _DASH.split(word.strip())]
        if len(others) > 1:
            raise Invalid(faults={"hours": "bad_week"})
        last = others[0] if others else first
        days += [(first + step) % 7 for step in range((last - first) % 7 + 1)]
    return days


def _day(word: str) -> int:
    number = _NUMBERS.get(word.strip(" .:").casefold().translate(_APOSTROPHES))
    if number is None:
        raise Invalid(faults={"hours": "bad_week"})
    return number


def _days_text(numbers: list[int], names: list[str]) -> str:
    runs = []
    for _key, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        days = [day for _place, day in run]
        is_range = len(days) > 2
        runs += [f"{names[days[0]]}-{names[days[-1]]}"] if is_range else [names[day] for day in days]
    return ",".join(runs)
