"""Responses."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import OrganisationRow, belongs_to, one_of
from app.responses.rules import Channel


class Response(OrganisationRow):
    """What a shopper said: one rating, perhaps a comment and a contact.

    `key` is the 128-bit name that the shopper's own browser knows; it makes every repeat harmless.
    """

    __tablename__ = "responses"

    key: Mapped[str] = mapped_column(unique=True)
    store_id: Mapped[UUID]
    touchpoint_id: Mapped[UUID]
    qr_code_id: Mapped[UUID | None]
    survey_version_id: Mapped[UUID]
    channel: Mapped[str]
    language: Mapped[str]
    rating: Mapped[int]
    comment: Mapped[str | None]
    contact_id: Mapped[UUID | None]
    invitation_id: Mapped[UUID | None]
    employee_id: Mapped[UUID | None]
    is_suspect: Mapped[bool] = mapped_column(default=False)
    is_late: Mapped[bool] = mapped_column(default=False)
    answered_at: Mapped[datetime]
    received_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    corrected_at: Mapped[datetime | None]

    __table_args__ = (
        belongs_to("stores", "store_id"),
        belongs_to("touchpoints", "touchpoint_id"),
        belongs_to("qr_codes", "qr_code_id"),
        belongs_to("survey_versions", "survey_version_id"),
        belongs_to("contacts", "contact_id"),
        belongs_to("invitations", "invitation_id"),
        belongs_to("employees", "employee_id"),
        one_of("channel", list(Channel)),
        CheckConstraint("rating BETWEEN 0 AND 10", name="rating"),
        Index("ix_responses_newest", "organisation_id", "received_at", "id"),
        # Holds all that scores are made of, so that they are counted from the index alone.
        Index("ix_responses_store", "organisation_id", "store_id", "received_at", "rating", "is_suspect"),
        # The second wall behind the invitation's own: one response for each, whatever the code does.
        Index(
            "ix_responses_invitation",
            "organisation_id",
            "invitation_id",
            unique=True,
            sqlite_where=text("invitation_id IS NOT NULL"),
            postgresql_where=text("invitation_id IS NOT NULL"),
        ),
        Index(
            "ix_responses_employee",
            "organisation_id",
            "employee_id",
            "received_at",
            sqlite_where=text("employee_id IS NOT NULL"),
            postgresql_where=text("employee_id IS NOT NULL"),
        ),
    )

    @property
    def is_verified(self) -> bool:
        """Whether a receipt (call, order) stands behind it: one answer for each, from who was there."""
        return self.invitation_id is not None


class ResponseOrigin(OrganisationRow):
    """That a response was sent by another system: with which key, and under which id of its own, if any.

    `content_digest` is keyed: it tells whether the same id came with the same content, and nothing else.
    """

    __tablename__ = "response_origins"

    response_id: Mapped[UUID]
    api_key_id: Mapped[UUID]
    external_id: Mapped[str | None]
    content_digest: Mapped[str]

    __table_args__ = (
        UniqueConstraint("organisation_id", "response_id"),
        UniqueConstraint("organisation_id", "external_id"),
        belongs_to("responses", "response_id"),
        belongs_to("api_keys", "api_key_id"),
    )
