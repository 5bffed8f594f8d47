"""What shoppers send, read into values or into faults that the page can explain."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from app.contacts.rules import Address, read_contact
from app.errors import Invalid
from app.ids import is_key
from app.responses.actions import Completion
from app.responses.rules import RATINGS
from app.text import COMMENT_GRAPHEMES, clean_line, clean_text, grapheme_count
from app.web.forms import Form, only

_RATINGS = {str(rating): rating for rating in RATINGS}
HONEYPOT = "website"


@dataclass(frozen=True, slots=True)
class Tap:
    """The first step: a rating under the browser's own key, against the wording that was shown."""

    key: str
    rating: int
    version_id: UUID | None
    answered_at: datetime | None
    is_suspect: bool


def read_tap(form: Form) -> Tap:
    """A tap on a rating; raises `Invalid` for what was not offered: a rating, a key or a version."""
    key = only(form, "key")
    if not is_key(key):
        raise Invalid(faults={"key": "not_a_key"})
    text = only(form, "rating")
    if text not in _RATINGS:
        raise Invalid(faults={"rating": "not_a_choice" if text else "required"})
    return Tap(
        key=key,
        rating=_RATINGS[text],
        version_id=_version(only(form, "version")),
        answered_at=_instant(only(form, "answered_at")),
        is_suspect=bool(only(form, HONEYPOT)),
    )


def read_completion(form: Form, country: str) -> Completion:
    """The second step; raises `Invalid` with the fault of each field."""
    faults: dict[str, str] = {}
    comment: str | None = None
    contact: Address | None = None
    try:
        comment = read_comment(only(form, "comment"))
    except Invalid as refusal:
        faults["comment"] = next(iter(refusal.faults.values()))
    try:
        typed = clean_line(only(form, "contact"))
        contact = read_contact(typed, country) if typed else None
    except Invalid as refusal:
        faults["contact"] = next(iter(refusal.faults.values()))
    if faults:
        raise Invalid(faults=faults)
    return Completion(comment, contact, wants_marketing=only(form, "marketing") == "yes")


def read_comment(raw: str) -> str | None:
    """A cleaned comment, ``None`` when nothing is left; raises `Invalid` past 5,000 characters."""
    text = clean_text(raw)
    if grapheme_count(text) > COMMENT_GRAPHEMES:
        raise Invalid(faults={"comment": "too_long"})
    return text or None


def _version(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Invalid(faults={"version": "not_this_survey"}) from None


def _instant(text: str) -> datetime | None:
    """Milliseconds since 1970 by the device's clock; anything else counts as not said."""
    with suppress(ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    return None
