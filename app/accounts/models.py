"""Organisations, users, memberships and keys; who is invited, who is signed in, and the letters about it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.rules import LetterKind, Role
from app.db import Base, LeasedRow, OrganisationRow, belongs_to, one_of
from app.ids import OrganisationId, new_id

_WAITS = text("accepted_at IS NULL AND withdrawn_at IS NULL")


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
    # Not read since sign-ins have rows of their own; the version before still does while it is replaced.
    session_no: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]


class Membership(OrganisationRow):
    """A user's place in an organisation: a role, and for managers the regions and stores in scope.

    `seen_on` is the day (in UTC) of the last visit; the hour is nobody's business.
    """

    __tablename__ = "memberships"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    role: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)
    seen_on: Mapped[date | None]

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


class TeamInvitation(OrganisationRow):
    """A colleague who was asked to join, with the place that waits. The link's secret is kept as a digest.

    Regions and stores are lists of ids: `MembershipRegion` and `MembershipStore` refuse what is foreign.
    """

    __tablename__ = "team_invitations"

    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    language: Mapped[str]
    region_ids: Mapped[list[str]] = mapped_column(default=list)
    store_ids: Mapped[list[str]] = mapped_column(default=list)
    secret_digest: Mapped[str] = mapped_column(unique=True)
    invited_by: Mapped[UUID | None]
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (
        belongs_to("memberships", "invited_by"),
        one_of("role", list(Role)),
        Index(
            "ix_team_invitations_waiting",
            "organisation_id",
            "email",
            unique=True,
            sqlite_where=_WAITS,
            postgresql_where=_WAITS,
        ),
    )


class PasswordRequest(Base):
    """Somebody asked for a new password for an address, which may be nobody's: answered by the ticker."""

    __tablename__ = "password_requests"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str]
    asked_at: Mapped[datetime]


class PasswordReset(Base):
    """The one live link with which a user may choose a new password; used, it is deleted."""

    __tablename__ = "password_resets"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    secret_digest: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]


class AccountLetter(LeasedRow):
    """An e-mail about an account. While `due_at` is set it is still to be sent.

    `sealed_link` holds the secret of the letter's link, encrypted, until the letter has gone out.
    """

    __tablename__ = "account_letters"

    kind: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    invitation_id: Mapped[UUID | None]
    sealed_link: Mapped[str | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    failure: Mapped[str | None]

    __table_args__ = (
        belongs_to("team_invitations", "invitation_id"),
        one_of("kind", list(LetterKind)),
    )


class SignIn(Base):
    """One signed-in browser of a user; the token itself stands only in its cookie.

    `current_id` is the organisation at work, empty until somebody with several has chosen one.
    """

    __tablename__ = "sign_ins"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_digest: Mapped[str] = mapped_column(unique=True)
    current_id: Mapped[OrganisationId | None] = mapped_column(
        ForeignKey("organisations.id", ondelete="SET NULL")
    )
    device: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
