"""The made-up chain on paper: regions, stores with their hours and habits, places where feedback is asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.stores.rules import StoreKind

SLUG = "demo"
NAME = "Ясен"
DOMAIN = "demo.vidhuk.example"
REGIONS = ("Київ і північ", "Захід", "Південь і схід")
Hours = Mapping[str, list[list[str]]]


class Place(StrEnum):
    """What sort of place a touchpoint is: it decides what shoppers write about."""

    TILL = "till"
    SHOP = "shop"
    FITTING = "fitting"
    DESK = "desk"
    PICK_UP = "pick_up"
    ONLINE = "online"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Mood:
    """How shoppers leave a store: shares of promoters and detractors, and how slowly its people react."""

    promoters: float
    detractors: float
    slowness: float = 1.0


@dataclass(frozen=True, slots=True)
class Land:
    """Where a store is: its country, money and clock, and what is spoken there, most of all the first."""

    country: str
    currency: str
    time_zone: str
    languages: tuple[str, ...]


UKRAINE = Land("UA", "UAH", "Europe/Kyiv", ("uk", "en"))
POLAND = Land("PL", "PLN", "Europe/Warsaw", ("pl", "uk", "en"))


@dataclass(frozen=True, slots=True)
class StorePlan:
    """A store on paper. `traffic` is its share of answers, compared with the others."""

    code: str
    name: str
    address: str
    region: int
    manager: str
    hours: Hours
    mood: Mood
    traffic: float = 1.0
    kind: StoreKind = StoreKind.SHOP
    places: tuple[tuple[str, Place], ...] = ()
    labels: tuple[str, ...] = ()
    land: Land = UKRAINE


def daily(*intervals: str, sunday: str | None = None) -> Hours:
    """The same hours every day, written ``09:00-21:00``; on Sunday perhaps others."""
    usual = [interval.split("-") for interval in intervals]
    hours = {str(day): usual for day in range(1, 8)}
    return {**hours, "7": [sunday.split("-")]} if sunday else hours


_SMALL = (("Каса 1", Place.TILL), ("Торгова зала", Place.SHOP), ("Примірочна", Place.FITTING))
_LARGE = (
    ("Каса 1", Place.TILL),
    ("Каса 2", Place.TILL),
    ("Торгова зала", Place.SHOP),
    ("Примірочна", Place.FITTING),
    ("Стійка сервісу", Place.DESK),
    ("Видача замовлень", Place.PICK_UP),
)
_ONLINE = (
    ("Сайт після замовлення", Place.ONLINE),
    ("Вкладка в посилку", Place.ONLINE),
    ("Повернення", Place.ONLINE),
)
_POLISH = (
    ("Kasa 1", Place.TILL),
    ("Sala sprzedaży", Place.SHOP),
    ("Przymierzalnia", Place.FITTING),
)
_CALLS = (("Після дзвінка", Place.CALL), ("Чат підтримки", Place.CALL))

# The first ones are as unlike one another as stores can be, so that a small demo shows them too.
_FIRST = (
    StorePlan(
        *("KYV-01", "Ясен Вокзальна", "Київ, Вокзальна площа, 1", 0, "Оксана Мельник"),
        hours=daily("00:00-24:00"),
        mood=Mood(0.50, 0.22),
        traffic=1.5,
        places=_LARGE,
        labels=("цілодобово",),
    ),
    StorePlan(
        *("LVI-01", "Ясен Сихів", "Львів, просп. Червоної Калини, 60", 1, "Назар Кравець"),
        hours=daily("09:00-21:00"),
        mood=Mood(0.66, 0.10),
        places=_LARGE,
    ),
    StorePlan(
        *("ODE-01", "Ясен Аркадія", "Одеса, Гагарінське плато, 5", 2, "Вікторія Поліщук"),
        hours=daily("10:00-22:00"),
        mood=Mood(0.38, 0.30, slowness=1.9),
        traffic=1.2,
        places=_LARGE,
    ),
    StorePlan(
        *("WEB", "Ясен Онлайн", "yasen.example", 0, "Богдан Шевчук"),
        hours=daily("08:00-22:00"),
        mood=Mood(0.48, 0.23),
        traffic=1.6,
        kind=StoreKind.ONLINE_SHOP,
        places=_ONLINE,
    ),
    StorePlan(
        *("CALL", "Контакт-центр Ясен", "0 800 000 000", 0, "Галина Савчук"),
        hours=daily("08:00-22:00", sunday="09:00-20:00"),
        mood=Mood(0.44, 0.26, slowness=0.7),
        traffic=0.9,
        kind=StoreKind.CONTACT_CENTRE,
        places=_CALLS,
    ),
    StorePlan(
        *("WAW-01", "Jasen Wola", "Warszawa, ul. Wolska 50", 1, "Katarzyna Nowak"),
        hours=daily("09:00-21:00", sunday="10:00-18:00"),
        mood=Mood(0.59, 0.16),
        places=_POLISH,
        land=POLAND,
    ),
    StorePlan(
        *("KYV-02", "Ясен Оболонь", "Київ, Оболонський просп., 21", 0, "Юлія Коваль"),
        hours=daily("10:00-22:00"),
        mood=Mood(0.58, 0.14),
        traffic=1.3,
        places=_LARGE,
    ),
    StorePlan(
        *("LVI-02", "Ясен Ринок", "Львів, площа Ринок, 14", 1, "Андрій Дорош"),
        hours=daily("09:00-13:00", "14:00-19:00", sunday="10:00-16:00"),
        mood=Mood(0.71, 0.07, slowness=0.6),
        traffic=0.6,
        places=_SMALL,
        labels=("перерва 13-14",),
    ),
    StorePlan(
        *("DNI-01", "Ясен Набережна", "Дніпро, Набережна Перемоги, 9", 2, "Руслан Гончар"),
        hours=daily("09:00-21:00"),
        mood=Mood(0.55, 0.16),
        places=_LARGE,
    ),
    StorePlan(
        *("KYV-03", "Ясен Поділ", "Київ, вул. Верхній Вал, 30", 0, "Дарина Лисенко"),
        hours=daily("09:00-21:00"),
        mood=Mood(0.60, 0.13),
        traffic=0.8,
        places=_SMALL,
    ),
    StorePlan(
        *("IFR-01", "Ясен Станіславів", "Івано-Франківськ, вул. Незалежності, 44", 1, "Марія Гуцул"),
        hours=daily("09:00-20:00"),
        mood=Mood(0.64, 0.11),
        traffic=0.8,
        places=_SMALL,
        labels=("партнер",),
    ),
    StorePlan(
        *("MYK-01", "Ясен Соборна", "Миколаїв, вул. Соборна, 12", 2, "Катерина Рудь"),
        hours=daily("09:00-20:00", sunday="09:00-18:00"),
        mood=Mood(0.49, 0.21, slowness=1.4),
        traffic=0.7,
        places=_SMALL,
    ),
    StorePlan(
        *("TER-01", "Ясен Надставна", "Тернопіль, вул. Руська, 18", 1, "Степан Вовк"),
        hours=daily("09:00-20:00"),
        mood=Mood(0.57, 0.15),
        traffic=0.7,
        places=_SMALL,
        labels=("партнер",),
    ),
)
_TOWNS = (
    *("Чернігів", "Луцьк", "Полтава", "Житомир", "Рівне", "Суми", "Вінниця", "Ужгород"),
    *("Кропивницький", "Черкаси", "Чернівці", "Запоріжжя", "Хмельницький", "Харків"),
)
_SURNAMES = ("Бондар", "Ткач", "Мороз", "Бойко", "Кучер", "Гайдай", "Яремко", "Власюк", "Сорока")
_NAMES = ("Анна", "Ігор", "Софія", "Павло", "Леся", "Роман", "Віра")


def plan_stores(count: int) -> list[StorePlan]:
    """The first `count` stores of the chain; those beyond the thirteen that are known by name are made up."""
    return [_FIRST[n] if n < len(_FIRST) else _another(n) for n in range(count)]


def _another(n: int) -> StorePlan:
    """One of many: its name, people, traffic and mood differ from its neighbours' in a fixed way."""
    town, number = _TOWNS[n % len(_TOWNS)], n // len(_TOWNS) + 1
    drift = (n * 37 % 29) / 100
    return StorePlan(
        code=f"S-{n + 1:03}",
        name=f"Ясен {town} {number}",
        address=f"{town}, вул. Центральна, {n + 1}",
        region=n % len(REGIONS),
        manager=f"{_NAMES[n % len(_NAMES)]} {_SURNAMES[n % len(_SURNAMES)]}",
        hours=daily("09:00-21:00") if n % 2 else daily("10:00-20:00"),
        mood=Mood(0.68 - drift, 0.10 + drift * 0.7, slowness=0.6 + drift * 4),
        traffic=0.6 + (n * 13 % 10) / 10,
        places=_LARGE if n % 3 == 0 else _SMALL,
    )
