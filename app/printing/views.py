"""The pages of printing: choose and see, order, watch a run, fetch its file, try the printer."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.db import OrganisationSession, reading, transaction
from app.errors import NotFound
from app.printing.actions import Order, order_run, record_order
from app.printing.cards import Card
from app.printing.forms import FIELDS, PrintForm, read_print_form
from app.printing.models import PrintRun
from app.printing.press import Press, print_sheet
from app.printing.queries import (
    Edition,
    cards,
    get_own_run,
    labels_in_use,
    runs_of_member,
    state_of,
    waiting_count,
)
from app.printing.rules import FORMATS, KEPT, MOST_AT_ONCE, MOST_WAITING, RunState
from app.printing.sheets import BAR_MM, sheet_of, trial_sheet
from app.printing.svg import draw_sheet
from app.printing.words import (
    distance_words,
    failure_words,
    file_title,
    format_words,
    size_words,
    state_badge,
)
from app.stores.queries import regions, stores
from app.touchpoints.qr import code_address, find_qr_image, is_local
from app.web.access import current_actor, member
from app.web.languages import LANGUAGES, request_language
from app.web.settings import settings

pages = Blueprint("printing", __name__, template_folder="templates", url_prefix="/touchpoints/print")
_SUGGESTED_MOST = 300
_EXAMPLE_CODE = "0000000"
Page = str | tuple[str, int] | AnyResponse


@pages.get("")
@member()
def choose() -> tuple[str, int]:
    """Which codes, how, in which languages; the first page as it will be; the member's own runs."""
    actor = current_actor()
    with reading(actor.organisation_id) as session:
        form = read_print_form(session, request.args, actor.store_ids)
        return _page(session, form)


@pages.get("/preview.svg")
@member()
def preview() -> Response:
    """The first page as a picture."""
    actor = current_actor()
    with reading(actor.organisation_id) as session:
        form = read_print_form(session, request.args, actor.store_ids)
        if form.faults or not form.rows:
            raise NotFound()
        first = form.rows[: form.own.cards_on_page]
        found = cards(session, first, _edition(form, now=clock.now()))
    repeated = [card for card in found for _copy in range(form.copies)][: form.own.cards_on_page]
    return Response(draw_sheet(sheet_of(repeated, form.own)), mimetype="image/svg+xml")


@pages.post("")
@member()
def order() -> Page:
    """The file at once when it is small, else a run that a worker makes."""
    actor, now = current_actor(), clock.now()
    if "show" in request.form:
        return redirect(url_for("printing.choose", **_address_of(request.form)), 303)
    with transaction(actor.organisation_id) as session:
        form = read_print_form(session, request.form, actor.store_ids)
        _check_order(session, form)
        if form.faults or not form.rows:
            return _page(session, form, is_refused=True)
        wanted = _order(form)
        if form.card_count > MOST_AT_ONCE:
            run_id = order_run(session, wanted, actor.membership_id, actor.doer, now=now)
            return redirect(url_for("printing.show_run", run_id=run_id), 303)
        found = cards(session, form.rows, _edition(form, now=now))
        record_order(session, wanted, actor.doer, now=now)
    return _file(_printed(form, found, wanted), _file_name(form, now=now))


@pages.get("/test-page.pdf")
@member()
def test_page() -> Response:
    """A page to try the printer with, on the paper of a format."""
    own = FORMATS.get(request.args.get("format", "a5"))
    if own is None:
        raise NotFound()
    words = _("This bar must be %(length)s mm long.", length=BAR_MM)
    body = print_sheet(trial_sheet(own, words), title=_("Test page"), language=request_language())
    return _file(body, f"test-{own.name}.pdf")


@pages.get("/runs/<uuid:run_id>")
@member()
def show_run(run_id: UUID) -> str:
    """How far a run is, and where its file is."""
    actor = current_actor()
    with reading(actor.organisation_id) as session:
        return _run_page(get_own_run(session, run_id, actor.membership_id, actor.store_ids))


@pages.get("/runs/<uuid:run_id>/file")
@member()
def run_file(run_id: UUID) -> Page:
    """The file of a run; words when it is not there any more, or not yet."""
    actor = current_actor()
    with reading(actor.organisation_id) as session:
        run = get_own_run(session, run_id, actor.membership_id, actor.store_ids, with_file=True)
        match state_of(run, now=clock.now()):
            case RunState.MADE:
                return _file(run.file or b"", f"codes-{run.format}-{run.created_at:%Y-%m-%d}.pdf")
            case RunState.EXPIRED:
                return _run_page(run), 410
    return redirect(url_for("printing.show_run", run_id=run_id), 303)


def _check_order(session: OrganisationSession, form: PrintForm) -> None:
    """What stands in the way of a file, beside faults of the fields."""
    if form.faults:
        return
    if find_qr_image(_example_address()) is None:
        form.faults["format"] = failure_words("long_address")
    elif waiting_count(session, current_actor().membership_id) >= MOST_WAITING:
        form.faults["format"] = _("Several of your files are still being made. Wait until they are ready.")


def _address_of(fields: MultiDict[str, str]) -> dict[str, Any]:
    """What was filled in, as the query of an address."""
    asked = {name: list(filter(None, fields.getlist(name))) for name in FIELDS}
    return {name: values for name, values in asked.items() if values}


def _edition(form: PrintForm, *, now: datetime) -> Edition:
    return Edition(form.own, form.languages, settings().base_url, now)


def _order(form: PrintForm) -> Order:
    return Order(form.own, form.languages, form.rows, form.place, request_language(), form.copies)


def _printed(form: PrintForm, found: list[Card], wanted: Order) -> bytes:
    title = file_title(form.own, form.place, wanted.language)
    press = Press(form.own, title=title, language=wanted.language, copies=form.copies)
    press.print(found)
    return press.finish()


def _file_name(form: PrintForm, *, now: datetime) -> str:
    return f"{form.where.code or 'codes'}-{form.own.name}-{now:%Y-%m-%d}.pdf"


def _file(body: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, mimetype="application/pdf", headers=headers)


def _example_address() -> str:
    return code_address(settings().base_url, _EXAMPLE_CODE)


def _page(session: OrganisationSession, form: PrintForm, *, is_refused: bool = False) -> tuple[str, int]:
    actor = current_actor()
    address = _example_address()
    page = render_template(
        "printing/choose.html",
        form=form,
        faults=form.faults,
        formats=[(own, *format_words(own)) for own in FORMATS.values()],
        stores=[store for store in stores(session, actor.store_ids) if not store.retired_at][
            :_SUGGESTED_MOST
        ],
        regions=[(str(region.id), region.name) for region in regions(session)],
        labels=labels_in_use(session, actor.store_ids),
        speakable=LANGUAGES,
        is_drawable=find_qr_image(address) is not None,
        is_local=is_local(address),
        address=address,
        distances={own.name: distance_words(own) for own in FORMATS.values()},
        chosen=format_words(form.own)[0],
        preview=_address_of(MultiDict(form.fields)),
        bar=BAR_MM,
        at_once=form.card_count <= MOST_AT_ONCE,
        runs=[_shown(run) for run in runs_of_member(session, actor.membership_id)],
        kept_hours=_hours(KEPT),
    )
    return page, 422 if form.faults or is_refused else 200


def _run_page(run: PrintRun) -> str:
    return render_template("printing/run.html", run=_shown(run), kept_hours=_hours(KEPT))


def _shown(run: PrintRun) -> dict[str, object]:
    """A run as pages show it."""
    state = state_of(run, now=clock.now())
    return {
        "id": run.id,
        "place": run.place,
        "format": run.format,
        "format_name": format_words(FORMATS[run.format])[0],
        "copies": run.copies,
        "done_count": run.done_count,
        "total_count": run.total_count,
        "state": state,
        "badge": state_badge(state),
        "why": failure_words(run.failure) if run.failure else "",
        "size": size_words(run.file_bytes),
    }


def _hours(time: timedelta) -> int:
    return int(time.total_seconds()) // 3600
