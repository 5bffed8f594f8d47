"""What the cells of a row mean: one rule for each column. Texts stay texts, whatever they look like."""

import re
from collections.abc import Callable, Collection, Iterable
from typing import Any

from app.errors import Invalid
from app.stores import places, rules
from app.stores.imports.columns import Column
from app.stores.rules import ADDRESS_GRAPHEMES, CLOSED_WORDS, StoreKind
from app.stores.weeks import week_hours
from app.text import NAME_GRAPHEMES, clean_line, clean_text, grapheme_count, search_form

POINTS_MOST = 50
POINTS_MARK = "|"
# What a cell says to empty an optional value; an empty cell leaves it as it is.
NOTHING = "-"
CLEARED: dict[Column, Any] = {Column.ADDRESS: "", Column.LABELS: [], Column.HOURS: {}}

KIND_WORDS: dict[str, dict[StoreKind, tuple[str, ...]]] = {
    "en": {
        StoreKind.SHOP: ("shop", "store"),
        StoreKind.ONLINE_SHOP: ("online shop", "online store", "online"),
        StoreKind.CONTACT_CENTRE: ("contact centre", "contact center", "call centre", "call center"),
        StoreKind.DELIVERY: ("delivery",),
    },
    "uk": {
        StoreKind.SHOP: ("магазин",),
        StoreKind.ONLINE_SHOP: ("інтернет-магазин", "онлайн-магазин", "онлайн"),
        StoreKind.CONTACT_CENTRE: ("контакт-центр", "контактний центр", "кол-центр"),
        StoreKind.DELIVERY: ("доставка",),
    },
    "pl": {
        StoreKind.SHOP: ("sklep",),
        StoreKind.ONLINE_SHOP: ("sklep internetowy", "sklep online"),
        StoreKind.CONTACT_CENTRE: ("contact center", "centrum kontaktu", "infolinia"),
        StoreKind.DELIVERY: ("dostawa",),
    },
}
YES_NO = {"en": ("yes", "no"), "uk": ("так", "ні"), "pl": ("tak", "nie")}
_YES = {yes for yes, _no in YES_NO.values()} | {"1", "true", "+", "x", "х", *CLOSED_WORDS} - {NOTHING}
_NO = {no for _yes, no in YES_NO.values()} | {"0", "false", "open", "відчинено"}
_KINDS = {
    word: kind
    for words in KIND_WORDS.values()
    for kind, forms in words.items()
    for word in (*forms, kind, kind.replace("_", " "))
}

# A cell that a spreadsheet would take for a formula carries an apostrophe in our files.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_POINT_SIGNS = re.compile(r"\\[\\|]|.", re.DOTALL)
_ESCAPED = {"\\\\": "\\", "\\|": "|"}
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


def guarded(text: str) -> str:
    """A text as our files write it, so that no spreadsheet runs it."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """A cell without the apostrophe that `guarded` gave it."""
    return cell[1:] if _GUARDED.match(cell) else cell


def read_cell(column: Column, cell: str, languages: Collection[str]) -> Any:
    """What a cell that is not empty says; raises `Invalid` with the code of its fault.

    A dash empties address, labels and hours.
    """
    text = clean_text(cell)
    if text == NOTHING and column in CLEARED:
        return CLEARED[column]
    if column is Column.LANGUAGES:
        return _languages(unguarded(text), languages)
    return _RULES.get(column, _day_hours)(unguarded(text))


def _name(text: str) -> str:
    return _bounded(clean_line(text), NAME_GRAPHEMES)


def _address(text: str) -> str:
    return _bounded(clean_line(text), ADDRESS_GRAPHEMES)


def _bounded(text: str, most: int) -> str:
    if not text:
        raise Invalid(faults={"text": "no_name"})
    if grapheme_count(text) > most:
        raise Invalid(faults={"text": "too_long"})
    return text


def _kind(text: str) -> StoreKind:
    kind = _KINDS.get(clean_line(text).casefold())
    if kind is None:
        raise Invalid(faults={"kind": "unknown_kind"})
    return kind


def _country(text: str) -> str:
    code = places.country_named(clean_line(text))
    if code is None:
        raise Invalid(faults={"country": "unknown_country"})
    return code


def _currency(text: str) -> str:
    try:
        return places.currency_code(clean_line(text))
    except Invalid:
        raise Invalid(faults={"currency": "unknown_currency"}) from None


def _time_zone(text: str) -> str:
    try:
        return places.time_zone_name(clean_line(text))
    except Invalid:
        raise Invalid(faults={"time_zone": "unknown_zone"}) from None


def _languages(text: str, offered: Collection[str]) -> list[str]:
    """Codes of languages, the first one first."""
    codes = [code for code in re.split(r"[\s,;|/]+", text.lower()) if code]
    if not codes or not set(codes) <= set(offered):
        raise Invalid(faults={"languages": "unknown_language"})
    return list(dict.fromkeys(codes))


def _labels(text: str) -> list[str]:
    return rules.labels(clean_line(text.replace("\n", ",")))


def _points(text: str) -> list[str]:
    """Names of touchpoints, each once whatever its case."""
    names: dict[str, str] = {}
    for name in filter(None, (clean_line(part) for part in _split_points(text))):
        names.setdefault(search_form(name), _bounded(name, NAME_GRAPHEMES))
    if len(names) > POINTS_MOST:
        raise Invalid(faults={"touchpoints": "many_points"})
    return list(names.values())


def _split_points(text: str) -> list[str]:
    """The parts between bars; a bar or a backslash inside a name has a backslash before it."""
    parts = [""]
    for sign in _POINT_SIGNS.findall(text):
        if sign in (POINTS_MARK, "\n"):
            parts.append("")
        else:
            parts[-1] += _ESCAPED.get(sign, sign)
    return parts


def points_text(names: Iterable[str]) -> str:
    """Names of touchpoints as a cell holds them."""
    return POINTS_MARK.join(name.replace("\\", "\\\\").replace("|", "\\|") for name in names)


def _closed(text: str) -> bool:
    word = clean_line(text).casefold()
    if word not in _YES | _NO:
        raise Invalid(faults={"closed": "yes_or_no"})
    return word in _YES


def _day_hours(text: str) -> rules.DayHours:
    line = clean_line(text)
    return [] if line.casefold() in CLOSED_WORDS else rules.day_hours(line)


_RULES: dict[Column, Callable[[str], Any]] = {
    Column.CODE: lambda text: rules.store_code(clean_line(text)),
    Column.NAME: _name,
    Column.REGION: _name,
    Column.KIND: _kind,
    Column.COUNTRY: _country,
    Column.CURRENCY: _currency,
    Column.TIME_ZONE: _time_zone,
    Column.ADDRESS: _address,
    Column.LABELS: _labels,
    Column.HOURS: week_hours,
    Column.POINTS: _points,
    Column.CLOSED: _closed,
}
