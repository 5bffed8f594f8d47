"""How a receipt names an employee."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.errors import Invalid
from app.text import NAME_GRAPHEMES, clean_line, grapheme_count, reference_key

CODE_GRAPHEMES = 32


@dataclass(frozen=True, slots=True)
class Cashier:
    """Who rang up, as the till says it: a code, and perhaps a name."""

    code: str
    name: str = ""

    @property
    def key(self) -> str:
        """The one form of the code, however it is spelt."""
        return reference_key(self.code)


@dataclass(frozen=True, slots=True)
class Seen:
    """A cashier on a receipt of a store, issued at that instant."""

    store_id: UUID
    cashier: Cashier
    at: datetime


def employee_code(raw: str) -> str:
    """A cashier's code as it is stored; raises `Invalid` (``empty``, ``too_long``)."""
    code = clean_line(raw)
    if not reference_key(code):
        raise Invalid(faults={"code": "empty"})
    if grapheme_count(code) > CODE_GRAPHEMES:
        raise Invalid(faults={"code": "too_long"})
    return code


def employee_name(raw: str) -> str:
    """A name as it is stored, perhaps empty; raises `Invalid` (``too_long``)."""
    name = clean_line(raw)
    if grapheme_count(name) > NAME_GRAPHEMES:
        raise Invalid(faults={"name": "too_long"})
    return name
