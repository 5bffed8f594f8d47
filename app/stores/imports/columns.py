"""The columns of a table of stores, and the headings that people give them."""

from enum import StrEnum

from app.errors import Invalid
from app.stores.weeks import DAY_WORDS, DAYS
from app.text import clean_line, search_form


class Column(StrEnum):
    """What a column says about a store; those of the seven days are named by ISO weekday."""

    CODE = "code"
    NAME = "name"
    REGION = "region"
    KIND = "kind"
    COUNTRY = "country"
    CURRENCY = "currency"
    TIME_ZONE = "time_zone"
    ADDRESS = "address"
    LANGUAGES = "languages"
    LABELS = "labels"
    HOURS = "weekly_hours"
    POINTS = "touchpoints"
    CLOSED = "closed"
    MONDAY = "1"
    TUESDAY = "2"
    WEDNESDAY = "3"
    THURSDAY = "4"
    FRIDAY = "5"
    SATURDAY = "6"
    SUNDAY = "7"


# In the order in which we write them.
OWN_COLUMNS = tuple(column for column in Column if column not in DAYS)
# Without these no new store can be made.
NEEDED_COLUMNS = (Column.CODE, Column.NAME, Column.REGION)

# By language: the first heading is the one that we write.
HEADINGS: dict[str, dict[Column, tuple[str, ...]]] = {
    "en": {
        Column.CODE: ("Code", "Store code", "ID"),
        Column.NAME: ("Name", "Store name", "Store", "Title"),
        Column.REGION: ("Region", "Area", "District"),
        Column.KIND: ("Kind", "Type"),
        Column.COUNTRY: ("Country",),
        Column.CURRENCY: ("Currency",),
        Column.TIME_ZONE: ("Time zone", "Timezone"),
        Column.ADDRESS: ("Address",),
        Column.LANGUAGES: ("Languages", "Language"),
        Column.LABELS: ("Labels", "Label", "Tags", "Format"),
        Column.HOURS: ("Hours", "Opening hours", "Weekly hours", "Schedule"),
        Column.POINTS: ("Touchpoints", "Touchpoint", "Points"),
        Column.CLOSED: ("Closed", "Retired"),
    },
    "uk": {
        Column.CODE: ("Код", "Код магазину", "Ідентифікатор", "Номер"),
        Column.NAME: ("Назва", "Назва магазину", "Магазин"),
        Column.REGION: ("Регіон", "Область", "Район"),
        Column.KIND: ("Вид", "Тип"),
        Column.COUNTRY: ("Країна",),
        Column.CURRENCY: ("Валюта",),
        Column.TIME_ZONE: ("Часовий пояс", "Часова зона"),
        Column.ADDRESS: ("Адреса",),
        Column.LANGUAGES: ("Мови", "Мова"),
        Column.LABELS: ("Мітки", "Мітка", "Теги", "Позначки", "Формат"),
        Column.HOURS: ("Години роботи", "Години", "Графік", "Графік роботи", "Розклад"),
        Column.POINTS: ("Точки контакту", "Точки"),
        Column.CLOSED: ("Закрито", "Зачинено"),
    },
    "pl": {
        Column.CODE: ("Kod", "Kod sklepu"),
        Column.NAME: ("Nazwa", "Nazwa sklepu", "Sklep"),
        Column.REGION: ("Region", "Województwo"),
        Column.KIND: ("Rodzaj", "Typ"),
        Column.COUNTRY: ("Kraj",),
        Column.CURRENCY: ("Waluta",),
        Column.TIME_ZONE: ("Strefa czasowa",),
        Column.ADDRESS: ("Adres",),
        Column.LANGUAGES: ("Języki", "Język"),
        Column.LABELS: ("Etykiety", "Etykieta", "Tagi", "Format"),
        Column.HOURS: ("Godziny otwarcia", "Godziny"),
        Column.POINTS: ("Punkty kontaktu", "Punkty"),
        Column.CLOSED: ("Zamknięty", "Zamknięte"),
    },
}


def heading(column: Column, language: str) -> str:
    """The heading that we write, in that language or in English."""
    if column in DAYS:
        return DAY_WORDS.get(language, DAY_WORDS["en"])[int(column) - 1][0]
    return HEADINGS.get(language, HEADINGS["en"])[column][0]


def find_column(text: str) -> Column | None:
    """The column that a heading names, whatever its case and language."""
    try:
        return _KNOWN.get(_folded(text))
    except Invalid:
        return None


def is_heading(text: str) -> bool:
    """Whether a heading names a column."""
    return find_column(text) is not None


def _folded(text: str) -> str:
    return search_form(clean_line(text)).replace("_", " ").strip(" *:")


def _all_headings() -> dict[str, Column]:
    known: dict[str, Column] = {}
    for headings in HEADINGS.values():
        for column, texts in headings.items():
            known |= {_folded(text): column for text in (*texts, column)}
    for words in DAY_WORDS.values():
        for number, forms in zip(DAYS, words, strict=True):
            known |= {_folded(text): Column(number) for text in forms}
    return known


_KNOWN = _all_headings()
