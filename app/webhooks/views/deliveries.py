"""The log: what was sent where, how it went, and sending it again."""

from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.db import reading, transaction
from app.web.access import current_actor, member
from app.web.actor import Permission
from app.webhooks.actions import replay_delivery
from app.webhooks.queries import (
    Wanted,
    attempts_of,
    deliveries_page,
    endpoints,
    get_delivery,
    get_endpoint,
    home_zone,
)
from app.webhooks.rules import DeliveryState
from app.webhooks.signing import message_id
from app.webhooks.views.skin import pages
from app.webhooks.words import result_words, state_badges, type_words

_PAGE = 50


@pages.get("/deliveries")
@member(Permission.EDIT_SETTINGS)
def log() -> str:
    """Deliveries, newest first, perhaps of one endpoint or in one state."""
    wanted = Wanted(_uuid(request.args.get("to", "")), _state(request.args.get("state", "")))
    before = _uuid(request.args.get("before", ""))
    with reading(current_actor().organisation_id) as session:
        rows, following = deliveries_page(session, wanted, before=before, limit=_PAGE)
        known = endpoints(session)
        return render_template(
            "webhooks/log.html",
            rows=rows,
            wanted=wanted,
            is_first=before is None,
            endpoints=known,
            names={endpoint.id: endpoint.name for endpoint in known},
            types=type_words(),
            badges=state_badges(),
            result_words=result_words,
            zone=home_zone(session),
            next_url=_log_url(wanted, before=following) if following else "",
            state_url=lambda state: _log_url(Wanted(wanted.endpoint_id, state)),
        )


@pages.get("/deliveries/<uuid:delivery_id>")
@member(Permission.EDIT_SETTINGS)
def delivery(delivery_id: UUID) -> str:
    """One delivery: what was sent, and every attempt."""
    with reading(current_actor().organisation_id) as session:
        row = get_delivery(session, delivery_id)
        return render_template(
            "webhooks/delivery.html",
            delivery=row,
            endpoint=get_endpoint(session, row.endpoint_id),
            attempts=attempts_of(session, row),
            message_id=message_id(row.event_id),
            is_under_way=row.due_at is not None and row.attempt_count == 0,
            types=type_words(),
            badges=state_badges(),
            result_words=result_words,
            zone=home_zone(session),
        )


@pages.post("/deliveries/<uuid:delivery_id>/replay")
@member(Permission.EDIT_SETTINGS)
def replay(delivery_id: UUID) -> AnyResponse:
    """Send a delivery again."""
    actor = current_actor()
    with transaction(actor.organisation_id) as session:
        replay_delivery(session, delivery_id, doer=actor.doer, now=clock.now())
    return redirect(url_for("webhooks.delivery", delivery_id=delivery_id), 303)


def _log_url(wanted: Wanted, *, before: UUID | None = None) -> str:
    return url_for("webhooks.log", to=wanted.endpoint_id, state=wanted.state, before=before)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _state(text: str) -> DeliveryState | None:
    return DeliveryState(text) if text in set(DeliveryState) else None
