"""The shopper's private page: what happened to my feedback, the store's reply, a word back."""

from uuid import UUID

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from flask import Response as Page
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.alerts.actions import confirm_seen, shopper_writes
from app.alerts.forms import read_message
from app.alerts.models import Alert
from app.alerts.queries import find_alert_of, thread
from app.alerts.rules import AlertState, Author
from app.alerts.screens import words_of_fault
from app.db import OrganisationSession, get_row, reading, transaction
from app.errors import Invalid, NotFound
from app.ids import OrganisationId
from app.responses.links import read_return_token
from app.responses.queries import get_response
from app.stores.models import Store
from app.web.access import public
from app.web.forms import Form, read_form
from app.web.settings import settings

pages = Blueprint("return_page", __name__, template_folder="../templates", url_prefix="/f")
_LINK = "whoever holds the signed link is the shopper"


@pages.get("/<token>")
@public(_LINK)
def show(token: str) -> Page:
    """Where the feedback stands. Opening it changes nothing: link previews open it too."""
    organisation_id, response_id = _subject(token)
    with reading(organisation_id) as session:
        return _screen(session, response_id, token)


@pages.post("/<token>/seen")
@public(_LINK)
def seen(token: str) -> AnyResponse:
    """The reply was opened by a person: the page's script says so, or the button."""
    organisation_id, response_id = _subject(token)
    with transaction(organisation_id) as session:
        alert = find_alert_of(session, get_response(session, response_id).id)
        if alert:
            confirm_seen(session, alert, now=clock.now())
    return redirect(url_for("return_page.show", token=token), 303)


@pages.post("/<token>")
@public(_LINK)
def write(token: str) -> AnyResponse:
    """The shopper writes back."""
    organisation_id, response_id = _subject(token)
    form = Form()
    try:
        form = read_form(request)
        text = read_message(form)
        with transaction(organisation_id) as session:
            alert = find_alert_of(session, response_id)
            if alert is None or alert.state == AlertState.DISMISSED:
                raise NotFound()
            shopper_writes(session, alert, text, now=clock.now())
    except Invalid as refusal:
        with reading(organisation_id) as session:
            return _screen(session, response_id, token, form=form, faults=refusal.faults)
    return redirect(url_for("return_page.show", token=token), 303)


def _subject(token: str) -> tuple[OrganisationId, UUID]:
    organisation_id, response_id = read_return_token(settings().secret_key, token)
    g.organisation_id = str(organisation_id)
    return organisation_id, response_id


def _screen(
    session: OrganisationSession,
    response_id: UUID,
    token: str,
    *,
    form: Form | None = None,
    faults: dict[str, str] | None = None,
) -> Page:
    response = get_response(session, response_id)
    g.default_language = response.language
    alert = find_alert_of(session, response_id)
    store = get_row(session, Store, response.store_id)
    messages = thread(session, alert) if alert else []
    page = render_template(
        "alerts/return.html",
        response=response,
        store=store,
        token=token,
        standing=_standing(alert),
        messages=messages,
        is_unseen=any(message.author == Author.STORE and message.seen_at is None for message in messages),
        may_write=alert is not None and alert.state != AlertState.DISMISSED,
        text=form.get("text", "") if form else "",
        faults={field: words_of_fault(code) for field, code in (faults or {}).items()},
    )
    answer = make_response(page, 422 if faults else 200)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _standing(alert: Alert | None) -> str:
    """Where it stands, in plain words."""
    if alert is None:
        return _("The store manager has your feedback.")
    words = {
        AlertState.NEW: _("The store manager has your feedback and will look at it."),
        AlertState.ACKNOWLEDGED: _("Somebody in the store is working on it."),
        AlertState.ANSWERED: _("The store has answered you."),
        AlertState.RESOLVED: _("The store considers the matter settled. If it is not, write back."),
        AlertState.CLOSED: _("The matter is closed. If something is left, write back."),
        AlertState.DISMISSED: _("The store manager has your feedback."),
    }
    return words[AlertState(alert.state)]
