"""The audit log as people read it: each deed in words, and what was wanted of the list."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask_babel import gettext as _

from app.accounts.words import role_words
from app.audit.models import AuditEntry
from app.audit.queries import Wanted
from app.audit.rules import AuditDeed, DeedGroup
from app.web.filters import Filters

DEED_FIELDS = ("group", "member", "since", "until")


def read_wanted(filters: Filters, members: Mapping[UUID, str], zone: str) -> Wanted:
    """The deeds that are wanted; days are days in `zone`. What is wrong stands in `filters.faults`."""
    spelt = {str(member): member for member in members}
    filters.check("member", spelt)
    is_group = filters.check("group", list(DeedGroup))
    since, until = filters.span("since", "until", zone)
    return Wanted(
        group=DeedGroup(filters.raw["group"]) if is_group else None,
        member_id=spelt.get(filters.raw["member"]),
        since=since,
        until=until,
    )


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
