"""Finding a response by what its shopper holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.db import OrganisationSession, get_row, locking
from app.errors import NotFound
from app.invitations.models import Invitation
from app.responses.models import Response, ResponseOrigin
from app.stores.models import Store
from app.touchpoints.models import QrCode


@dataclass(frozen=True, slots=True)
class Answer:
    """A response, its store, and where it was given: a printed code, or an invitation's link."""

    response: Response
    store: Store
    code: str | None
    token: str | None


def get_response_by_key(session: OrganisationSession, key: str) -> Response:
    """The response of that key; raises `NotFound`, also for another organisation's."""
    response = session.scalar(select(Response).where(Response.key == key))
    if response is None:
        raise NotFound()
    return response


def get_answer(session: OrganisationSession, key: str) -> Answer:
    """A response with all that its shopper's next pages show, in one statement; raises `NotFound`."""
    row = session.execute(
        select(Response, Store, QrCode.code, Invitation.token)
        .join(Store, Store.id == Response.store_id)
        .outerjoin(QrCode, QrCode.id == Response.qr_code_id)
        .outerjoin(Invitation, Invitation.id == Response.invitation_id)
        .where(Response.key == key)
    ).one_or_none()
    if row is None:
        raise NotFound()
    return Answer(*row)


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


def find_origin(session: OrganisationSession, external_id: str) -> ResponseOrigin | None:
    """Where the response came from that another system calls so."""
    return session.scalar(select(ResponseOrigin).where(ResponseOrigin.external_id == external_id))


def is_old_news(session: OrganisationSession, response: Response) -> bool:
    """Whether another system told of an answer after more than a day: nobody waits for a reply to it."""
    was_sent = select(ResponseOrigin.id).where(ResponseOrigin.response_id == response.id)
    return response.is_late and session.scalar(was_sent) is not None
