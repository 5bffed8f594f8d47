"""A store as callers write it: the same rules as on the store's page, one for each property."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from app.api.v1.bodies import Body, Name, example, fault, obeying, omittable, text_within
from app.stores import places, rules
from app.stores.rules import ADDRESS_GRAPHEMES, DayHours, StoreKind
from app.text import clean_line
from app.web.languages import LANGUAGES

_MOST_INTERVALS = 50
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

Weekday = Literal["1", "2", "3", "4", "5", "6", "7"]


def _line(rule: Callable[[str], str]) -> AfterValidator:
    return AfterValidator(obeying(lambda text: rule(clean_line(text))))


def _address(text: str) -> str:
    return text_within(ADDRESS_GRAPHEMES)(text) if clean_line(text) else ""


def _languages(codes: list[str]) -> list[str]:
    if not codes:
        raise fault("empty")
    if any(code not in LANGUAGES for code in codes):
        raise fault("unknown_value")
    return list(dict.fromkeys(codes))


def _labels(words: list[str]) -> list[str]:
    if any("," in word for word in words):
        raise fault("bad_label")
    return obeying(lambda text: rules.labels(clean_line(text)))(",".join(words))


def _hours(intervals: list[str]) -> DayHours:
    if len(intervals) > _MOST_INTERVALS:
        raise fault("many_intervals")
    return obeying(lambda text: rules.day_hours(clean_line(text)))(",".join(intervals))


def _date(value: Any) -> date:
    with suppress(ValueError):
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
    raise fault("bad_date")


def _few_dates(days: dict[date, Any]) -> dict[date, Any]:
    if len(days) > rules.DATED_MOST:
        raise fault("many_dates")
    return days


Code = Annotated[str, _line(rules.store_code)]
Country = Annotated[str, _line(places.country_code)]
Currency = Annotated[str, _line(places.currency_code)]
TimeZone = Annotated[str, _line(places.time_zone_name)]
Address = Annotated[str, AfterValidator(_address)]
Languages = Annotated[list[str], AfterValidator(_languages)]
Labels = Annotated[list[str], AfterValidator(_labels)]
Hours = Annotated[
    list[str], AfterValidator(_hours), WithJsonSchema({"type": "array", "items": {"type": "string"}})
]
WeeklyHours = dict[Weekday, Hours]
Day = Annotated[date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]
DatedHours = Annotated[dict[Day, Hours], AfterValidator(_few_dates)]

_CODE = "The chain's own code of the store: letters, digits and . _ / -, at most 32; unique."
_REGION = "The name of its region; a region that is not there yet is made."
_COUNTRY = "Two letters (ISO 3166-1)."
_CURRENCY = "Three letters (ISO 4217)."
_ZONE = "An IANA name, such as `Europe/Kyiv`."
_LANGUAGES = "The languages of its shoppers, the first being the one to begin with."
_LABELS = "Free words to group stores by, without commas."
_WEEKLY = "Opening hours by ISO weekday, 1 being Monday; a day left out is closed."
_DATED = "Days that differ, by date; no hours means closed."
_WEEK = {"1": ["09:00-13:00", "14:00-21:00"], "6": ["10:00-18:00"]}


class NewStore(Body):
    """A store to add."""

    model_config = example(
        code="KYIV-12", name="Kyiv, Khreshchatyk 12", region="Kyiv", labels=["franchise"], weekly_hours=_WEEK
    )

    code: Code = Field(description=_CODE)
    name: Name
    region: Name = Field(description=_REGION)
    kind: StoreKind = StoreKind.SHOP
    address: Address = ""
    country: Country = Field("UA", description=_COUNTRY)
    currency: Currency = Field("UAH", description=_CURRENCY)
    time_zone: TimeZone = Field("Europe/Kyiv", description=_ZONE)
    languages: Languages = Field(["uk", "en"], description=_LANGUAGES)
    labels: Labels = Field([], description=_LABELS)
    weekly_hours: WeeklyHours = Field({}, description=_WEEKLY)
    dated_hours: DatedHours = Field({}, description=_DATED)


class StoreChange(Body):
    """What is to be different; what is left out stays as it is."""

    model_config = example(name="Kyiv, Khreshchatyk 12a", labels=["franchise", "new format"])

    code: Code = omittable(_CODE)
    name: Name = omittable("")
    region: Name = omittable(_REGION)
    kind: StoreKind = omittable("")
    address: Address = omittable("")
    country: Country = omittable(_COUNTRY)
    currency: Currency = omittable(_CURRENCY)
    time_zone: TimeZone = omittable(_ZONE)
    languages: Languages = omittable(_LANGUAGES)
    labels: Labels = omittable(_LABELS)
    weekly_hours: WeeklyHours = omittable(_WEEKLY)
    dated_hours: DatedHours = omittable(_DATED)
    retired: bool = omittable("True closes the store: its codes answer in words. False opens it again.")


def written(body: NewStore | StoreChange) -> dict[str, Any]:
    """What the body says of a store, as a store keeps it; without region and retirement."""
    sent = body.model_fields_set if isinstance(body, StoreChange) else set(NewStore.model_fields)
    values = {name: getattr(body, name) for name in sent - {"region", "retired"}}
    if "weekly_hours" in values:
        values["weekly_hours"] = {day: hours for day, hours in body.weekly_hours.items() if hours}
    if "dated_hours" in values:
        values["dated_hours"] = {day.isoformat(): hours for day, hours in sorted(body.dated_hours.items())}
    return values
