"""The touchpoints at which answers to invitations are counted: made once, when a store first needs one."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from app.accounts.queries import organisation_language
from app.db import OrganisationSession, insert_once
from app.errors import Invalid
from app.invitations.models import InvitationPoint
from app.invitations.rules import Kind
from app.surveys.queries import surveys
from app.touchpoints.actions import create_plain_touchpoint
from app.touchpoints.models import Touchpoint

_UNIQUE = ["organisation_id", "store_id", "kind"]
Spot = tuple[UUID, Kind]


def points_for(session: OrganisationSession, spots: Collection[Spot], *, now: datetime) -> dict[Spot, UUID]:
    """The touchpoint of each store and kind; raises `Invalid` (``no_survey``) where nothing is ever asked."""
    stores = {store_id for store_id, _kind in spots}
    found = {
        (row.store_id, Kind(row.kind)): row.touchpoint_id
        for row in session.scalars(select(InvitationPoint).where(InvitationPoint.store_id.in_(stores)))
    }
    for store_id, kind in sorted(set(spots) - set(found)):
        found[store_id, kind] = _make(session, store_id, kind, now=now)
    return found


def _make(session: OrganisationSession, store_id: UUID, kind: Kind, *, now: datetime) -> UUID:
    with force_locale(organisation_language(session, session.scope())):
        name = {Kind.RECEIPT: _("Receipt"), Kind.CALL: _("Call"), Kind.ORDER: _("Order")}[kind]
    survey_id = _survey_of(session, store_id)
    touchpoint_id = create_plain_touchpoint(session, store_id, survey_id, name, now=now)
    insert_once(session, InvitationPoint, _UNIQUE, store_id=store_id, kind=kind, touchpoint_id=touchpoint_id)
    return touchpoint_id


def _survey_of(session: OrganisationSession, store_id: UUID) -> UUID:
    """What the store asks at its oldest open touchpoint, else the organisation's first survey."""
    own = select(Touchpoint.survey_id).where(Touchpoint.store_id == store_id, Touchpoint.retired_at.is_(None))
    survey_id = session.scalars(own.order_by(Touchpoint.created_at, Touchpoint.id).limit(1)).first()
    first = next((survey.id for survey in surveys(session)), None)
    if survey_id is None and first is None:
        raise Invalid(faults={"store": "no_survey"})
    return survey_id or first  # type: ignore[return-value]
