"""Minting invitations, one or a thousand: idempotent by receipt, a handful of statements for all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.contacts.actions import Keeping, change_contact, keep_given_contacts
from app.contacts.queries import is_same_contact
from app.contacts.rules import Address
from app.db import OrganisationSession, insert_missing
from app.ids import new_id, new_key
from app.invitations.models import Invitation
from app.invitations.points import points_for
from app.invitations.queries import ReceiptKey, life_of_links, lock_by_receipts
from app.invitations.rules import Kind, State
from app.people.actions import recognise_employees
from app.people.models import Employee
from app.people.rules import Cashier, Seen
from app.text import reference_key

UNIQUE = ("organisation_id", "store_id", "kind", "number_key")


@dataclass(frozen=True, slots=True)
class InvitationDraft:
    """A receipt (call, order) that somebody may be asked about; every field is checked already."""

    store_id: UUID
    number: str
    issued_at: datetime
    kind: Kind = Kind.RECEIPT
    total_minor: int | None = None
    currency: str | None = None
    cashier: Cashier | None = None
    contact: Address | None = None
    language: str | None = None

    @property
    def key(self) -> ReceiptKey:
        """The receipt's one name."""
        return self.store_id, self.kind, reference_key(self.number)

    @property
    def seen(self) -> Seen | None:
        """The cashier on it."""
        return Seen(self.store_id, self.cashier, self.issued_at) if self.cashier else None


@dataclass(frozen=True, slots=True)
class Minted:
    """An invitation, and whether it was not there before."""

    invitation: Invitation
    is_new: bool


def mint_invitations(
    session: OrganisationSession, drafts: Sequence[InvitationDraft], keeping: Keeping, *, now: datetime
) -> list[Minted]:
    """An invitation for each draft, in their order; the same receipt again gives the same one.

    What is said anew about a receipt replaces what was known, as long as nobody has answered.
    """
    staff = recognise_employees(session, {draft.seen for draft in drafts if draft.seen}, now=now)
    fresh = _insert(session, drafts, staff, now=now)
    found = lock_by_receipts(session, {draft.key for draft in drafts})
    life = life_of_links(session)
    minted = []
    for draft in drafts:
        invitation = found[draft.key]
        is_new = invitation.id in fresh
        fresh.discard(invitation.id)  # the same receipt twice in one call is new once
        if not is_new and invitation.state(now=now) in (State.OPEN, State.EXPIRED):
            _update(invitation, draft, staff, life=life)
        minted.append(Minted(invitation, is_new))
    _attach_contacts(session, drafts, minted, keeping, now=now)
    session.flush()
    return minted


def _insert(
    session: OrganisationSession,
    drafts: Sequence[InvitationDraft],
    staff: Mapping[Seen, Employee],
    *,
    now: datetime,
) -> set[UUID]:
    """Insert what is not there; the ids of what is new."""
    life = life_of_links(session)
    points = points_for(session, {(draft.store_id, draft.kind) for draft in drafts}, now=now)
    by_key = {draft.key: draft for draft in reversed(drafts)}  # of one receipt the first counts
    rows = [
        {
            **_details(draft, staff),
            **unanswered(draft.key, points[draft.store_id, draft.kind], now=now),
            "number": draft.number,
            "expires_at": draft.issued_at + life,
        }
        for _, draft in sorted(by_key.items(), key=lambda item: str(item[0]))
    ]
    return insert_missing(session, Invitation, UNIQUE, rows)


def unanswered(key: ReceiptKey, touchpoint_id: UUID, *, now: datetime) -> dict[str, object]:
    """The columns that every new invitation begins with."""
    store_id, kind, number_key = key
    return {
        "id": new_id(),
        "kind": kind,
        "token": new_key(),
        "store_id": store_id,
        "touchpoint_id": touchpoint_id,
        "number_key": number_key,
        "contact_id": None,
        "till_key_id": None,
        "created_at": now,
        "cancelled_at": None,
        "response_key": None,
        "redeemed_at": None,
    }


def _details(draft: InvitationDraft, staff: Mapping[Seen, Employee]) -> dict[str, object]:
    employee = staff.get(draft.seen) if draft.seen else None
    return {
        "issued_at": draft.issued_at,
        "total_minor": draft.total_minor,
        "currency": draft.currency,
        "employee_id": employee.id if employee else None,
        "language": draft.language,
    }


def _update(
    invitation: Invitation, draft: InvitationDraft, staff: Mapping[Seen, Employee], *, life: timedelta
) -> None:
    """Take over what the draft says; what it does not say stays."""
    said = {name: value for name, value in _details(draft, staff).items() if value is not None}
    if said["issued_at"] != invitation.issued_at:
        said["expires_at"] = draft.issued_at + life
    for name, value in {**said, "number": draft.number}.items():
        setattr(invitation, name, value)


def _attach_contacts(
    session: OrganisationSession,
    drafts: Sequence[InvitationDraft],
    minted: Sequence[Minted],
    keeping: Keeping,
    *,
    now: datetime,
) -> None:
    """Keep the contacts of invitations that nobody has answered: new ones, and others where they differ."""
    wanted: dict[UUID, tuple[Invitation, Address]] = {}
    for draft, one in zip(drafts, minted, strict=True):
        if draft.contact and one.invitation.state(now=now) is State.OPEN:
            wanted[one.invitation.id] = (one.invitation, draft.contact)
    without = [(row, address) for row, address in wanted.values() if row.contact_id is None]
    others = [(row, address) for row, address in wanted.values() if row.contact_id]
    ids = keep_given_contacts(session, [address for _, address in without], keeping, now=now)
    for (row, _), contact_id in zip(without, ids, strict=True):
        row.contact_id = contact_id
    for row, address in others:
        if not is_same_contact(session, row.contact_id, address, keeping.secret, wants_marketing=False):
            assert row.contact_id is not None
            change_contact(session, row.contact_id, address, keeping, wants_marketing=False, now=now)
