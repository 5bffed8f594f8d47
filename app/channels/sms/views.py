"""The page of the organisation's provider of SMS, and a message to try it with."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.audit.actions import record_deed
from app.audit.rules import AuditDeed
from app.channels import ChannelFailure
from app.channels.actions import note_result
from app.channels.queries import find_state
from app.channels.sms import NAME
from app.channels.sms.actions import connect_gateway, disconnect_gateway
from app.channels.sms.forms import METHODS, GatewayForm, blank_form, form_of, read_gateway
from app.channels.sms.numbers import read_number
from app.channels.sms.queries import find_gateway
from app.channels.sms.sender import TextMessage, ask, failure_of, own_gateway
from app.channels.sms.template import Kind, is_accepted, masked
from app.channels.words import failure_words
from app.db import OrganisationSession, reading, transaction
from app.errors import Invalid
from app.ids import new_key
from app.web.access import current_actor, member
from app.web.actor import Permission
from app.web.forms import only, read_form
from app.web.settings import settings

pages = Blueprint("sms", __name__, template_folder="templates", url_prefix=f"/settings/channels/{NAME}")
Page = str | tuple[str, int] | AnyResponse
_CONFIRM = "SMS"


@dataclass(frozen=True, slots=True)
class Tried:
    """What the provider said to a test message, without our secret."""

    is_accepted: bool
    words: str
    answer: str = ""


@pages.get("")
@member(Permission.EDIT_SETTINGS)
def show() -> str:
    """How the provider is asked."""
    with reading(current_actor().organisation_id) as session:
        return _page(session)


@pages.post("")
@member(Permission.EDIT_SETTINGS)
def connect() -> Page:
    """Ask the provider in this way from now on."""
    actor, now = current_actor(), clock.now()
    form = read_gateway(read_form(request))
    if form.faults or form.template is None:
        with reading(actor.organisation_id) as session:
            return _page(session, form), 422
    with transaction(actor.organisation_id) as session:
        connect_gateway(
            session,
            form.template,
            form.secret,
            secret=settings().secret_key,
            per_minute=form.per_minute,
            now=now,
        )
        record_deed(session, AuditDeed.CHANNEL_CHANGED, actor.doer, NAME, now=now, change="connected")
    return redirect(url_for("sms.show"), 303)


@pages.post("/test")
@member(Permission.EDIT_SETTINGS)
def test() -> Page:
    """Send one SMS now and show what the provider answers."""
    typed = only(read_form(request), "number")
    try:
        number = read_number(typed)
    except Invalid:
        faults = {"number": _("Write a phone number, such as +380 50 111 22 33.")}
        with reading(current_actor().organisation_id) as session:
            return _page(session, number=typed, faults=faults), 422
    tried = _try(number)
    with reading(current_actor().organisation_id) as session:
        return _page(session, number=typed, tried=tried)


@pages.post("/remove")
@member(Permission.EDIT_SETTINGS)
def remove() -> Page:
    """Forget the provider, confirmed by a typed word."""
    actor = current_actor()
    typed = only(read_form(request), "confirm").strip().upper()
    with transaction(actor.organisation_id) as session:
        if typed != _CONFIRM:
            words = _("Type %(word)s to disconnect the provider.", word=_CONFIRM)
            return _page(session, faults={"confirm": words}), 422
        disconnect_gateway(session)
        record_deed(
            session, AuditDeed.CHANNEL_CHANGED, actor.doer, NAME, now=clock.now(), change="disconnected"
        )
    return redirect(url_for("sms.show"), 303)


def _try(number: str) -> Tried:
    actor, failure, tried = current_actor(), None, None
    message = TextMessage(f"trial-{new_key()}", number, _("Vidhuk: a test. Alerts will arrive like this."))
    try:
        template, secret = own_gateway(actor.organisation_id)
        reply = ask(template, message, secret)
    except ChannelFailure as refusal:
        failure, tried = refusal, Tried(is_accepted=False, words=failure_words(refusal.reason))
    else:
        has_worked = is_accepted(template, reply.status, reply.body)
        failure = None if has_worked else failure_of(reply)
        words = _("The provider took it.") if has_worked else failure_words(failure.reason if failure else "")
        tried = Tried(has_worked, words, f"{reply.status}\n{masked(reply.snippet, secret)}")
    with transaction(actor.organisation_id) as session:
        note_result(session, NAME, failure, now=clock.now())
    return tried


def _page(
    session: OrganisationSession,
    form: GatewayForm | None = None,
    *,
    number: str = "",
    tried: Tried | None = None,
    faults: dict[str, str] | None = None,
) -> str:
    gateway, state = find_gateway(session), find_state(session, NAME)
    known = form_of(gateway, state.per_minute if state else None) if gateway else blank_form()
    form = form or known
    return render_template(
        "sms/gateway.html",
        gateway=gateway,
        form=form,
        faults={**form.faults, **(faults or {})},
        methods=[(name, name) for name in METHODS],
        kinds=_kind_words(),
        number=number,
        tried=tried,
        word=_CONFIRM,
    )


def _kind_words() -> list[tuple[str, str]]:
    return [
        (Kind.JSON, _("JSON in the body")),
        (Kind.FORM, _("Form fields in the body")),
        (Kind.QUERY, _("Fields in the address")),
    ]
