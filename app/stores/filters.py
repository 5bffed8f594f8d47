"""One way to say which stores: fields of an address, their choices in words, one condition."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from flask_babel import gettext as _

from app.db import OrganisationSession
from app.stores.queries import Scope, StoreChoices, StoreFilter, find_stores, store_choices
from app.stores.words import country_word, kind_words
from app.text import search_form, sort_key
from app.web.filters import Chip, Filters

TRAIT_FIELDS = ("region", "kind", "country", "label")
STORE_FIELDS = ("store", *TRAIT_FIELDS)
Naming = Literal["one", "many", "none"]
_NARROWS_FROM = {"region": 2, "kind": 2, "country": 2, "label": 1}
_CODES_MOST = 500


@dataclass(frozen=True, slots=True)
class FilterField:
    """One field of the form: `options` are values with their words; none for a field to type into."""

    name: str
    label: str
    value: str
    options: list[tuple[str, str]]
    fault: str | None


@dataclass(frozen=True, slots=True)
class StoresWanted:
    """What was asked for, read: the filter, and the fields to ask anew."""

    filter: StoreFilter
    fields: list[FilterField]
    names: Mapping[str, str]

    @property
    def is_filled(self) -> bool:
        """Whether any field narrows the list."""
        return any(field.value for field in self.fields)

    def chips(self, filters: Filters) -> list[Chip]:
        """What the list is narrowed to: words, and the address without it."""
        return [
            (self.names[field.name], filters.without(field.name))
            for field in self.fields
            if field.name in self.names
        ]


def read_stores_wanted(
    session: OrganisationSession, filters: Filters, scope: Scope, *, naming: Naming = "one"
) -> StoresWanted:
    """Which stores of those in scope the address asks for.

    A value that is not among the choices, because it is unknown, foreign or out of scope, is a fault of its
    field; a filter with a fault holds no store at all. `naming` says whether stores may be named by their
    codes: one, many, or none.
    """
    choices = store_choices(session, scope)
    words = _words(choices)
    for name, options in words.items():
        filters.check(name, options)
    store_ids = _store_ids(session, filters, scope) if naming != "none" else None
    fields = _fields(filters, words, choices, naming)
    found = StoreFilter(
        store_ids=store_ids,
        region_id=UUID(filters.raw["region"]) if filters.raw["region"] in words["region"] else None,
        kind=filters.raw["kind"],
        country=filters.raw["country"],
        label=filters.raw["label"],
        is_impossible=bool(set(filters.faults) & set(STORE_FIELDS)),
    )
    return StoresWanted(found, fields, _names(filters, fields))


def _words(choices: StoreChoices) -> dict[str, dict[str, str]]:
    """The choices of each field with their words, in the order of the alphabet."""
    kinds = kind_words()
    words = {
        "region": {str(region_id): name for region_id, name in choices.regions.items()},
        "kind": {kind: kinds[kind] for kind in choices.kinds},
        "country": {code: country_word(code) for code in choices.countries},
        "label": {label: label for label in choices.labels},
    }
    return {
        name: dict(sorted(options.items(), key=lambda item: sort_key(item[1])))
        for name, options in words.items()
    }


def _store_ids(session: OrganisationSession, filters: Filters, scope: Scope) -> frozenset[UUID] | None:
    """The stores that are named by their codes, with commas or spaces between them."""
    codes = [code for code in re.split(r"[\s,;]+", filters.raw["store"]) if code]
    if not codes:
        return None
    found = find_stores(session, codes[:_CODES_MOST], scope)
    missing = [code for code in codes if search_form(code) not in found]
    if len(codes) > 1 and missing:
        filters.faults["store"] = _("There is no store with the code %(code)s.", code=missing[0])
    elif missing:
        filters.faults["store"] = _("There is no store with this code.")
    return frozenset(found.values())


def _fields(
    filters: Filters, words: Mapping[str, dict[str, str]], choices: StoreChoices, naming: Naming
) -> list[FilterField]:
    labels = {
        "region": (_("Region"), _("All regions")),
        "kind": (_("Kind of store"), _("All kinds")),
        "country": (_("Country"), _("All countries")),
        "label": (_("Label"), _("All labels")),
    }
    fields = [
        FilterField(
            name, label, filters.raw[name], [("", everything), *words[name].items()], filters.faults.get(name)
        )
        for name, (label, everything) in labels.items()
        if len(words[name]) >= _NARROWS_FROM[name] or filters.raw[name]
    ]
    return fields if naming == "none" else [_store_field(filters, choices, naming), *fields]


def _store_field(filters: Filters, choices: StoreChoices, naming: Naming) -> FilterField:
    """The store itself: chosen where there are not too many, else typed as a code; or several codes."""
    value, fault = filters.raw["store"], filters.faults.get("store")
    if naming == "many":
        return FilterField("store", _("Only the stores with these codes (optional)"), value, [], fault)
    is_listed = not value or value in choices.stores
    if choices.stores and is_listed:
        options = [("", _("All stores")), *choices.stores.items()]
        return FilterField("store", _("Store"), value, options, fault)
    return FilterField("store", _("Store code"), value, [], fault)


def _names(filters: Filters, fields: list[FilterField]) -> dict[str, str]:
    return {
        field.name: dict(field.options).get(field.value, field.value)
        for field in fields
        if field.value and field.name not in filters.faults
    }
