"""What a shopper sees: three light screens, each one request, complete without a script."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode

from flask import Response as Page
from flask import make_response, render_template, request
from flask_babel import gettext as _

from app.db import OrganisationSession, get_row
from app.ids import is_key, new_key
from app.responses.links import return_path
from app.responses.models import Response
from app.responses.rules import RATINGS, may_change
from app.stores.models import Store
from app.surveys.queries import wording
from app.surveys.rules import Wording
from app.touchpoints.doors import Door
from app.touchpoints.models import QrCode
from app.web.forms import Form
from app.web.languages import LANGUAGES, request_language
from app.web.settings import settings


def survey_screen(door: Door, *, faults: Mapping[str, str] | None = None) -> Page:
    """One question, eleven buttons. A rating in the address only looks pressed; a tap sends it."""
    words = _words(door.wording, door.default_language)
    known_key = request.values.get("key", "")
    return _page(
        "responses/survey.html",
        422 if faults else 200,
        door=door,
        question=words.question.replace("{store}", door.store_name),
        words=words,
        key=known_key if is_key(known_key) else new_key(),
        pressed=request.args.get("rating", request.args.get("score", "")),
        ratings=RATINGS,
        fault=_explained(faults or {}),
        choices={code: LANGUAGES[code] for code in door.languages if code in LANGUAGES},
    )


def second_screen(
    session: OrganisationSession,
    response: Response,
    *,
    now: datetime,
    form: Form | None = None,
    faults: Mapping[str, str] | None = None,
) -> Page:
    """The rating that is stored, the question that fits it, and how to get an answer."""
    store = get_row(session, Store, response.store_id)
    words = _words(wording(session, response.survey_version_id), response.language)
    typed = form or {}
    return _page(
        "responses/second.html",
        422 if faults else 200,
        response=response,
        store=store,
        question=words.comment_question(response.rating),
        comment=typed.get("comment", response.comment or ""),
        contact=typed.get("contact", ""),
        faults={field: _words_of_fault(code) for field, code in (faults or {}).items()},
        change=_change_path(session, response, now=now),
        retention_days=settings().contact_retention_days,
    )


def done_screen(session: OrganisationSession, response: Response, *, now: datetime) -> Page:
    """Thanks in words that fit the opening hours, and the link that leads back."""
    store = get_row(session, Store, response.store_id)
    opens_at = store.calendar.next_opening(now)
    return _page(
        "responses/done.html",
        response=response,
        store=store,
        link=settings().base_url + return_path(settings().secret_key, response),
        opens_at=opens_at if opens_at and opens_at > now else None,
    )


def _words(wording_by_language: Mapping[str, Wording], fallback: str) -> Wording:
    """The survey's texts in the reader's language, or in the nearest that it speaks."""
    for language in (request_language(), fallback):
        if language in wording_by_language:
            return wording_by_language[language]
    return next(iter(wording_by_language.values()))


def _change_path(session: OrganisationSession, response: Response, *, now: datetime) -> str | None:
    """Back to the first step with the rating pressed, while it may still be corrected."""
    if response.qr_code_id is None or not may_change(response.received_at, now):
        return None
    code = get_row(session, QrCode, response.qr_code_id).code
    query = {"key": response.key, "rating": response.rating, "lang": request_language()}
    return f"/q/{code}?{urlencode(query)}"


def _explained(faults: Mapping[str, str]) -> str | None:
    """One sentence for the first screen, where there is only one thing to choose."""
    if not faults:
        return None
    if faults.get("rating"):
        return _("Select a score from 0 to 10")
    return _("This page could not be sent. Open it again and tap a score")


def _words_of_fault(code: str) -> str:
    words = {
        "too_long": _("Shorten the text to 5,000 characters"),
        "bad_contact": _("Enter a phone number or email, like name@example.com"),
        "repeated": _("This came twice. Type it once more"),
    }
    return words.get(code, _("This text cannot be read. Type it once more"))


def _page(template: str, status: int = 200, **values: object) -> Page:
    page = make_response(render_template(template, **values), status)
    page.headers["Referrer-Policy"] = "no-referrer"
    return page
