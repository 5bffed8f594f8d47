"""Stores as a table that spreadsheets open and the import reads again without a change; and the empty one."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from typing import Any

from app.stores.imports.cells import KIND_WORDS, YES_NO, guarded, points_text
from app.stores.imports.columns import OWN_COLUMNS, Column, heading
from app.stores.rules import StoreKind
from app.stores.weeks import week_text

# What Excel expects where it writes decimals with a comma, and where it does not.
_SEPARATORS = {"en": ","}
_USUAL_SEPARATOR = ";"
Values = Mapping[Column, Any]

_WEEK = {str(day): [["09:00", "21:00"]] for day in range(1, 6)}
_EXAMPLES: dict[str, tuple[dict[Column, Any], ...]] = {
    "en": (
        {
            Column.CODE: "K-01",
            Column.NAME: "Nova Central",
            Column.REGION: "Kyiv",
            Column.ADDRESS: "1 Khreshchatyk St, Kyiv",
            Column.LABELS: ["city centre", "large"],
            Column.POINTS: ["Till 1", "Till 2", "Fitting room"],
        },
        {
            Column.CODE: "WEB",
            Column.NAME: "Nova Online",
            Column.REGION: "Online",
            Column.POINTS: ["Delivery"],
        },
    ),
    "uk": (
        {
            Column.CODE: "К-01",
            Column.NAME: "Нова Центр",
            Column.REGION: "Київ",
            Column.ADDRESS: "Київ, вул. Хрещатик, 1",
            Column.LABELS: ["центр", "великий"],
            Column.POINTS: ["Каса 1", "Каса 2", "Примірочна"],
        },
        {
            Column.CODE: "WEB",
            Column.NAME: "Нова Онлайн",
            Column.REGION: "Онлайн",
            Column.POINTS: ["Доставка"],
        },
    ),
    "pl": (
        {
            Column.CODE: "W-01",
            Column.NAME: "Nova Centrum",
            Column.REGION: "Warszawa",
            Column.ADDRESS: "Warszawa, ul. Marszałkowska 1",
            Column.LABELS: ["centrum", "duży"],
            Column.POINTS: ["Kasa 1", "Kasa 2", "Przymierzalnia"],
        },
        {Column.CODE: "WEB", Column.NAME: "Nova Online", Column.REGION: "Online", Column.POINTS: ["Dostawa"]},
    ),
}
_PLACES = {"pl": ("PL", "PLN", "Europe/Warsaw", ["pl", "en"])}
_HOME = ("UA", "UAH", "Europe/Kyiv", ["uk", "en"])


def write_stores(stores: Iterable[Values], language: str) -> bytes:
    """The table of these stores, with headings in that language, as bytes that Excel opens."""
    text = StringIO()
    writer = csv.writer(text, delimiter=_SEPARATORS.get(language, _USUAL_SEPARATOR), lineterminator="\r\n")
    writer.writerow([heading(column, language) for column in OWN_COLUMNS])
    for values in stores:
        writer.writerow([cell_text(column, values.get(column), language) for column in OWN_COLUMNS])
    return text.getvalue().encode("utf-8-sig")


def write_template(language: str) -> bytes:
    """The table to fill in: headings, and two stores that are made up."""
    shop, online = _EXAMPLES.get(language, _EXAMPLES["en"])
    country, currency, zone, languages = _PLACES.get(language, _HOME)
    both = {
        Column.COUNTRY: country,
        Column.CURRENCY: currency,
        Column.TIME_ZONE: zone,
        Column.LANGUAGES: languages,
        Column.CLOSED: False,
    }
    weekend = {day: [["10:00", "20:00"]] for day in ("6", "7")}
    return write_stores(
        [
            {**both, Column.KIND: StoreKind.SHOP, Column.HOURS: {**_WEEK, **weekend}, **shop},
            {**both, Column.KIND: StoreKind.ONLINE_SHOP, Column.HOURS: _WEEK, **online},
        ],
        language,
    )


def cell_text(column: Column, value: Any, language: str) -> str:
    """A value as a cell holds it; nothing where there is none."""
    if column is Column.CLOSED:
        yes, no = YES_NO.get(language, YES_NO["en"])
        return yes if value else no
    return guarded(value_text(column, value, language))


def value_text(column: Column, value: Any, language: str) -> str:
    """A value in words, as somebody would type it into its column."""
    if not value:
        return ""
    if column is Column.KIND:
        return KIND_WORDS.get(language, KIND_WORDS["en"])[StoreKind(value)][0]
    if column is Column.HOURS:
        return week_text(value, language)
    if column is Column.POINTS:
        return points_text(value)
    return ", ".join(value) if isinstance(value, Sequence) and not isinstance(value, str) else str(value)
