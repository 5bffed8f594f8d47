"""Finding a response by what its shopper holds."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.db import OrganisationSession, get_row, locking
from app.errors import NotFound
from app.responses.models import Response


def get_response_by_key(session: OrganisationSession, key: str) -> Response:
    """The response of that key; raises `NotFound`, also for another organisation's."""
    response = session.scalar(select(Response).where(Response.key == key))
    if response is None:
        raise NotFound()
    return response


def lock_response(session: OrganisationSession, key: str) -> Response:
    """As `get_response_by_key`; whoever changes the response next waits for us."""
    response = session.scalar(locking(select(Response).where(Response.key == key)))
    if response is None:
        raise NotFound()
    return response


def lock_responses(session: OrganisationSession, ids: Sequence[UUID]) -> dict[UUID, Response]:
    """Those of the responses that are there, locked in one order, so that nobody waits in a circle."""
    rows = session.scalars(locking(select(Response).where(Response.id.in_(ids)).order_by(Response.id)))
    return {response.id: response for response in rows}


def get_response(session: OrganisationSession, response_id: UUID) -> Response:
    """The response of that id."""
    return get_row(session, Response, response_id)
