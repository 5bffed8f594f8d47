"""The shopper's pages: the rating, the second step, the thanks. Nothing is recorded on GET."""

from uuid import UUID

from flask import Blueprint, g, redirect, request, url_for
from flask import Response as Page
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.contacts.actions import Keeping
from app.db import OrganisationSession, get_row, organisation_of, reading, transaction
from app.errors import Conflict, Gone, Invalid, NotFound
from app.ids import OrganisationId, fold_printed_code, is_key
from app.responses.actions import ResponseDraft, complete_response, record_response
from app.responses.forms import Tap, read_completion, read_tap
from app.responses.guard import note_unknown_code
from app.responses.models import Response
from app.responses.queries import get_response_by_key
from app.responses.rules import Channel, may_change
from app.responses.screens import (
    already_screen,
    closed_screen,
    done_screen,
    second_screen,
    survey_screen,
)
from app.stores.models import Store
from app.surveys.models import SurveyVersion
from app.touchpoints.doors import Door, find_door
from app.touchpoints.scans import count_scan
from app.web.access import public
from app.web.errors import refused
from app.web.forms import Form, read_form
from app.web.languages import request_language, speak_only
from app.web.metrics import count_submission
from app.web.settings import settings

pages = Blueprint("responses", __name__, template_folder="templates")
_SHOPPER = "shoppers have no account"


@pages.get("/q/<code>")
@public(_SHOPPER)
def survey(code: str) -> Page:
    """The survey page behind a printed code; a look is counted in memory and stored later."""
    door = _door(code)
    if request.method == "GET":  # a link preview that only asks for the head has not looked
        count_scan(door.organisation_id, door.qr_code_id, now=clock.now())
    return survey_screen(door, key=_key_to_keep(door))


@pages.post("/q/<code>")
@public(_SHOPPER)
def tap(code: str) -> AnyResponse:
    """Store the rating that was tapped."""
    door = _door(code)
    form = Form()
    try:
        form = read_form(request)
        key = _record(door, read_tap(form))
    except Invalid as refusal:
        count_submission("refused")
        key = form.get("key", "")
        return survey_screen(door, key=key if is_key(key) else None, faults=refusal.faults)
    except Conflict:
        count_submission("too_late")
        return _already(door.organisation_id, form["key"])
    return _on(url_for("responses.second_step", key=key))


@pages.get("/s/<key>")
@public(_SHOPPER)
def second_step(key: str) -> Page:
    """Comment and contact, both optional."""
    with reading(_organisation(key)) as session:
        return second_screen(session, _response(session, key), now=clock.now())


@pages.post("/s/<key>")
@public(_SHOPPER)
def complete(key: str) -> AnyResponse:
    """Store the comment and the contact beside the rating."""
    organisation_id, now = _organisation(key), clock.now()
    form = Form()
    try:
        form = read_form(request)
        with transaction(organisation_id) as session:
            country = get_row(session, Store, _response(session, key).store_id).country
            complete_response(session, key, read_completion(form, country), _keeping(), now=now)
    except Invalid as refusal:
        with reading(organisation_id) as session:
            response = _response(session, key)
            return second_screen(session, response, now=now, form=form, faults=refusal.faults)
    except Conflict:
        return _already(organisation_id, key, comment=form.get("comment", ""))
    return _on(url_for("responses.done", key=key))


@pages.get("/s/<key>/done")
@public(_SHOPPER)
def done(key: str) -> Page:
    """Thanks, what happens next, and the private link back."""
    with reading(_organisation(key)) as session:
        return done_screen(session, _response(session, key), now=clock.now())


@pages.errorhandler(Gone)
@pages.errorhandler(NotFound)
def closed(refusal: Gone | NotFound) -> Page:
    """A code that leads nowhere says so in every language."""
    is_code = request.endpoint in ("responses.survey", "responses.tap")
    return closed_screen(refusal.status) if is_code else refused(refusal)


def _record(door: Door, tapped: Tap) -> str:
    """Store the tap; the key under which the shopper goes on."""
    with transaction(door.organisation_id) as session:
        outcome = record_response(session, _draft(session, door, tapped), now=clock.now())
    count_submission(outcome)
    return tapped.key


def _already(organisation_id: OrganisationId, key: str, *, comment: str = "") -> Page:
    with reading(organisation_id) as session:
        return already_screen(_response(session, key), comment=comment)


def _key_to_keep(door: Door) -> str | None:
    """The key in the address, for a shopper who switched the language or changes the rating.

    Not one whose time is over: whoever follows an old or a foreign address gives an answer of their own.
    """
    key = request.args.get("key", "")
    if not is_key(key):
        return None
    organisation_id = organisation_of(Response.key, key)
    if organisation_id is None:
        return key
    if organisation_id != door.organisation_id:
        return None
    with reading(organisation_id) as session:
        response = get_response_by_key(session, key)
        is_own = response.qr_code_id == door.qr_code_id
        return key if is_own and may_change(response.received_at, clock.now()) else None


def _organisation(key: str) -> OrganisationId:
    organisation_id = organisation_of(Response.key, key) if is_key(key) else None
    if organisation_id is None:
        raise NotFound()
    g.organisation_id = str(organisation_id)
    return organisation_id


def _response(session: OrganisationSession, key: str) -> Response:
    response = get_response_by_key(session, key)
    g.default_language = response.language
    return response


def _keeping() -> Keeping:
    return Keeping(settings().secret_key, settings().contact_retention_days)


def _on(path: str) -> AnyResponse:
    """To the next step, in the language of this one."""
    return redirect(f"{path}?lang={request_language()}", 303)


def _door(code: str) -> Door:
    """The open door behind a code; raises `NotFound` for what was never printed, `Gone` for a closed one."""
    folded = fold_printed_code(code)
    door = find_door(folded) if folded else None
    if door is None:
        note_unknown_code(request.remote_addr, now=clock.now())
        raise NotFound()
    g.organisation_id = str(door.organisation_id)
    if not door.is_open:
        raise Gone("code_closed")
    speak_only(door.languages, door.default_language)
    return door


def _draft(session: OrganisationSession, door: Door, tapped: Tap) -> ResponseDraft:
    """The tap as a response, against the wording that the shopper saw, if it was this survey's."""
    return ResponseDraft(
        key=tapped.key,
        store_id=door.store_id,
        touchpoint_id=door.touchpoint_id,
        qr_code_id=door.qr_code_id,
        survey_version_id=_version(session, door, tapped.version_id),
        channel=Channel.QR,
        language=request_language(),
        rating=tapped.rating,
        answered_at=tapped.answered_at,
        is_suspect=tapped.is_suspect,
    )


def _version(session: OrganisationSession, door: Door, claimed: UUID | None) -> UUID:
    """The version whose wording the shopper saw: the newest, or an older one of the same survey."""
    if claimed is None or claimed == door.survey_version_id:
        return door.survey_version_id
    shown = session.get(SurveyVersion, (session.scope(), claimed))
    newest = get_row(session, SurveyVersion, door.survey_version_id)
    if shown is None or shown.survey_id != newest.survey_id:
        raise Invalid(faults={"version": "not_this_survey"})
    return shown.id
