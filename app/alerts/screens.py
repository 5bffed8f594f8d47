"""What an alert's page shows, gathered in a few reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Response as Page
from flask import make_response, render_template
from flask_babel import gettext as _

from app import clock
from app.accounts.queries import member_names
from app.alerts.clocks import clock_of
from app.alerts.models import Alert, AlertEvent
from app.alerts.queries import alerts_page, history, next_step, thread
from app.alerts.rules import DONE_STATES, LEFT, AlertState, Phase, phase_of
from app.alerts.words import (
    call_words,
    cause_groups,
    cause_words,
    deed_words,
    dismissal_words,
    grade_words,
    phase_words,
    severity_words,
)
from app.classification.shown import show_comment
from app.contacts.queries import find_address
from app.contacts.rules import masked
from app.db import OrganisationSession, get_row
from app.invitations.queries import find_invitation
from app.people.queries import find_employee
from app.responses.models import Response
from app.stores.filters import read_stores_wanted
from app.stores.models import Store
from app.touchpoints.models import Touchpoint
from app.web.actor import Actor, Permission
from app.web.filters import Filters
from app.web.forms import Form
from app.web.settings import settings


@dataclass(frozen=True, slots=True)
class ShownContact:
    """How the shopper can be reached, masked unless it was asked for."""

    kind: str
    text: str
    is_revealed: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history in words."""

    at: datetime
    words: str
    who: str
    detail: str


def alert_screen(
    session: OrganisationSession,
    alert: Alert,
    actor: Actor,
    *,
    faults: Mapping[str, str] | None = None,
    form: Form | None = None,
    notice: str = "",
    is_revealed: bool = False,
    status: int = 200,
) -> Page:
    """The whole alert: what was said, how long is left, who has it, what was done, what can be done.

    The contact is masked; `is_revealed` shows it in this one answer.
    """
    response = get_row(session, Response, alert.response_id)
    store = get_row(session, Store, alert.store_id)
    names = member_names(session)
    page = render_template(
        "alerts/alert.html",
        alert=alert,
        response=response,
        store=store,
        clock=_clock(alert, store, now=clock.now()),
        touchpoint=get_row(session, Touchpoint, response.touchpoint_id),
        shown=show_comment(session, response.id, response.comment, response.language),
        invitation=find_invitation(session, response.invitation_id),
        employee=find_employee(session, response.employee_id),
        contact=_contact(session, response, is_revealed=is_revealed),
        names=names,
        lines=[_line(event, names) for event in history(session, alert)],
        messages=thread(session, alert),
        next_step=next_step(session, alert),
        phase=phase_of(alert.state),
        is_done=alert.state in DONE_STATES,
        can_handle=actor.may(Permission.HANDLE_ALERTS),
        typed=form or {},
        faults={field: words_of_fault(code) for field, code in (faults or {}).items()},
        notice=notice,
        **_vocabulary(),
    )
    return make_response(page, status)


def _contact(session: OrganisationSession, response: Response, *, is_revealed: bool) -> ShownContact | None:
    address = find_address(session, response.contact_id, settings().secret_key)
    if address is None:
        return None
    return ShownContact(address.kind, address.value if is_revealed else masked(address), is_revealed)


def list_screen(
    session: OrganisationSession, actor: Actor, filters: Filters, before: tuple[datetime, int] | None
) -> str:
    """Alerts of the wanted stores in the actor's scope, newest first, by the three words."""
    stores = read_stores_wanted(session, filters, actor.store_ids)
    phase = Phase(filters.raw["phase"]) if filters.raw["phase"] else None
    rows, following = alerts_page(session, actor, phase, before, wanted=stores.filter)
    mark = f"{following[0].isoformat()}/{following[1]}" if following else ""
    return render_template(
        "alerts/list.html",
        rows=rows,
        phase=phase,
        filters=filters,
        faults=filters.faults,
        stores=stores,
        next_url=filters.having("before", mark) if mark else "",
        phases=phase_words(),
        names=member_names(session),
        phase_of=phase_of,
    )


def _clock(alert: Alert, store: Store, *, now: datetime) -> dict[str, str]:
    opens_at = store.calendar.next_opening(now) if alert.deadline else None
    is_closed = opens_at is not None and opens_at > now
    return clock_of(alert.deadline, opens_at if is_closed else None, store.time_zone, now=now)


def words_of_fault(code: str) -> str:
    """What is wrong with a field, in words."""
    words = {
        "required": _("Fill this in"),
        "too_long": _("Shorten the text to 2,000 characters"),
        "not_a_choice": _("Choose one of the answers"),
        "no_address": _("No email address was left: post the reply on the return page"),
    }
    return words.get(code, _("This cannot be read. Type it once more"))


def words_of_conflict(code: str, owner: str) -> str:
    """Why an action came too late, in words."""
    words = {
        "already_acknowledged": _("%(name)s has this alert already.", name=owner),
        "already_done": _("This alert is done already."),
        "not_answered": _("Answer the shopper first: call, or write a reply."),
        "not_answerable": _("The shopper cannot be reached about this alert any more."),
    }
    return words.get(code, _("The alert has changed meanwhile."))


def _vocabulary() -> dict[str, object]:
    return {
        "phases": phase_words(),
        "severities": severity_words(),
        "grades": grade_words(),
        "calls": call_words(),
        "dismissals": dismissal_words(),
        "causes": cause_groups(),
        "cause_names": cause_words(),
        "states": AlertState,
    }


def _line(event: AlertEvent, names: Mapping[UUID, str]) -> Line:
    return Line(
        at=event.at,
        words=deed_words()[event.kind],
        who=names.get(event.actor_id, "") if event.actor_id else "",
        detail=_detail(event.data, names),
    )


def _detail(data: Mapping[str, object], names: Mapping[UUID, str]) -> str:
    """What a line's data says, in words."""
    known = {
        "outcome": call_words(),
        "grade": grade_words(),
        "severity": severity_words(),
        "cause": cause_words(),
        "reason": {
            **dismissal_words(),
            "corrected": _("Corrected by the shopper"),
            LEFT: _("the holder may not answer it any more"),
        },
    }
    parts = [words[str(data[key])] for key, words in known.items() if str(data.get(key)) in words]
    people = [*_people(data.get("members")), *_people(data.get("to"))]
    parts += [names[person] for person in people if person in names]
    parts += [str(data[key]) for key in ("text", "rating") if key in data]
    if "through" in data:
        parts.append(_("through the API key %(name)s", name=data["through"]))
    return ", ".join(parts)


def _people(found: object) -> list[UUID]:
    listed = found if isinstance(found, list) else [found] if found else []
    return [UUID(str(person)) for person in listed]
