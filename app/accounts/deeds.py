"""The audit log as people read it: each deed in words, and what was wanted of the list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from app.accounts.words import role_words
from app.audit.models import AuditEntry
from app.audit.queries import Place, Wanted
from app.audit.rules import AuditDeed, DeedGroup
from app.text import clean_line

_FIELDS = ("group", "member", "since", "until")
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
_PLACE = "%Y%m%dT%H%M%S%f"


@dataclass(frozen=True, slots=True)
class Filter:
    """What was typed, by field, and what is wrong with it."""

    raw: dict[str, str]
    faults: dict[str, str]

    @property
    def filled(self) -> dict[str, str]:
        """The fields that narrow anything."""
        return {name: value for name, value in self.raw.items() if value}

    def address(self, **more: str) -> str:
        """The address of this list, with something changed."""
        return f"?{urlencode({**self.filled, **more})}"


def read_wanted(typed: Mapping[str, str], members: Mapping[UUID, str], zone: str) -> tuple[Wanted, Filter]:
    """The filter; days are days in `zone`."""
    form = Filter({name: clean_line(typed.get(name, "")[:100]) for name in _FIELDS}, {})
    spelt = {str(member): member for member in members}
    wanted = Wanted(member_id=spelt.get(form.raw["member"]))
    if form.raw["group"] in set(DeedGroup):
        wanted = replace(wanted, group=DeedGroup(form.raw["group"]))
    for name, known in (("group", {"", *DeedGroup}), ("member", {"", *spelt})):
        if form.raw[name] not in known:
            form.faults[name] = _("Choose one from the list.")
    since, until = _day(form, "since"), _day(form, "until")
    if since and until and until < since:
        form.faults["until"] = _("The last day is before the first one.")
    return replace(
        wanted,
        since=_midnight(since, zone) if since else None,
        until=_midnight(until + timedelta(days=1), zone) if until else None,
    ), form


def write_place(place: Place | None) -> str:
    """A place in the list, as an address carries it."""
    return f"{place.at.astimezone(UTC):{_PLACE}}-{place.id.hex}" if place else ""


def read_place(text: str) -> Place | None:
    """The place that an address names; anything else is the beginning of the list."""
    at, _dash, entry_id = text.partition("-")
    try:
        return Place(datetime.strptime(at, _PLACE).replace(tzinfo=UTC), UUID(hex=entry_id))
    except ValueError:
        return None


def group_words() -> dict[str, str]:
    """What a group of deeds is called."""
    return {
        DeedGroup.TEAM: _("Team and sign-in"),
        DeedGroup.STORES: _("Stores and codes"),
        DeedGroup.SURVEYS: _("Surveys and policies"),
        DeedGroup.DATA: _("Contacts and files"),
        DeedGroup.CONNECTIONS: _("Keys and connections"),
    }


def deed_words() -> dict[str, str]:
    """What was done."""
    return {**_of_the_team(), **_of_stores(), **_of_connections()}


def detail_words(entry: AuditEntry) -> str:
    """What changed, in short."""
    return "; ".join(_detail(name, value) for name, value in entry.data.items())


def _detail(name: str, value: object) -> str:
    roles = role_words()
    if name in ("role", "name"):
        steps = value if isinstance(value, list) else [value]
        return " → ".join(roles.get(str(step), str(step)) for step in steps)
    labels = {
        "regions_added": _("regions added"),
        "regions_dropped": _("regions taken away"),
        "stores_added": _("stores added"),
        "stores_dropped": _("stores taken away"),
        "rows": _("rows"),
        "version": _("version"),
    }
    said = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"{labels.get(name, name.replace('_', ' '))}: {said}"


def _of_the_team() -> dict[str, str]:
    return {
        AuditDeed.MEMBER_INVITED: _("Invited a colleague"),
        AuditDeed.TEAM_INVITATION_WITHDRAWN: _("Withdrew an invitation"),
        AuditDeed.MEMBER_JOINED: _("Joined the team"),
        AuditDeed.MEMBER_CHANGED: _("Changed a member"),
        AuditDeed.MEMBER_REMOVED: _("Removed a member"),
        AuditDeed.MEMBER_RESTORED: _("Let a member in again"),
        AuditDeed.PASSWORD_CHANGED: _("Changed the password"),
        AuditDeed.PASSWORD_RESET: _("Chose a new password by mail"),
        AuditDeed.SESSION_ENDED: _("Signed a device out"),
        AuditDeed.SURVEY_CREATED: _("Created a survey"),
        AuditDeed.SURVEY_PUBLISHED: _("Published a survey version"),
        AuditDeed.POLICY_CHANGED: _("Changed the policy in use"),
        AuditDeed.RECEIPT_TERMS_CHANGED: _("Changed how receipt links work"),
        AuditDeed.BACKUP_RESTORED: _("Restored a backup"),
        AuditDeed.EXPORT_MADE: _("Downloaded a file"),
        AuditDeed.CONTACT_REVEALED: _("Looked at a contact"),
    }


def _of_stores() -> dict[str, str]:
    return {
        AuditDeed.STORE_CREATED: _("Added a store"),
        AuditDeed.STORE_CHANGED: _("Changed a store"),
        AuditDeed.STORE_RETIRED: _("Closed a store"),
        AuditDeed.STORE_RESTORED: _("Opened a store again"),
        AuditDeed.STORES_IMPORTED: _("Imported stores"),
        AuditDeed.TOUCHPOINT_CREATED: _("Added a touchpoint"),
        AuditDeed.TOUCHPOINT_CHANGED: _("Changed a touchpoint"),
        AuditDeed.TOUCHPOINT_RETIRED: _("Closed a touchpoint"),
        AuditDeed.TOUCHPOINT_RESTORED: _("Opened a touchpoint again"),
        AuditDeed.CODE_CREATED: _("Made a code"),
        AuditDeed.CODE_CHANGED: _("Pointed a code elsewhere"),
        AuditDeed.CODE_RETIRED: _("Retired a code"),
        AuditDeed.CODE_RESTORED: _("Restored a code"),
        AuditDeed.PRINT_RUN_ORDERED: _("Ordered a print run"),
        AuditDeed.EMPLOYEE_CHANGED: _("Changed an employee"),
        AuditDeed.EMPLOYEE_RETIRED: _("Retired an employee"),
        AuditDeed.EMPLOYEE_RESTORED: _("Restored an employee"),
    }


def _of_connections() -> dict[str, str]:
    return {
        AuditDeed.API_KEY_CREATED: _("Made an API key"),
        AuditDeed.API_KEY_REVOKED: _("Revoked an API key"),
        AuditDeed.TILL_KEY_CREATED: _("Made a till key"),
        AuditDeed.TILL_KEY_REVOKED: _("Revoked a till key"),
        AuditDeed.TILL_KEY_ROTATED: _("Renewed a till key"),
        AuditDeed.ENDPOINT_CREATED: _("Added a webhook endpoint"),
        AuditDeed.ENDPOINT_CHANGED: _("Changed a webhook endpoint"),
        AuditDeed.ENDPOINT_REMOVED: _("Removed a webhook endpoint"),
        AuditDeed.DELIVERIES_REPLAYED: _("Sent deliveries again"),
        AuditDeed.CHANNEL_CHANGED: _("Changed a channel"),
    }


def _day(form: Filter, name: str) -> date | None:
    if not form.raw[name]:
        return None
    try:
        day = date.fromisoformat(form.raw[name])
    except ValueError:
        day = date.min
    if _FIRST_DAY <= day <= _LAST_DAY:
        return day
    form.faults[name] = _("Enter a date like 2026-11-25.")
    return None


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def csv_rows(entries: Sequence[AuditEntry]) -> list[list[object]]:
    """The log as a table: instants in UTC, each deed as its code and in words."""
    words = deed_words()
    return [
        [
            entry.at.isoformat(timespec="seconds"),
            entry.deed,
            words.get(entry.deed, entry.deed),
            entry.doer,
            entry.subject,
            detail_words(entry),
        ]
        for entry in entries
    ]
