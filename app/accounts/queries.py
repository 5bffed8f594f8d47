"""Who is who: members, their scope, and whom an alert may reach."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select

from app.accounts.models import (
    ApiKey,
    Membership,
    MembershipRegion,
    MembershipStore,
    Organisation,
    SignInThrottle,
    User,
)
from app.accounts.passwords import passwords
from app.accounts.rules import PERMISSIONS, SEES_ALL, Role
from app.db import OrganisationSession
from app.ids import OrganisationId, digest
from app.stores.models import Store
from app.web.actor import Actor


@dataclass(frozen=True, slots=True)
class Member:
    """A member as others see it."""

    id: UUID
    name: str
    email: str
    language: str
    role: str


def find_organisation(session: OrganisationSession, slug: str) -> Organisation | None:
    """The organisation of that slug."""
    return session.scalar(select(Organisation).where(Organisation.slug == slug))


def is_empty(session: OrganisationSession) -> bool:
    """Whether no organisation has been made yet."""
    return session.scalar(select(func.count()).select_from(Organisation)) == 0


def user_with_password(session: OrganisationSession, email: str, password: str) -> User | None:
    """The active user of that address if the password is right; takes as long when nobody has it."""
    user = session.scalar(select(User).where(User.email == email, User.is_active))
    return user if passwords.check(user.password_hash if user else None, password) else None


def seconds_to_wait(session: OrganisationSession, keys: Sequence[str], *, now: datetime) -> int:
    """How long a further sign-in has to wait; 0 when it may be tried."""
    until = session.scalar(select(func.max(SignInThrottle.blocked_until)).where(SignInThrottle.key.in_(keys)))
    return 0 if until is None or until <= now else int((until - now).total_seconds()) + 1


def actor_of(session: OrganisationSession, user: User, membership: Membership) -> Actor:
    """What the member of the session's organisation may see and do."""
    organisation = session.get_one(Organisation, membership.organisation_id)
    role = Role(membership.role)
    return Actor(
        organisation_id=membership.organisation_id,
        organisation_name=organisation.name,
        membership_id=membership.id,
        user_id=user.id,
        name=user.name,
        role=role,
        language=user.language,
        permissions=PERMISSIONS[role],
        store_ids=None if role in SEES_ALL else frozenset(_stores_in_scope(session, membership.id)),
    )


def members_of_store(session: OrganisationSession, role: Role, store: Store) -> list[Member]:
    """Active members with the role whose scope holds the store, by name; owners need no scope."""
    rows = session.execute(
        select(Membership.id, User.name, User.email, User.language, Membership.role)
        .join(User, User.id == Membership.user_id)
        .where(Membership.role == role, Membership.is_active, User.is_active, _in_scope(role, store))
        .order_by(User.name)
    )
    return [Member(*row) for row in rows]


def stores_with_managers(session: OrganisationSession, store_ids: Collection[UUID]) -> set[UUID]:
    """Which of these stores have an active store manager."""
    is_managed = exists().where(
        Membership.role == Role.STORE_MANAGER,
        Membership.is_active,
        User.id == Membership.user_id,
        User.is_active,
        or_(*_reaches(Store)),
    )
    return set(session.scalars(select(Store.id).where(Store.id.in_(store_ids), is_managed)))


def member_names(session: OrganisationSession) -> dict[UUID, str]:
    """Names of all members, for histories and owners."""
    rows = session.execute(select(Membership.id, User.name).join(User, User.id == Membership.user_id))
    return {row.id: row.name for row in rows}


def get_member(session: OrganisationSession, membership_id: UUID) -> Member:
    """A member of the session's organisation."""
    row = session.execute(
        select(Membership.id, User.name, User.email, User.language, Membership.role)
        .join(User, User.id == Membership.user_id)
        .where(Membership.id == membership_id)
    ).one()
    return Member(*row)


def find_active_member(session: OrganisationSession, membership_id: UUID) -> Member | None:
    """A member who still works here, or ``None``."""
    row = session.execute(
        select(Membership.id, User.name, User.email, User.language, Membership.role)
        .join(User, User.id == Membership.user_id)
        .where(Membership.id == membership_id, Membership.is_active, User.is_active)
    ).first()
    return Member(*row) if row else None


def active_key(session: OrganisationSession, key: str) -> ApiKey | None:
    """The key, unless it was revoked."""
    return session.scalar(
        select(ApiKey).where(ApiKey.secret_digest == digest(key), ApiKey.revoked_at.is_(None))
    )


def organisation_name(session: OrganisationSession) -> str:
    """What the session's organisation is called."""
    return session.get_one(Organisation, session.scope()).name


def organisation_language(session: OrganisationSession, organisation_id: OrganisationId) -> str:
    """The language that an organisation speaks unless told otherwise."""
    return session.get_one(Organisation, organisation_id).default_language


def _in_scope(role: Role, store: Store) -> ColumnElement[bool]:
    if role in SEES_ALL:
        return Membership.id.is_not(None)
    return or_(*_reaches(store))


def _reaches(store: Store | type[Store]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Whether a membership has the store in its scope, by itself or with its region."""
    by_store = exists().where(
        MembershipStore.membership_id == Membership.id, MembershipStore.store_id == store.id
    )
    by_region = exists().where(
        MembershipRegion.membership_id == Membership.id, MembershipRegion.region_id == store.region_id
    )
    return by_store, by_region


def _stores_in_scope(session: OrganisationSession, membership_id: UUID) -> list[UUID]:
    direct = select(MembershipStore.store_id).where(MembershipStore.membership_id == membership_id)
    through_region = (
        select(Store.id)
        .join(MembershipRegion, MembershipRegion.region_id == Store.region_id)
        .where(MembershipRegion.membership_id == membership_id)
    )
    return [*session.scalars(direct), *session.scalars(through_region)]
