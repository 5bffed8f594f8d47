"""Roles and what each may do."""

from enum import StrEnum

from app.web.actor import Permission


class Role(StrEnum):
    """What a membership makes of a user."""

    OWNER = "owner"
    ANALYST = "analyst"
    REGIONAL_MANAGER = "regional_manager"
    STORE_MANAGER = "store_manager"


PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.ANALYST: frozenset({Permission.SEE, Permission.EDIT_STORES}),
    Role.REGIONAL_MANAGER: frozenset({Permission.SEE, Permission.HANDLE_ALERTS}),
    Role.STORE_MANAGER: frozenset({Permission.SEE, Permission.HANDLE_ALERTS}),
}

SEES_ALL = frozenset({Role.OWNER, Role.ANALYST})

PASSWORD_LENGTH = 12
PASSWORD_MOST = 128


def may(role: Role, permission: Permission) -> bool:
    """Whether the role carries the permission."""
    return permission in PERMISSIONS[role]


def sign_in_pause_seconds(failures: int) -> int:
    """How long to wait after so many wrong passwords in a row: 0 for two slips, then 1, 2, 4 ... 60."""
    return 0 if failures < 3 else min(2 ** (failures - 3), 60)
