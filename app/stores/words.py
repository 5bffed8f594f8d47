"""Stores in the reader's words: kinds, countries, and what is wrong with a value."""

from collections.abc import Mapping

from flask_babel import get_locale
from flask_babel import gettext as _

from app.stores import places
from app.stores.rules import StoreKind


def reader_language() -> str:
    """The language that the reader is spoken to in, inside a request or not."""
    return str(get_locale() or "en")


def kind_words() -> dict[str, str]:
    """Kinds of stores."""
    return {
        StoreKind.SHOP: _("Shop"),
        StoreKind.ONLINE_SHOP: _("Online shop"),
        StoreKind.CONTACT_CENTRE: _("Contact centre"),
        StoreKind.DELIVERY: _("Delivery"),
    }


def country_word(code: str) -> str:
    """A country's name."""
    return places.countries(reader_language()).get(code, code)


def fault_words(faults: Mapping[str, str]) -> str:
    """A refusal in words that say what to write instead."""
    code = next(code for name, code in faults.items() if name != "line")
    text = _texts()[code]
    line = faults.get("line")
    return _("“%(line)s”: %(fault)s", line=line, fault=text) if line else text


def _texts() -> dict[str, str]:
    return {
        "no_name": _("Write a name."),
        "no_code": _("Write the store's code."),
        "unknown": _("Choose one that is in the list."),
        "too_long": _("Shorten this text."),
        "bad_encoding": _("This text holds characters that cannot be stored."),
        "bad_code": _("Use letters, digits and . _ / - only, at most 32."),
        "long_label": _("Shorten the labels to 40 characters each."),
        "many_labels": _("Use at most 20 labels."),
        **_hours(),
    }


def _hours() -> dict[str, str]:
    return {
        "bad_hours": _("Write hours like 09:00-21:00, or 09:00-13:00, 14:00-21:00."),
        "bad_week": _("Write a week like Mon-Fri 09:00-21:00; Sat,Sun 10:00-20:00."),
        "repeated_day": _("This day is there twice."),
        "overlap": _("These hours overlap."),
        "many_intervals": _("Use at most 6 intervals a day."),
        "bad_date": _("Begin with a date like 2026-12-25."),
        "repeated_date": _("This date is there twice."),
        "many_dates": _("Use at most 100 dates; delete those that have passed."),
    }
