"""The form of a store: what was typed, what is wrong with it, and what it means."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.errors import Invalid
from app.stores import places, rules
from app.stores.actions import StoreDraft
from app.stores.models import Region, Store
from app.stores.rules import StoreKind
from app.stores.words import fault_words
from app.text import NAME_GRAPHEMES, clean_line, clean_text, grapheme_count, search_form
from app.web.languages import LANGUAGES

NEW_REGION = "new"
WEEKDAYS = tuple(str(day) for day in range(1, 8))
_PLAIN = ("kind", "code", "name", "address", "country", "currency", "time_zone")
_FIELDS = (
    *_PLAIN,
    *("region_id", "region_name", "first_language", "labels", "dated_hours"),
    *(f"hours_{day}" for day in WEEKDAYS),
)

T = TypeVar("T")


@dataclass(slots=True)
class StoreForm:
    """A form as it was typed. `faults` has a text for each field that was refused."""

    typed: dict[str, str]
    languages: list[str]
    region_id: UUID | None = None
    new_region: str = ""
    faults: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)

    def draft(self, region_id: UUID) -> StoreDraft:
        """What the form means, in that region; only where there are no faults."""
        return StoreDraft(region_id=region_id, **self.values)

    def take(self, name: str, rule: Callable[[str], T]) -> T | None:
        """What a rule makes of a field; ``None`` and a fault where it refuses."""
        try:
            return rule(self.typed[name])
        except Invalid as refusal:
            self.faults[name] = fault_words(refusal.faults)
            return None


def blank_form(first_region: UUID | None) -> StoreForm:
    """The form of a store that is not there yet."""
    draft = StoreDraft(region_id=first_region or UUID(int=0), code="", name="")
    return _form_of(draft, str(first_region or NEW_REGION))


def form_of(store: Store) -> StoreForm:
    """The form of a store as it is."""
    return _form_of(store, str(store.region_id))


def read_store_form(raw: MultiDict[str, str], regions: Sequence[Region]) -> StoreForm:
    """Read what was sent: all of it is kept, and each field is refused on its own."""
    form = StoreForm({name: raw.get(name, "") for name in _FIELDS}, raw.getlist("languages"))
    _read_region(form, regions)
    _read_words(form)
    _read_place(form)
    _read_languages(form)
    _read_hours(form)
    return form


def _form_of(store: Store | StoreDraft, region: str) -> StoreForm:
    typed = {name: str(getattr(store, name)) for name in _PLAIN}
    hours = {f"hours_{day}": rules.hours_text(store.weekly_hours.get(day, [])) for day in WEEKDAYS}
    typed |= {
        "region_id": region,
        "region_name": "",
        "first_language": store.languages[0],
        "labels": ", ".join(store.labels),
        "dated_hours": rules.dated_hours_text(store.dated_hours, _("closed")),
        **hours,
    }
    return StoreForm(typed, list(store.languages))


def _read_region(form: StoreForm, regions: Sequence[Region]) -> None:
    """An existing region, one of the same name, or a new one."""
    known = {str(region.id): region.id for region in regions}
    if form.typed["region_id"] in known:
        form.region_id = known[form.typed["region_id"]]
    elif form.typed["region_id"] != NEW_REGION:
        form.faults["region_id"] = _("Choose a region.")
    else:
        form.new_region = form.take("region_name", _name) or ""
        same = (one.id for one in regions if search_form(one.name) == search_form(form.new_region))
        form.region_id = next(same, None)


def _read_words(form: StoreForm) -> None:
    form.values |= {
        "kind": form.take("kind", _kind),
        "code": form.take("code", lambda text: rules.store_code(clean_line(text))),
        "name": form.take("name", _name),
        "address": form.take("address", lambda text: _bounded(clean_line(text), rules.ADDRESS_GRAPHEMES)),
        "labels": form.take("labels", lambda text: rules.labels(clean_line(text))),
    }


def _read_place(form: StoreForm) -> None:
    form.values |= {
        "country": form.take("country", lambda text: places.country_code(clean_line(text))),
        "currency": form.take("currency", lambda text: places.currency_code(clean_line(text))),
        "time_zone": form.take("time_zone", lambda text: places.time_zone_name(clean_line(text))),
    }


def _read_languages(form: StoreForm) -> None:
    """The ticked languages, the chosen one first."""
    ticked = [language for language in LANGUAGES if language in form.languages]
    first = form.typed["first_language"]
    if not ticked:
        form.faults["languages"] = _("Choose at least one language.")
    elif first not in ticked:
        form.faults["first_language"] = _("The first language has to be one of the languages above.")
    form.values["languages"] = sorted(ticked, key=lambda language: language != first)


def _read_hours(form: StoreForm) -> None:
    week = {day: form.take(f"hours_{day}", _day_hours) for day in WEEKDAYS}
    form.values["weekly_hours"] = {day: hours for day, hours in week.items() if hours}
    form.values["dated_hours"] = form.take(
        "dated_hours", lambda text: rules.dated_hours(clean_text(text), _("closed"))
    )


def _day_hours(text: str) -> rules.DayHours:
    return rules.day_hours(clean_line(text))


def _kind(text: str) -> StoreKind:
    if text not in list(StoreKind):
        raise Invalid(faults={"kind": "unknown"})
    return StoreKind(text)


def _name(text: str) -> str:
    name = clean_line(text)
    if not name:
        raise Invalid(faults={"name": "no_name"})
    return _bounded(name, NAME_GRAPHEMES)


def _bounded(text: str, most: int) -> str:
    if grapheme_count(text) > most:
        raise Invalid(faults={"text": "too_long"})
    return text
