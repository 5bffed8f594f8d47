"""Invitations as the API shows them, with or without their QR codes."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from app import clock
from app.accounts.keys import key_scope
from app.api.v1 import queries, schemas
from app.api.v1 import schemas_invitations as shown
from app.db import OrganisationSession
from app.errors import Invalid, NotFound
from app.invitations.models import Invitation
from app.invitations.money import amount_text
from app.invitations.rules import Kind
from app.invitations.tickets import invitation_path
from app.touchpoints.qr import png, qr_image, svg
from app.web.settings import settings


def show_one(session: OrganisationSession, invitation_id: UUID) -> shown.Invitation:
    """One invitation as it is now."""
    session.flush()
    found = queries.invitations(key_scope()).where(Invitation.id == invitation_id)
    return show_row(session.execute(found).one(), now=clock.now())


def show_row(row: queries.InvitationRow, *, now: datetime) -> shown.Invitation:
    """An invitation without its QR code."""
    return shown.Invitation(**_facts(row, now=now))


def show_minted(
    session: OrganisationSession, ids: Sequence[UUID], *, with_qr: bool
) -> list[shown.MintedInvitation]:
    """Invitations in the order of their ids; raises `NotFound` for one outside the key's stores."""
    now = clock.now()
    rows = session.execute(queries.invitations(key_scope()).where(Invitation.id.in_(ids))).all()
    by_id = {row.Invitation.id: row for row in rows}
    if set(ids) - set(by_id):
        raise NotFound()
    return [
        shown.MintedInvitation(
            **_facts(by_id[one], now=now), **_pictures(by_id[one].Invitation.token, is_wanted=with_qr)
        )
        for one in ids
    ]


def _facts(row: queries.InvitationRow, *, now: datetime) -> dict[str, Any]:
    invitation, store, employee, response_id = row
    url = settings().base_url + invitation_path(invitation.token)
    return {
        "id": invitation.id,
        "kind": Kind(invitation.kind),
        "state": invitation.state(now=now),
        "store": schemas.StoreName(id=store.id, code=store.code, name=store.name),
        "receipt": shown.Receipt(
            number=invitation.number,
            issued_at=invitation.issued_at,
            total=_total(invitation),
            currency=invitation.currency,
        ),
        "employee": schemas.employee_name(employee),
        "has_contact": invitation.contact_id is not None,
        "language": invitation.language,
        "url": url,
        "qr_svg_url": f"{url}.svg",
        "qr_png_url": f"{url}.png",
        "created_at": invitation.created_at,
        "expires_at": invitation.expires_at,
        "cancelled_at": invitation.cancelled_at,
        "answered_at": invitation.redeemed_at,
        "response": response_id,
    }


def _pictures(token: str, *, is_wanted: bool) -> dict[str, Any]:
    """The QR code, unless nobody asked for it or BASE_URL is too long for one."""
    nothing: dict[str, Any] = {"qr_svg": None, "qr_png": None}
    if not is_wanted:
        return nothing
    try:
        image = qr_image(settings().base_url + invitation_path(token))
    except Invalid:
        return nothing
    return {"qr_svg": svg(image), "qr_png": b64encode(png(image)).decode()}


def _total(invitation: Invitation) -> str | None:
    if invitation.total_minor is None or invitation.currency is None:
        return None
    return amount_text(invitation.total_minor, invitation.currency)
