"""Who acts: the signed-in member of one organisation, and what the member may see and do."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.audit.rules import Doer
from app.errors import Forbidden, NotFound
from app.ids import OrganisationId


class Permission(StrEnum):
    """What a page or an action asks for."""

    SEE = "see"
    HANDLE_ALERTS = "handle_alerts"
    EDIT_STORES = "edit_stores"
    EDIT_SETTINGS = "edit_settings"
    EDIT_TEAM = "edit_team"
    SEE_AUDIT = "see_audit"


@dataclass(frozen=True, slots=True)
class Actor:
    """A member at work. `store_ids` is the member's scope; ``None`` means every store."""

    organisation_id: OrganisationId
    organisation_name: str
    membership_id: UUID
    user_id: UUID
    name: str
    role: str
    language: str
    permissions: frozenset[Permission]
    store_ids: frozenset[UUID] | None

    @property
    def doer(self) -> Doer:
        """The member as the audit log names them."""
        return Doer(self.name, self.membership_id)

    def may(self, permission: Permission) -> bool:
        """Whether the actor carries the permission."""
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raise `Forbidden` unless the actor carries the permission."""
        if not self.may(permission):
            raise Forbidden()

    def sees(self, store_id: UUID) -> bool:
        """Whether the store is in the actor's scope."""
        return self.store_ids is None or store_id in self.store_ids

    def require_store(self, store_id: UUID) -> None:
        """Raise `NotFound` for a store out of scope: it looks as if it were not there."""
        if not self.sees(store_id):
            raise NotFound()


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever is signed in. `actor` is empty while somebody with several organisations has chosen none."""

    user_id: UUID
    sign_in_id: UUID
    name: str
    email: str
    language: str
    organisation_count: int
    actor: Actor | None


PersonLoader = Callable[[], Person | None]
