"""The shopper's pages: the rating, the second step, the thanks. Nothing is recorded on GET."""

from uuid import UUID

from flask import Blueprint, g, redirect, request, url_for
from flask import Response as Page
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.contacts.actions import Keeping
from app.db import OrganisationSession, get_row, organisation_of, reading, transaction
from app.errors import Gone, Invalid, NotFound
from app.ids import OrganisationId, fold_printed_code, is_key
from app.responses.actions import ResponseDraft, complete_response, record_response
from app.responses.forms import Tap, read_completion, read_tap
from app.responses.guard import note_unknown_code
from app.responses.models import Response
from app.responses.queries import get_response_by_key
from app.responses.rules import Channel
from app.responses.screens import done_screen, second_screen, survey_screen
from app.stores.models import Store
from app.surveys.models import SurveyVersion
from app.touchpoints.doors import Door, find_door
from app.touchpoints.scans import count_scan
from app.web.access import public
from app.web.forms import read_form
from app.web.languages import request_language
from app.web.settings import settings

pages = Blueprint("responses", __name__, template_folder="templates")
_SHOPPER = "shoppers have no account"


@pages.get("/q/<code>")
@public(_SHOPPER)
def survey(code: str) -> Page:
    """The survey page behind a printed code; a look is counted in memory and stored later."""
    door = _door(code)
    count_scan(door.organisation_id, door.qr_code_id, now=clock.now())
    return survey_screen(door)


@pages.post("/q/<code>")
@public(_SHOPPER)
def tap(code: str) -> AnyResponse:
    """Store the rating that was tapped."""
    door = _door(code)
    try:
        tapped = read_tap(read_form(request))
        with transaction(door.organisation_id) as session:
            record_response(session, _draft(session, door, tapped), now=clock.now())
    except Invalid as refusal:
        return survey_screen(door, faults=refusal.faults)
    return _on(url_for("responses.second_step", key=tapped.key))


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
    organisation_id, form, now = _organisation(key), read_form(request), clock.now()
    try:
        with transaction(organisation_id) as session:
            country = get_row(session, Store, _response(session, key).store_id).country
            complete_response(session, key, read_completion(form, country), _keeping(), now=now)
    except Invalid as refusal:
        with reading(organisation_id) as session:
            response = _response(session, key)
            return second_screen(session, response, now=now, form=form, faults=refusal.faults)
    return _on(url_for("responses.done", key=key))


@pages.get("/s/<key>/done")
@public(_SHOPPER)
def done(key: str) -> Page:
    """Thanks, what happens next, and the private link back."""
    with reading(_organisation(key)) as session:
        return done_screen(session, _response(session, key), now=clock.now())


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
        raise NotFound("no_such_code")
    g.default_language = door.default_language
    g.organisation_id = str(door.organisation_id)
    if not door.is_open:
        raise Gone("code_closed")
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
