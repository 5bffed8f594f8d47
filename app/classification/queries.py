"""Verdicts as pages and the API show them."""

from uuid import UUID

from sqlalchemy import select

from app.classification.models import Classification
from app.db import OrganisationSession


def find_classification(session: OrganisationSession, response_id: UUID) -> Classification | None:
    """The verdict on a response's comment, given or still promised; ``None`` without a comment."""
    return session.scalar(select(Classification).where(Classification.response_id == response_id))
