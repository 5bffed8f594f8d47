"""Adding, changing, closing and reopening stores, one by one."""

from typing import Any
from uuid import UUID

from babel import Locale
from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.audit.actions import record_deed
from app.audit.rules import AuditDeed
from app.db import OrganisationSession, get_row, reading, transaction
from app.stores import places
from app.stores.actions import create_region, create_store, edit_store, restore_store, retire_store
from app.stores.forms import NEW_REGION, WEEKDAYS, StoreForm, blank_form, form_of, read_store_form
from app.stores.models import Store
from app.stores.queries import find_store, regions
from app.stores.views.skin import Page, pages
from app.stores.words import kind_words
from app.text import clean_line
from app.web.access import current_actor, member
from app.web.actor import Permission
from app.web.languages import request_language


@pages.get("/new")
@member(Permission.EDIT_STORES)
def create() -> str:
    """The empty form of a store."""
    with reading(current_actor().organisation_id) as session:
        known = regions(session)
        return _page(session, blank_form(known[0].id if known else None))


@pages.post("/new")
@member(Permission.EDIT_STORES)
def add() -> Page:
    """Add a store, or show what is wrong with the form."""
    return _save(None)


@pages.get("/<uuid:store_id>/edit")
@member(Permission.EDIT_STORES)
def edit(store_id: UUID) -> str:
    """The form of a store as it is."""
    actor = current_actor()
    actor.require_store(store_id)
    with reading(actor.organisation_id) as session:
        store = get_row(session, Store, store_id)
        return _page(session, form_of(store), store)


@pages.post("/<uuid:store_id>/edit")
@member(Permission.EDIT_STORES)
def change(store_id: UUID) -> Page:
    """Change a store, or show what is wrong with the form."""
    current_actor().require_store(store_id)
    return _save(store_id)


@pages.post("/<uuid:store_id>/retire")
@member(Permission.EDIT_STORES)
def retire(store_id: UUID) -> Page:
    """Close a store whose code was typed to confirm it."""
    actor = current_actor()
    actor.require_store(store_id)
    with transaction(actor.organisation_id) as session:
        store = get_row(session, Store, store_id)
        if clean_line(request.form.get("confirm", "")).casefold() != store.code.casefold():
            form = form_of(store)
            form.faults["confirm"] = _("Type the store's code to close it: %(code)s", code=store.code)
            return _page(session, form, store), 422
        retire_store(session, store_id, now=clock.now())
        _record(session, AuditDeed.STORE_RETIRED, store.code, store_id)
    return redirect(url_for("stores.edit", store_id=store_id), 303)


@pages.post("/<uuid:store_id>/restore")
@member(Permission.EDIT_STORES)
def restore(store_id: UUID) -> AnyResponse:
    """Open a closed store again."""
    actor = current_actor()
    actor.require_store(store_id)
    with transaction(actor.organisation_id) as session:
        restore_store(session, store_id)
        _record(session, AuditDeed.STORE_RESTORED, get_row(session, Store, store_id).code, store_id)
    return redirect(url_for("stores.edit", store_id=store_id), 303)


def _save(store_id: UUID | None) -> Page:
    try:
        return _try_to_save(store_id)
    except IntegrityError:
        # Somebody took the code or the region's name in this very moment: a second look finds it.
        return _try_to_save(store_id)


def _try_to_save(store_id: UUID | None) -> Page:
    with transaction(current_actor().organisation_id) as session:
        store = get_row(session, Store, store_id) if store_id else None
        form = read_store_form(request.form, regions(session))
        _refuse_taken_code(session, form, store_id)
        if form.faults:
            return _page(session, form, store), 422
        draft = form.draft(form.region_id or create_region(session, form.new_region))
        if store_id:
            if changed := edit_store(session, store_id, draft):
                _record(session, AuditDeed.STORE_CHANGED, draft.code, store_id, fields=changed)
        else:
            store_id = create_store(session, draft, now=clock.now())
            _record(session, AuditDeed.STORE_CREATED, draft.code, store_id)
    return redirect(f"/stores/{store_id}", 303)


def _record(session: OrganisationSession, deed: AuditDeed, code: str, store_id: UUID, **data: Any) -> None:
    doer = current_actor().doer
    record_deed(session, deed, doer, code, now=clock.now(), subject_id=store_id, **data)


def _refuse_taken_code(session: OrganisationSession, form: StoreForm, store_id: UUID | None) -> None:
    holder = find_store(session, form.values["code"] or "", None)
    if holder and holder.id != store_id:
        form.faults["code"] = _("The store “%(name)s” has this code.", name=holder.name)


def _page(session: OrganisationSession, form: StoreForm, store: Store | None = None) -> str:
    language = request_language()
    return render_template(
        "stores/edit.html",
        form=form,
        faults=form.faults,
        store=store,
        regions=[(region.id, region.name) for region in regions(session)],
        new_region=NEW_REGION,
        weekdays=_weekdays(),
        kinds=list(kind_words().items()),
        countries=[(code, f"{name} ({code})") for code, name in places.countries(language).items()],
        currencies=[(code, f"{name} ({code})") for code, name in places.currencies(language).items()],
        zones=places.time_zones(),
    )


def _weekdays() -> dict[str, str]:
    """Each ISO weekday with its name as a label."""
    locale = Locale.parse(request_language())
    return {day: str(locale.days["stand-alone"]["wide"][int(day) - 1]).capitalize() for day in WEEKDAYS}
