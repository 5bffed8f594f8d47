"""Changing accounts: organisations, users, memberships, keys, and the sign-in throttle."""

import secrets
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import case, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

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
from app.accounts.rules import Role, password_fault, sign_in_pause_seconds
from app.db import OrganisationSession, get_row
from app.errors import Invalid
from app.ids import OrganisationId, digest
from app.text import clean_line
from app.web.access import Scope

_TRIES_FORGOTTEN_AFTER = timedelta(days=1)


def create_organisation(
    session: OrganisationSession, slug: str, name: str, *, now: datetime, is_demo: bool = False
) -> OrganisationId:
    """A new, empty organisation; the session must be bound to none."""
    organisation = Organisation(slug=slug, name=clean_line(name), is_demo=is_demo, created_at=now)
    session.add(organisation)
    session.flush()
    return organisation.id


def remove_organisation(session: OrganisationSession, organisation_id: OrganisationId) -> None:
    """Delete an organisation with everything in it, and users who belong to no other."""
    others = select(Membership.user_id).where(Membership.organisation_id != organisation_id)
    leaving = select(Membership.user_id).where(
        Membership.organisation_id == organisation_id, Membership.user_id.not_in(others)
    )
    users = session.scalars(leaving).all()
    session.execute(delete(Organisation).where(Organisation.id == organisation_id))
    session.execute(delete(User).where(User.id.in_(users)))


def create_user(
    session: OrganisationSession, email: str, name: str, password: str, *, language: str, now: datetime
) -> UUID:
    """A person who can sign in; raises `Invalid` for what is no password."""
    fault = password_fault(password, (email, name))
    if fault:
        raise Invalid(faults={"password": fault})
    return create_hashed_user(session, email, name, passwords.hash(password), language=language, now=now)


def create_hashed_user(
    session: OrganisationSession, email: str, name: str, password_hash: str, *, language: str, now: datetime
) -> UUID:
    """A person whose password was checked and hashed before: for many who begin with the same one."""
    user = User(
        email=normal_email(email),
        name=clean_line(name),
        password_hash=password_hash,
        language=language,
        created_at=now,
    )
    session.add(user)
    session.flush()
    return user.id


def add_member(
    session: OrganisationSession,
    user_id: UUID,
    role: Role,
    *,
    regions: Sequence[UUID] = (),
    stores: Sequence[UUID] = (),
) -> UUID:
    """Give a user a role in the session's organisation, with the regions and stores in scope."""
    membership = Membership(user_id=user_id, role=role)
    session.add(membership)
    session.flush()
    session.add_all(MembershipRegion(membership_id=membership.id, region_id=region) for region in regions)
    session.add_all(MembershipStore(membership_id=membership.id, store_id=store) for store in stores)
    session.flush()
    return membership.id


def create_api_key(
    session: OrganisationSession,
    name: str,
    *,
    now: datetime,
    scopes: Collection[Scope] = tuple(Scope),
    stores: Collection[UUID] = (),
    expires_at: datetime | None = None,
) -> str:
    """A new key of the Open API, returned once: only its digest is kept. No stores means all of them."""
    secret = f"vh_{secrets.token_urlsafe(32)}"
    key = ApiKey(
        name=clean_line(name),
        secret_digest=digest(secret),
        hint=secret[-4:],
        scopes=[scope.value for scope in Scope if scope in scopes],
        created_at=now,
        expires_at=expires_at,
    )
    session.add(key)
    session.flush()
    session.add_all(ApiKeyStore(api_key_id=key.id, store_id=store_id) for store_id in dict.fromkeys(stores))
    session.flush()
    return secret


def revoke_api_key(session: OrganisationSession, key_id: UUID, *, now: datetime) -> ApiKey:
    """End a key for good; one that has ended already stays as it is. Raises `NotFound`."""
    key = get_row(session, ApiKey, key_id)
    key.revoked_at = key.revoked_at or now
    session.flush()
    return key


def note_key_use(session: OrganisationSession, key_id: UUID, *, on: date) -> None:
    """Remember the day on which a key was last used."""
    session.execute(update(ApiKey).where(ApiKey.id == key_id).values(used_on=on))


def note_sign_in_failure(session: OrganisationSession, keys: Sequence[str], *, now: datetime) -> None:
    """Count a wrong password against the address and the network, and make the next try wait."""
    for key in keys:
        count_try(session, key, sign_in_pause_seconds, now=now)


def count_try(session: OrganisationSession, key: str, pause: Callable[[int], int], *, now: datetime) -> None:
    """Count one more try and make the next one wait as `pause` says; a day of rest forgets them all.

    The database counts, so that tries at the same moment are two and no emptied Redis forgives any.
    """
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    is_forgotten = SignInThrottle.blocked_until < now - _TRIES_FORGOTTEN_AFTER
    counted = dialect.insert(SignInThrottle).values(key=key, failures=1, blocked_until=now)
    counted = counted.on_conflict_do_update(
        index_elements=["key"], set_={"failures": case((is_forgotten, 1), else_=SignInThrottle.failures + 1)}
    )
    tries = session.scalar(counted.returning(SignInThrottle.failures)) or 1
    until = now + timedelta(seconds=pause(tries))
    session.execute(update(SignInThrottle).where(SignInThrottle.key == key).values(blocked_until=until))


def forget_sign_in_failures(session: OrganisationSession, keys: Sequence[str]) -> None:
    """A right password ends the wait."""
    session.execute(delete(SignInThrottle).where(SignInThrottle.key.in_(keys)))


def normal_email(email: str) -> str:
    """The address as it is compared: one line, lower case."""
    return clean_line(email).casefold()
