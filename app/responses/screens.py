"""What a shopper sees: three light screens, each one request, complete without a script."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Response as Page
from flask import make_response, render_template, request
from flask_babel import force_locale
from flask_babel import gettext as _

from app.db import OrganisationSession
from app.errors import VidhukError
from app.ids import new_key
from app.invitations.rules import Kind
from app.invitations.tickets import Ticket, invitation_path
from app.responses import moulds
from app.responses.entrances import Entrance
from app.responses.links import return_path
from app.responses.models import Response
from app.responses.queries import Answer
from app.responses.rules import RATINGS, may_change
from app.surveys.queries import wording
from app.surveys.rules import Wording
from app.web.forms import Form
from app.web.headers import nonce
from app.web.languages import LANGUAGES, request_language
from app.web.settings import settings

# What can only be said of the whole form is said beside its first field.
_FIELDS = {"form": "comment"}


def survey_screen(entrance: Entrance, *, key: str | None, faults: Mapping[str, str] | None = None) -> Page:
    """One question, eleven buttons. A rating in the address only looks pressed; a tap sends it."""
    pressed = request.args.get("rating", request.args.get("score", ""))
    key = key or new_key()
    if entrance.ticket or faults or pressed:
        page = make_response(_survey_html(entrance, key, pressed, faults or {}), 422 if faults else 200)
    else:
        page = make_response(_usual_survey_html(entrance, key))
    page.headers["Referrer-Policy"] = "no-referrer"
    # Kept for the Back button alone, which then shows the same key again: one shopper, one row.
    page.headers["Cache-Control"] = "private, no-cache"
    return page


def _usual_survey_html(entrance: Entrance, key: str) -> str:
    """What nearly everybody sees who scans a code: nothing is pressed yet, and nothing is wrong."""

    def render() -> str:
        return _survey_html(entrance, moulds.KEY, "", {}, nonce=lambda: moulds.NONCE)

    html = moulds.survey_html(entrance.path, request_language(), entrance.door, render)
    return moulds.cast(html, key, nonce())


def _survey_html(
    entrance: Entrance, key: str, pressed: str, faults: Mapping[str, str], **others: object
) -> str:
    door = entrance.door
    words = _words(door.wording, door.default_language)
    return render_template(
        "responses/survey.html",
        entrance=entrance,
        door=door,
        place=_spot(entrance),
        privacy=_privacy(entrance.ticket),
        question=words.question.replace("{store}", door.store_name),
        words=words,
        key=key,
        pressed=pressed,
        ratings=RATINGS,
        fault=_explained(faults),
        choices={code: LANGUAGES[code] for code in door.languages if code in LANGUAGES},
        **others,
    )


def received_screen(entrance: Entrance, received_at: datetime) -> Page:
    """Thanks to whoever opens a link whose one answer has been given, perhaps on another phone."""
    return _page(
        "responses/received.html",
        place=_spot(entrance),
        store_name=entrance.door.store_name,
        received_at=received_at,
        zone=entrance.door.calendar.zone.key,
    )


def second_screen(
    session: OrganisationSession,
    answer: Answer,
    *,
    now: datetime,
    form: Form | None = None,
    faults: Mapping[str, str] | None = None,
) -> Page:
    """The rating that is stored, the question that fits it, and how to get an answer."""
    response = answer.response
    words = _words(wording(session, response.survey_version_id), response.language)
    typed = form or Form()
    return _page(
        "responses/second.html",
        422 if faults else 200,
        response=response,
        store=answer.store,
        question=words.comment_question(response.rating),
        comment=typed.get("comment", response.comment or ""),
        contact=typed.get("contact", ""),
        wants_marketing=typed.get("marketing") == "yes",
        faults={_FIELDS.get(field, field): _words_of_fault(code) for field, code in (faults or {}).items()},
        change=_change_path(answer, now=now),
        retention_days=settings().contact_retention_days,
    )


def done_screen(answer: Answer, *, now: datetime) -> Page:
    """Thanks in words that fit the opening hours, and the link that leads back."""
    response, store = answer.response, answer.store
    opens_at = store.calendar.next_opening(now)
    zone = ZoneInfo(store.time_zone)
    return _page(
        "responses/done.html",
        response=response,
        store=store,
        link=settings().base_url + return_path(settings().secret_key, response),
        opens_at=opens_at if opens_at and opens_at > now else None,
        opens_today=opens_at is not None and opens_at.astimezone(zone).date() == now.astimezone(zone).date(),
    )


def already_screen(response: Response, *, comment: str = "") -> Page:
    """What came too late to change anything: the rating that stands, the words that were typed, a way on."""
    return _page(
        "responses/already.html",
        409,
        response=response,
        comment=comment,
        link=return_path(settings().secret_key, response),
    )


def closed_screen(refusal: VidhukError) -> Page | None:
    """Why a code or a link leads nowhere, in each language, the reader's first; ``None`` for others."""
    languages = sorted(LANGUAGES, key=lambda code: code != request_language())
    notices = [(code, *words) for code in languages if (words := _notice(code, refusal.code))]
    return _page("responses/closed.html", refusal.status, notices=notices) if notices else None


def _words(wording_by_language: Mapping[str, Wording], fallback: str) -> Wording:
    """The survey's texts in the reader's language, or in the nearest that it speaks."""
    for language in (request_language(), fallback):
        if language in wording_by_language:
            return wording_by_language[language]
    return next(iter(wording_by_language.values()))


def _spot(entrance: Entrance) -> str:
    """What is rated, beside the store: the touchpoint, or the receipt in the shopper's hand."""
    if entrance.ticket is None:
        return entrance.door.touchpoint_name
    if entrance.ticket.kind is Kind.RECEIPT:
        return _("Receipt %(number)s", number=entrance.ticket.number)
    return entrance.ticket.number


def _privacy(ticket: Ticket | None) -> str:
    """What is known of who answers, in one line."""
    if ticket is None:
        return _("We do not ask who you are. Takes 20 seconds.")
    if ticket.has_contact:
        return _("Your answer goes to the store with this number and the contact you gave. Takes 20 seconds.")
    return _("Your answer goes to the store with this number, without your name. Takes 20 seconds.")


def _change_path(answer: Answer, *, now: datetime) -> str | None:
    """Back to the first step with the rating pressed, while it may still be corrected."""
    path, response = _first_step(answer), answer.response
    if path is None or not may_change(response.received_at, now):
        return None
    query = {"key": response.key, "rating": response.rating, "lang": request_language()}
    return f"{path}?{urlencode(query)}"


def _first_step(answer: Answer) -> str | None:
    """Where the response was given: a till's receipt has a link of ours from its answer on."""
    if answer.code:
        return f"/q/{answer.code}"
    return invitation_path(answer.token) if answer.token else None


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


def _notice(language: str, code: str) -> tuple[str, str] | None:
    """What is the matter, and what to do, in that language."""
    with force_locale(language):
        ask = _("Ask the staff for a new one.")
        notices = {
            "code_closed": (_("This code is no longer active"), ask),
            "unknown_code": (_("There is no such code"), _("Check the letters and digits printed under it.")),
            "unknown_link": (_("This link is not valid"), _("Scan the code on your receipt once more.")),
            "link_expired": (
                _("This link has expired"),
                _("Answers are taken for a while after the purchase. Thank you for wanting to help."),
            ),
            "link_cancelled": (
                _("This purchase was cancelled"),
                _("Nobody can answer about it any more. Ask the staff if that is a mistake."),
            ),
            "link_not_yet": (
                _("This link is not valid yet"),
                _("The clock of the till was ahead. Try again later."),
            ),
            "link_key_ended": (_("This link is no longer valid"), ask),
            "link_closed": (
                _("This store takes no answers any more"),
                _("Thank you for wanting to help."),
            ),
        }
    return notices.get(code)


def _page(template: str, status: int = 200, **values: object) -> Page:
    page = make_response(render_template(template, **values), status)
    page.headers["Referrer-Policy"] = "no-referrer"
    return page
