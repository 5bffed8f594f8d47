"""Who is who: members, their scope, and whom an alert may reach."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from app.accounts.models import (
    ApiKey,
    ApiKeyStore,
    Membership,
    MembershipRegion,
    MembershipStore,
    Organisation,
    SignInThrottle,
    User,
)
from app.accounts.passwords import passwords
from app.accounts.rules import PERMISSIONS, SEES_ALL, Role, may
from app.db import OrganisationSession
from app.ids import OrganisationId, digest
from app.stores.models import Store
from app.web.access import Scope
from app.web.actor import Permission


@dataclass(frozen=True, slots=True)
class Member:
    """A member as others see it."""

    id: UUID
    name: str
    email: str
    language: str
    role: str


@dataclass(frozen=True, slots=True)
class Key:
    """A live API key: whose it is and what it opens. `store_ids` ``None`` means every store."""

    organisation_id: OrganisationId
    id: UUID
    name: str
    scopes: frozenset[Scope]
    store_ids: frozenset[UUID] | None
    used_on: date | None


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A key as its organisation sees it; the key itself is known to nobody any more."""

    id: UUID
    name: str
    hint: str
    scopes: list[str]
    store_codes: list[str]
    expires_at: datetime | None
    used_on: date | None
    revoked_at: datetime | None

    def is_live(self, now: datetime) -> bool:
        """Whether it opens anything."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)


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


def members_of_store(session: OrganisationSession, role: Role, store: Store) -> list[Member]:
    """Active members with the role whose scope holds the store, by name; owners need no scope."""
    rows = session.execute(
        select(Membership.id, User.name, User.email, User.language, Membership.role)
        .join(User, User.id == Membership.user_id)
        .where(Membership.role == role, Membership.is_active, User.is_active, _in_scope(role, store))
        .order_by(User.name)
    )
    return [Member(*row) for row in rows]


def owners(session: OrganisationSession) -> list[Member]:
    """The active owners of the session's organisation, by name."""
    rows = session.execute(
        select(Membership.id, User.name, User.email, User.language, Membership.role)
        .join(User, User.id == Membership.user_id)
        .where(Membership.role == Role.OWNER, Membership.is_active, User.is_active)
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


def answers_for(session: OrganisationSession, membership: Membership, store: Store) -> bool:
    """Whether the member works here, may handle alerts, and has the store in scope."""
    role = Role(membership.role)
    if not membership.is_active or Permission.HANDLE_ALERTS not in PERMISSIONS[role]:
        return False
    here = select(Membership.id).where(Membership.id == membership.id, _in_scope(role, store))
    return session.scalar(here) is not None


def find_active_member(session: OrganisationSession, membership_id: UUID) -> Member | None:
    """A member who still works here, or ``None``."""
    row = session.execute(
        select(Membership.id, User.name, User.email, User.language, Membership.role)
        .join(User, User.id == Membership.user_id)
        .where(Membership.id == membership_id, Membership.is_active, User.is_active)
    ).first()
    return Member(*row) if row else None


def find_handler(session: OrganisationSession, email: str, store: Store) -> Member | None:
    """The member with that address who may handle the store's alerts, or ``None``."""
    handles = [
        and_(Membership.role == role, _in_scope(role, store))
        for role in Role
        if may(role, Permission.HANDLE_ALERTS)
    ]
    row = session.execute(
        select(Membership.id, User.name, User.email, User.language, Membership.role)
        .join(User, User.id == Membership.user_id)
        .where(User.email == email, Membership.is_active, User.is_active, or_(*handles))
    ).first()
    return Member(*row) if row else None


def live_key(session: OrganisationSession, secret: str, *, now: datetime) -> Key | None:
    """The key of that text, unless it was revoked or has expired; sought in one statement, across everybody.

    The session looks across organisations: the key is what says to which of them the caller belongs.
    """
    is_its_store = and_(
        ApiKeyStore.organisation_id == ApiKey.organisation_id, ApiKeyStore.api_key_id == ApiKey.id
    )
    rows = session.execute(
        select(ApiKey, ApiKeyStore.store_id)
        .outerjoin(ApiKeyStore, is_its_store)
        .where(
            ApiKey.secret_digest == digest(secret),
            ApiKey.revoked_at.is_(None),
            or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > now),
        )
    ).all()
    return _key(rows[0][0], {store_id for _, store_id in rows if store_id}) if rows else None


def api_keys(session: OrganisationSession) -> list[KeyLine]:
    """Every key of the organisation, newest first, the revoked ones last."""
    codes: dict[UUID, list[str]] = {}
    for key_id, code in session.execute(
        select(ApiKeyStore.api_key_id, Store.code)
        .join(Store, Store.id == ApiKeyStore.store_id)
        .order_by(Store.code)
    ):
        codes.setdefault(key_id, []).append(code)
    rows = session.scalars(
        select(ApiKey).order_by(ApiKey.revoked_at.is_not(None), ApiKey.created_at.desc(), ApiKey.name)
    )
    return [_line(row, codes.get(row.id, [])) for row in rows]


def organisation_name(session: OrganisationSession) -> str:
    """What the session's organisation is called."""
    return session.get_one(Organisation, session.scope()).name


def organisation_language(session: OrganisationSession, organisation_id: OrganisationId) -> str:
    """The language that an organisation speaks unless told otherwise."""
    return session.get_one(Organisation, organisation_id).default_language


def _key(row: ApiKey, store_ids: set[UUID]) -> Key:
    return Key(
        organisation_id=row.organisation_id,
        id=row.id,
        name=row.name,
        scopes=frozenset(scope for scope in Scope if scope in row.scopes),
        store_ids=frozenset(store_ids) or None,
        used_on=row.used_on,
    )


def _line(row: ApiKey, store_codes: list[str]) -> KeyLine:
    return KeyLine(
        id=row.id,
        name=row.name,
        hint=row.hint,
        scopes=row.scopes,
        store_codes=store_codes,
        expires_at=row.expires_at,
        used_on=row.used_on,
        revoked_at=row.revoked_at,
    )


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
