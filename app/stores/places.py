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
_NAMING = ("en", "uk", "pl")
# Countries that keep one clock although the table lists a second zone for a part of them.
_ONE_CLOCK = {"UA": "Europe/Kyiv", "DE": "Europe/Berlin"}


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
    return tuple(sorted(zone for _country, zone in _zone_table()))


@cache
def country_named(name: str) -> str | None:
    """The country of a name in one of the languages that we speak of it, or of a code."""
    return _country_names().get(name.casefold())


@cache
def currency_of(country: str) -> str | None:
    """The currency that a country uses now; ``None`` where it has none of its own, or several."""
    used = get_global("territory_currencies").get(country, ())
    now = [code for code, _begin, end, is_tender in used if is_tender and end is None]
    return now[0] if len(now) == 1 else None


@cache
def time_zone_of(country: str) -> str | None:
    """The time zone of a country where it keeps one; ``None`` where it keeps several."""
    if country in _ONE_CLOCK:
        return _ONE_CLOCK[country]
    zones = [zone for code, zone in _zone_table() if code == country]
    return zones[0] if len(zones) == 1 else None


@cache
def _country_names() -> dict[str, str]:
    names = {code.casefold(): code for code in countries("en")}
    for language in _NAMING:
        names |= {name.casefold(): code for code, name in countries(language).items()}
    return names


@cache
def _zone_table() -> tuple[tuple[str, str], ...]:
    """Countries with the zones that people there live in."""
    lines = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return tuple((row[0], row[_TAB_OF_NAME]) for row in rows)


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
