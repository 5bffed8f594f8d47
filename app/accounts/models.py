"""Organisations, users, memberships and keys."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.rules import Role
from app.db import Base, OrganisationRow, belongs_to, one_of
from app.ids import OrganisationId, new_id


class Organisation(Base):
    """A chain. Everything else belongs to one."""

    __tablename__ = "organisations"

    id: Mapped[OrganisationId] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    default_language: Mapped[str] = mapped_column(default="uk")
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class User(Base):
    """A person who signs in. Users belong to organisations through memberships."""

    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    language: Mapped[str] = mapped_column(default="uk")
    is_active: Mapped[bool] = mapped_column(default=True)
    session_no: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]


class Membership(OrganisationRow):
    """A user's place in an organisation: a role, and for managers the regions and stores in scope."""

    __tablename__ = "memberships"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    role: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (
        UniqueConstraint("organisation_id", "user_id"),
        one_of("role", list(Role)),
    )


class MembershipRegion(OrganisationRow):
    """A region in a membership's scope, with every store in it."""

    __tablename__ = "membership_regions"

    membership_id: Mapped[UUID]
    region_id: Mapped[UUID]

    __table_args__ = (
        UniqueConstraint("organisation_id", "membership_id", "region_id"),
        belongs_to("memberships", "membership_id"),
        belongs_to("regions", "region_id"),
    )


class MembershipStore(OrganisationRow):
    """A store in a membership's scope."""

    __tablename__ = "membership_stores"

    membership_id: Mapped[UUID]
    store_id: Mapped[UUID]

    __table_args__ = (
        UniqueConstraint("organisation_id", "membership_id", "store_id"),
        belongs_to("memberships", "membership_id"),
        belongs_to("stores", "store_id"),
    )


class ApiKey(OrganisationRow):
    """A key of the Open API. Only its digest is kept; the key itself is shown once.

    `used_on` is the last day (UTC) on which it opened anything; a date, so that most requests write nothing.
    """

    __tablename__ = "api_keys"

    name: Mapped[str]
    secret_digest: Mapped[str] = mapped_column(unique=True)
    hint: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    used_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None]


class ApiKeyStore(OrganisationRow):
    """A store that a key is limited to; a key without any sees them all."""

    __tablename__ = "api_key_stores"

    api_key_id: Mapped[UUID]
    store_id: Mapped[UUID]

    __table_args__ = (
        UniqueConstraint("organisation_id", "api_key_id", "store_id"),
        belongs_to("api_keys", "api_key_id"),
        belongs_to("stores", "store_id"),
    )


class SignInThrottle(Base):
    """Failures in a row for one address or one network, kept as a keyed digest and never as itself."""

    __tablename__ = "sign_in_throttles"

    key: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    blocked_until: Mapped[datetime | None]
