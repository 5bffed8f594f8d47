"""Roles and what each may do, how long a sign-in and a link last, what is no password."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from app.accounts.obvious import is_obvious
from app.web.actor import Permission


class Role(StrEnum):
    """What a membership makes of a user."""

    OWNER = "owner"
    ANALYST = "analyst"
    REGIONAL_MANAGER = "regional_manager"
    STORE_MANAGER = "store_manager"


class LetterKind(StrEnum):
    """What a letter about an account says."""

    INVITATION = "invitation"
    RESET = "reset"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a word, not a secret


# Who may look at a shopper's contact: whoever may answer (HANDLE_ALERTS), store by store.
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.ANALYST: frozenset({Permission.SEE, Permission.EDIT_STORES}),
    Role.REGIONAL_MANAGER: frozenset({Permission.SEE, Permission.HANDLE_ALERTS, Permission.EDIT_TEAM}),
    Role.STORE_MANAGER: frozenset({Permission.SEE, Permission.HANDLE_ALERTS}),
}
# Whom a role with EDIT_TEAM may invite, change and remove; how far, `Team.holds` says.
MANAGES: dict[Role, tuple[Role, ...]] = {
    Role.OWNER: tuple(Role),
    Role.REGIONAL_MANAGER: (Role.STORE_MANAGER,),
}

SEES_ALL = frozenset({Role.OWNER, Role.ANALYST})

PASSWORD_LENGTH = 12
PASSWORD_MOST = 128

INVITATION_LASTS = timedelta(days=7)
RESET_LASTS = timedelta(hours=1)
SIGN_IN_LASTS = timedelta(days=7)
# A shop floor signs in once a shift; whoever sees the whole chain is asked again sooner.
IDLE_LASTS = {True: timedelta(hours=2), False: timedelta(hours=12)}
# How often a visit is written down: a row for each request would cost more than the request.
VISIT_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Scope:
    """The regions and stores that a membership names. Owners and analysts name none and see all."""

    regions: frozenset[UUID] = frozenset()
    stores: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Team:
    """Whom a member may manage: owners all, regional managers the store managers of their own stores.

    `store_ids` is the member's own scope; ``None`` means every store.
    """

    role: Role
    store_ids: frozenset[UUID] | None

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles that may be given."""
        return MANAGES.get(self.role, ())

    def holds(self, role: str, scope: Scope) -> bool:
        """Whether somebody of that role and scope belongs to it, with no store beyond its own."""
        if role not in self.roles:
            return False
        if self.store_ids is None:
            return True
        return bool(scope.stores) and not scope.regions and scope.stores <= self.store_ids


def may(role: Role, permission: Permission) -> bool:
    """Whether the role carries the permission."""
    return permission in PERMISSIONS[role]


def sign_in_pause_seconds(failures: int) -> int:
    """How long to wait after so many wrong passwords in a row: 0 for two slips, then 1, 2, 4 ... 60."""
    return 0 if failures < 3 else min(2 ** (failures - 3), 60)


def reset_pause_seconds(requests: int) -> int:
    """How long to wait after asking so often for a new password: a minute, then 2, 4 ... up to an hour."""
    return min(60 << min(requests - 1, 10), 3600)


def idle_lasts(role: str | None) -> timedelta:
    """How long a sign-in may lie idle; as short as any while no organisation is chosen."""
    return IDLE_LASTS[role is None or role in SEES_ALL]


def password_fault(password: str, about: Collection[str] = ()) -> str | None:
    """Why it cannot be a password, as a code; `about` are words that belong to the person and the chain.

    The only rules are length and not being what everybody tries first; symbols are nobody's duty.
    """
    if len(password) < PASSWORD_LENGTH:
        return "too_short"
    if len(password) > PASSWORD_MOST:
        return "too_long"
    return "too_obvious" if is_obvious(password, about) else None
