"""The manager's alerts: a list, a page, and what can be done there. GET changes nothing."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from flask import Blueprint, redirect, request, url_for
from flask import Response as Page
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.alerts.actions import (
    acknowledge_alert,
    dismiss_alert,
    log_call,
    note_on_alert,
    reply_to_shopper,
    resolve_alert,
)
from app.alerts.forms import read_choice, read_message, read_resolution
from app.alerts.models import Alert
from app.alerts.queries import MOST_NUMBER, get_alert
from app.alerts.rules import CallOutcome, Dismissal, Phase, Via
from app.alerts.screens import alert_screen, list_screen, words_of_conflict
from app.audit.actions import record_deed
from app.audit.rules import AuditDeed
from app.contacts.queries import has_contact
from app.db import OrganisationSession, reading, transaction
from app.errors import Conflict, Invalid
from app.responses.queries import get_response
from app.stores.filters import STORE_FIELDS
from app.web.access import current_actor, member
from app.web.actor import Actor, Permission
from app.web.filters import read_filters
from app.web.forms import Form, read_form

pages = Blueprint("alerts", __name__, template_folder="../templates", url_prefix="/alerts")
Deed = Callable[[OrganisationSession, Actor, Form, datetime], object]


@pages.get("")
@member()
def alerts() -> tuple[str, int]:
    """Alerts in scope, newest first."""
    actor = current_actor()
    filters = read_filters(request.args, ("phase", *STORE_FIELDS))
    if filters.raw["phase"] not in set(Phase):
        filters.raw["phase"] = ""
    with reading(actor.organisation_id) as session:
        page = list_screen(session, actor, filters, _cursor(request.args.get("before", "")))
    return page, 422 if filters.faults else 200


@pages.get("/<int:number>")
@member()
def alert(number: int) -> Page:
    """One alert with its history and everything that can be done about it."""
    actor = current_actor()
    with reading(actor.organisation_id) as session:
        return alert_screen(session, _in_scope(session, actor, number), actor)


@pages.post("/<int:number>/acknowledge")
@member(Permission.HANDLE_ALERTS)
def acknowledge(number: int) -> AnyResponse:
    """Take the alert; who comes second sees who has it."""

    def deed(session: OrganisationSession, actor: Actor, _: Form, now: datetime) -> object:
        return acknowledge_alert(session, number, actor.membership_id, now=now)

    return _do(number, deed)


@pages.post("/<int:number>/reveal")
@member(Permission.HANDLE_ALERTS)
def reveal(number: int) -> Page:
    """Show the shopper's contact, in this one answer; that somebody looked is recorded, not what they saw."""
    actor = current_actor()
    with transaction(actor.organisation_id) as session:
        found = _in_scope(session, actor, number)
        contact_id = get_response(session, found.response_id).contact_id
        if has_contact(session, contact_id):
            deed, subject = AuditDeed.CONTACT_REVEALED, f"№\u00a0{number}"
            record_deed(session, deed, actor.doer, subject, subject_id=found.id, now=clock.now())
        return alert_screen(session, found, actor, is_revealed=True)


@pages.post("/<int:number>/call")
@member(Permission.HANDLE_ALERTS)
def call(number: int) -> AnyResponse:
    """Log a call to the shopper."""

    def deed(session: OrganisationSession, actor: Actor, form: Form, now: datetime) -> object:
        outcome = read_choice(form, "outcome", CallOutcome)
        return log_call(session, number, actor.membership_id, outcome, now=now)

    return _do(number, deed)


@pages.post("/<int:number>/reply")
@member(Permission.HANDLE_ALERTS)
def reply(number: int) -> AnyResponse:
    """Write to the shopper, on the return page or by e-mail."""

    def deed(session: OrganisationSession, actor: Actor, form: Form, now: datetime) -> object:
        text, via = read_message(form, "reply"), read_choice(form, "via", Via)
        return reply_to_shopper(session, number, actor.membership_id, text, via=via, now=now)

    return _do(number, deed)


@pages.post("/<int:number>/note")
@member(Permission.HANDLE_ALERTS)
def note(number: int) -> AnyResponse:
    """A remark for colleagues."""

    def deed(session: OrganisationSession, actor: Actor, form: Form, now: datetime) -> object:
        return note_on_alert(session, number, actor.membership_id, read_message(form, "note"), now=now)

    return _do(number, deed)


@pages.post("/<int:number>/resolve")
@member(Permission.HANDLE_ALERTS)
def resolve(number: int) -> AnyResponse:
    """The matter is settled, with its root cause."""

    def deed(session: OrganisationSession, actor: Actor, form: Form, now: datetime) -> object:
        return resolve_alert(session, number, actor.membership_id, read_resolution(form), now=now)

    return _do(number, deed)


@pages.post("/<int:number>/dismiss")
@member(Permission.HANDLE_ALERTS)
def dismiss(number: int) -> AnyResponse:
    """No complaint after all."""

    def deed(session: OrganisationSession, actor: Actor, form: Form, now: datetime) -> object:
        reason = read_choice(form, "reason", Dismissal)
        if reason is Dismissal.CORRECTED:
            raise Invalid(faults={"reason": "not_a_choice"})
        return dismiss_alert(session, number, actor.membership_id, reason, now=now)

    return _do(number, deed)


def _do(number: int, deed: Deed) -> AnyResponse:
    """One deed on one alert in scope; what is refused comes back on the same page, with what was typed."""
    actor, form = current_actor(), read_form(request)
    try:
        with transaction(actor.organisation_id) as session:
            _in_scope(session, actor, number)
            deed(session, actor, form, clock.now())
    except Invalid as refusal:
        with reading(actor.organisation_id) as session:
            found = get_alert(session, number)
            return alert_screen(session, found, actor, faults=refusal.faults, form=form, status=422)
    except Conflict as conflict:
        with reading(actor.organisation_id) as session:
            notice = words_of_conflict(conflict.code, conflict.detail.get("owner", ""))
            found = get_alert(session, number)
            return alert_screen(session, found, actor, form=form, notice=notice, status=409)
    return redirect(url_for("alerts.alert", number=number), 303)


def _in_scope(session: OrganisationSession, actor: Actor, number: int) -> Alert:
    found = get_alert(session, number)
    actor.require_store(found.store_id)
    return found


def _cursor(text: str) -> tuple[datetime, int] | None:
    """Where a page begins; anything that we did not write means the first page."""
    moment, _, number = text.partition("/")
    with suppress(ValueError, OverflowError):
        return datetime.fromisoformat(moment).astimezone(UTC), max(0, min(int(number), MOST_NUMBER))
    return None
