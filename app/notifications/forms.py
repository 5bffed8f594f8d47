"""The form of a member's notifications: channels in order, a number, quiet hours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time

from flask_babel import gettext as _

from app.channels.catalogue import CHANNELS
from app.channels.email.sender import EMAIL
from app.channels.sms.numbers import read_number
from app.channels.sms.sender import SMS
from app.channels.telegram.sender import TELEGRAM
from app.db import OrganisationSession
from app.errors import Invalid
from app.notifications.actions.personal import Preferences
from app.notifications.models import PersonalAddress, PersonalSettings
from app.notifications.rules import HOME_ZONE
from app.stores.places import time_zone_name
from app.text import clean_line

PLACES = ("first", "second", "third")
_FIELDS = (*PLACES, "phone", "quiet_from", "quiet_to", "time_zone")


@dataclass(slots=True)
class PersonalForm:
    """A form as it was typed; `faults` has a text for each field that was refused."""

    typed: dict[str, str]
    faults: dict[str, str] = field(default_factory=dict)
    wish: Preferences = field(default_factory=lambda: Preferences((EMAIL.name,)))


def form_of(wish: PersonalSettings | None, own: Mapping[str, PersonalAddress]) -> PersonalForm:
    """The form as the member has left it."""
    channels = wish.channels if wish else [EMAIL.name]
    places = dict(zip(PLACES, [*channels, "", ""], strict=False))
    return PersonalForm(
        {
            **places,
            "phone": own[SMS.name].address if SMS.name in own else "",
            "quiet_from": (wish.quiet_from if wish else None) or "",
            "quiet_to": (wish.quiet_to if wish else None) or "",
            "time_zone": wish.time_zone if wish else HOME_ZONE,
        }
    )


def read_preferences(
    session: OrganisationSession, raw: Mapping[str, str], own: Mapping[str, PersonalAddress]
) -> PersonalForm:
    """Read what was sent: a channel has to be connected and known to reach the member."""
    form = PersonalForm({name: clean_line(raw.get(name, "")) for name in _FIELDS})
    phone = _read_phone(form)
    channels = _read_channels(session, form, has_chat=TELEGRAM.name in own, has_phone=bool(phone))
    begins, ends = _read_time(form, "quiet_from"), _read_time(form, "quiet_to")
    if bool(begins) != bool(ends) or (begins and begins == ends):
        form.faults.setdefault("quiet_to" if begins else "quiet_from", _("Write both times, or neither."))
    form.wish = Preferences(channels, phone, begins, ends, _read_zone(form))
    return form


def _read_phone(form: PersonalForm) -> str:
    if not form.typed["phone"]:
        return ""
    try:
        return read_number(form.typed["phone"])
    except Invalid:
        form.faults["phone"] = _("Write a phone number, such as +380 50 111 22 33.")
        return form.typed["phone"]


def _read_channels(
    session: OrganisationSession, form: PersonalForm, *, has_chat: bool, has_phone: bool
) -> tuple[str, ...]:
    chosen: list[str] = []
    for place in PLACES:
        name = form.typed[place]
        if not name:
            continue
        if name not in CHANNELS or not CHANNELS[name].is_ready(session):
            form.faults[place] = _("Choose one that is in the list.")
        elif name in chosen:
            form.faults[place] = _("This channel is there twice.")
        elif name == TELEGRAM.name and not has_chat:
            form.faults[place] = _("Link a chat first, below.")
        elif name == SMS.name and not has_phone:
            form.faults["phone"] = _("Write a phone number, such as +380 50 111 22 33.")
        chosen.append(name)
    if not chosen:
        form.faults["first"] = _("Choose at least one channel.")
    return tuple(chosen)


def _read_time(form: PersonalForm, name: str) -> str | None:
    text = form.typed[name]
    if not text:
        return None
    try:
        return f"{time.fromisoformat(text):%H:%M}"
    except ValueError:
        form.faults[name] = _("Write a time like 22:00.")
        return None


def _read_zone(form: PersonalForm) -> str:
    try:
        return time_zone_name(form.typed["time_zone"])
    except Invalid:
        form.faults["time_zone"] = _("Choose one that is in the list.")
        return HOME_ZONE
