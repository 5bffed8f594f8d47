"""/api/v1/invitations: links for receipts, minted, listed, cancelled."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import Blueprint
from pydantic import Field
from sqlalchemy import ColumnElement

from app import clock
from app.accounts.keys import key_organisation, key_scope, require_key_store
from app.api.v1 import queries, schemas
from app.api.v1 import schemas_invitations as shown
from app.api.v1.bodies import Nothing
from app.api.v1.invitation_bodies import (
    BATCH_BYTES,
    INLINE_ROWS,
    InvitationBatch,
    NewInvitation,
    Refund,
    draft_of,
)
from app.api.v1.invitation_rows import show_minted, show_one, show_row
from app.api.v1.named import named_store
from app.api.v1.operations import Existing, checked, operation, write_operation
from app.api.v1.pagination import PageQuery, Place, page, split
from app.api.v1.parameters import Instant, Query, ShortText, read_id
from app.contacts.actions import Keeping
from app.db import OrganisationSession, get_row, reading
from app.errors import Conflict, Invalid
from app.invitations.actions import (
    InvitationDraft,
    cancel_invitation,
    cancel_receipt,
    mint_invitations,
)
from app.invitations.models import Invitation
from app.invitations.queries import life_of_links
from app.invitations.rules import State
from app.stores.models import Store
from app.web.access import Scope, api_key
from app.web.settings import settings

pages = Blueprint("api_invitations", __name__, url_prefix="/api/v1")


class InvitationQuery(PageQuery):
    """Which invitations."""

    state: State | None = Field(None, description="In this state now.")
    store: ShortText | None = Field(None, description="The code or the id of a store.")
    since: Instant | None = Field(None, description="Minted at this instant or later.")


@pages.get("/invitations")
@api_key()
@operation(InvitationQuery, shown.InvitationList)
def list_invitations(query: InvitationQuery) -> shown.InvitationList:
    """Invitations, newest first; tills' own links are among them once they are used or cancelled."""
    now = clock.now()
    with reading(key_organisation()) as session:
        wanted = queries.invitations(key_scope())
        if query.store:
            wanted = wanted.where(Invitation.store_id == named_store(session, query.store).id)
        if query.state:
            wanted = wanted.where(*_in_state(query.state, now=now))
        if query.since:
            wanted = wanted.where(Invitation.created_at >= query.since)
        rows = session.execute(page(wanted, Invitation.created_at, Invitation.id, query)).all()
    listed, following = split(rows, query, lambda row: Place(row.Invitation.created_at, row.Invitation.id))
    items = [show_row(row, now=now) for row in listed]
    return shown.InvitationList(items=items, next_cursor=following)


@pages.get("/invitations/<invitation_id>")
@api_key()
@operation(Query, shown.MintedInvitation)
def one_invitation(_: Query, invitation_id: str) -> shown.MintedInvitation:
    """One invitation with its QR code."""
    with reading(key_organisation()) as session:
        return show_minted(session, [read_id(invitation_id)], with_qr=True)[0]


@pages.post("/invitations")
@api_key(Scope.WRITE)
@write_operation(NewInvitation, shown.MintedInvitation, may_exist=True)
def mint_invitation(
    session: OrganisationSession, body: NewInvitation
) -> shown.MintedInvitation | Existing[shown.MintedInvitation]:
    """Mint the link of a receipt; the same receipt again gets the same link (200). 409 `store_closed`."""
    now = clock.now()
    draft = draft_of(body, named_store(session, body.store), life_of_links(session), now=now)
    (minted,) = mint_invitations(session, [draft], _keeping(), now=now)
    answer = show_minted(session, [minted.invitation.id], with_qr=True)[0]
    return answer if minted.is_new else Existing(answer)


@pages.post("/invitations/batch")
@api_key(Scope.WRITE)
@write_operation(InvitationBatch, shown.BatchResult, 200, most_bytes=BATCH_BYTES)
def mint_batch(session: OrganisationSession, body: InvitationBatch) -> shown.BatchResult:
    """Mint up to 1,000 links at once, with a result for each row in its place."""
    if body.inline_qr and len(body.items) > INLINE_ROWS:
        raise Invalid(faults={"inline_qr": "too_many_rows"})
    now = clock.now()
    drafts = _drafts(session, body.items, now=now)
    good = [draft for draft in drafts if isinstance(draft, InvitationDraft)]
    minted = mint_invitations(session, good, _keeping(), now=now)
    ids = [one.invitation.id for one in minted]
    answers = iter(zip(minted, show_minted(session, ids, with_qr=body.inline_qr), strict=True))
    rows = []
    for draft in drafts:
        if isinstance(draft, InvitationDraft):
            one, answer = next(answers)
            result = shown.RowResult.CREATED if one.is_new else shown.RowResult.EXISTING
            rows.append(shown.BatchRow(result=result, invitation=answer, errors=[]))
        else:
            rows.append(_refused(draft))
    return _counted(rows)


@pages.post("/invitations/<invitation_id>/cancel")
@api_key(Scope.WRITE)
@write_operation(Nothing, shown.Invitation, 200)
def cancel_one(session: OrganisationSession, _: Nothing, invitation_id: str) -> shown.Invitation:
    """Take no answer any more; one that was given stays, and is marked as refunded."""
    invitation = get_row(session, Invitation, read_id(invitation_id))
    require_key_store(invitation.store_id)
    cancel_invitation(session, invitation.id, now=clock.now())
    return show_one(session, invitation.id)


@pages.post("/invitations/cancel")
@api_key(Scope.WRITE)
@write_operation(Refund, shown.Invitation, 200)
def cancel_by_receipt(session: OrganisationSession, body: Refund) -> shown.Invitation:
    """The same by the receipt's number, also for a link that only the till has signed."""
    store = named_store(session, body.store)
    invitation = cancel_receipt(session, store.id, body.receipt.number, kind=body.kind, now=clock.now())
    return show_one(session, invitation.id)


def _drafts(
    session: OrganisationSession, items: Sequence[Mapping[str, object]], *, now: datetime
) -> list[InvitationDraft | Invalid]:
    """What each row means, or why it is refused. Stores are looked up once for each spelling."""
    life = life_of_links(session)
    stores: dict[str, Store | Invalid] = {}
    drafts: list[InvitationDraft | Invalid] = []
    for item in items:
        try:
            body = checked(NewInvitation, item)
            store = stores.setdefault(body.store, _store(session, body.store, stores))
            if isinstance(store, Invalid):
                raise store
            drafts.append(draft_of(body, store, life, now=now))
        except Invalid as refusal:
            drafts.append(refusal)
        except Conflict as refusal:
            drafts.append(Invalid(faults={"store": refusal.code}))
    return drafts


def _store(session: OrganisationSession, text: str, known: Mapping[str, Store | Invalid]) -> Store | Invalid:
    if text in known:
        return known[text]
    try:
        return named_store(session, text)
    except Invalid as refusal:
        return refusal


def _refused(refusal: Invalid) -> shown.BatchRow:
    errors = [schemas.Fault(path=path, code=code) for path, code in refusal.faults.items()]
    return shown.BatchRow(result=shown.RowResult.REFUSED, invitation=None, errors=errors)


def _counted(rows: list[shown.BatchRow]) -> shown.BatchResult:
    counts = {result.value: sum(row.result is result for row in rows) for result in shown.RowResult}
    return shown.BatchResult(items=rows, **counts)


def _in_state(state: State, *, now: datetime) -> list[ColumnElement[bool]]:
    if state is State.ANSWERED:
        return [Invitation.redeemed_at.is_not(None)]
    unanswered = Invitation.redeemed_at.is_(None)
    if state is State.CANCELLED:
        return [unanswered, Invitation.cancelled_at.is_not(None)]
    is_over = Invitation.expires_at <= now if state is State.EXPIRED else Invitation.expires_at > now
    return [unanswered, Invitation.cancelled_at.is_(None), is_over]


def _keeping() -> Keeping:
    return Keeping(settings().secret_key, settings().contact_retention_days)
