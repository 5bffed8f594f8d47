"""Invitations, the keys that tills sign with, and where their answers are counted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import OrganisationRow, belongs_to, one_of
from app.invitations.rules import USUAL_LIFE_DAYS, Kind, State, state_of


class Invitation(OrganisationRow):
    """Permission to answer once, about one receipt (or call, or order) of one store.

    `number` is as printed; `number_key`, its one form, makes the receipt unique in its store. `token` is the
    link. `response_key` is set by whoever answers first, `issued_at` is unknown for a receipt that was
    refunded before anybody answered.
    """

    __tablename__ = "invitations"

    kind: Mapped[str]
    token: Mapped[str] = mapped_column(unique=True)
    store_id: Mapped[UUID]
    touchpoint_id: Mapped[UUID]
    number: Mapped[str]
    number_key: Mapped[str]
    issued_at: Mapped[datetime | None]
    total_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str | None]
    employee_id: Mapped[UUID | None]
    contact_id: Mapped[UUID | None]
    language: Mapped[str | None]
    till_key_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    response_key: Mapped[str | None]
    redeemed_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("organisation_id", "store_id", "kind", "number_key"),
        belongs_to("stores", "store_id"),
        belongs_to("touchpoints", "touchpoint_id"),
        belongs_to("employees", "employee_id"),
        belongs_to("contacts", "contact_id"),
        belongs_to("till_keys", "till_key_id"),
        one_of("kind", list(Kind)),
        Index("ix_invitations_newest", "organisation_id", "created_at", "id"),
        Index(
            "ix_invitations_unanswered",
            "expires_at",
            sqlite_where=text("redeemed_at IS NULL"),
            postgresql_where=text("redeemed_at IS NULL"),
        ),
    )

    def state(self, *, now: datetime) -> State:
        """What can still become of it."""
        return state_of(self.redeemed_at, self.cancelled_at, self.expires_at, now=now)

    @property
    def is_refunded(self) -> bool:
        """Whether the receipt was refunded after it had been answered about."""
        return self.redeemed_at is not None and self.cancelled_at is not None


class TillKey(OrganisationRow):
    """A key with which a store's tills sign receipt links. The secret is sealed under a purpose of its own.

    `key_id` stands in every link and names organisation, store and key. A rotated key is good until
    `valid_until`.
    """

    __tablename__ = "till_keys"

    store_id: Mapped[UUID]
    key_id: Mapped[str] = mapped_column(unique=True)
    secret_sealed: Mapped[str]
    created_at: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    __table_args__ = (
        belongs_to("stores", "store_id"),
        Index("ix_till_keys_store", "organisation_id", "store_id"),
    )

    def is_live(self, *, now: datetime) -> bool:
        """Whether links signed with it are taken."""
        return self.revoked_at is None and (self.valid_until is None or self.valid_until > now)


class InvitationPoint(OrganisationRow):
    """The touchpoint at which a store's answers to one kind of invitation are counted."""

    __tablename__ = "invitation_points"

    store_id: Mapped[UUID]
    kind: Mapped[str]
    touchpoint_id: Mapped[UUID]

    __table_args__ = (
        UniqueConstraint("organisation_id", "store_id", "kind"),
        belongs_to("stores", "store_id"),
        belongs_to("touchpoints", "touchpoint_id"),
        one_of("kind", list(Kind)),
    )


class ReceiptTerms(OrganisationRow):
    """For how many days after the purchase an organisation takes answers."""

    __tablename__ = "receipt_terms"

    life_days: Mapped[int] = mapped_column(default=USUAL_LIFE_DAYS)

    __table_args__ = (UniqueConstraint("organisation_id"),)
