"""Finding a response by what its shopper holds."""

from uuid import UUID

from sqlalchemy import select

from app.db import OrganisationSession, get_row
from app.errors import NotFound
from app.responses.models import Response


def get_response_by_key(session: OrganisationSession, key: str) -> Response:
    """The response of that key; raises `NotFound`, also for another organisation's."""
    response = session.scalar(select(Response).where(Response.key == key))
    if response is None:
        raise NotFound()
    return response


def get_response(session: OrganisationSession, response_id: UUID) -> Response:
    """The response of that id."""
    return get_row(session, Response, response_id)
