"""Countries, currencies and time zones, each by the world's own list: ISO 3166, ISO 4217, IANA."""

from functools import cache
from importlib.resources import files

from babel import Locale
from babel.core import get_global

from app.errors import Invalid
from app.text import sort_key

# What Unicode names beside ISO 3166-1: reserved and private codes, and groups of countries.
_NO_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}
_TAB_OF_NAME = 2


def country_code(text: str) -> str:
    """The country in two letters (ISO 3166-1 alpha-2); raises `Invalid` (``unknown``)."""
    return _known(text.upper(), countries("en"))


def currency_code(text: str) -> str:
    """The currency in three letters (ISO 4217), one in use today; raises `Invalid` (``unknown``)."""
    return _known(text.upper(), currencies("en"))


def time_zone_name(text: str) -> str:
    """The zone's IANA name of today, whatever its case: Europe/Kiev becomes Europe/Kyiv.

    Raises `Invalid` (``unknown``).
    """
    return _zones()[_known(text.casefold(), _zones())]


@cache
def countries(language: str) -> dict[str, str]:
    """Every country by code, in the order of its names in that language."""
    names = Locale.parse(language).territories
    known = {code: str(name) for code, name in names.items() if len(code) == 2 and code not in _NO_COUNTRIES}
    return _by_name(known)


@cache
def currencies(language: str) -> dict[str, str]:
    """Every currency in use by code, in the order of its names in that language."""
    names = Locale.parse(language).currencies
    in_use = {
        code
        for used in get_global("territory_currencies").values()
        for code, _begin, end, is_tender in used
        if is_tender and end is None
    }
    return _by_name({code: str(names.get(code, code)) for code in in_use})


@cache
def time_zones() -> tuple[str, ...]:
    """The zones that people live in, by name: those that the time zone database gives to a country."""
    lines = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines()
    return tuple(
        sorted(line.split("\t")[_TAB_OF_NAME] for line in lines if line and not line.startswith("#"))
    )


@cache
def _zones() -> dict[str, str]:
    """Every name that a zone ever had, case-folded, with its name of today.

    A city of its own keeps its name although its clocks are kept under another's (Amsterdam and Brussels).
    """
    lived_in = set(time_zones())
    zones = {}
    for line in (files("tzdata") / "zoneinfo" / "tzdata.zi").read_text(encoding="utf-8").splitlines():
        match line.split():
            case ["Z", name, *_]:
                zones[name.casefold()] = name
            case ["L", today, name]:
                zones[name.casefold()] = name if name in lived_in else today
    return zones


def _known(code: str, known: dict[str, str]) -> str:
    if code not in known:
        raise Invalid(faults={"place": "unknown"})
    return code


def _by_name(names: dict[str, str]) -> dict[str, str]:
    return dict(sorted(names.items(), key=lambda pair: sort_key(pair[1])))
