"""The life of an invitation: answered once, cancelled by a refund, forgotten in time."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update

from app.contacts.actions import erase_contact
from app.db import OrganisationSession, get_row, insert_once, locking
from app.errors import Conflict, Gone
from app.invitations.actions.minting import UNIQUE, unanswered
from app.invitations.models import Invitation, TillKey
from app.invitations.points import points_for
from app.invitations.queries import ReceiptKey, find_by_receipt, life_of_links
from app.invitations.rules import FORGOTTEN_AFTER, Kind, State, number_of
from app.invitations.signing import Receipt
from app.people.actions import recognise_employees
from app.people.rules import Cashier, Seen
from app.stores.models import Store
from app.text import reference_key


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What an answered invitation says about its answer."""

    employee_id: UUID | None = None
    contact_id: UUID | None = None


def redeem_invitation(
    session: OrganisationSession, invitation_id: UUID, key: str, *, at: datetime, now: datetime
) -> Redeemed:
    """Take the invitation for the response of that key, tapped at that instant; for the same key again too.

    Exactly one key wins. Raises `Conflict` (``already_answered``) for any other key, `Gone`
    (``link_cancelled``, ``link_expired``) where there is nothing to win.
    """
    taken = session.execute(
        update(Invitation)
        .where(
            Invitation.id == invitation_id,
            Invitation.response_key.is_(None),
            Invitation.cancelled_at.is_(None),
            Invitation.expires_at > at,
        )
        .values(response_key=key, redeemed_at=now)
        .returning(Invitation.employee_id, Invitation.contact_id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if taken:
        return Redeemed(*taken)
    invitation = get_row(session, Invitation, invitation_id)
    session.refresh(invitation)
    if invitation.response_key == key:
        return Redeemed(invitation.employee_id, invitation.contact_id)
    if invitation.redeemed_at:
        raise Conflict("already_answered", {"received_at": invitation.redeemed_at.isoformat()})
    raise Gone("link_cancelled" if invitation.cancelled_at else "link_expired")


def admit_receipt(
    session: OrganisationSession, till_key: TillKey, receipt: Receipt, *, now: datetime
) -> UUID:
    """The invitation of a receipt that a till has signed: made now when nobody has asked for it before."""
    known = find_by_receipt(session, till_key.store_id, receipt.number)
    if known:
        return known.id
    employee_id = None
    if receipt.cashier:
        seen = Seen(till_key.store_id, Cashier(receipt.cashier), receipt.issued_at)
        employee_id = recognise_employees(session, {seen}, now=now)[seen].id
    store = get_row(session, Store, till_key.store_id)
    return _make(
        session,
        (store.id, Kind.RECEIPT, reference_key(receipt.number)),
        receipt.number,
        now=now,
        issued_at=receipt.issued_at,
        expires_at=receipt.issued_at + life_of_links(session),
        total_minor=receipt.total_minor,
        currency=store.currency if receipt.total_minor is not None else None,
        employee_id=employee_id,
        language=receipt.language or None,
        till_key_id=till_key.id,
    )


def cancel_invitation(session: OrganisationSession, invitation_id: UUID, *, now: datetime) -> Invitation:
    """A refund: nobody can answer any more. An answer stays and is marked; again changes nothing."""
    statement = select(Invitation).where(Invitation.id == invitation_id)
    invitation = session.scalars(locking(statement)).one()
    if invitation.cancelled_at is None:
        invitation.cancelled_at = now
        if invitation.state(now=now) is not State.ANSWERED and invitation.contact_id:
            erase_contact(session, invitation.contact_id)
    session.flush()
    return invitation


def cancel_receipt(
    session: OrganisationSession,
    store_id: UUID,
    number: str,
    *,
    now: datetime,
    kind: Kind = Kind.RECEIPT,
) -> Invitation:
    """As `cancel_invitation`, by the receipt's number; one that only its till knows is kept in mind."""
    printed = number_of(number)
    known = find_by_receipt(session, store_id, printed, kind)
    key = (store_id, kind, reference_key(printed))
    invitation_id = (
        known.id if known else _make(session, key, printed, now=now, expires_at=now + life_of_links(session))
    )
    return cancel_invitation(session, invitation_id, now=now)


def forget_expired_invitations(session: OrganisationSession, *, now: datetime) -> int:
    """Delete what nobody has answered, a month after its end, in all organisations; how many there were."""
    gone = session.scalars(
        delete(Invitation)
        .where(Invitation.redeemed_at.is_(None), Invitation.expires_at < now - FORGOTTEN_AFTER)
        .returning(Invitation.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def _make(
    session: OrganisationSession, key: ReceiptKey, number: str, *, now: datetime, **details: object
) -> UUID:
    """A new invitation, unless somebody made it in this very moment; its id."""
    store_id, kind = key[0], Kind(key[1])
    point = points_for(session, {(store_id, kind)}, now=now)[store_id, kind]
    columns = {**unanswered(key, point, now=now), "number": number, **details}
    made = insert_once(session, Invitation, list(UNIQUE), **columns)
    if made:
        return made
    known = find_by_receipt(session, store_id, number, kind)
    assert known is not None
    return known.id
