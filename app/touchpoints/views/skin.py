"""What the pages of touchpoints share: their blueprint, the words for a pulse, the way to a row in scope."""

from typing import Any
from uuid import UUID

from flask import Blueprint
from flask_babel import gettext as _
from flask_babel import pgettext

from app import clock
from app.audit.actions import record_deed
from app.audit.rules import AuditDeed
from app.db import OrganisationSession, get_row
from app.stores.models import Store
from app.touchpoints.models import Touchpoint
from app.touchpoints.queries import Place, get_place
from app.touchpoints.rules import Pulse
from app.web.access import current_actor

pages = Blueprint("touchpoints", __name__, template_folder="../templates", url_prefix="/touchpoints")


@pages.context_processor
def _words() -> dict[str, object]:
    """The kind of badge and the word for each pulse."""
    return {
        "pulses": {
            Pulse.RETIRED: ("muted", _("Retired")),
            Pulse.NEW: ("muted", pgettext("touchpoint", "New")),
            Pulse.NEVER_SCANNED: ("warn", _("Never scanned")),
            Pulse.ALIVE: ("pos", _("In use")),
            Pulse.SILENT: ("warn", _("Silent")),
        }
    }


def record(session: OrganisationSession, deed: AuditDeed, subject: str, row_id: UUID, **data: Any) -> None:
    """Remember what the member of this request did to a touchpoint or a code."""
    doer = current_actor().doer
    record_deed(session, deed, doer, subject, now=clock.now(), subject_id=row_id, **data)


def own_place(session: OrganisationSession, code: str) -> Place:
    """Where a code leads; raises `NotFound` outside the actor's stores, as if it were not there."""
    place = get_place(session, code)
    current_actor().require_store(place.store.id)
    return place


def own_touchpoint(session: OrganisationSession, touchpoint_id: UUID) -> tuple[Touchpoint, Store]:
    """A touchpoint and its store; raises `NotFound` outside the actor's stores."""
    touchpoint = get_row(session, Touchpoint, touchpoint_id)
    current_actor().require_store(touchpoint.store_id)
    return touchpoint, get_row(session, Store, touchpoint.store_id)
