"""The shopper's pages: the rating, the second step, the thanks. Nothing is recorded on GET."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, g, redirect, request, url_for
from flask import Response as Page
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.contacts.keeping import keeping
from app.db import OrganisationSession, get_row, organisation_of, reading, transaction
from app.errors import Conflict, Gone, Invalid, NotFound
from app.ids import OrganisationId, is_key
from app.memory import Memory
from app.responses.actions import ResponseDraft, complete_response, record_response
from app.responses.entrances import Entrance, by_code, by_receipt, by_token
from app.responses.forms import Tap, read_completion, read_tap
from app.responses.models import Response
from app.responses.queries import Answer, get_answer, get_response_by_key
from app.responses.rules import believed_answer_time, may_change
from app.responses.screens import (
    already_screen,
    closed_screen,
    done_screen,
    received_screen,
    second_screen,
    survey_screen,
)
from app.surveys.models import SurveyVersion
from app.touchpoints.doors import Door
from app.touchpoints.scans import count_scan
from app.web.access import public
from app.web.errors import refused
from app.web.forms import Form, read_form
from app.web.languages import request_language
from app.web.metrics import count_refused_link, count_submission

pages = Blueprint("responses", __name__, template_folder="templates")
_SHOPPER = "shoppers have no account"
_MOST_OWNERS = 10_000
_owners: Memory[str, OrganisationId | None] = Memory(_MOST_OWNERS)


@pages.get("/q/<code>")
@public(_SHOPPER)
def survey(code: str) -> Page:
    """The survey page behind a printed code; a look is counted in memory and stored later."""
    entrance = by_code(code)
    entrance.check(clock.now(), now=clock.now())
    if request.method == "GET" and entrance.qr_code_id:  # who only asks for the head has not looked
        count_scan(entrance.door.organisation_id, entrance.qr_code_id, now=clock.now())
    return _show(entrance)


@pages.post("/q/<code>")
@public(_SHOPPER)
def tap(code: str) -> AnyResponse:
    """Store the rating that was tapped."""
    return _take(by_code(code))


@pages.get("/i/<token>")
@public(_SHOPPER)
def invitation(token: str) -> Page:
    """The same page behind a minted link: one answer, verified by the receipt."""
    return _show(by_token(token))


@pages.post("/i/<token>")
@public(_SHOPPER)
def tap_on_invitation(token: str) -> AnyResponse:
    """Store the rating, unless another phone was faster."""
    return _take(by_token(token))


@pages.get("/r/<key_id>/<path:number>", merge_slashes=False)
@public(_SHOPPER)
def receipt(key_id: str, number: str) -> Page:
    """The same page behind a link that a till has signed without network."""
    return _show(by_receipt(key_id, number))


@pages.post("/r/<key_id>/<path:number>", merge_slashes=False)
@public(_SHOPPER)
def tap_on_receipt(key_id: str, number: str) -> AnyResponse:
    """Store the rating; from now on the receipt is known."""
    return _take(by_receipt(key_id, number))


@pages.get("/s/<key>")
@public(_SHOPPER)
def second_step(key: str) -> Page:
    """Comment and contact, both optional."""
    with reading(_organisation(key)) as session:
        return second_screen(session, _answer(session, key), now=clock.now())


@pages.post("/s/<key>")
@public(_SHOPPER)
def complete(key: str) -> AnyResponse:
    """Store the comment and the contact beside the rating."""
    organisation_id, now = _organisation(key), clock.now()
    form = Form()
    try:
        form = read_form(request)
        with transaction(organisation_id) as session:
            country = _answer(session, key).store.country
            complete_response(session, key, read_completion(form, country), keeping(), now=now)
    except Invalid as refusal:
        with reading(organisation_id) as session:
            return second_screen(session, _answer(session, key), now=now, form=form, faults=refusal.faults)
    except Conflict:
        return _already(organisation_id, key, comment=form.get("comment", ""))
    return _on(url_for("responses.done", key=key))


@pages.get("/s/<key>/done")
@public(_SHOPPER)
def done(key: str) -> Page:
    """Thanks, what happens next, and the private link back."""
    with reading(_organisation(key)) as session:
        return done_screen(_answer(session, key), now=clock.now())


@pages.errorhandler(Gone)
@pages.errorhandler(NotFound)
def closed(refusal: Gone | NotFound) -> Page:
    """A code or a link that leads nowhere says so in every language."""
    if refusal.code.endswith("_link") or refusal.code.startswith("link_"):
        count_refused_link(refusal.code)
    return closed_screen(refusal) or refused(refusal)


def _show(entrance: Entrance) -> Page:
    """The survey page, or thanks where the one answer has been given."""
    key, now = _key_to_keep(entrance), clock.now()
    ticket = entrance.ticket
    if ticket and ticket.answered_at and key != ticket.answered_key:
        return received_screen(entrance, ticket.answered_at)
    entrance.check(now, now=now)
    return survey_screen(entrance, key=key)


def _take(entrance: Entrance) -> AnyResponse:
    """Store the tap and lead on to the second step."""
    form = Form()
    try:
        form = read_form(request)
        key = _record(entrance, read_tap(form))
    except Invalid as refusal:
        entrance.check(clock.now(), now=clock.now())
        count_submission("refused")
        key = form.get("key", "")
        return survey_screen(entrance, key=key if is_key(key) else None, faults=refusal.faults)
    except Conflict as conflict:
        if conflict.code == "already_answered":
            count_submission("already_answered")
            return received_screen(entrance, datetime.fromisoformat(conflict.detail["received_at"]))
        count_submission("too_late")
        return _already(entrance.door.organisation_id, form["key"])
    return _on(url_for("responses.second_step", key=key))


def _record(entrance: Entrance, tapped: Tap) -> str:
    """Store the tap; the key under which the shopper goes on."""
    now = clock.now()
    entrance.check(believed_answer_time(tapped.answered_at, now), now=now)
    with transaction(entrance.door.organisation_id) as session:
        outcome = record_response(session, _draft(session, entrance, tapped, now=now), now=now)
    _owners.keep(tapped.key, entrance.door.organisation_id)
    count_submission(outcome)
    return tapped.key


def _already(organisation_id: OrganisationId, key: str, *, comment: str = "") -> Page:
    with reading(organisation_id) as session:
        return already_screen(_response(session, key), comment=comment)


def _key_to_keep(entrance: Entrance) -> str | None:
    """The key in the address, for a shopper who switched the language or changes the rating.

    Not one whose time is over: whoever follows an old or a foreign address gives an answer of their own.
    """
    key = request.args.get("key", "")
    if not is_key(key):
        return None
    organisation_id = _owner(key)
    if organisation_id is None:
        return key
    if organisation_id != entrance.door.organisation_id:
        return None
    with reading(organisation_id) as session:
        response = get_response_by_key(session, key)
        return key if entrance.is_of(response) and may_change(response.received_at, clock.now()) else None


def _organisation(key: str) -> OrganisationId:
    organisation_id = _owner(key) if is_key(key) else None
    if organisation_id is None:
        raise NotFound()
    g.organisation_id = str(organisation_id)
    return organisation_id


def _answer(session: OrganisationSession, key: str) -> Answer:
    answer = get_answer(session, key)
    g.default_language = answer.response.language
    return answer


def _owner(key: str) -> OrganisationId | None:
    """Whose response has that key; of one that was stored here a moment ago we know it."""
    return _owners.find(key, lambda: organisation_of(Response.key, key))


def _response(session: OrganisationSession, key: str) -> Response:
    response = get_response_by_key(session, key)
    g.default_language = response.language
    return response


def _on(path: str) -> AnyResponse:
    """To the next step, in the language of this one."""
    return redirect(f"{path}?lang={request_language()}", 303)


def _draft(session: OrganisationSession, entrance: Entrance, tapped: Tap, *, now: datetime) -> ResponseDraft:
    """The tap as a response, against the wording that the shopper saw, if it was this survey's."""
    door, ticket = entrance.door, entrance.ticket
    return ResponseDraft(
        key=tapped.key,
        store_id=door.store_id,
        touchpoint_id=door.touchpoint_id,
        qr_code_id=entrance.qr_code_id,
        survey_version_id=_version(session, door, tapped.version_id),
        channel=entrance.channel,
        language=request_language(),
        rating=tapped.rating,
        answered_at=tapped.answered_at,
        is_suspect=tapped.is_suspect,
        invitation_id=ticket.admit(session, now=now) if ticket else None,
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
