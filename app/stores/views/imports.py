"""Stores from a table, on pages: send it, read what it would change, confirm, done. And the way back."""

from typing import Any
from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.db import OrganisationSession, reading, transaction
from app.errors import Conflict, Invalid
from app.stores.filters import STORE_FIELDS, read_stores_wanted
from app.stores.imports import words
from app.stores.imports.actions import Order, apply_plan, close_import, keep_import
from app.stores.imports.columns import OWN_COLUMNS, is_heading
from app.stores.imports.plan import Plan, plan_import
from app.stores.imports.queries import chain_before, get_import, rows_of
from app.stores.imports.reader import ENCODINGS, FILE_BYTES, ROWS_MOST, BadSheet, read_sheet
from app.stores.imports.writer import write_stores, write_template
from app.stores.models import StoreImport
from app.stores.points import point_keeper
from app.stores.views.skin import Page, pages
from app.stores.words import reader_language
from app.web.access import current_actor, member
from app.web.actor import Permission
from app.web.filters import read_filters
from app.web.forms import only, read_form, read_upload, takes_file
from app.web.languages import LANGUAGES

SHOWN_MOST = 100


@pages.get("/import")
@member(Permission.EDIT_STORES)
def ask_import() -> str:
    """What the table has to look like, and where to send it."""
    return _ask_page({})


@pages.post("/import")
@member(Permission.EDIT_STORES)
@takes_file(FILE_BYTES)
def send_import() -> Page:
    """Keep the table that was sent, or say why it cannot be read."""
    actor = current_actor()
    try:
        upload = read_upload(request, "file")
        encoding = only(upload.fields, "encoding")
        read_sheet(upload.content, is_heading, encoding)
    except BadSheet as refusal:
        return _ask_page({"file": words.sheet_words(refusal)}), 422
    except Invalid:
        return _ask_page({"file": _("Choose the file with your stores.")}), 422
    with transaction(actor.organisation_id) as session:
        name = upload.name or "stores.csv"
        import_id = keep_import(session, actor.membership_id, name, upload.content, now=clock.now())
    address = url_for("stores.show_import", import_id=import_id, encoding=encoding or None)
    return redirect(address, 303)


@pages.get("/import/<uuid:import_id>")
@member(Permission.EDIT_STORES)
def show_import(import_id: UUID) -> Page:
    """What the table would change, or has changed."""
    encoding = request.args.get("encoding", "")
    with reading(current_actor().organisation_id) as session:
        kept = _own_import(session, import_id)
        if kept.applied_at:
            return render_template("stores/imported.html", kept=kept)
        return _report_page(session, kept, encoding)


@pages.post("/import/<uuid:import_id>")
@member(Permission.EDIT_STORES)
def confirm_import(import_id: UUID) -> Page:
    """Apply what was confirmed, or show what has changed since."""
    try:
        return _confirm(import_id)
    except IntegrityError:
        # Somebody made the same store in this very moment: a second look finds it.
        return _confirm(import_id)


@pages.get("/import/template.csv")
@member(Permission.EDIT_STORES)
def template() -> Response:
    """The table to fill in."""
    return _table(write_template(reader_language()), "stores-template.csv")


@pages.get("/export.csv")
@member()
def export() -> AnyResponse:
    """The stores in scope that the list is narrowed to, as the import reads them."""
    actor, language = current_actor(), reader_language()
    filters = read_filters(request.args, STORE_FIELDS)
    with reading(actor.organisation_id) as session:
        wanted = read_stores_wanted(session, filters, actor.store_ids)
        if filters.faults:
            raise Invalid(faults=filters.faults)
        content = write_stores(rows_of(session, actor.store_ids, wanted.filter), language)
    return _table(content, "stores.csv")


def _confirm(import_id: UUID) -> Page:
    form = read_form(request)
    encoding, mark, good = (only(form, name) for name in ("encoding", "mark", "good_rows"))
    try:
        with transaction(current_actor().organisation_id) as session:
            kept = _own_import(session, import_id, lock=True)
            if kept.applied_at is None:
                order = Order(mark, current_actor().doer, kept.name, good_rows_only=bool(good))
                _apply(session, kept, encoding, order)
    except Conflict:
        notice = _("The stores have changed since you looked. This is what the table would change now.")
        return _look_again(import_id, encoding, notice=notice, status=409)
    except (Invalid, BadSheet):
        fault = _("Some rows are refused. Correct the file, or tick that the others are enough.")
        return _look_again(import_id, encoding, faults={"good_rows": fault}, status=422)
    return redirect(url_for("stores.show_import", import_id=import_id), 303)


def _apply(session: OrganisationSession, kept: StoreImport, encoding: str, order: Order) -> None:
    now = clock.now()
    plan = _plan(session, kept, encoding, lock=True)
    close_import(kept, apply_plan(session, plan, order, now=now), now=now)


def _look_again(import_id: UUID, encoding: str, **others: Any) -> Page:
    with reading(current_actor().organisation_id) as session:
        return _report_page(session, _own_import(session, import_id), encoding, **others)


def _own_import(session: OrganisationSession, import_id: UUID, *, lock: bool = False) -> StoreImport:
    return get_import(session, import_id, current_actor().membership_id, now=clock.now(), lock=lock)


def _plan(session: OrganisationSession, kept: StoreImport, encoding: str, *, lock: bool = False) -> Plan:
    sheet = read_sheet(kept.content, is_heading, encoding)
    return plan_import(sheet, chain_before(session, LANGUAGES, current_actor().store_ids, lock=lock))


def _ask_page(faults: dict[str, str]) -> str:
    return render_template(
        "stores/import.html",
        faults=faults,
        encodings=_encodings(),
        columns=[words.column_name(column) for column in OWN_COLUMNS],
        most_rows=ROWS_MOST,
    )


def _report_page(
    session: OrganisationSession,
    kept: StoreImport,
    encoding: str,
    *,
    faults: dict[str, str] | None = None,
    notice: str = "",
    status: int = 200,
) -> Page:
    """All that the table would change, or why it cannot be read in that encoding."""
    try:
        plan = _plan(session, kept, encoding)
    except BadSheet as refusal:
        unread = {"encoding": words.sheet_words(refusal)}
        page = render_template(
            "stores/report.html", kept=kept, plan=None, faults=unread, **_choices(encoding)
        )
        return page, 422
    page = render_template(
        "stores/report.html",
        kept=kept,
        plan=plan,
        counts=plan.counts,
        missing=[words.column_name(column) for column in plan.missing],
        survey=point_keeper().survey(session),
        faults=faults or {},
        notice=notice,
        words=words,
        most=SHOWN_MOST,
        **_choices(plan.sheet.encoding),
    )
    return page, status


def _choices(encoding: str) -> dict[str, object]:
    return {"encoding": encoding, "encodings": _encodings()}


def _encodings() -> list[tuple[str, str]]:
    return [("", _("found by itself")), *((code, words.ENCODING_NAMES[code]) for code in ENCODINGS)]


def _table(content: bytes, name: str) -> Response:
    return Response(
        content,
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
