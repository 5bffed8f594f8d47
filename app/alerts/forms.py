"""What people send about an alert, read into values or faults."""

from enum import StrEnum
from typing import TypeVar

from app.alerts.actions.handling import Resolution
from app.alerts.rules import RootCause
from app.errors import Invalid
from app.text import clean_text, grapheme_count
from app.web.forms import Form, only

MESSAGE_GRAPHEMES = 2_000
Choice = TypeVar("Choice", bound=StrEnum)


def read_message(form: Form, name: str = "text") -> str:
    """A text that must say something; raises `Invalid` (``required`` or ``too_long``)."""
    text = clean_text(only(form, name))
    if not text:
        raise Invalid(faults={name: "required"})
    if grapheme_count(text) > MESSAGE_GRAPHEMES:
        raise Invalid(faults={name: "too_long"})
    return text


def read_choice(form: Form, name: str, choices: type[Choice]) -> Choice:
    """One of a closed set; raises `Invalid` (``required`` or ``not_a_choice``)."""
    text = only(form, name)
    if text not in set(choices):
        raise Invalid(faults={name: "not_a_choice" if text else "required"})
    return choices(text)


def read_resolution(form: Form) -> Resolution:
    """The root cause, if any was chosen, and what was done about it."""
    cause = read_choice(form, "root_cause", RootCause) if only(form, "root_cause") else None
    taken = read_message(form, "action_taken") if only(form, "action_taken").strip() else None
    return Resolution(cause, taken)
