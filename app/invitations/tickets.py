"""What stands behind a link on a receipt: the door that it leads to, and whether it still opens."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import structlog
from cryptography.fernet import InvalidToken
from sqlalchemy import select

from app.db import OrganisationSession, organisation_of, reading
from app.errors import Invalid
from app.ids import OrganisationId, is_key
from app.invitations.actions import admit_receipt, till_secret
from app.invitations.models import Invitation, InvitationPoint, TillKey
from app.invitations.queries import find_by_receipt, find_till_key, life_of_links
from app.invitations.rules import CLOCK_AHEAD, Kind
from app.invitations.signing import SignedLink, read_link
from app.touchpoints.doors import Door, door_of

# Whose key it is not: asked all the same, so that an unknown key takes as long as a wrong signature.
_NOBODY = OrganisationId(UUID(int=0))
_NO_SECRET = secrets.token_urlsafe()  # of this process alone: nobody can sign with it
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Ticket:
    """Permission to answer once, with the door that it opens.

    `invitation_id` is empty for a receipt that a till has signed and nobody has answered about yet.
    """

    door: Door
    path: str
    kind: Kind
    number: str
    expires_at: datetime
    language: str = ""
    has_contact: bool = False
    invitation_id: UUID | None = None
    answered_at: datetime | None = None
    answered_key: str | None = None
    is_cancelled: bool = False
    link: SignedLink | None = None
    till_key: TillKey | None = None

    def refusal(self, at: datetime, *, now: datetime) -> str | None:
        """Why it opens nothing for an answer given at that instant; ``None`` while it does."""
        if self.is_cancelled:
            return "link_cancelled"
        if self.till_key and not self.till_key.is_live(now=at):
            return "link_key_ended"
        if self.link and self.link.receipt.issued_at > now + CLOCK_AHEAD:
            return "link_not_yet"
        if self.expires_at <= at:
            return "link_expired"
        return None if self.door.is_open else "link_closed"

    def admit(self, session: OrganisationSession, *, now: datetime) -> UUID:
        """The invitation to redeem; a receipt that only its till knew gets one now."""
        if self.invitation_id:
            return self.invitation_id
        assert self.link is not None
        assert self.till_key is not None
        return admit_receipt(session, self.till_key, self.link.receipt, now=now)


def find_ticket(token: str) -> Ticket | None:
    """The ticket of a minted link; ``None`` for what was never minted."""
    organisation_id = organisation_of(Invitation.token, token) if is_key(token) else None
    if organisation_id is None:
        return None
    with reading(organisation_id) as session:
        invitation = session.scalar(select(Invitation).where(Invitation.token == token))
        return _of_invitation(session, invitation, invitation_path(token)) if invitation else None


def find_signed_ticket(key_id: str, number: str, query: bytes, secret_key: str) -> Ticket | None:
    """The ticket of a link that a till has signed; ``None`` for what no till of ours has."""
    try:
        link = read_link(key_id, number, query)
    except Invalid:
        return None
    organisation_id = organisation_of(TillKey.key_id, key_id) or _NOBODY
    with reading(organisation_id) as session:
        till_key = find_till_key(session, key_id)
        is_signed = link.is_signed_with(_secret(till_key, secret_key))
        return _of_link(session, link, till_key) if is_signed and till_key else None


def invitation_path(token: str) -> str:
    """The path of a minted link, as short as can be: it has to fit a small QR code."""
    return f"/i/{token}"


def _of_invitation(session: OrganisationSession, invitation: Invitation, path: str) -> Ticket:
    ticket = Ticket(
        door=door_of(session, invitation.touchpoint_id),
        path=path,
        kind=Kind(invitation.kind),
        number=invitation.number,
        expires_at=invitation.expires_at,
        language=invitation.language or "",
    )
    return _with_history(ticket, invitation)


def _of_link(session: OrganisationSession, link: SignedLink, till_key: TillKey) -> Ticket:
    """What the till says, and what is known of the receipt already, minted or answered through its link."""
    store_id, receipt = till_key.store_id, link.receipt
    point = select(InvitationPoint.touchpoint_id).where(
        InvitationPoint.store_id == store_id, InvitationPoint.kind == Kind.RECEIPT
    )
    ticket = Ticket(
        door=door_of(session, session.scalars(point).one()),
        path=link.path,
        kind=Kind.RECEIPT,
        number=receipt.number,
        expires_at=receipt.issued_at + life_of_links(session),
        language=receipt.language,
        link=link,
        till_key=till_key,
    )
    known = find_by_receipt(session, store_id, receipt.number)
    return _with_history(ticket, known) if known else ticket


def _with_history(ticket: Ticket, invitation: Invitation) -> Ticket:
    return replace(
        ticket,
        expires_at=min(ticket.expires_at, invitation.expires_at),
        has_contact=invitation.contact_id is not None,
        invitation_id=invitation.id,
        answered_at=invitation.redeemed_at,
        answered_key=invitation.response_key,
        is_cancelled=invitation.cancelled_at is not None,
    )


def _secret(till_key: TillKey | None, secret_key: str) -> str:
    if till_key is None:
        return _NO_SECRET
    try:
        return till_secret(till_key, secret_key)
    except InvalidToken:
        log.error("till_key_unreadable", key_id=till_key.key_id)  # SECRET_KEY is another one by now
        return _NO_SECRET
