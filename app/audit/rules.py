"""The deeds that are recorded, and who can do one."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class AuditDeed(StrEnum):
    """What was done, as ``noun.past_participle``. What shoppers and alerts do has its own histories."""

    MEMBER_INVITED = "member.invited"
    MEMBER_JOINED = "member.joined"
    MEMBER_CHANGED = "member.changed"
    MEMBER_REMOVED = "member.removed"
    MEMBER_RESTORED = "member.restored"
    TEAM_INVITATION_WITHDRAWN = "team_invitation.withdrawn"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 - a word, not a secret
    PASSWORD_RESET = "password.reset"  # noqa: S105 - a word, not a secret
    SESSION_ENDED = "session.ended"
    API_KEY_CREATED = "api_key.created"
    API_KEY_REVOKED = "api_key.revoked"
    TILL_KEY_CREATED = "till_key.created"
    TILL_KEY_REVOKED = "till_key.revoked"
    TILL_KEY_ROTATED = "till_key.rotated"
    RECEIPT_TERMS_CHANGED = "receipt_terms.changed"
    EMPLOYEE_CHANGED = "employee.changed"
    EMPLOYEE_RETIRED = "employee.retired"
    EMPLOYEE_RESTORED = "employee.restored"
    STORE_CREATED = "store.created"
    STORE_CHANGED = "store.changed"
    STORE_RETIRED = "store.retired"
    STORE_RESTORED = "store.restored"
    STORES_IMPORTED = "stores.imported"
    TOUCHPOINT_CREATED = "touchpoint.created"
    TOUCHPOINT_CHANGED = "touchpoint.changed"
    TOUCHPOINT_RETIRED = "touchpoint.retired"
    TOUCHPOINT_RESTORED = "touchpoint.restored"
    CODE_CREATED = "code.created"
    CODE_CHANGED = "code.changed"
    CODE_RETIRED = "code.retired"
    CODE_RESTORED = "code.restored"
    SURVEY_CREATED = "survey.created"
    SURVEY_PUBLISHED = "survey.published"
    POLICY_CHANGED = "policy.changed"
    PRINT_RUN_ORDERED = "print_run.ordered"
    EXPORT_MADE = "export.made"
    CONTACT_REVEALED = "contact.revealed"
    ENDPOINT_CREATED = "endpoint.created"
    ENDPOINT_CHANGED = "endpoint.changed"
    ENDPOINT_REMOVED = "endpoint.removed"
    DELIVERIES_REPLAYED = "deliveries.replayed"
    CHANNEL_CHANGED = "channel.changed"
    BACKUP_RESTORED = "backup.restored"


class DeedGroup(StrEnum):
    """What a deed is about, for those who look for one."""

    TEAM = "team"
    STORES = "stores"
    SURVEYS = "surveys"
    DATA = "data"
    CONNECTIONS = "connections"


# By the first word of a deed: a new deed of a known thing finds its group by itself.
_GROUPS = {
    DeedGroup.TEAM: {"member", "team_invitation", "password", "session", "employee"},
    DeedGroup.STORES: {"store", "stores", "touchpoint", "code", "print_run"},
    DeedGroup.SURVEYS: {"survey", "policy", "receipt_terms"},
    DeedGroup.DATA: {"export", "contact", "backup"},
    DeedGroup.CONNECTIONS: {"api_key", "till_key", "endpoint", "deliveries", "channel"},
}


def deeds_of(group: DeedGroup) -> list[AuditDeed]:
    """The deeds of a group."""
    return [deed for deed in AuditDeed if deed.partition(".")[0] in _GROUPS[group]]


@dataclass(frozen=True, slots=True)
class Doer:
    """Who did it, as the record will name them: a member, an API key, or a command of the operator."""

    name: str
    membership_id: UUID | None = None


COMMAND_LINE = Doer("command line")
